//! Asks a server for thousands of things that its document allows, and for
//! thousands that it forbids, with schemathesis: no answer may be a fault of
//! the server, and each must be one that the document has.
//!
//! It needs Python; schemathesis is installed below `target`, in the versions
//! of `requirements.txt`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::repository::Repository;
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
    let mut server = Server::start(repository, place.path())?;
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

/// A server with agents that are simulated.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(repository: &Repository, place: &Path) -> Result<Self> {
        fs::write(
            place.join("baton.toml"),
            "default_adapter = \"simulated\"\n",
        )?;
        let mut child = Command::new(repository.root().join("target/debug/baton"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(place.join("data"))
            .current_dir(place)
            .stderr(Stdio::piped())
            .spawn()
            .context("the server cannot be started")?;
        let stderr = child.stderr.take().context("stderr is piped")?;
        let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
        let url = lines.find_map(|line| {
            let start = line.find("http://")?;
            Some(line[start..].trim().to_owned())
        });
        // Whatever else it says is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let url = url.context("the server has ended without saying where it listens")?;
        Ok(Self { child, url })
    }

    fn expect_alive(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("the server has ended with {status}"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
