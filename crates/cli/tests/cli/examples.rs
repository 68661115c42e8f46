//! The examples do what they say, on a repository made for the occasion.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Answer, Live, REPOSITORY, World};

/// Runs a command at the root of this repository, as the examples ask for.
fn at_the_root(world: &World, arguments: &[&str]) -> Answer {
    Answer::of(world.command(arguments).current_dir(REPOSITORY))
}

const FULL: [&str; 4] = ["-p", "ticket_no=4711", "-p", "service=payments"];

fn validates(world: &World, example: &str) {
    let answer = at_the_root(world, &["validate", example]).exits(0);
    assert!(
        answer.stdout.contains("Valid workflow"),
        "{}",
        answer.stdout
    );
}

#[test]
fn the_minimal_example_runs() {
    let world = World::new();
    let example = "examples/minimal.yaml";
    validates(&world, example);
    at_the_root(&world, &["plan", example, "-p", "topic=geese"]).exits(0);
    let run = ["run", example, "--config", "examples/baton.toml"];
    let answer = at_the_root(
        &world,
        &[&run[..], &["-p", "topic=geese", "-o", "json"]].concat(),
    );
    let execution = answer.exits(0).json();
    assert_eq!(execution["status"], "completed");
    assert_eq!(execution["parameters"]["topic"], "geese");
    assert_eq!(
        execution["steps"][0]["outputs"]["headings"][0],
        "Why they leave"
    );
    assert!(execution["steps"][1]["outputs"]["text"].is_string());
}

#[test]
fn the_full_example_has_eight_batches_and_runs() {
    let world = World::new();
    let example = "examples/full.yaml";
    validates(&world, example);
    let plan = at_the_root(&world, &[&["plan", example][..], &FULL].concat()).exits(0);
    assert!(plan.stdout.contains("3h 51m"), "{}", plan.stdout);
    let n_batches = plan.stdout.matches("\n  Batch ").count();
    assert_eq!(n_batches, 8, "{}", plan.stdout);
    let run = [
        "run",
        example,
        "--config",
        "examples/baton.toml",
        "--yes-gates",
        "-o",
        "json",
    ];
    let execution = at_the_root(&world, &[&run[..], &FULL].concat())
        .exits(0)
        .json();
    assert_eq!(execution["status"], "completed");
    let steps = execution["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 10);
    assert!(
        steps.iter().all(|step| step["status"] == "completed"),
        "{steps:#?}"
    );
    let retried = steps
        .iter()
        .find(|step| step["stage_id"] == "write-ddl")
        .unwrap();
    assert_eq!(retried["attempt"], 2);
}

/// Every question of the author, answered.
const ANSWERS: [&str; 8] = [
    "-a",
    "Tone=plain",
    "-a",
    "Readers=children",
    "-a",
    "Readers=travellers",
    "-a",
    "Must have=the way back",
];

#[test]
fn the_review_loop_asks_is_sent_back_and_is_published() {
    let world = World::new();
    let example = "examples/review-loop.yaml";
    validates(&world, example);
    let project = world.root().display().to_string();
    let mut run = world.command(&["run", example, "--config", "examples/baton.toml"]);
    run.args(["-p", "topic=geese", "--project", &project]);
    let mut live = Live::of(run.current_dir(REPOSITORY));
    let run = live.run();
    live.until("draft: waiting for input. How should it sound? (and 2 more)");
    live.until("baton answer");
    world
        .baton(&[&["answer", &run][..], &ANSWERS].concat())
        .exits(0);
    live.until("draft: asked to condense its output");
    let opened = live.until("review: waiting for approval");
    assert!(
        opened.contains("Publish 'Why They Leave'? In short:"),
        "{opened}"
    );
    assert!(opened.contains("Doubts: 1."), "{opened}");
    world
        .baton(&["reopen", &run, "draft", "--feedback", "half as long"])
        .exits(0);
    live.until("draft: waiting for input");
    live.until("baton answer");
    world
        .baton(&[&["answer", &run, "draft"][..], &ANSWERS].concat())
        .exits(0);
    live.until("review: waiting for approval");
    world.baton(&["approve", &run]).exits(0);
    live.end().exits(0).says(&["publish: completed"]);
    let execution = world.show(&run);
    let draft = &execution["steps"][0];
    assert_eq!(
        (&draft["iteration"], &draft["attempt"]),
        (&2.into(), &1.into())
    );
    assert_eq!(
        draft["question"]["answers"]["Readers"],
        serde_json::json!(["children", "travellers"])
    );
    assert!(draft["summary"].is_string(), "{draft:#}");
    let handed = execution["steps"][1]["inputs"]["draft"].as_str().unwrap();
    assert!(
        handed.contains("They leave when the days grow short."),
        "{handed}"
    );
    let ended: Vec<&serde_json::Value> = execution["hooks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hook| &hook["error"])
        .collect();
    assert_eq!(ended, [&serde_json::Value::Null; 2]);
    let published = world.root().join("drafts").join(format!("{run}.published"));
    assert!(published.exists());
}

/// A small git repository with something for every part of the report.
fn scratch_repository(world: &World) -> PathBuf {
    let repository = world.root().join("scratch repository");
    fs::create_dir(&repository).unwrap();
    fs::write(
        repository.join("main.rs"),
        concat!("// TO", "DO: greet\nfn main() {}\n"),
    )
    .unwrap();
    fs::write(repository.join("notes.md"), "# Notes\n\nFIXME\n").unwrap();
    let git = |arguments: &[&str]| {
        let name = ["-c", "user.name=T", "-c", "user.email=t@example.org"];
        let arguments = [&name[..], arguments].concat();
        let mut git = Command::new("git");
        let answer = Answer::of(git.current_dir(&repository).args(arguments));
        answer.exits(0);
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--no-gpg-sign", "-m", "first"]);
    repository
}

fn assert_whole(report: &Path) {
    let text = fs::read_to_string(report).unwrap();
    let titles = [
        "## Languages and lines",
        "## Biggest files",
        "## Most changed in 90 days",
        concat!("## Open TO", "DO and FIX", "ME"),
    ];
    for title in titles {
        assert!(text.contains(title), "{text}");
    }
    assert!(text.contains("main.rs"), "{text}");
}

#[test]
fn the_checkup_writes_its_report() {
    let world = World::new();
    let repository = scratch_repository(&world);
    let report = world.root().join("report.md");
    let example = "examples/repo-checkup.yaml";
    let repository = format!("repo={}", repository.display());
    let target = format!("report={}", report.display());
    let parameters = ["-p", &repository, "-p", &target];
    validates(&world, example);
    at_the_root(&world, &[&["plan", example][..], &parameters].concat()).exits(0);
    let run = [
        "run",
        example,
        "--config",
        "examples/baton.toml",
        "--yes-gates",
    ];
    let answer = at_the_root(&world, &[&run[..], &parameters].concat()).exits(0);
    assert!(answer.stdout.contains("completed"), "{}", answer.stdout);
    assert_whole(&report);
    world.assert_nothing_lives();
}
