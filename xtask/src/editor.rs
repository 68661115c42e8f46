//! What an editor makes of the JSON Schema of the language: asks
//! yaml-language-server, a program of others that most editors ask.
//!
//! It runs on Node, and is installed with npm below `target`, in the versions
//! of the lock file beside the questions.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::repository::Repository;
use crate::steps::run_inherited;

/// The questions, and what they need.
const QUESTIONS: &str = "crates/lang/tests/editor";
const SCHEMA: &str = "api/swdl.schema.json";
const LOCK: &str = "package-lock.json";

/// The oldest Node that is asked to run it.
const NODE_MIN: (u32, u32) = (20, 19);

/// Installs the language server where it is missing, and asks it.
pub(crate) fn run(repository: &Repository) -> Result<()> {
    ensure_node()?;
    let directory = repository.root().join("target/editor");
    fs::create_dir_all(&directory)?;
    let questions = repository.root().join(QUESTIONS);
    for name in ["check.mjs", "package.json"] {
        fs::copy(questions.join(name), directory.join(name))?;
    }
    fs::copy(
        repository.root().join(SCHEMA),
        directory.join("swdl.schema.json"),
    )?;
    install(&questions.join(LOCK), &directory)?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec", "check.mjs"])
        .current_dir(&directory);
    run_inherited(node)
}

/// Nothing is installed again while the lock file is the same.
fn install(lock: &Path, directory: &Path) -> Result<()> {
    let wanted = fs::read(lock)?;
    let installed = directory.join("node_modules").join(LOCK);
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("installing yaml-language-server with npm into target/editor");
    fs::write(directory.join(LOCK), &wanted)?;
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(directory);
    run_inherited(npm)?;
    fs::write(&installed, wanted)?;
    Ok(())
}

fn ensure_node() -> Result<()> {
    let (major, minor) = NODE_MIN;
    let install = format!("install Node {major}.{minor} or later with npm, then repeat this");
    let output = Command::new("node")
        .arg("--version")
        .stderr(Stdio::null())
        .output()
        .with_context(|| format!("node cannot be started; {install}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let said = said.trim();
    if version(said).is_none_or(|version| version < NODE_MIN) {
        bail!("node is {said}, which is too old; {install}");
    }
    Ok(())
}

/// The first two numbers of a version such as `v20.19.1`.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.strip_prefix('v')?.split('.');
    let major = numbers.next()?.parse().ok()?;
    let minor = numbers.next()?.parse().ok()?;
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert_eq!(version("v20.19.1"), Some((20, 19)));
        assert!(version("v22.0.0") > Some(NODE_MIN));
        assert!(version("v20.9.0") < Some(NODE_MIN));
        assert_eq!(version("twenty"), None);
    }
}
