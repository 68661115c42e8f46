//! Processes that hold a data directory and answer late, badly or never: who
//! asks them is told what is known, and can always leave.

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::{Holder, Live, Reply, World, eventually, workflow};

const GATE: &str = "type: gate\n    gate: { message: Go on? }";

/// A world with a run that waits at a gate and that nobody works on.
fn parked() -> (World, Value) {
    let world = World::new();
    let stages: [(&str, &[&str], &str); 2] = [("a", &[], ""), ("check", &["a"], GATE)];
    world.file("w.yaml", workflow(&stages));
    world.agents(&[("a", "echo a")]);
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("baton approve");
    live.signal(Signal::SIGTERM);
    live.end().exits(75);
    let run = world.show(&run);
    (world, run)
}

fn id(run: &Value) -> &str {
    run["id"].as_str().unwrap()
}

fn events(world: &World, run: &Value) -> String {
    world.baton(&["events", id(run)]).exits(0).stdout
}

/// A holder that does as it should, but for requests whose first line holds
/// `part`.
fn holder(
    world: &World,
    run: &Value,
    part: &'static str,
    mut special: impl FnMut() -> Reply + Send + 'static,
) -> Holder {
    let document = run.to_string();
    Holder::start(world, move |line| {
        if line.contains(part) {
            special()
        } else if line.contains("/stream") {
            Reply::Stream
        } else {
            Reply::Document(200, document.clone())
        }
    })
}

#[test]
fn what_may_have_been_done_is_not_done_again() {
    let (world, run) = parked();
    world.file("edits.yaml", "- { type: delete, stage_id: check }\n");
    let before = events(&world, &run);
    let commands: [(&[&str], &str); 2] = [
        (&["reopen", id(&run), "a"], "/reopen"),
        (&["edit", id(&run), "edits.yaml"], "/edits"),
    ];
    for (arguments, part) in commands {
        let holder = holder(&world, &run, part, || Reply::Departure);
        let answer = world.baton(arguments).exits(69);
        answer.says(&[
            "error[unreachable]",
            "may have been done",
            "baton events",
            id(&run),
        ]);
        assert_eq!(holder.n_asked(part), 1, "{arguments:?}");
        assert_eq!(events(&world, &run), before, "{arguments:?}");
    }
}

#[test]
fn whoever_follows_can_leave_while_nobody_answers() {
    let (world, run) = parked();
    for (part, signal) in [
        ("/stream", Signal::SIGTERM),
        ("/stream", Signal::SIGINT),
        ("/cancel", Signal::SIGINT),
    ] {
        let silent = World::new();
        std::fs::create_dir(silent.data()).unwrap();
        let holder = holder(&silent, &run, part, || Reply::Silence);
        let mut live = silent.start(&["resume", id(&run)]);
        holder.until("/stream");
        live.signal(signal);
        if signal == Signal::SIGINT {
            live.until("cancelling");
            if part == "/cancel" {
                holder.until("/cancel");
            }
            live.signal(signal);
        }
        live.end().exits(75).says(&["baton resume", id(&run)]);
    }
    world.assert_nothing_lives();
}

#[test]
fn what_cannot_be_done_now_is_asked_again_and_the_run_stays_followed() {
    let (world, run) = parked();
    let problem = |status: u16, code: &str| {
        let detail = format!("it is {code}");
        let body = json!({
            "type": "about:blank", "title": "", "status": status, "detail": detail, "code": code,
            "trace_id": "", "error": code, "message": detail,
        });
        Reply::Document(status, body.to_string())
    };
    let (mut n_times, document) = (0, run.to_string());
    let holder = holder(&world, &run, "/cancel", move || {
        n_times += 1;
        match n_times {
            1 => problem(507, "storage_full"),
            2 => problem(503, "unavailable"),
            _ => Reply::Document(200, document.clone()),
        }
    });
    let mut live = world.start(&["resume", id(&run)]);
    holder.until("/stream");
    live.signal(Signal::SIGINT);
    live.until("it is storage_full; tried again every 2 s");
    for _ in 0..3 {
        holder.until("/cancel");
    }
    live.signal(Signal::SIGTERM);
    let stderr = live.end().exits(75).stderr;
    assert_eq!(stderr.matches("tried again").count(), 1, "{stderr}");
}

/// A world with a run that waits for a person, and that nobody works on; the
/// second document is of a later time than the first.
fn of_two_rounds(agent: &str, first: &[&str]) -> (World, Value, Value) {
    let world = World::new();
    let stages: [(&str, &[&str], &str); 2] = [("a", &[], ""), ("check", &["a"], GATE)];
    world.file("w.yaml", workflow(&stages));
    world.agents(&[("a", agent)]);
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    let park = |live: Live| {
        eventually("it waits for a person", || {
            let status = &world.show(&run)["status"];
            status.as_str().unwrap().starts_with("waiting_for")
        });
        live.signal(Signal::SIGTERM);
        live.end().exits(75);
        world.show(&run)
    };
    let earlier = park(live);
    world
        .baton(&[&[first[0], &run], &first[1..]].concat())
        .exits(0);
    let later = park(world.start(&["resume", &run]));
    (world, earlier, later)
}

/// Checks that a decision which the first server was to take, who goes away
/// meanwhile, is refused by the next, where it would be about something else.
#[track_caller]
fn refused_in_the_next_round(rounds: (World, Value, Value), decision: &[&str], why: &str) {
    let (world, earlier, later) = rounds;
    let document = earlier.to_string();
    let run = id(&earlier);
    let _holder = Holder::start(&world, move |line| {
        if line.starts_with("GET") {
            Reply::Document(200, document.clone())
        } else {
            Reply::Departure
        }
    });
    let arguments = [&[decision[0], run], &decision[1..]].concat();
    world
        .baton(&arguments)
        .exits(5)
        .says(&["error[illegal_state]", why]);
    assert_eq!(world.show(run), later, "{decision:?}");
}

#[test]
fn a_gate_that_was_opened_again_is_not_decided_by_who_saw_it_before() {
    let decisions: [&[&str]; 4] = [
        &["approve"],
        &["approve", "check"],
        &["reject"],
        &["reject", "check"],
    ];
    for decision in decisions {
        let rounds = of_two_rounds("echo text", &["reopen", "a"]);
        refused_in_the_next_round(rounds, decision, "the decision is about iteration 1");
    }
}

#[test]
fn another_question_is_not_answered_by_who_saw_the_one_before() {
    let asks = "cat >/dev/null; echo '{\"$baton\": {\"status\": \"needs_input\", \
        \"session_id\": \"s\", \"questions\": [{\"question\": \"Why?\"}]}}'";
    let decisions: [&[&str]; 2] = [
        &["answer", "--answer", "Why?=so"],
        &["answer", "a", "--answer", "Why?=so"],
    ];
    for decision in decisions {
        let rounds = of_two_rounds(asks, &["answer", "--answer", "Why?=first"]);
        refused_in_the_next_round(rounds, decision, "asked by its dispatch");
    }
}
