//! The stand-in for `claude`: its command line, its sessions, its events.

use std::process::Output;

use serde_json::Value;

use super::place::{ID, Place, words};

fn result(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

#[test]
fn what_is_wrong_with_the_command_line_is_said_on_standard_error() {
    let place = Place::of("claude");
    let unknown = format!("--resume={ID}");
    let named = format!("--session-id={ID}");
    let rows: [(&[&str], &str); 5] = [
        (&["-p", "--output-format=stream-json"], "requires --verbose"),
        (&["-p", "--no-such-flag"], "unknown option '--no-such-flag'"),
        (
            &["-p", "--json-schema=[1]"],
            "--json-schema must be a JSON object",
        ),
        (&["-p", &unknown], "No conversation found with session ID"),
        (&["-p", &unknown, &named], "together with --fork-session"),
    ];
    for (arguments, expected) in rows {
        let output = place.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(words(&output).contains(expected), "{}", words(&output));
    }
}

#[test]
fn a_session_keeps_its_id_is_not_given_twice_and_may_be_forked() {
    let place = Place::of("claude");
    let named = format!("--session-id={ID}");
    let resumed = format!("--resume={ID}");
    let begun = place.run(&["-p", "--output-format=json", &named, "hello"]);
    assert_eq!(result(&begun)["session_id"], ID);
    assert!(words(&place.run(&["-p", &named, "again"])).contains("already in use"));
    let gone_on = place.run(&["-p", "--output-format=json", &resumed, "more"]);
    assert_eq!(result(&gone_on)["session_id"], ID);
    // The numbers are those of the whole session.
    assert_eq!(result(&gone_on)["total_cost_usd"], 0.025);
    let forked = place.run(&[
        "-p",
        "--output-format=json",
        &resumed,
        "--fork-session",
        "x",
    ]);
    assert_ne!(result(&forked)["session_id"], ID);
    assert_eq!(place.starts().len(), 4);
}

#[test]
fn a_stream_begins_with_its_session_and_ends_with_a_result() {
    let place = Place::of("claude");
    let schema = r#"--json-schema={"type":"object","properties":{"n":{"type":"integer"}}}"#;
    let arguments = [
        "-p",
        "--output-format=stream-json",
        "--verbose",
        schema,
        "go",
    ];
    let output = place.run(&arguments);
    let text = String::from_utf8_lossy(&output.stdout);
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["type"], &first["subtype"]),
        (&"system".into(), &"init".into())
    );
    assert_eq!(result(&output)["structured_output"]["n"], 7);
    assert!(output.status.success());
}
