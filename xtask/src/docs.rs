//! `cargo xtask docs`: writes docs/cli, the reference of the command line and a
//! recorded session. Tests compare what is there with what would be written.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::picture;
use crate::repository::Repository;
use crate::steps::run_inherited;

/// Where the reference is, seen from the root.
const REFERENCE: &str = "docs/cli";

/// The test that records the session.
const SESSION: &str = "sessions::a_session_is_the_same_wherever_the_work_is_done";

pub(crate) fn run(repository: &Repository) -> Result<()> {
    let baton = picture::build(repository)?;
    let reference = repository.root().join(REFERENCE);
    clear(&reference)?;
    let mut man = Command::new(baton);
    man.args(["man", "--markdown"]).arg(&reference);
    run_inherited(man)?;
    let mut record = repository.cargo(["test", "--package", "baton-cli", "--test", "cli"]);
    record
        .args(["--", "--exact", SESSION])
        .env("BATON_RECORD", "1");
    run_inherited(record)
}

/// Pages of commands that are no more would stay otherwise.
fn clear(reference: &Path) -> Result<()> {
    if reference.is_dir() {
        fs::remove_dir_all(reference)
            .with_context(|| format!("cannot clear {}", reference.display()))?;
    }
    fs::create_dir_all(reference).with_context(|| format!("cannot make {}", reference.display()))
}
