//! Whole runs with agents that work, ask and cost money.

use serde_json::Value;

use super::world::{StandIns, workflow};
use crate::support::Answer;

fn step<'r>(run: &'r Value, stage: &str) -> &'r Value {
    let steps = run["steps"].as_array().unwrap();
    steps.iter().find(|step| step["stage_id"] == stage).unwrap()
}

#[test]
fn a_stage_is_worked_on_by_claude() {
    let stand_ins = StandIns::new();
    stand_ins.agents(&[("agent:coder", "claude", "ok", "")]);
    let world = &stand_ins.world;
    world.file("w.yaml", workflow(&[("a", &[], "agent:coder")]));
    let answer = world.baton(&["run", "w.yaml", "-o", "json"]).exits(0);
    let run = answer.json();
    let done = step(&run, "a");
    assert_eq!(done["outputs"]["text"], "text of the stand-in");
    assert_eq!(done["outputs"]["n"], 7);
    assert_eq!(done["usage"]["cost_usd"], 0.0125);
    assert_eq!(run["usage"]["output_tokens"], 20);
    let id = run["id"].as_str().unwrap();
    let shown = world.baton(&["show", id]).exits(0).stdout;
    assert!(shown.contains("$0.0125, 1150 + 20 tokens"), "{shown}");
    let log = world.baton(&["logs", id]).exits(0).stdout;
    for part in [
        "session ",
        "Looking into it.",
        "[Bash] ls -la",
        "ended after 2 turns",
    ] {
        assert!(log.contains(part), "{part} is missing in {log}");
    }
    let events = world.baton(&["events", id]).exits(0).stdout;
    assert!(events.contains("$0.0125, 1150 + 20 tokens"), "{events}");
    world.assert_nothing_lives();
}

/// Two stages at once, of which one asks: the other goes on meanwhile, and the
/// session that asked goes on with the answers.
#[test]
fn one_of_two_stages_asks_and_its_session_goes_on_with_the_answers() {
    let stand_ins = StandIns::new();
    stand_ins.agents(&[
        ("agent:asks", "claude", "questions", ""),
        ("agent:works", "claude", "ok", ""),
    ]);
    let world = &stand_ins.world;
    let stages: [(&str, &[&str], &str); 3] = [
        ("asks", &[], "agent:asks"),
        ("works", &[], "agent:works"),
        ("joins", &["asks", "works"], "agent:works"),
    ];
    world.file("w.yaml", workflow(&stages));
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("asks: waiting for input. Which colour? (and 1 more)");
    let waiting = world.show(&run);
    let asked = &step(&waiting, "asks")["question"]["questions"];
    assert_eq!(asked[0]["name"], "Colour");
    assert_eq!(asked[0]["options"][1]["label"], "blue");
    assert_eq!(asked[1]["question"], "How large?");
    let answers = ["--answer", "Colour=Blue", "--answer", "Size=10 cm"];
    let arguments = [&["answer", &run, "asks"], &answers[..]].concat();
    world.baton(&arguments).exits(0);
    // Whoever comes second is told so, and nobody may answer something else.
    world
        .baton(&["answer", &run, "asks", "--answer", "Colour=red"])
        .exits(5);
    live.end().exits(0);
    let ended = world.show(&run);
    assert_eq!(ended["status"], "completed");
    let starts = stand_ins.starts();
    assert_eq!(starts.len(), 4, "{starts:#?}");
    let of_asks: Vec<_> = starts
        .iter()
        .filter(|start| start.mode == "questions")
        .collect();
    assert_eq!(of_asks[0].session, of_asks[1].session);
    assert!(!of_asks[0].is_resume && of_asks[1].is_resume);
    assert!(
        of_asks[1]
            .prompt
            .contains("- Colour: blue\n- Size: 10 cm\n")
    );
    // Each turn counts once, although the program tells of the whole session.
    assert_eq!(step(&ended, "asks")["usage"]["cost_usd"], 0.025);
    assert_eq!(step(&ended, "works")["usage"]["cost_usd"], 0.0125);
    assert_eq!(ended["usage"]["cost_usd"], 0.05);
    assert_eq!(ended["usage"]["output_tokens"], 80);
    world.assert_nothing_lives();
}

/// What cannot be answered is refused, and why.
#[test]
fn answers_that_fit_nothing_are_refused() {
    let stand_ins = StandIns::new();
    stand_ins.agents(&[("agent:asks", "claude", "questions", "")]);
    let world = &stand_ins.world;
    world.file("w.yaml", workflow(&[("asks", &[], "agent:asks")]));
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("asks: waiting for input");
    let answer = |stage: &str, answers: &[&str]| {
        let mut arguments = vec!["answer", run.as_str(), stage];
        for answer in answers {
            arguments.extend(["--answer", answer]);
        }
        world.baton(&arguments)
    };
    answer("asks", &["Colour=red", "Size=1", "Shade=dark"]).exits(2);
    answer("asks", &["Colour=green", "Size=1"]).exits(2);
    answer("nowhere", &["Colour=red"]).exits(4);
    answer("asks", &["Colour=red", "Size=1"]).exits(0);
    live.end().exits(0);
    answer("asks", &["Colour=blue", "Size=1"]).exits(5);
}

/// Neither `baton.toml` nor an entry is needed for what is only a page, and for
/// what is called like its program.
#[test]
fn pages_and_programs_work_without_an_entry() {
    let stand_ins = StandIns::new();
    let world = &stand_ins.world;
    let pages = world.project().join(".claude/agents");
    std::fs::create_dir_all(&pages).unwrap();
    std::fs::write(pages.join("reviewer.md"), "You review.\n").unwrap();
    let stages: [(&str, &[&str], &str); 2] = [
        ("page", &[], "agent:reviewer"),
        ("name", &[], "agent:codex"),
    ];
    world.file("w.yaml", workflow(&stages));
    let project = world.project().display().to_string();
    let arguments = ["run", "w.yaml", "--project", &project, "-o", "json"];
    let programs = world.root().join("programs").display().to_string();
    let mut command = world.command(&arguments);
    command.env("PATH", format!("{programs}:/usr/bin:/bin"));
    let run = Answer::of(&mut command).exits(0).json();
    assert_eq!(
        step(&run, "page")["outputs"]["text"],
        "text of the stand-in"
    );
    // It tells tokens and no cost.
    assert_eq!(step(&run, "name")["usage"]["output_tokens"], 10);
    assert!(step(&run, "name")["usage"]["cost_usd"].is_null());
    // Nobody works for what is nowhere.
    world.file("n.yaml", workflow(&[("a", &[], "agent:nobody")]));
    let nobody = world.baton(&["run", "n.yaml"]).exits(1);
    nobody.says(&["error[unresolved_agent]", "no agent is configured"]);
    world.assert_nothing_lives();
}
