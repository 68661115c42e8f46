//! The stand-in for `claude` does what is known of the real one, so that what
//! is tested against it means something.

#![cfg(test)]

use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use baton_testkit::ledger;
use serde_json::Value;
use tempfile::TempDir;

const ID: &str = "11111111-1111-4111-8111-111111111111";

fn stand_in() -> PathBuf {
    let me = std::env::current_exe().unwrap();
    let examples = me.parent().unwrap().with_file_name("examples");
    let program = examples.join("testkit-stand-in");
    assert!(program.exists(), "{} was not built", program.display());
    program
}

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        symlink(stand_in(), place.path().join("claude")).unwrap();
        Self(place)
    }

    fn claude(&self, arguments: &[&str]) -> Output {
        Command::new(self.0.path().join("claude"))
            .args(arguments)
            .env("STAND_IN_SESSIONS", self.0.path().join("sessions"))
            .env(ledger::LEDGER, self.0.path().join("ledger"))
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

fn result(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_is_wrong_with_the_command_line_is_said_on_standard_error() {
    let place = Place::new();
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
        let output = place.claude(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(words(&output).contains(expected), "{}", words(&output));
    }
}

#[test]
fn a_session_keeps_its_id_is_not_given_twice_and_may_be_forked() {
    let place = Place::new();
    let named = format!("--session-id={ID}");
    let resumed = format!("--resume={ID}");
    let begun = place.claude(&["-p", "--output-format=json", &named, "hello"]);
    assert_eq!(result(&begun)["session_id"], ID);
    assert!(words(&place.claude(&["-p", &named, "again"])).contains("already in use"));
    let gone_on = place.claude(&["-p", "--output-format=json", &resumed, "more"]);
    assert_eq!(result(&gone_on)["session_id"], ID);
    // The numbers are those of the whole session.
    assert_eq!(result(&gone_on)["total_cost_usd"], 0.025);
    let forked = place.claude(&[
        "-p",
        "--output-format=json",
        &resumed,
        "--fork-session",
        "x",
    ]);
    assert_ne!(result(&forked)["session_id"], ID);
    assert_eq!(ledger::read(&place.0.path().join("ledger")).len(), 4);
}

#[test]
fn a_stream_begins_with_its_session_and_ends_with_a_result() {
    let place = Place::new();
    let schema = r#"--json-schema={"type":"object","properties":{"n":{"type":"integer"}}}"#;
    let arguments = [
        "-p",
        "--output-format=stream-json",
        "--verbose",
        schema,
        "go",
    ];
    let output = place.claude(&arguments);
    let text = String::from_utf8_lossy(&output.stdout);
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["type"], &first["subtype"]),
        (&"system".into(), &"init".into())
    );
    assert_eq!(result(&output)["structured_output"]["n"], 7);
    assert!(output.status.success());
}
