//! An agent asks, the stage waits without a process, and an answer from
//! anywhere makes the same attempt go on.

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::{Live, World, workflow};

/// Asks three questions in its first turn; writes down what it gets in its
/// second.
const ASKS: &str = r#"
input=$(cat)
case $input in
*'"turn":1'*)
    cat <<'END'
{"$baton": {"status": "needs_input", "session_id": "s-1", "questions": [
  {"question": "Which colour?", "header": "Colour",
   "options": [{"label": "red", "description": "like a rose"}, {"label": "dark blue"}]},
  {"question": "Which sizes?", "header": "Sizes", "multi_select": true,
   "options": [{"label": "S"}, {"label": "M"}, {"label": "L"}]},
  {"question": "What for?"}]}}
END
    ;;
*)
    echo "$input" >"$TEST_ROOT/second-turn"
    echo painted
    ;;
esac
"#;

const ANSWERS: [&str; 6] = [
    "--answer",
    "Colour=Dark Blue",
    "--answer",
    "Sizes=M",
    "--answer",
    "What for?=a door",
];

fn world() -> World {
    let world = World::new();
    world.file(
        "w.yaml",
        workflow(&[("beside", &[], ""), ("paint", &["beside"], "")]),
    );
    world.agents(&[("paint", ASKS), ("beside", "echo done")]);
    world
}

fn asking(world: &World) -> (Live, String) {
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("paint: waiting for input. Which colour? (and 2 more)");
    live.until("baton answer");
    (live, run)
}

fn second_turn(world: &World) -> Value {
    let text = std::fs::read_to_string(world.root().join("second-turn")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_question_is_answered_from_a_second_terminal() {
    let world = world();
    let (live, run) = asking(&world);
    let arguments = [
        &["answer", &run[28..], "paint"],
        &ANSWERS[..],
        &["--answer", "Sizes=L"],
    ];
    let answer = world.baton(&arguments.concat()).exits(0);
    assert_eq!(answer.stdout, "Answered: paint\n");
    live.end()
        .exits(0)
        .says(&["paint: answered by local", "paint: completed"]);
    let expected = json!({ "Colour": "dark blue", "Sizes": ["M", "L"], "What for?": "a door" });
    let second = second_turn(&world);
    assert_eq!(second["answers"], expected);
    assert_eq!(second["session_id"], "s-1");
    let step = world.show(&run)["steps"][1].clone();
    assert_eq!(step["attempt"], 1);
    assert_eq!(step["question"]["answers"], expected);
    assert_eq!(step["question"]["answered_by"], "local");
}

#[test]
fn what_is_asked_is_shown_and_how_it_is_answered() {
    let world = world();
    let (live, run) = asking(&world);
    let shown = world.baton(&["show", &run]).exits(0).stdout;
    for part in [
        "paint asks:",
        "Which colour?",
        "1  red        like a rose",
        "2  dark blue",
        "Answer with: baton answer",
    ] {
        assert!(shown.contains(part), "no {part:?} in\n{shown}");
    }
    let question = world.show(&run)["steps"][1]["question"].clone();
    let names: Vec<&Value> = question["questions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|question| &question["name"])
        .collect();
    assert_eq!(names, ["Colour", "Sizes", "What for?"]);
    // Without a terminal nothing can be asked.
    world.baton(&["answer", &run]).exits(2).says(&[
        "Which sizes?",
        "--answer Colour=red --answer Sizes=S --answer 'What for?=…'",
    ]);
    live.signal(Signal::SIGTERM);
    live.end().exits(75);
}

#[test]
fn every_mistake_in_an_answer_is_told_and_nothing_is_answered() {
    let world = world();
    let (live, run) = asking(&world);
    let mistakes = [
        "answer",
        &run,
        "-a",
        "Color=red",
        "-a",
        "Sizes=XL",
        "-a",
        "What for?=x",
    ];
    world.baton(&mistakes).exits(2).says(&[
        "error[invalid_answers]",
        "did you mean `Colour`?",
        "there is no answer to `Colour`",
        "`XL` is none of the options of `Sizes`",
    ]);
    world
        .baton(&["answer", &run, "-a", "Colour"])
        .exits(2)
        .says(&["NAME=VALUE"]);
    let to = |stage| [&["answer", &run, stage], &ANSWERS[..]].concat();
    world
        .baton(&to("paints"))
        .exits(4)
        .says(&["did you mean `paint`?"]);
    world
        .baton(&to("beside"))
        .exits(5)
        .says(&["`beside`", "completed"]);
    assert_eq!(world.show(&run)["status"], "waiting_for_input");
    world.baton(&to("paint")).exits(0);
    live.end().exits(0);
    // The same once more changes nothing, another answer comes too late.
    world.baton(&to("paint")).exits(0);
    let unnamed = [&["answer", &run], &ANSWERS[..]].concat();
    assert_eq!(world.baton(&unnamed).exits(0).stdout, "Answered: paint\n");
    let other = [&unnamed[..], &["-a", "Sizes=S"]].concat();
    world
        .baton(&other)
        .exits(5)
        .says(&["answered already by local"]);
    let other = [&to("paint")[..], &["-a", "Sizes=S"]].concat();
    world
        .baton(&other)
        .exits(5)
        .says(&["answered already by local"]);
    world
        .baton(&["answer", &run])
        .exits(5)
        .says(&["no stage of this run waits for an answer", "completed"]);
}

#[test]
fn an_answer_needs_nobody_who_works_on_the_run() {
    let world = world();
    let (live, run) = asking(&world);
    live.signal(Signal::SIGTERM);
    live.end().exits(75);
    let waiting = world
        .baton(&["runs", "--status", "waiting_for_input", "-o", "json"])
        .exits(0)
        .json();
    assert_eq!(waiting["items"][0]["id"], run.as_str());
    world
        .baton(&[&["answer", &run][..], &ANSWERS].concat())
        .exits(0)
        .says(&["nobody works on the run now", "baton resume"]);
    world
        .baton(&["resume", &run])
        .exits(0)
        .says(&["paint: completed"]);
}

#[test]
fn after_a_crash_a_person_says_whether_to_run_again() {
    for (choice, exit) in [("run again", 0), ("give up", 1)] {
        let world = World::new();
        world.file(
            "w.yaml",
            workflow(&[("a", &[], "error_policy: { on_crash: ask }")]),
        );
        world.pipe("go");
        let script = "echo up >&2; read -r line <\"$TEST_ROOT/go\"; echo \"$line\"";
        world.agents(&[("a", script)]);
        let mut live = world.start(&["run", "w.yaml"]);
        let run = live.run();
        live.until("a | up");
        live.kill();
        world.kill_attempts();
        let mut live = world.start(&["resume", &run]);
        live.until("a: waiting for input. The server stopped");
        let shown = world.baton(&["show", &run]).exits(0).stdout;
        assert!(
            shown.contains("Baton asks:") && shown.contains("run again"),
            "{shown}"
        );
        world
            .baton(&["answer", &run, "-a", "After crash=later"])
            .exits(2)
            .says(&["`run again`, `give up`"]);
        let answer = format!("After crash={choice}");
        world.baton(&["answer", &run, "-a", &answer]).exits(0);
        if choice == "run again" {
            live.until("a | up");
            world.tell("go");
        }
        live.end().exits(exit);
    }
}
