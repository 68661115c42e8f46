//! Artifacts that are nowhere are said before anything runs.

use std::fs;
use std::path::Path;

use crate::support::{Answer, World};

const WORKFLOW: &str = "\
workflow: { id: w, name: W }
stages:
  - id: a
    name: A
    roles:
      primary: { artifact: \"agent:reader\" }
      tools: [\"skill:sums\", \"mcp:tracker\"]
";

fn put(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A command of somebody whose home is empty.
fn baton(world: &World, arguments: &[&str]) -> Answer {
    Answer::of(
        world
            .command(arguments)
            .env("HOME", world.root().join("home")),
    )
}

#[test]
fn a_file_that_belongs_to_nothing_is_not_warned_about() {
    let world = World::new();
    world.file("w.yaml", WORKFLOW);
    let answer = baton(&world, &["validate", "w.yaml", "--strict"]).exits(0);
    assert_eq!(answer.stderr, "");
    baton(&world, &["plan", "w.yaml"]).exits(0);
}

#[test]
fn what_is_nowhere_is_a_warning_with_the_places() {
    let world = World::new();
    world.file("baton.toml", "");
    world.file("w.yaml", WORKFLOW);
    let answer = baton(&world, &["validate", "w.yaml"]).exits(0);
    answer.stdout_says("(0 errors, 3 warnings)");
    let answer = answer.says(&["warning[SWDL-W0502]", "`agent:reader` was not found"]);
    answer.says(&[
        "baton.toml",
        ".baton/agents",
        ".claude/agents",
        "collection/artifacts/skills",
    ]);
    let project = ["--project", "."];
    fs::remove_file(world.project().join("baton.toml")).unwrap();
    let answer = baton(
        &world,
        &[&["validate", "w.yaml", "--strict"], &project[..]].concat(),
    );
    answer.exits(1).says(&["SWDL-W0502"]);
}

#[test]
fn a_plan_needs_its_agents_and_can_do_without_its_tools() {
    let world = World::new();
    world.file("baton.toml", "");
    world.file("w.yaml", WORKFLOW);
    let answer = baton(&world, &["plan", "w.yaml"]).exits(1);
    let answer = answer.says(&["error[SWDL-E0503]", "error[unresolved_agent]"]);
    answer.says(&["`agent:reader` was not found", ".claude/agents"]);
    put(
        &world.project(),
        ".claude/agents/Reader.md",
        "---\nname: Reader\n---\n",
    );
    let plan = baton(&world, &["plan", "w.yaml"]).exits(0);
    plan.stdout_says("Validation Warnings:");
    plan.stdout_says("`skill:sums` was not found");
}

#[test]
fn artifacts_lie_in_the_project_at_home_and_in_the_collection() {
    let world = World::new();
    world.file("w.yaml", WORKFLOW);
    put(&world.project(), ".baton/agents/reader.md", "Read.\n");
    put(
        &world.root().join("home"),
        ".claude/skills/sums/SKILL.md",
        "Sum.\n",
    );
    put(
        &world.data(),
        "collection/artifacts/mcp/tracker.json",
        "{}\n",
    );
    let answer = baton(&world, &["validate", "w.yaml", "--strict"]).exits(0);
    assert_eq!(answer.stderr, "");
}

#[test]
fn an_agent_that_is_only_a_page_is_planned() {
    let world = World::new();
    world.file("w.yaml", WORKFLOW);
    put(&world.project(), ".baton/agents/reader.md", "Read.\n");
    baton(&world, &["plan", "w.yaml"]).exits(0);
}

#[test]
fn tools_that_are_nowhere_do_not_keep_a_run_from_running() {
    let world = World::new();
    world.file("w.yaml", WORKFLOW);
    world.agents(&[("reader", "echo done")]);
    baton(&world, &["run", "w.yaml"]).exits(0);
}

#[test]
fn a_baton_toml_beside_the_workflow_counts_for_it() {
    let world = World::new();
    put(&world.project(), "one/w.yaml", WORKFLOW);
    put(
        &world.project(),
        "one/baton.toml",
        "[agents.\"*\"]\nadapter = \"simulated\"\n",
    );
    put(&world.project(), "two/w.yaml", WORKFLOW);
    put(&world.project(), "two/baton.toml", "");
    let report = baton(&world, &["validate", "one", "two", "-o", "json"])
        .exits(0)
        .json();
    let n_found = |file: usize| {
        report["files"][file]["diagnostics"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((n_found(0), n_found(1)), (0, 3));
}

/// Another process may work on the run, and find it.
#[test]
fn a_program_that_is_not_to_be_found_is_said_before_anything_runs() {
    let world = World::new();
    world.file(
        "baton.toml",
        "[agents.\"agent:reader\"]\nadapter = \"command\"\ncommand = [\"no-such-program\"]\n",
    );
    let tools = "      tools: [\"skill:sums\", \"mcp:tracker\"]\n";
    let once = "    error_policy: { retry: { max_attempts: 1 } }\n";
    let workflow = WORKFLOW.replace(tools, once);
    world.file("w.yaml", &workflow);
    let words = "warning: the program of `agent:reader`, `no-such-program` in baton.toml, \
                 is not to be found here";
    baton(&world, &["plan", "w.yaml"]).exits(0).says(&[words]);
    let answer = baton(&world, &["run", "w.yaml"]).exits(1);
    let (before, after) = answer.stderr.split_once("a: started").unwrap();
    assert_eq!(before.matches(words).count(), 1, "{before}");
    assert!(after.contains("was not found on the PATH"), "{after}");
    // A run may bring a `PATH` of its own.
    world.file(
        "w.yaml",
        format!("{workflow}config: {{ env: {{ PATH: /nowhere }} }}\n"),
    );
    let answer = baton(&world, &["plan", "w.yaml"]).exits(0);
    assert_eq!(answer.stderr, "");
}
