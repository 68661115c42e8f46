//! What is made from the description of the API: its document, its examples, its
//! pages in `docs/api`, and the types of the TypeScript client.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::repository::Repository;
use crate::steps::run_inherited;
use crate::tools::node;

const DOCUMENT: &str = "api/openapi.json";
const UI: &str = "ui";
const TYPES: &str = "ui/src/api/schema.d.ts";

/// Writes all of it anew. The examples are what a server answers, so they need
/// the document to be asked by, and the document takes them up.
pub(crate) fn write(repository: &Repository) -> Result<()> {
    let document = ["--package", "baton-server", "--test", "document"];
    let examples = ["--package", "baton-cli", "--test", "cli", "api::operations"];
    bless(repository, &[&document[..], &["the_document"]].concat())?;
    bless(repository, &examples)?;
    bless(repository, &[&document[..], &["the_document"]].concat())?;
    bless(repository, &[&document[..], &["the_pages"]].concat())?;
    node::ensure()?;
    node::install(&repository.root().join(UI))?;
    types(repository, &repository.root().join(TYPES))
}

/// Runs tests that write what they would otherwise compare.
fn bless(repository: &Repository, arguments: &[&str]) -> Result<()> {
    let mut test = repository.cargo(["test"]);
    test.args(arguments).env("BATON_BLESS", "1");
    run_inherited(test)
}

/// Compares the types with the document, and checks the code that uses them.
pub(crate) fn check_types(repository: &Repository) -> Result<()> {
    node::ensure()?;
    node::install(&repository.root().join(UI))?;
    let fresh = repository.root().join("target/schema.d.ts");
    types(repository, &fresh)?;
    let stands = fs::read(repository.root().join(TYPES))?;
    if stands != fs::read(&fresh)? {
        bail!("{TYPES} is not what {DOCUMENT} says; run `cargo xtask api`");
    }
    let mut compiler = program(repository, "tsc");
    compiler.arg("--noEmit");
    run_inherited(compiler)
}

fn types(repository: &Repository, file: &Path) -> Result<()> {
    let mut generator = program(repository, "openapi-typescript");
    generator
        .arg(repository.root().join(DOCUMENT))
        .arg("--output")
        .arg(file);
    run_inherited(generator)
}

/// A program that npm has installed for the UI.
fn program(repository: &Repository, name: &str) -> Command {
    let directory = repository.root().join(UI);
    let mut command = Command::new(directory.join("node_modules/.bin").join(name));
    command.current_dir(directory);
    command
}
