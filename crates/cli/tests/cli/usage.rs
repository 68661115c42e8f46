//! The command line itself: help, mistakes, colours, closed pipes.

use std::process::Stdio;

use crate::support::{Answer, World, workflow};

const COMMANDS: [&str; 17] = [
    "validate", "plan", "run", "rerun", "resume", "runs", "show", "logs", "events", "approve",
    "reject", "answer", "reopen", "edit", "pause", "cancel", "serve",
];

#[test]
fn every_command_explains_itself() {
    let world = World::new();
    for command in COMMANDS {
        let plain = world.baton(&[command, "--help"]).exits(0).stdout;
        assert!(plain.contains("Usage: baton"), "{plain}");
        assert!(!plain.starts_with("Usage"), "{plain}");
        if command != "serve" {
            let spelled_out = world
                .baton(&["workflow", command, "--help"])
                .exits(0)
                .stdout;
            assert_eq!(spelled_out.replace("baton workflow", "baton"), plain);
        }
    }
    for command in ["explain", "eval", "schema"] {
        let plain = world.baton(&[command, "--help"]).exits(0);
        plain.stdout_says("Usage: baton");
    }
    let all = world.baton(&["--help"]).exits(0).stdout;
    assert!(
        COMMANDS.iter().all(|command| all.contains(command)),
        "{all}"
    );
    assert!(!all.contains("shim"), "{all}");
    assert!(
        world
            .baton(&["--version"])
            .exits(0)
            .stdout
            .starts_with("baton ")
    );
}

#[test]
fn arguments_that_make_no_sense_exit_with_2() {
    let world = World::new();
    world.file("w.yaml", workflow(&[("a", &[], "")]));
    let mistakes: [&[&str]; 15] = [
        &[],
        &["--no-such-option"],
        &["no-such-command"],
        &["runs", "--no-such-option"],
        &["runs", "--limit", "0"],
        &["runs", "-o", "xml"],
        &["runs", "--logs"],
        &["run"],
        &["run", "w.yaml", "-p", "no-value"],
        &["runs", "--format", "sarif"],
        &["plan", "w.yaml", "--format", "github"],
        &["plan", "w.yaml", "--graph", "dot", "-o", "json"],
        &["validate", "-", "--watch"],
        &["validate", "a[.yaml"],
        &["schema", "--draft", "4"],
    ];
    for arguments in mistakes {
        let answer = world.baton(arguments).exits(2);
        assert_ne!(answer.stderr, "", "{arguments:?}");
        assert_eq!(answer.stdout, "", "{arguments:?}");
    }
    world
        .baton(&["runs", "--status", "odd"])
        .exits(2)
        .says(&["odd"]);
}

#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let world = World::new();
    world.file("w.yaml", workflow(&[("a", &[], "")]));
    world.agents(&[("a", "echo a")]);
    let all: [&[&str]; 9] = [
        &["--help"],
        &["plan", "w.yaml"],
        &["run", "w.yaml"],
        &["runs"],
        &["runs", "-o", "json"],
        &["validate", ".", "w.yaml"],
        &["validate", "w.yaml", "--format", "sarif"],
        &["explain"],
        &["schema"],
    ];
    for arguments in all {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = world.command(arguments);
        let child = command.stdout(writer).stderr(Stdio::piped()).spawn();
        Answer::from(child.unwrap().wait_with_output().unwrap()).exits(0);
    }
}

#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    let world = World::new();
    world.file("w.yaml", workflow(&[("a", &[], "")]));
    world.agents(&[("a", "echo a")]);
    let run = world
        .baton(&["run", "w.yaml", "-o", "json"])
        .exits(0)
        .json();
    let run = run["id"].as_str().unwrap();
    let all: [&[&str]; 9] = [
        &["--help"],
        &["validate", "w.yaml"],
        &["plan", "w.yaml"],
        &["run", "w.yaml"],
        &["runs"],
        &["runs", "-o", "json"],
        &["show", run, "-o", "yaml"],
        &["events", run],
        &["logs", run],
    ];
    for arguments in all {
        let full = std::fs::File::create("/dev/full").unwrap();
        let mut command = world.command(arguments);
        let child = command.stdout(full).stderr(Stdio::piped()).spawn();
        let answer = Answer::from(child.unwrap().wait_with_output().unwrap()).exits(74);
        if arguments != ["--help"] {
            answer.says(&["error[files]", "cannot write to standard output"]);
        }
    }
}

#[test]
fn nobody_reads_standard_error_and_the_run_goes_on() {
    let world = World::new();
    world.file("w.yaml", workflow(&[("a", &[], "")]));
    world.agents(&[("a", "echo one >&2; echo a")]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = world.command(&["run", "w.yaml", "-o", "json"]);
    let child = command.stderr(writer).stdout(Stdio::piped()).spawn();
    let answer = Answer::from(child.unwrap().wait_with_output().unwrap()).exits(0);
    assert_eq!(answer.json()["status"], "completed");
}

#[test]
fn what_is_not_a_terminal_gets_no_colours() {
    let world = World::new();
    world.file("w.yaml", workflow(&[("a", &[], "")]));
    world.agents(&[("a", "printf '\\033[31mred\\033[0m\\n' >&2; echo a")]);
    let all: [&[&str]; 4] = [
        &["run", "w.yaml"],
        &["run", "w.yaml", "-vv"],
        &["runs"],
        &["validate", "w.yaml"],
    ];
    for arguments in all {
        let answer = world.baton(arguments).exits(0);
        assert!(!answer.stdout.contains('\x1b'), "{}", answer.stdout);
        assert!(!answer.stderr.contains('\x1b'), "{}", answer.stderr);
    }
}

#[test]
fn a_workflow_may_come_from_standard_input() {
    let world = World::new();
    let path = world.file("w.yaml", workflow(&[("a", &[], "")]));
    world.agents(&[("a", "echo a")]);
    for command in ["validate", "plan", "run"] {
        let text = std::fs::File::open(&path).unwrap();
        Answer::of(world.command(&[command, "-"]).stdin(text)).exits(0);
    }
    let bad = world.file("bad.yaml", "workflow: 1\n");
    let text = std::fs::File::open(bad).unwrap();
    let answer = Answer::of(world.command(&["run", "-"]).stdin(text)).exits(1);
    answer.says(&["<stdin>:1:11"]);
}

#[test]
fn stages_work_in_the_project_that_is_named() {
    let world = World::new();
    let workflow = world.file("w.yaml", workflow(&[("a", &[], "")]));
    world.agents(&[("a", "pwd")]);
    let project = world.root().join("elsewhere");
    std::fs::create_dir(&project).unwrap();
    let (workflow, project) = (workflow.to_str().unwrap(), project.to_str().unwrap());
    let arguments = ["run", workflow, "--project", project, "-o", "json"];
    let execution = world.baton(&arguments).exits(0).json();
    assert_eq!(execution["steps"][0]["outputs"]["text"], project);
    let nowhere = world
        .baton(&["run", workflow, "--project", "nowhere"])
        .exits(4);
    nowhere.says(&["error[not_found]", "nowhere"]);
}
