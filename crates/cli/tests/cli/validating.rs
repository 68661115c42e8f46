//! `baton validate` on files, folders and patterns.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::process::Stdio;

use crate::support::{Answer, World};

const GOOD: &str = "workflow: { id: a, name: A }\nstages: []\n";
const BAD: &str = "workflow: { id: a, name: A }\nstages: 1\n";

/// The paths of a report, in its order.
fn paths(answer: &Answer) -> Vec<String> {
    let report = answer.json();
    let files = report["files"].as_array().unwrap();
    files
        .iter()
        .map(|file| file["path"].as_str().unwrap().to_owned())
        .collect()
}

fn make(world: &World, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = world.project().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

#[test]
fn a_folder_is_searched_for_workflows() {
    let world = World::new();
    make(
        &world,
        &[
            ("flows/b.yaml", GOOD),
            ("flows/a/c.yml", GOOD),
            (
                "flows/a/d.json",
                r#"{"workflow": {"id": "d", "name": "D"}, "stages": []}"#,
            ),
            ("flows/a/package.json", r#"{"name": "x"}"#),
            ("flows/a/notes.txt", GOOD),
            ("flows/compose.yaml", "services: {}\n"),
            ("flows/.hidden/e.yaml", BAD),
            ("flows/target/f.yaml", BAD),
            ("flows/node_modules/g.yaml", BAD),
        ],
    );
    let answer = world.baton(&["validate", "flows", "-o", "json"]).exits(0);
    assert_eq!(
        paths(&answer),
        ["flows/a/c.yml", "flows/a/d.json", "flows/b.yaml"]
    );
    let answer = world.baton(&["validate", "flows"]).exits(0);
    answer.stdout_says("✓ flows/b.yaml: Valid workflow, 0 stages (0 errors, 0 warnings)\n");
    answer.stdout_says(
        "3 files: 3 valid, 0 invalid (0 errors, 0 warnings); 2 files without a workflow",
    );
}

#[test]
fn a_pattern_in_quotes_names_what_fits() {
    let world = World::new();
    make(
        &world,
        &[
            ("flows/a.yaml", GOOD),
            ("flows/x/b.yaml", BAD),
            ("flows/x/y/c.yaml", GOOD),
            ("flows/x/.d.yaml", BAD),
        ],
    );
    let validate = |pattern| world.baton(&["validate", pattern, "-o", "json"]);
    let all = validate("flows/**/*.yaml").exits(1);
    assert_eq!(
        paths(&all),
        ["flows/a.yaml", "flows/x/b.yaml", "flows/x/y/c.yaml"]
    );
    assert_eq!(
        paths(&validate("./flows/*.yaml").exits(0)),
        ["flows/a.yaml"]
    );
    assert_eq!(
        paths(&validate("flows/{a,z}.yaml").exits(0)),
        ["flows/a.yaml"]
    );
    let none = world.baton(&["validate", "flows/*.yml"]).exits(4);
    none.says(&[
        "error[not_found]",
        "flows/*.yml",
        "no file fits this pattern",
    ]);
}

#[test]
fn results_come_in_the_order_of_the_paths_and_each_file_once() {
    let world = World::new();
    make(
        &world,
        &[("z.yaml", GOOD), ("f/a.yaml", BAD), ("f/b.yaml", GOOD)],
    );
    let answer = world.baton(&[
        "validate", "z.yaml", "f/b.yaml", "f", "z.yaml", "-o", "json",
    ]);
    assert_eq!(paths(&answer.exits(1)), ["z.yaml", "f/b.yaml", "f/a.yaml"]);
}

#[test]
fn a_thousand_files_are_checked() {
    let world = World::new();
    for number in 0..1_000 {
        let text = if number % 10 == 0 { BAD } else { GOOD };
        make(
            &world,
            &[(&format!("flows/{:02}/{number:04}.yaml", number % 50), text)],
        );
    }
    let answer = world.baton(&["validate", "flows"]).exits(1);
    answer.stdout_says("1000 files: 900 valid, 100 invalid (100 errors, 0 warnings)");
    assert_eq!(answer.stderr.matches("error[SWDL-E0201]").count(), 100);
    let answer = world.baton(&["validate", "flows", "-o", "json"]).exits(1);
    let paths = paths(&answer);
    assert_eq!(paths.len(), 1_000);
    assert!(paths.is_sorted());
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_checked() {
    let world = World::new();
    make(&world, &[("f/a.yaml", BAD), ("g.yaml", GOOD)]);
    fs::write(world.project().join("f/binary.yaml"), b"workflow: \xff").unwrap();
    let arguments = ["validate", "missing.yaml", "f", "g.yaml"];
    let answer = world.baton(&arguments).exits(4);
    answer.stdout_says("✗ missing.yaml: cannot be read\n");
    answer.stdout_says("✓ g.yaml");
    answer.says(&[
        "error[not_found]",
        "SWDL-E0201",
        "f/binary.yaml:1:11",
        "UTF-8",
    ]);
    let report = world
        .baton(&[&arguments[..], &["-o", "json"]].concat())
        .exits(4)
        .json();
    assert!(
        report["files"][0]["error"]
            .as_str()
            .unwrap()
            .contains("missing.yaml")
    );
    assert_eq!(
        report["files"][0]["diagnostics"].as_array().unwrap().len(),
        0
    );
    assert_eq!(report["files"].as_array().unwrap().len(), 4);
}

#[test]
fn links_in_a_circle_are_no_way_to_go_round_for_ever() {
    let world = World::new();
    make(&world, &[("f/a.yaml", GOOD), ("elsewhere/b.yaml", GOOD)]);
    let at = |name: &str| world.project().join(name);
    symlink(at("f"), at("f/round")).unwrap();
    symlink(at("f/self.yaml"), at("f/self.yaml")).unwrap();
    symlink(at("gone"), at("f/nowhere.yaml")).unwrap();
    symlink(at("elsewhere/b.yaml"), at("f/b.yaml")).unwrap();
    let answer = world.baton(&["validate", "f", "-o", "json"]).exits(0);
    assert_eq!(paths(&answer), ["f/a.yaml", "f/b.yaml"]);
    world
        .baton(&["validate", "f/self.yaml"])
        .exits(1)
        .says(&["f/self.yaml"]);
}

#[test]
fn standard_input_is_a_file_like_any_other() {
    let world = World::new();
    make(&world, &[("a.yaml", GOOD)]);
    let mut child = world
        .command(&["validate", "a.yaml", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(BAD.as_bytes()).unwrap();
    drop(stdin);
    let answer = Answer::from(child.wait_with_output().unwrap()).exits(1);
    answer.stdout_says("✗ <stdin>: validation failed (1 error, 0 warnings)");
    answer.says(&["<stdin>:2:9"]);
}

#[test]
fn warnings_fail_only_when_they_are_to() {
    let world = World::new();
    make(
        &world,
        &[(
            "a.yaml",
            "workflow: { id: a, name: A, colour: red }\nstages: []\n",
        )],
    );
    world
        .baton(&["validate", "a.yaml"])
        .exits(0)
        .says(&["SWDL-W0203"]);
    let strict = world.baton(&["validate", "a.yaml", "--strict"]).exits(1);
    strict.stdout_says("warnings are treated as errors");
}

#[test]
fn a_folder_without_workflows_is_said_to_have_none() {
    let world = World::new();
    make(
        &world,
        &[("other/compose.yaml", "services: {}\n"), ("a.yaml", GOOD)],
    );
    fs::create_dir(world.project().join("empty")).unwrap();
    let answer = world.baton(&["validate", "empty", "other"]).exits(1);
    answer.stdout_says("0 files: 0 valid, 0 invalid");
    answer.says(&["error: there is no workflow in empty, other"]);
    let json = world.baton(&["validate", "empty", "-o", "json"]).exits(1);
    assert_eq!(paths(&json), [""; 0]);
    world.baton(&["validate", "empty", "a.yaml"]).exits(0);
}

#[test]
fn a_workflow_whose_head_cannot_be_read_is_not_passed_over() {
    let world = World::new();
    make(
        &world,
        &[
            ("f/good.yaml", GOOD),
            ("f/head.yaml", "workflow\n  id: a\nstages: []\n"),
            ("f/chart.yaml", "{{- if .x }}\n  workflow: 1\n{{ end }}\n"),
            ("f/ci.yml", "workflow: { rules: [] }\nstages: [build]\n"),
        ],
    );
    let answer = world.baton(&["validate", "f"]).exits(1);
    answer.stdout_says("2 files: 1 valid, 1 invalid");
    answer.says(&[
        "SWDL-E0101",
        "f/head.yaml:1:1",
        "note: f/chart.yaml was not checked",
        "(line 1: ",
        "note: f/ci.yml was not checked",
        "(it is a pipeline of GitLab)",
    ]);
}

#[test]
fn a_configuration_that_cannot_be_read_hides_no_mistake() {
    let world = World::new();
    make(
        &world,
        &[
            ("a/w.yaml", BAD),
            ("a/baton.toml", "[agents"),
            ("b/w.yaml", GOOD),
        ],
    );
    let answer = world.baton(&["validate", "a", "b"]).exits(2);
    answer.stdout_says("✗ a/baton.toml: cannot be read");
    answer.stdout_says("3 files: 1 valid, 2 invalid (1 error, 0 warnings)");
    answer.says(&["SWDL-E0201", "a/baton.toml:1:8"]);
}
