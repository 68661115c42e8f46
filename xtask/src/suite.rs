//! Which steps `cargo xtask check` and `cargo xtask test` consist of, quickest
//! first.

use crate::steps::{Step, Work};
use crate::tools;

/// What an editor would tell: formatting, tidy, lints.
pub(crate) fn check() -> Vec<Step> {
    vec![
        Step {
            name: "fmt",
            work: Work::Cargo(vec!["fmt", "--all", "--check"]),
        },
        Step {
            name: "tidy",
            work: Work::Tidy,
        },
        Step {
            name: "clippy",
            work: Work::Cargo(vec![
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ]),
        },
    ]
}

/// Everything; continuous integration runs this and nothing else.
pub(crate) fn test() -> Vec<Step> {
    let mut steps = check();
    steps.extend([
        Step {
            name: "build",
            work: Work::Cargo(vec!["build", "--package", "baton-cli"]),
        },
        Step {
            name: "tests",
            work: Work::Tests(test_runner()),
        },
        Step {
            name: "doctests",
            work: Work::Tests(vec!["test", "--workspace", "--doc"]),
        },
        Step {
            name: "editor",
            work: Work::Editor,
        },
        Step {
            name: "types",
            work: Work::Types,
        },
        Step {
            name: "ui",
            work: Work::Ui,
        },
        Step {
            name: "browser",
            work: Work::Browser,
        },
        Step {
            name: "journeys",
            work: Work::Journeys,
        },
        Step {
            name: "deny",
            work: Work::Deny(vec![
                "deny",
                "--offline",
                "check",
                "licenses",
                "bans",
                "sources",
            ]),
        },
    ]);
    steps
}

/// nextest where it is installed; the tests are the same without it.
fn test_runner() -> Vec<&'static str> {
    if tools::is_installed("cargo-nextest") {
        vec!["nextest", "run", "--workspace"]
    } else {
        vec!["test", "--workspace", "--lib", "--bins", "--tests"]
    }
}
