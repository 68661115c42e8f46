//! `baton eval`: values on standard output, mistakes where they are.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{Answer, World};

#[test]
fn a_value_is_one_json_document() {
    let world = World::new();
    let context =
        "parameters: { n: 3, tags: [a, b], note: }\nstages: { a: { outputs: { text: hi } } }\n";
    world.file("context.yaml", context);
    let cases: [(&str, Value); 9] = [
        ("parameters.n", json!(3)),
        ("${{ parameters.n }}", json!(3)),
        ("parameters.n > 2 && 'yes' == 'yes'", json!(true)),
        ("n is ${{ parameters.n }}", json!("n is 3")),
        ("parameters.tags[1]", json!("b")),
        ("parameters.note", json!(null)),
        ("stages.a.outputs.text", json!("hi")),
        ("length(parameters.tags)", json!(2)),
        ("-1 < 0", json!(true)),
    ];
    for (expression, value) in cases {
        let answer = world.baton(&["eval", expression, "--context", "context.yaml"]);
        assert_eq!(answer.exits(0).json(), value, "{expression}");
    }
    let nothing = world.baton(&["eval", "parameters.n"]).exits(0);
    assert_eq!(nothing.stdout, "null\n");
}

#[test]
fn what_a_run_does_not_have_yet_is_said() {
    let world = World::new();
    world.file("context.yaml", "context: { x: 1 }\nenv: { X: a }\n");
    let eval = |text| world.baton(&["eval", text, "--context", "context.yaml"]);
    let answer = eval("${{ context.x }}").exits(0);
    assert_eq!(answer.json(), json!(1));
    answer.says(&["warning: nothing is in `context` yet"]);
    assert_eq!(eval("env.X").exits(0).stderr, "");
}

#[test]
fn the_context_may_come_from_standard_input() {
    let world = World::new();
    let mut command = world.command(&["eval", "env.NAME", "--context", "-"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(br#"{"env": {"NAME": "x"}}"#).unwrap();
    drop(stdin);
    let answer = Answer::from(child.wait_with_output().unwrap()).exits(0);
    assert_eq!(answer.stdout, "\"x\"\n");
}

#[test]
fn mistakes_are_shown_where_they_are() {
    let world = World::new();
    let cases: [(&str, &[&str]); 5] = [
        (
            "parameters.n = 1",
            &["expression:1:14", "parameters.n = 1", "             ^"],
        ),
        ("params.n + 1", &["expression:1:"]),
        (
            "params.n && lenght(env.A)",
            &["`params`", "`lenght`", "did you mean `length`", "^^^^^^"],
        ),
        ("a ${{ parameters.n", &["not closed", "expression:1:3"]),
        ("1 < 'a'", &["expression:1:", "^"]),
    ];
    for (expression, parts) in cases {
        let answer = world.baton(&["eval", expression]).exits(1);
        assert_eq!(answer.stdout, "", "{expression}");
        answer.says(parts).says(&["error: "]);
    }
}

#[test]
fn a_context_that_makes_no_sense_is_said() {
    let world = World::new();
    world.file("list.yaml", "[1]");
    world.file("twice.yaml", "env: {}\nenv: {}\n");
    world.file("odd.yaml", "params: { n: 1 }");
    let eval = |file| world.baton(&["eval", "1", "--context", file]);
    eval("list.yaml")
        .exits(1)
        .says(&["list.yaml", "must hold a map"]);
    eval("twice.yaml")
        .exits(1)
        .says(&["SWDL-E0102", "twice.yaml:2:1"]);
    eval("missing.yaml").exits(4).says(&["missing.yaml"]);
    let odd = eval("odd.yaml").exits(0);
    odd.says(&["warning", "`params`", "did you mean `parameters`?"]);
}
