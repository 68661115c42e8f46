//! The stand-in for `codex` takes a command line as the real one does.

#![cfg(test)]

use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const ID: &str = "11111111-1111-4111-8111-111111111111";

fn stand_in() -> PathBuf {
    let me = std::env::current_exe().unwrap();
    let examples = me.parent().unwrap().with_file_name("examples");
    let program = examples.join("testkit-stand-in");
    assert!(program.exists(), "{} was not built", program.display());
    program
}

fn codex(place: &TempDir, arguments: &[&str]) -> Output {
    Command::new(place.path().join("codex"))
        .args(arguments)
        .env("STAND_IN_SESSIONS", place.path().join("sessions"))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn an_option_is_known_only_where_the_real_one_knows_it() {
    let place = tempfile::tempdir().unwrap();
    symlink(stand_in(), place.path().join("codex")).unwrap();
    let lost = format!("no rollout found for thread id {ID}");
    let rows: [(&str, i32, &str); 8] = [
        ("exec --sandbox=read-only --json --model=m -- -", 0, ""),
        (
            "exec --sandbox=read-only resume --json --model=m -- ID -",
            1,
            &lost,
        ),
        (
            "exec resume --sandbox=read-only ID -",
            2,
            "unexpected argument '--sandbox'",
        ),
        (
            "exec resume --output-schema=/x ID -",
            2,
            "unexpected argument '--output-schema'",
        ),
        ("exec --sandbox=plan -", 2, "invalid value 'plan'"),
        ("exec --no-such -", 2, "unexpected argument '--no-such'"),
        ("exec --last -", 2, "unexpected argument '--last'"),
        (
            "exec resume -- --last -",
            1,
            "no rollout found for thread id --last",
        ),
    ];
    for (line, code, words) in rows {
        let arguments: Vec<&str> = line
            .split(' ')
            .map(|word| if word == "ID" { ID } else { word })
            .collect();
        let output = codex(&place, &arguments);
        assert_eq!(output.status.code(), Some(code), "{line}: {output:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(words), "{line}: {said}");
    }
}
