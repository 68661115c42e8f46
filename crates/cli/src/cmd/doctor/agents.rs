//! Agents: whether the programs that `baton.toml` names are there, and which
//! well-known ones this machine has.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use baton_agents::Config;
use tokio::process::Command;

use super::Finding;
use crate::args::Options;
use crate::data::DataDir;
use crate::input;
use crate::project;
use crate::project::programs::missing_program;

/// Programs that are agents, and that only say their version when asked for it.
const KNOWN: [&str; 5] = ["claude", "codex", "gemini", "opencode", "aider"];
/// How long a program may take to say its version.
const VERSION_MAX: Duration = Duration::from_secs(5);

/// What can be said of agents here.
pub(super) async fn findings(options: &Options, data: &DataDir) -> Vec<Finding> {
    let mut findings = configured(options, data);
    findings.push(on_path().await);
    findings
}

/// The `baton.toml` in effect and the programs in it.
fn configured(options: &Options, data: &DataDir) -> Vec<Finding> {
    let project = project::directory(None).ok().flatten();
    let found = match input::config_for(options.config.as_deref(), project.as_deref(), None) {
        Ok(found) => found.or_else(|| Some(data.config()).filter(|file| file.is_file())),
        Err(error) => {
            let mend = "name a file that is there with --config";
            return vec![Finding::unsound("config", format!("{error:#}"), mend)];
        }
    };
    let Some(file) = found else {
        let found = "there is no baton.toml here: agents are not configured";
        return vec![Finding::sound("config", found)];
    };
    let shown = file.display();
    match Config::load(&file) {
        Ok(config) => {
            let mut findings = vec![Finding::sound("config", format!("{shown} can be read"))];
            findings.extend(missing_programs(&file, &config));
            findings
        }
        Err(error) => {
            let mend = format!("mend {shown}; docs/baton-toml.md says what belongs there");
            vec![Finding::unsound("config", error.to_string(), mend)]
        }
    }
}

/// Entries whose programs are not to be found.
fn missing_programs(file: &Path, config: &Config) -> Vec<Finding> {
    let missing = references(file).into_iter().filter_map(|reference| {
        let program = missing_program(config.agents.resolve(&reference).ok()?.adapter)?;
        Some(Finding::unsound(
            "agent",
            format!("the program of `{reference}`, `{program}`, is not to be found"),
            format!("install it, or name another one in {}", file.display()),
        ))
    });
    missing.collect()
}

/// The names of the entries in a file that can be read.
fn references(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let document: toml::Table = text.parse().unwrap_or_default();
    let agents = document.get("agents").and_then(toml::Value::as_table);
    agents
        .map(|agents| agents.keys().cloned().collect())
        .unwrap_or_default()
}

/// Well-known agents and their versions.
async fn on_path() -> Finding {
    let mut found = Vec::new();
    for name in KNOWN {
        if let Some(program) = which(name, std::env::var_os("PATH").as_deref()) {
            found.push(format!("{name} {}", version(&program).await));
        }
    }
    let words = match found.as_slice() {
        [] => format!("none of {} is on the PATH", KNOWN.join(", ")),
        found => found.join("; "),
    };
    Finding::sound("agents", words)
}

/// The program of this name that a shell would start.
pub(in crate::cmd) fn which(name: &str, path: Option<&OsStr>) -> Option<PathBuf> {
    let directories = std::env::split_paths(path?);
    let mut programs = directories.map(|directory| directory.join(name));
    programs.find(|program| {
        let may_be_run = nix::unistd::access(program, nix::unistd::AccessFlags::X_OK);
        program.is_file() && may_be_run.is_ok()
    })
}

/// What a program says when it is asked for its version, and where it is.
pub(in crate::cmd) async fn version(program: &Path) -> String {
    let shown = program.display();
    let asked = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let said = match tokio::time::timeout(VERSION_MAX, asked).await {
        Ok(Ok(output)) if output.status.success() => output.stdout,
        Ok(Ok(_) | Err(_)) => return format!("({shown}; it does not say its version)"),
        Err(_elapsed) => {
            let seconds = VERSION_MAX.as_secs();
            return format!("({shown}; it says no version within {seconds} s)");
        }
    };
    let said = String::from_utf8_lossy(&said);
    let first = said.lines().next().unwrap_or_default().trim();
    format!("{first} ({shown})")
}
