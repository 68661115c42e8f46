//! Values that are nested deeper than a log or an answer can be read back:
//! refused where they come in, with the run and the list of runs as readable
//! as before.

use serde_json::json;

use crate::api::{request, served};
use crate::support::{World, workflow};

const PARAMETER: &str = "config: { parameters: { x: { type: object } } }\nstages:\n";

fn lists(depth: usize) -> String {
    "[".repeat(depth) + &"]".repeat(depth)
}

/// A JSON object, so many levels deep.
fn object(depth: usize) -> String {
    format!("{{\"a\":{}}}", lists(depth - 1))
}

/// A world with one stage that brings back this `x`.
fn world(brings: &str) -> World {
    let world = World::new();
    let script = format!("echo '{{\"text\": \"a\", \"x\": {brings}}}'");
    world.agents(&[("a", &script)]);
    let once = "error_policy: { retry: { max_attempts: 1 } }";
    let text = workflow(&[("a", &[], once)]).replacen("stages:\n", PARAMETER, 1);
    world.file("w.yaml", text);
    world
}

#[track_caller]
fn everything_is_readable(world: &World, n_runs: u64) {
    assert_eq!(world.n_runs(), n_runs);
    world.baton(&["doctor"]).exits(0);
}

#[test]
fn an_output_that_is_too_deep_is_a_bad_output() {
    for (depth, exit) in [(64, 0), (65, 1), (125, 1), (126, 1), (127, 1), (1_000, 1)] {
        let world = world(&lists(depth));
        let run = world.baton(&["run", "w.yaml", "-o", "json"]).exits(exit);
        let id = run.json()["id"].as_str().unwrap().to_owned();
        let shown = world.show(&id);
        let step = &shown["steps"][0];
        if exit == 0 {
            assert_eq!(step["outputs"]["x"].to_string(), lists(depth));
        } else {
            assert_eq!(step["error_label"], "bad_output", "{step:#}");
            let words = format!("a value nested {depth} deep, and 64 is the most");
            let message = step["error_message"].as_str().unwrap();
            assert!(message.contains(&words), "{message}");
        }
        world.baton(&["events", &id]).exits(0);
        everything_is_readable(&world, 1);
    }
}

#[test]
fn a_parameter_that_is_too_deep_starts_nothing() {
    let world = world("1");
    for depth in [65, 125, 126, 127, 1_000] {
        let given = format!("x={}", object(depth));
        let run = world.baton(&["run", "w.yaml", "--param", &given]);
        let words = format!("nested {depth} deep, and 64 is the most");
        run.exits(1).says(&["error[invalid_parameters]", &words]);
        everything_is_readable(&world, 0);
    }
    world.file("p.yaml", format!("x: {}\n", object(65)));
    let run = world.baton(&["run", "w.yaml", "--params-file", "p.yaml"]);
    run.exits(1).says(&["error[invalid_parameters]"]);
    let given = format!("x={}", object(64));
    world.baton(&["run", "w.yaml", "--param", &given]).exits(0);
    everything_is_readable(&world, 1);
}

/// Over HTTP a value is a value, not a text that is read by its type.
#[test]
fn the_api_lets_nothing_in_that_is_too_deep() {
    let (world, _serve, run) = served();
    let before = world.show(&run);
    let value = |depth: usize| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    let definition = std::fs::read_to_string(world.project().join("w.yaml")).unwrap();
    let definition = definition.replacen("stages:\n", PARAMETER, 1);
    for (depth, status, code) in [
        (65, 400, "invalid_"),
        (120, 400, "invalid_"),
        (127, 422, "malformed"),
    ] {
        let start = json!({ "definition": definition, "parameters": { "x": value(depth) } });
        let edits = json!({ "edits": [{ "type": "insert", "stage": value(depth) }] });
        let answers = json!({ "answers": { "Why?": value(depth) } });
        for (path, body) in [
            (String::new(), start),
            (format!("/{run}/edits"), edits),
            (format!("/{run}/steps/ask/answer"), answers),
        ] {
            let (answered, problem) = request(&world, "POST", &path, Some(&body));
            assert_eq!(answered, status, "{path} {depth}: {problem:#}");
            let word = problem["code"].as_str().unwrap();
            assert!(word.starts_with(code), "{path} {depth}: {problem:#}");
        }
    }
    assert_eq!(world.show(&run), before);
    assert_eq!(world.n_runs(), 1);
}
