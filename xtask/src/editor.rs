//! What an editor makes of the JSON Schema of the language: asks
//! yaml-language-server, a program of others that most editors ask.
//!
//! It runs on Node, and is installed with npm below `target`, in the versions
//! of the lock file beside the questions.

use std::fs;
use std::process::Command;

use anyhow::Result;

use crate::repository::Repository;
use crate::steps::run_inherited;
use crate::tools::node;

/// The questions, and what they need.
const QUESTIONS: &str = "crates/lang/tests/editor";
const SCHEMA: &str = "api/swdl.schema.json";

/// Installs the language server where it is missing, and asks it.
pub(crate) fn run(repository: &Repository) -> Result<()> {
    node::ensure()?;
    let directory = repository.root().join("target/editor");
    fs::create_dir_all(&directory)?;
    let questions = repository.root().join(QUESTIONS);
    for name in ["check.mjs", "package.json", "package-lock.json"] {
        fs::copy(questions.join(name), directory.join(name))?;
    }
    fs::copy(
        repository.root().join(SCHEMA),
        directory.join("swdl.schema.json"),
    )?;
    node::install(&directory)?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec", "check.mjs"])
        .current_dir(&directory);
    run_inherited(node)
}
