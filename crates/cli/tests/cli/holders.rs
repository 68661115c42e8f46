//! Processes that hold a data directory and answer late, badly or never: who
//! asks them is told what is known, and can always leave.

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::{Holder, Reply, World, workflow};

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
