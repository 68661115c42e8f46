//! This checkout: where it is, which files git tracks in it, and how cargo is
//! called in it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The checkout that this program was built from.
pub(crate) struct Repository {
    root: PathBuf,
}

/// A tracked text file.
pub(crate) struct SourceFile {
    /// Relative to the root, with `/` between its parts.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Repository {
    pub(crate) fn of_this_build() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("the package of xtask stands at the top of the file system")?;
        Ok(Self {
            root: root.to_path_buf(),
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A cargo command at the root: the cargo that runs this program.
    pub(crate) fn cargo<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// What `cargo metadata` says about the workspace and its whole graph.
    pub(crate) fn metadata(&self) -> Result<Value> {
        let output = self
            .cargo(["metadata", "--format-version", "1"])
            .stderr(Stdio::inherit())
            .output()
            .context("cargo metadata cannot be started")?;
        if !output.status.success() {
            bail!("cargo metadata failed with {}", output.status);
        }
        serde_json::from_slice(&output.stdout).context("cargo metadata printed no JSON")
    }

    /// The tracked files that hold text; a file that was deleted but is still
    /// in git's index is left out.
    pub(crate) fn sources(&self) -> Result<Vec<SourceFile>> {
        let mut sources = Vec::new();
        for path in self.tracked_paths()? {
            match std::fs::read(self.root.join(&path)) {
                Ok(bytes) => {
                    if let Ok(text) = String::from_utf8(bytes) {
                        sources.push(SourceFile { path, text });
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).with_context(|| format!("cannot read {path}")),
            }
        }
        Ok(sources)
    }

    fn tracked_paths(&self) -> Result<Vec<String>> {
        // Build machines often run as another user than the one who cloned.
        let output = Command::new("git")
            .args(["-c", "safe.directory=*", "ls-files", "-z"])
            .current_dir(&self.root)
            .stderr(Stdio::inherit())
            .output()
            .context("git cannot be started")?;
        if !output.status.success() {
            bail!("git cannot list the files of {}", self.root.display());
        }
        let listing = String::from_utf8(output.stdout).context("a path is not UTF-8")?;
        Ok(listing.split_terminator('\0').map(str::to_owned).collect())
    }
}
