//! Files nobody can run: each gets a clear message with a code and, where
//! there is one, a place; nothing is stored.

use std::fmt::Write;
use std::fs::{self, File};

use crate::support::{World, workflow};

/// A world whose `baton.toml` has an agent for stages called `a`.
fn world() -> World {
    let world = World::new();
    world.agents(&[("a", "echo a")]);
    world
}

/// `baton run` refuses the file, and so does `baton validate`.
#[track_caller]
fn refused(world: &World, file: &str, exit: i32, parts: &[&str]) {
    world.baton(&["validate", file]).exits(exit).says(parts);
    run_refused(world, &[file], exit, parts);
}

/// Only `baton run` refuses it.
#[track_caller]
fn run_refused(world: &World, arguments: &[&str], exit: i32, parts: &[&str]) {
    let answer = world.baton(&[&["run"], arguments].concat()).exits(exit);
    answer.says(parts).says(&["error["]);
    assert_eq!(world.n_runs(), 0);
    assert!(!world.data().join("attempts").exists());
}

#[test]
fn what_is_no_file_of_text_is_refused() {
    let world = world();
    refused(
        &world,
        "missing.yaml",
        4,
        &["error[not_found]", "missing.yaml"],
    );
    fs::create_dir(world.project().join("folder")).unwrap();
    run_refused(&world, &["folder"], 1, &["folder", "it is a directory"]);
    world.file("binary.yaml", b"workflow:\n  id: \xFF\xFE\x00\x01");
    refused(&world, "binary.yaml", 1, &["binary.yaml:2:7", "UTF-8"]);
    world.file("nul.yaml", b"workflow:\n  id: \0\n");
    refused(&world, "nul.yaml", 1, &["SWDL-E0101", "nul.yaml:2"]);
    world.file("empty.yaml", "");
    refused(&world, "empty.yaml", 1, &["SWDL-E0", "empty.yaml:1:1"]);
}

#[test]
fn a_file_of_a_hundred_megabytes_is_not_read_whole() {
    let world = world();
    let huge = File::create(world.project().join("huge.yaml")).unwrap();
    huge.set_len(100 << 20).unwrap();
    refused(
        &world,
        "huge.yaml",
        1,
        &["SWDL-E0103", "huge.yaml", "4194304"],
    );
    // Cut in the middle of a letter it is still too long, and not bad text.
    world.file("letters.yaml", "é".repeat(3 << 20));
    refused(&world, "letters.yaml", 1, &["SWDL-E0103", "4194304"]);
}

#[test]
fn half_of_a_long_file_is_never_taken_for_the_whole() {
    let world = world();
    world.file("w.yaml", workflow(&[("a", &[], "")]));
    let comments = "# as long as it takes\n".repeat(200_000);
    world.file("params.yaml", format!("n: 1\n{comments}m: 2\n"));
    let arguments = ["w.yaml", "--params-file", "params.yaml"];
    let parts = ["error[too_large]", "params.yaml", "4194304"];
    run_refused(&world, &arguments, 2, &parts);
    let delete = "- { type: delete, stage_id: a }\n";
    world.file("edits.yaml", format!("{delete}{comments}{delete}"));
    let answer = world.baton(&["edit", "abcd", "edits.yaml"]).exits(2);
    answer.says(&["error[too_large]", "edits.yaml", "4194304"]);
}

#[test]
fn hostile_yaml_is_refused_at_once() {
    let world = world();
    world.file("twice.yaml", "workflow: {}\nstages: []\nworkflow: {}\n");
    refused(&world, "twice.yaml", 1, &["SWDL-E0102", "twice.yaml:3:1"]);
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = format!("*a{}, ", level - 1).repeat(9);
        writeln!(
            bomb,
            "a{level}: &a{level} [{}]",
            below.trim_end_matches(", ")
        )
        .unwrap();
    }
    world.file("bomb.yaml", bomb);
    refused(&world, "bomb.yaml", 1, &["SWDL-E010", "bomb.yaml:"]);
    world.file(
        "deep.yaml",
        format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000)),
    );
    refused(&world, "deep.yaml", 1, &["SWDL-E010", "deep.yaml:1:"]);
}

