//! Node, and packages of npm in the versions of a lock file.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::steps::run_inherited;

const LOCK: &str = "package-lock.json";

/// The oldest Node that is asked to run anything.
const NODE_MIN: (u32, u32) = (20, 19);

/// Node is there and new enough.
pub(crate) fn ensure() -> Result<()> {
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

/// Installs what the lock file in a directory names, below that directory; not
/// again while the lock file is the same.
pub(crate) fn install(directory: &Path) -> Result<()> {
    let wanted = fs::read(directory.join(LOCK))?;
    let installed = directory.join("node_modules").join(LOCK);
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("installing packages with npm into {}", directory.display());
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(directory);
    run_inherited(npm)?;
    fs::write(&installed, wanted)?;
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
