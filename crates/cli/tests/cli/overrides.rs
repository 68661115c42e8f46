//! What projects and runs lay over workflows, from the file to the run.

use std::fs;

use serde_json::json;

use super::api::request;
use crate::support::World;

const FILE: &str = ".baton-workflow-overrides.yaml";
const WORKFLOW: &str = "\
workflow: { id: w, name: W }
config: { parameters: { depth: { type: integer, default: 1 } } }
stages:
  - id: a
    name: A
    roles: { primary: { artifact: \"agent:a\", model: opus } }
    inputs: { depth: { type: integer, source: \"${{ parameters.depth }}\" } }
    outputs: { depth: { type: string } }
";

/// A world whose agent brings back what it was given.
fn world() -> World {
    let world = World::new();
    world.agents(&[("a", "echo \"$BATON_INPUT_DEPTH\"")]);
    world.file("w.yaml", WORKFLOW);
    world
}

const DEPTH_2: &str = "overrides: { w: { config: { parameters: { depth: { default: 2 } } } } }\n";

#[test]
fn a_run_of_a_project_has_its_overrides_and_says_so() {
    let world = world();
    world.file(FILE, DEPTH_2);
    let run = world
        .baton(&["run", "w.yaml", "-o", "json"])
        .exits(0)
        .json();
    assert_eq!(run["steps"][0]["outputs"]["depth"], "2");
    assert_eq!(run["parameters"]["depth"], 2);
    let id = run["id"].as_str().unwrap();
    let shown = world.show(id);
    let path = world.project().canonicalize().unwrap().join(FILE);
    let by_file = json!([{ "path": "config.parameters.depth.default", "by": path }]);
    assert_eq!(shown["overridden"], by_file);
    // The text of the workflow is what it was.
    assert_eq!(shown["workflow_snapshot"], WORKFLOW);
    let table = world.baton(&["show", id]).exits(0);
    table.stdout_says("Overridden config.parameters.depth.default by ");
    // A repetition does what the run did, whatever the file says by now.
    fs::remove_file(path).unwrap();
    let again = world.baton(&["rerun", id, "-o", "json"]).exits(0).json();
    assert_eq!(again["steps"][0]["outputs"]["depth"], "2");
    assert_eq!(again["overridden"], by_file);
}

#[test]
fn a_run_without_overrides_says_nothing_of_them() {
    let world = world();
    let run = world
        .baton(&["run", "w.yaml", "-o", "json"])
        .exits(0)
        .json();
    assert_eq!(run["steps"][0]["outputs"]["depth"], "1");
    assert!(run.get("overridden").is_none());
}

#[test]
fn what_is_set_for_one_run_comes_last() {
    let world = world();
    world.file(FILE, DEPTH_2);
    world.file(
        "over.yaml",
        "config: { parameters: { depth: { default: 3 } } }\n",
    );
    let arguments = ["run", "w.yaml", "--override", "over.yaml", "-o", "json"];
    let run = world.baton(&arguments).exits(0).json();
    assert_eq!(run["steps"][0]["outputs"]["depth"], "3");
    assert_eq!(run["overridden"][0]["by"], "this run");
    let plan = world
        .baton(&["plan", "w.yaml", "--override", "over.yaml"])
        .exits(0);
    plan.stdout_says("Parameters: depth=3\n");
    plan.stdout_says("\n\nOverridden:\n  config.parameters.depth.default by over.yaml\n");
}

#[test]
fn a_program_sets_values_for_one_run() {
    let world = world();
    let serve = world.start(&["serve"]);
    let mut serve = serve;
    serve.until("took up");
    let mut body = json!({
        "definition": WORKFLOW,
        "config": world.project().join("baton.toml"),
        "overrides": { "config": { "parameters": { "depth": { "default": 7 } } } },
    });
    let (status, run) = request(&world, "POST", "", Some(&body));
    assert_eq!(status, 201, "{run}");
    assert_eq!(run["parameters"]["depth"], 7);
    assert_eq!(run["overridden"][0]["by"], "this run");
    body["overrides"] = json!({ "hooks": {} });
    let (status, problem) = request(&world, "POST", "", Some(&body));
    assert_eq!(status, 400);
    let found = &problem["validation_errors"][0];
    assert_eq!(found["code"], "SWDL-E0702");
    assert_eq!(found["file"], "this run");
}

#[test]
fn overrides_are_found_above_the_project_and_the_nearest_wins() {
    let world = world();
    let below = world.project().join("team/flows");
    fs::create_dir_all(&below).unwrap();
    fs::write(below.join("w.yaml"), WORKFLOW).unwrap();
    let plan = || {
        let arguments = ["plan", "team/flows/w.yaml", "--project", "team/flows"];
        world.baton(&arguments).exits(0).stdout
    };
    assert!(!plan().contains("Overridden"));
    world.file(FILE, DEPTH_2);
    assert!(plan().contains("depth=2"), "{}", plan());
    world.file(
        "team/.skillmeat-workflow-overrides.yaml",
        DEPTH_2.replace('2', "5"),
    );
    assert!(plan().contains("depth=5"), "{}", plan());
    let by = "by team/.skillmeat-workflow-overrides.yaml";
    assert!(plan().contains(by), "{}", plan());
}

#[test]
fn mistakes_in_overrides_stand_under_their_own_file() {
    let world = world();
    let over = "overrides:\n  w:\n    hooks: {}\n    stages:\n      a: { depends_on: [], nmae: B }\n      b: {}\n";
    world.file(FILE, over);
    world.file("v.yaml", WORKFLOW);
    let arguments = ["validate", "w.yaml", "v.yaml"];
    let report = world
        .baton(&[&arguments[..], &["-o", "json"]].concat())
        .exits(1)
        .json();
    let files = report["files"].as_array().unwrap();
    let paths: Vec<_> = files
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["w.yaml", "v.yaml", FILE]);
    assert_eq!(files[0]["diagnostics"].as_array().unwrap().len(), 0);
    let found = files[2]["diagnostics"].as_array().unwrap();
    let codes: Vec<_> = found
        .iter()
        .map(|found| found["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        ["SWDL-E0702", "SWDL-E0702", "SWDL-W0203", "SWDL-E0703"]
    );
    assert_eq!(found[0]["span"]["start"]["line"], 3);
    let human = world.baton(&arguments).exits(1);
    human.stdout_says(&format!(
        "✗ {FILE}: validation failed (3 errors, 1 warning)"
    ));
    human.says(&[&format!("{FILE}:5:"), "a: { depends_on: [], nmae: B }"]);
    let run = world.baton(&["run", "w.yaml"]).exits(1);
    run.says(&[
        &format!("{FILE}:3:"),
        "    hooks: {}",
        "error[invalid_definition]",
    ]);
    assert_eq!(world.n_runs(), 0);
}

#[test]
fn overrides_that_cannot_be_read_are_not_passed_over() {
    let world = world();
    fs::create_dir(world.project().join(FILE)).unwrap();
    for command in ["validate", "plan", "run"] {
        let answer = world.baton(&[command, "w.yaml"]).exits(1);
        answer.says(&["cannot read the overrides", FILE]);
    }
}

#[test]
fn a_directory_with_overrides_is_a_project() {
    let world = World::new();
    world.file("w.yaml", WORKFLOW);
    world.file(FILE, DEPTH_2);
    let config = world.root().join("agents.toml");
    fs::write(&config, "default_adapter = \"simulated\"\n").unwrap();
    let arguments = ["run", "w.yaml", "-o", "json", "--config"];
    let run = world.baton(&[&arguments[..], &[config.to_str().unwrap()]].concat());
    let run = run.exits(0).json();
    assert_eq!(run["parameters"]["depth"], 2);
    let project = world.project().canonicalize().unwrap();
    assert_eq!(run["directory"], project.to_str().unwrap());
}

#[test]
fn the_definition_is_shown_with_all_defaults_and_overrides() {
    let world = world();
    world.file(FILE, DEPTH_2);
    let definition = world
        .baton(&["plan", "w.yaml", "--definition"])
        .exits(0)
        .yaml();
    assert_eq!(definition["config"]["parameters"]["depth"]["default"], 2);
    assert_eq!(definition["config"]["timeout"], "2h");
    let json = world
        .baton(&["plan", "w.yaml", "--definition", "-o", "json"])
        .exits(0)
        .json();
    assert_eq!(json, definition);
    // What was shown is a workflow again.
    let shown = world
        .baton(&["plan", "w.yaml", "--definition"])
        .exits(0)
        .stdout;
    world.file("shown.yaml", shown);
    fs::remove_file(world.project().join(FILE)).unwrap();
    world
        .baton(&["validate", "shown.yaml", "--strict"])
        .exits(0);
}

#[test]
fn a_plan_is_drawn_in_three_forms() {
    let world = world();
    for (form, begins) in [
        ("mermaid", "flowchart LR"),
        ("dot", "digraph"),
        ("svg", "<svg"),
    ] {
        let graph = world
            .baton(&["plan", "w.yaml", "--graph", form])
            .exits(0)
            .stdout;
        assert!(graph.starts_with(begins), "{graph}");
    }
}
