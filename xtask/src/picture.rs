//! `cargo xtask picture`: records a real run in a terminal of 80x24 and writes
//! its final screen to `docs/picture.svg`.
//!
//! Nothing in the picture is drawn by hand. What differs between two
//! recordings of the same program is replaced by fixed texts (see [`scrub`]),
//! so that a new recording differs from the old one only where Baton does.

mod project;
mod scrub;
mod svg;
mod terminal;

use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use vt100::Parser;

use crate::repository::Repository;
use crate::steps::run_inherited;
use project::Project;
use scrub::Scrub;
use terminal::{Answer, Recording};

/// Size of the terminal, the one every terminal opens with.
const ROWS: NonZeroU16 = NonZeroU16::new(24).expect("24 is not zero");
const COLUMNS: NonZeroU16 = NonZeroU16::new(80).expect("80 is not zero");

/// What the gate asks for, and how long a person takes to answer.
const QUESTION: &str = "[a]pprove";
const READING_TIME: Duration = Duration::from_secs(2);

/// Where the picture goes, seen from the root.
const PICTURE: &str = "docs/picture.svg";

pub(crate) fn run(repository: &Repository) -> Result<()> {
    let baton = build(repository)?;
    let project = Project::create()?;
    let arguments = arguments(&project);
    let recording = record(repository, &baton, &project, &arguments)?;
    if !recording.succeeded {
        bail!("`baton run` did not succeed:\n{}", recording.output);
    }
    let scrub = Scrub::of(&recording.output, project.root(), project::SHOWN_ROOT)?;
    let mut terminal = Parser::new(ROWS, COLUMNS, 0);
    terminal.process(scrub.apply(&typed(&arguments)).as_bytes());
    terminal.process(scrub.apply(&recording.output).as_bytes());
    let path = repository.root().join(PICTURE);
    std::fs::write(&path, svg::draw(terminal.screen()))
        .with_context(|| format!("cannot write {}", path.display()))?;
    println!("{PICTURE} shows:\n");
    for row in terminal.screen().rows(0, COLUMNS.get()) {
        println!("{row}");
    }
    Ok(())
}

/// Builds the program, and says where it is.
pub(crate) fn build(repository: &Repository) -> Result<PathBuf> {
    run_inherited(repository.cargo(["build", "--package", "baton-cli"]))?;
    let metadata = repository.metadata()?;
    let target = metadata["target_directory"]
        .as_str()
        .context("cargo metadata names no target directory")?;
    Ok(Path::new(target).join("debug").join("baton"))
}

/// What follows `baton` on the command line, as somebody would type it: in
/// two lines, each of them fitting the terminal.
fn arguments(project: &Project) -> [Vec<String>; 2] {
    let parameter = |name: &str, path: &Path| format!("{name}={}", path.display());
    [
        vec!["run".to_owned(), "examples/repo-checkup.yaml".to_owned()],
        vec![
            "-p".to_owned(),
            parameter("repo", &project.repository()),
            "-p".to_owned(),
            parameter("report", &project.report()),
        ],
    ]
}

fn record(
    repository: &Repository,
    baton: &Path,
    project: &Project,
    arguments: &[Vec<String>],
) -> Result<Recording> {
    let mut command = Command::new(baton);
    command
        .args(arguments.iter().flatten())
        .current_dir(repository.root())
        .env("TERM", "xterm-256color")
        .env("BATON_DATA_DIR", project.data_dir())
        .env_remove("BATON_CONFIG")
        .env_remove("NO_COLOR");
    let answer = Answer {
        question: QUESTION,
        after: READING_TIME,
        keys: "a\n",
    };
    terminal::record(command, (ROWS, COLUMNS), &answer)
}

/// The command as the terminal shows it while it is being typed.
fn typed(arguments: &[Vec<String>]) -> String {
    let lines: Vec<String> = arguments.iter().map(|line| line.join(" ")).collect();
    format!("\x1b[1;34m$\x1b[0m baton {}\r\n", lines.join(" \\\r\n    "))
}
