//! What pages of other sites can do to a server: asked of a real browser, which
//! is driven by the Playwright that the UI has as well.

use std::process::Command;

use anyhow::Result;

use crate::repository::Repository;
use crate::steps::run_inherited;
use crate::tools::{self, CHROMIUM, node};

const UI: &str = "ui";
const QUESTIONS: &str = "xtask/browser/strangers.mjs";

/// Sees to the browser and what drives it, and asks.
pub(crate) fn run(repository: &Repository) -> Result<()> {
    node::ensure()?;
    tools::ensure(&[CHROMIUM], "test --only browser")?;
    let ui = repository.root().join(UI);
    node::install(&ui)?;
    run_inherited(repository.cargo(["build", "--package", "baton-cli"]))?;
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec"])
        .arg(repository.root().join(QUESTIONS))
        .current_dir(ui)
        .env("BATON", repository.root().join("target/debug/baton"))
        .env("CHROMIUM", CHROMIUM.path()?);
    run_inherited(node)
}
