//! Building the program that fuzzes.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::repository::Repository;
use crate::steps::run_inherited;
use crate::tools;

/// What makes a stable compiler count edges and show comparisons to libFuzzer.
const FLAGS: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
];

/// Builds it and says where it is.
///
/// It has a target directory of its own: with these flags, everything it
/// consists of is another build than the one that tests and runs are made of.
pub(super) fn build(repository: &Repository) -> Result<PathBuf> {
    tools::ensure(&[tools::CXX], "fuzz")?;
    let package = repository.root().join("fuzz");
    // What is fuzzed is what is shipped, down to the versions of libraries.
    let lock = repository.root().join("Cargo.lock");
    std::fs::copy(lock, package.join("Cargo.lock")).context("cannot copy Cargo.lock")?;
    let target = repository.root().join("target/fuzz");
    let host = tools::llvm::Compiler::ask()?.host;
    let mut cargo = repository.cargo(["build", "--quiet", "--release"]);
    cargo
        .arg("--manifest-path")
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        // With a target, the flags are not for build scripts and macros.
        .args(["--target", &host])
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
    run_inherited(cargo)?;
    Ok(target.join(host).join("release/baton-fuzz"))
}
