//! A place in which one program is a stand-in.

use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use baton_testkit::ledger::{self, Start};
use tempfile::TempDir;

/// A session.
pub(crate) const ID: &str = "11111111-1111-4111-8111-111111111111";

pub(crate) struct Place {
    root: TempDir,
    program: PathBuf,
}

impl Place {
    pub(crate) fn of(name: &str) -> Self {
        let me = std::env::current_exe().unwrap();
        let examples = me.parent().unwrap().with_file_name("examples");
        let stand_in = examples.join("testkit-stand-in");
        assert!(stand_in.exists(), "{} was not built", stand_in.display());
        let root = tempfile::tempdir().unwrap();
        let program = root.path().join(name);
        symlink(stand_in, &program).unwrap();
        Self { root, program }
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(&self.program)
            .args(arguments)
            .env("STAND_IN_SESSIONS", self.root.path().join("sessions"))
            .env(ledger::LEDGER, self.root.path().join("ledger"))
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Every start so far.
    pub(crate) fn starts(&self) -> Vec<Start> {
        ledger::read(&self.root.path().join("ledger"))
    }
}

pub(crate) fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
