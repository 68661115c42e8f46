//! The small project that is looked at in the picture: the same files in
//! every recording, so that the report is always equally long.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

/// What the picture shows in place of the temporary directory. As long as the
/// real path, for a terminal breaks lines by their length.
pub(super) const SHOWN_ROOT: &str = "/home/mara/src";

const FILES: [(&str, &str); 3] = [
    (
        "orchard.py",
        "import trees\n\n\ndef harvest():\n    return [tree.shake() for tree in trees.ripe()]\n",
    ),
    ("trees.py", "def ripe():\n    return []\n"),
    ("README.md", "# Orchard\n\nPicks what is ripe.\n"),
];

/// A temporary directory with a git repository in it; gone when dropped.
pub(super) struct Project {
    directory: TempDir,
}

impl Project {
    pub(super) fn create() -> Result<Self> {
        let n_random = SHOWN_ROOT.len() - "/tmp/b-".len();
        let directory = tempfile::Builder::new()
            .prefix("b-")
            .rand_bytes(n_random)
            .tempdir_in("/tmp")
            .context("cannot create a directory in /tmp")?;
        let project = Self { directory };
        project.fill()?;
        Ok(project)
    }

    pub(super) fn root(&self) -> &Path {
        self.directory.path()
    }

    pub(super) fn repository(&self) -> PathBuf {
        self.root().join("orchard")
    }

    pub(super) fn report(&self) -> PathBuf {
        self.root().join("orchard.md")
    }

    pub(super) fn data_dir(&self) -> PathBuf {
        self.root().join("data")
    }

    fn fill(&self) -> Result<()> {
        let repository = self.repository();
        std::fs::create_dir(&repository)?;
        for (name, text) in FILES {
            std::fs::write(repository.join(name), text)?;
        }
        git(&repository, &["init", "--quiet"])?;
        git(&repository, &["add", "."])?;
        git(&repository, &["commit", "--quiet", "--message", "Plant"])
    }
}

/// git without the settings of whoever records.
fn git(repository: &Path, arguments: &[&str]) -> Result<()> {
    let status = Command::new("git")
        .args(["-c", "user.name=Mara", "-c", "user.email=mara@example.org"])
        .args(arguments)
        .current_dir(repository)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::null())
        .status()
        .context("git cannot be started")?;
    if !status.success() {
        bail!("git {} ended with {status}", arguments.join(" "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shown_path_is_as_long_as_the_real_one() {
        let project = Project::create().unwrap();
        assert_eq!(project.root().as_os_str().len(), SHOWN_ROOT.len());
        assert!(project.repository().join(".git").is_dir());
    }
}
