//! The programs of others that the build needs: whether they are there, and
//! how they get there.
//!
//! Nothing is installed without a line that says so.

pub(crate) mod llvm;
pub(crate) mod node;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::repository::Repository;
use crate::steps::run_inherited;

/// The version that `deny.toml` was written for.
const CARGO_DENY_VERSION: &str = "0.20.2";

/// The version whose report `cover` reads.
const CARGO_LLVM_COV_VERSION: &str = "0.9.1";

/// A program that a command cannot do without.
#[derive(Clone, Copy)]
pub(crate) struct Tool {
    program: &'static str,
    debian_packages: &'static [&'static str],
    why: &'static str,
}

pub(crate) const GIT: Tool = Tool {
    program: "git",
    debian_packages: &["git"],
    why: "the demo's workflow looks at a git repository",
};

pub(crate) const CC: Tool = Tool {
    program: "cc",
    debian_packages: &["gcc", "libc6-dev"],
    why: "SQLite is compiled from C into the binary",
};

pub(crate) const CXX: Tool = Tool {
    program: "c++",
    debian_packages: &["g++"],
    why: "libFuzzer is compiled from C++",
};

pub(crate) const CHROMIUM: Tool = Tool {
    program: "chromium",
    debian_packages: &["chromium"],
    why: "a real browser tries what pages of other sites can do",
};

impl Tool {
    /// Where it is, for those who do not look into `PATH` themselves.
    pub(crate) fn path(&self) -> Result<PathBuf> {
        let directories = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&directories)
            .map(|directory| directory.join(self.program))
            .find(|path| path.is_file())
            .with_context(|| format!("{} is not in PATH", self.program))
    }
}

/// Whether the program can be found and started.
pub(crate) fn is_installed(program: impl AsRef<OsStr>) -> bool {
    let mut command = Command::new(program);
    command.arg("--version");
    answers(command)
}

/// Whether a command can be started and ends well.
fn answers(mut command: Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Sees to what a command of `cargo xtask` needs: installs it where this may be
/// done (Debian, as root), otherwise says what to install.
pub(crate) fn ensure(tools: &[Tool], command: &str) -> Result<()> {
    let missing: Vec<&Tool> = tools
        .iter()
        .filter(|tool| !is_installed(tool.program))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    for tool in &missing {
        println!("`{}` is missing: {}", tool.program, tool.why);
    }
    let packages = packages_of(&missing);
    let is_debian = is_debian();
    if !is_debian || !is_root()? {
        bail!(how_to_install(is_debian, &missing, command));
    }
    install_with_apt(&packages)
}

fn install_with_apt(packages: &[&str]) -> Result<()> {
    println!("installing {} with apt-get", packages.join(" "));
    run_inherited(apt_get(&["update"]))?;
    let mut install = apt_get(&["install", "-y", "--no-install-recommends"]);
    install.args(packages);
    run_inherited(install)
}

fn packages_of(tools: &[&Tool]) -> Vec<&'static str> {
    tools
        .iter()
        .flat_map(|tool| tool.debian_packages.iter().copied())
        .collect()
}

fn how_to_install(is_debian: bool, missing: &[&Tool], command: &str) -> String {
    if is_debian {
        let packages = packages_of(missing).join(" ");
        return format!(
            "run `sudo apt-get install -y {packages}`, then `cargo xtask {command}` again"
        );
    }
    let programs: Vec<&str> = missing.iter().map(|tool| tool.program).collect();
    format!(
        "install {} (on macOS: `xcode-select --install`), then run `cargo xtask {command}` again",
        programs.join(" and ")
    )
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_debian() -> bool {
    Path::new("/etc/debian_version").exists()
}

fn is_root() -> Result<bool> {
    let output = Command::new("id")
        .arg("-u")
        .output()
        .context("id cannot be started")?;
    Ok(output.stdout.trim_ascii() == b"0")
}

/// Installs cargo-deny into the user's cargo directory where it is missing.
pub(crate) fn ensure_cargo_deny(repository: &Repository) -> Result<()> {
    ensure_cargo_command(repository, "deny", CARGO_DENY_VERSION)
}

/// The same for cargo-llvm-cov.
pub(crate) fn ensure_cargo_llvm_cov(repository: &Repository) -> Result<()> {
    ensure_cargo_command(repository, "llvm-cov", CARGO_LLVM_COV_VERSION)
}

fn ensure_cargo_command(repository: &Repository, command: &str, version: &str) -> Result<()> {
    if answers(repository.cargo([command, "--version"])) {
        return Ok(());
    }
    let package = format!("cargo-{command}");
    println!("{package} is missing; installing version {version}, which takes 1 to 4 minutes");
    let install = [
        "install",
        &package,
        "--locked",
        "--debug",
        "--version",
        version,
    ];
    run_inherited(repository.cargo(install))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_debian_the_message_is_a_command_to_paste() {
        assert_eq!(
            how_to_install(true, &[&GIT, &CC], "demo"),
            "run `sudo apt-get install -y git gcc libc6-dev`, then `cargo xtask demo` again"
        );
    }

    #[test]
    fn elsewhere_the_message_names_the_programs() {
        let said = how_to_install(false, &[&GIT, &CC], "demo");
        assert!(said.starts_with("install git and cc "));
    }

    #[test]
    fn a_program_that_does_not_exist_is_not_installed() {
        assert!(!is_installed("no-program-has-this-name"));
    }
}
