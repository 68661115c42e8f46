//! Asks a server for thousands of things that its document allows, and for
//! thousands that it forbids, with schemathesis: no answer may be a fault of
//! the server, and each must be one that the document has.
//!
//! It needs Python; schemathesis is installed below `target`, in the versions
//! of `requirements.txt`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::repository::Repository;
use crate::server::Server;
use crate::steps::run_inherited;

/// What to install, and how to check.
const SETTINGS: &str = "xtask/schemathesis";

/// Cases of each kind for each operation when nobody says how many.
const CASES_DEFAULT: &str = "100";

/// Installs what is missing, builds the server, and asks.
pub(crate) fn run(repository: &Repository, arguments: &[&str]) -> Result<()> {
    let (cases, seed) = read(arguments)?;
    let schemathesis = install(repository)?;
    run_inherited(repository.cargo(["build", "--package", "baton-cli"]))?;
    let place = tempfile::tempdir()?;
    let simulated = "default_adapter = \"simulated\"\n";
    fs::write(place.path().join("baton.toml"), simulated)?;
    let mut baton = Command::new(repository.root().join("target/debug/baton"));
    baton.current_dir(place.path());
    let mut server = Server::start(baton, "127.0.0.1:0", &place.path().join("data"))?;
    let mut command = Command::new(schemathesis);
    command
        .arg("--config-file")
        .arg(repository.root().join(SETTINGS).join("schemathesis.toml"))
        .arg("run")
        .arg(format!("{}/api/v1/openapi.json", server.url))
        .args(["--checks", "all", "--continue-on-failure"])
        .args(["--max-examples", cases, "--request-timeout", "10"])
        .args(seed.iter().flat_map(|seed| ["--seed", seed]))
        .current_dir(place.path());
    let found = run_inherited(command);
    server.expect_alive()?;
    found
}

/// Cases and seed; without a seed, one is chosen and printed.
fn read<'a>(arguments: &[&'a str]) -> Result<(&'a str, Option<&'a str>)> {
    match arguments {
        [] => Ok((CASES_DEFAULT, None)),
        ["--cases", cases] => Ok((cases, None)),
        ["--seed", seed] => Ok((CASES_DEFAULT, Some(seed))),
        ["--cases", cases, "--seed", seed] => Ok((cases, Some(seed))),
        unknown => bail!("unknown arguments `{}`", unknown.join(" ")),
    }
}

/// Nothing is installed again while the requirements are the same.
fn install(repository: &Repository) -> Result<PathBuf> {
    let environment = repository.root().join("target/schemathesis");
    let programs = environment.join("bin");
    let requirements = repository.root().join(SETTINGS).join("requirements.txt");
    let wanted = fs::read(&requirements)?;
    let installed = environment.join("requirements.txt");
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(programs.join("schemathesis"));
    }
    println!("installing schemathesis with pip into target/schemathesis");
    let mut python = Command::new("python3");
    python.args(["-m", "venv"]).arg(&environment);
    run_inherited(python).context("install Python 3.10 or later with venv, then repeat this")?;
    let mut pip = Command::new(programs.join("pip"));
    pip.args(["install", "--quiet", "--requirement"])
        .arg(&requirements);
    run_inherited(pip)?;
    fs::write(&installed, wanted)?;
    Ok(programs.join("schemathesis"))
}
