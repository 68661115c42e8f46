//! `cargo xtask sim`: simulations by their seeds. They are built optimised,
//! which pays from a few hundred seeds on.

mod planted;

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::repository::Repository;
use crate::steps::run_inherited;

/// Looks for planted bugs, or hands the arguments on to the simulator.
pub(crate) fn run(repository: &Repository, arguments: &[&str]) -> Result<()> {
    if arguments == ["--planted"] {
        return planted::run(repository);
    }
    let mut simulator = repository.cargo(["run", "--quiet", "--release", "--package", "baton-sim"]);
    simulator.arg("--").args(arguments);
    if let Err(error) = run_inherited(simulator) {
        bail!("{error}; this is commit {}", commit(repository)?);
    }
    Ok(())
}

/// Which state of the repository this is.
fn commit(repository: &Repository) -> Result<String> {
    let output = Command::new("git")
        .args(["-c", "safe.directory=*", "describe", "--always", "--dirty"])
        .current_dir(repository.root())
        .output()
        .context("git cannot be started")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
