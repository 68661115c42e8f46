//! `cargo xtask demo`: the shortest way from a fresh clone to a run that asks
//! its reader something, in the terminal and in the browser.
//!
//! The run, its gate and its report are real; only the data directory is a
//! temporary one, and the agents of the other runs are simulated.

mod scene;

use std::fs::DirBuilder;
use std::io::{ErrorKind, IsTerminal};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::repository::Repository;
use crate::server::Server;
use crate::steps::run_inherited;
use crate::tools;
use crate::ui;

/// Where the demo leaves things, and what it runs.
struct Stage {
    baton: PathBuf,
    place: PathBuf,
    data_dir: PathBuf,
    report: PathBuf,
}

pub(crate) fn run(repository: &Repository) -> Result<()> {
    tools::ensure(&[tools::GIT, tools::CC], "demo")?;
    let baton = build(repository)?;
    let directory = temporary_directory()?;
    let stage = Stage {
        baton,
        data_dir: directory.join("data"),
        report: directory.join("repo-checkup.md"),
        place: directory,
    };
    let server = scene::set(repository, &stage)?;
    let page = scene::page(&server);
    println!("\n==> the web interface: {page}");
    if std::io::stdin().is_terminal() {
        scene::open(&page);
    }
    println!("\n==> baton checks this repository and asks before it publishes the report\n");
    let status = checkup(repository, &stage)
        .status()
        .context("the built binary cannot be started")?;
    if !status.success() {
        println!("\nThe run's data is in {}", shown(&stage.data_dir));
        bail!("`baton run` ended with {status}");
    }
    if !stage.report.is_file() {
        bail!(
            "the run completed without its report {}",
            stage.report.display()
        );
    }
    println!("{}", farewell(repository, &stage));
    stay(server)
}

/// Until whoever sits here has seen enough; nobody does when it is no terminal.
fn stay(mut server: Server) -> Result<()> {
    server.expect_alive()?;
    if !std::io::stdin().is_terminal() {
        return Ok(());
    }
    println!("\n{} is there until you press Enter.", scene::page(&server));
    std::io::stdin().read_line(&mut String::new())?;
    server.expect_alive()
}

fn build(repository: &Repository) -> Result<PathBuf> {
    println!("==> building Baton and its web interface; from nothing this takes some minutes");
    let started = Instant::now();
    ui::build(repository)?;
    run_inherited(repository.cargo(["build", "--release", "--package", "baton-cli"]))?;
    println!("<== built in {:.0} s", started.elapsed().as_secs_f64());
    let metadata = repository.metadata()?;
    let target = metadata["target_directory"]
        .as_str()
        .context("cargo metadata names no target directory")?;
    Ok(Path::new(target).join("release").join("baton"))
}

/// A new directory that only this user may enter.
fn temporary_directory() -> Result<PathBuf> {
    let process = std::process::id();
    for number in 1..=100 {
        let path = std::env::temp_dir().join(format!("baton-demo-{process}-{number}"));
        match DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot create {}", path.display()));
            }
        }
    }
    bail!("{} is full of demos", std::env::temp_dir().display())
}

fn checkup(repository: &Repository, stage: &Stage) -> Command {
    let root = repository.root();
    let mut command = Command::new(&stage.baton);
    command
        .current_dir(root)
        .args(["run", "examples/repo-checkup.yaml"])
        .args(["--param", &format!("repo={}", root.display())])
        .args(["--param", &format!("report={}", stage.report.display())])
        .arg("--data-dir")
        .arg(&stage.data_dir);
    if !std::io::stdin().is_terminal() {
        // Nobody is there to answer the gate.
        command.arg("--yes-gates");
    }
    command
}

/// Where the report is, and commands that work as they are printed.
fn farewell(repository: &Repository, stage: &Stage) -> String {
    let baton = shown(&stage.baton);
    let data_dir = shown(&stage.data_dir);
    let example = |name: &str| shown(&repository.root().join("examples").join(name));
    let full = example("full.yaml");
    let full_parameters = "--param ticket_no=4711 --param service=payments";
    format!(
        "\nThe report: {report}\n\n\
         Next, for example:\n\
         \x20 cat {report}\n\
         \x20 {baton} runs --data-dir {data_dir}\n\
         \x20 {baton} run {minimal} --param topic=birds --data-dir {data_dir}\n\
         \x20 {baton} plan {full} {full_parameters} --data-dir {data_dir}\n\
         \x20 {baton} run {full} {full_parameters} --data-dir {data_dir}",
        report = shown(&stage.report),
        minimal = example("minimal.yaml"),
    )
}

/// The path as it can be pasted into a shell here: relative to where the user
/// stands if it is below, quoted if it needs to be.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let path = path.strip_prefix(&here).unwrap_or(path);
    quoted(&path.display().to_string())
}

fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_need_it_are_quoted() {
        assert_eq!(quoted("/tmp/baton-demo-1/data"), "/tmp/baton-demo-1/data");
        assert_eq!(quoted("/my files/it's"), r"'/my files/it'\''s'");
    }

    #[test]
    fn the_commands_to_try_next_name_the_data_directory() {
        let repository = Repository::of_this_build().unwrap();
        let stage = Stage {
            baton: PathBuf::from("/x/baton"),
            data_dir: PathBuf::from("/d/data"),
            report: PathBuf::from("/d/report.md"),
            place: PathBuf::from("/d"),
        };
        let text = farewell(&repository, &stage);
        let commands: Vec<&str> = text
            .lines()
            .filter(|line| line.contains("/x/baton "))
            .collect();
        assert_eq!(commands.len(), 4);
        for command in commands {
            assert!(command.ends_with(" --data-dir /d/data"), "{command}");
        }
    }

    #[test]
    fn a_temporary_directory_is_private_and_new() {
        use std::os::unix::fs::PermissionsExt;
        let first = temporary_directory().unwrap();
        let second = temporary_directory().unwrap();
        assert_ne!(first, second);
        let mode = std::fs::metadata(&first).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        std::fs::remove_dir(first).unwrap();
        std::fs::remove_dir(second).unwrap();
    }
}