#[test]
fn mistakes_in_a_workflow_are_shown_where_they_are() {
    let world = world();
    world.file(
        "unknown.yaml",
        workflow(&[("a", &[], "")]).replace("depends_on: []", "depends_on: [b]"),
    );
    refused(
        &world,
        "unknown.yaml",
        1,
        &["error[SWDL-E0401]", "unknown.yaml:5:", "`b`"],
    );
    let circle: [(&str, &[&str], &str); 3] =
        [("a", &["c"], ""), ("b", &["a"], ""), ("c", &["b"], "")];
    world.file("circle.yaml", workflow(&circle));
    refused(
        &world,
        "circle.yaml",
        1,
        &["error[SWDL-E0403]", "a -> b -> c -> a"],
    );
    let forever = [("a", &[][..], "error_policy: { timeout: \"for ever\" }")];
    world.file("forever.yaml", workflow(&forever));
    refused(
        &world,
        "forever.yaml",
        1,
        &["error[SWDL-E0207]", "forever.yaml:9:", "for ever"],
    );
}

#[test]
fn parameters_are_checked_before_anything_starts() {
    let world = world();
    let declared = "config: { parameters: { n: { type: integer, required: true } } }\nstages:";
    world.file(
        "w.yaml",
        workflow(&[("a", &[], "")]).replace("stages:", declared),
    );
    let mistaken = |arguments: &[&str], parts: &[&str]| {
        run_refused(&world, &[&["w.yaml"], arguments].concat(), 1, parts);
        let plan = world
            .baton(&[&["plan", "w.yaml"], arguments].concat())
            .exits(1);
        plan.says(parts);
    };
    mistaken(&[], &["`n`", "SWDL-E"]);
    mistaken(&["-p", "n=many"], &["`n`", "integer", "SWDL-E"]);
    mistaken(&["-p", "n=1", "-p", "m=2"], &["`m`", "SWDL-E"]);
    world.file("list.yaml", "[1, 2]\n");
    run_refused(
        &world,
        &["w.yaml", "--params-file", "list.yaml"],
        2,
        &["list.yaml", "map"],
    );
    world.file("broken.yaml", "n: [\n");
    run_refused(
        &world,
        &["w.yaml", "--params-file", "broken.yaml"],
        1,
        &["error[invalid_parameters]", "SWDL-E0101", "broken.yaml:"],
    );
    // As in workflows, a key stands once, and every mistake is said.
    world.file("twice.yaml", "n: 1\nm: 2\nn: 3\nm: 4\n");
    run_refused(
        &world,
        &["w.yaml", "--params-file", "twice.yaml"],
        1,
        &["SWDL-E0102", "twice.yaml:3:1", "twice.yaml:4:1"],
    );
    run_refused(
        &world,
        &["w.yaml", "--params-file", "none.yaml"],
        4,
        &["none.yaml"],
    );
    world.file("good.yaml", "n: 1\n");
    let overridden = [
        "run",
        "w.yaml",
        "--params-file",
        "good.yaml",
        "-p",
        "n=2",
        "-o",
        "json",
    ];
    assert_eq!(
        world.baton(&overridden).exits(0).json()["parameters"]["n"],
        2
    );
}

#[test]
fn an_agent_nobody_configured_is_named_with_its_mend() {
    let world = world();
    world.file("w.yaml", workflow(&[("b", &[], "")]));
    let parts = ["error[unresolved_agent]", "agent:b", "[agents.\"agent:b\"]"];
    run_refused(&world, &["w.yaml"], 1, &parts);
    let elsewhere = ["w.yaml", "--config", "nowhere.toml"];
    run_refused(&world, &elsewhere, 4, &["error[not_found]", "nowhere.toml"]);
}

#[test]
fn a_broken_configuration_is_shown_where_it_is() {
    let world = world();
    world.file("w.yaml", workflow(&[("a", &[], "")]));
    world.file(
        "baton.toml",
        "# agents\n[agents.\"agent:a\"]\nadapter = \"comand\"\n",
    );
    run_refused(
        &world,
        &["w.yaml"],
        2,
        &["baton.toml:3:11", "did you mean `command`?"],
    );
    world.file("baton.toml", "[agents\n");
    run_refused(&world, &["w.yaml"], 2, &["baton.toml:1:8"]);
    fs::write(
        world.data().join("config.toml"),
        "[limits]\nprocesses = -1\n",
    )
    .unwrap();
    world.agents(&[("a", "echo a")]);
    world.baton(&["serve"]).exits(2).says(&["config.toml:2:"]);
}
