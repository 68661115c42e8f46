//! Runs the steps of a suite one after another and says what each took, or
//! which one failed and how to repeat it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use crate::repository::Repository;
use crate::{api, browser, editor, tidy, tools, ui};

/// One step of a suite.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) work: Work,
}

/// What a step does.
pub(crate) enum Work {
    /// The rules of `tidy`, in this process.
    Tidy,
    /// A cargo command.
    Cargo(Vec<&'static str>),
    /// A cargo command whose closing lines are shown again at the end.
    Tests(Vec<&'static str>),
    /// The questions to a language server, in a process of its own.
    Editor,
    /// The types of the TypeScript client, compared with the document.
    Types,
    /// The rules of the web interface's code, and the tests beside it.
    Ui,
    /// What pages of other sites try, in a real browser.
    Browser,
    /// What people do in the web interface, in a real browser.
    Journeys,
    /// cargo-deny, installed first where it is missing.
    Deny(Vec<&'static str>),
}

impl Work {
    fn command_line(&self) -> String {
        match self {
            Self::Tidy => "cargo xtask tidy".to_owned(),
            Self::Editor => "cargo xtask test --only editor".to_owned(),
            Self::Types => "cargo xtask test --only types".to_owned(),
            Self::Ui => "cargo xtask test --only ui".to_owned(),
            Self::Browser => "cargo xtask test --only browser".to_owned(),
            Self::Journeys => "cargo xtask journeys".to_owned(),
            Self::Cargo(arguments) | Self::Tests(arguments) | Self::Deny(arguments) => {
                format!("cargo {}", arguments.join(" "))
            }
        }
    }

    /// Does it; the lines returned are worth reading at the very end.
    fn perform(&self, repository: &Repository) -> Result<Vec<String>> {
        match self {
            Self::Tidy => tidy::run(repository)?,
            Self::Editor => editor::run(repository)?,
            Self::Types => api::check_types(repository)?,
            Self::Ui => ui::test(repository)?,
            Self::Browser => browser::run(repository)?,
            Self::Journeys => ui::browse(repository, ui::Errand::Journeys)?,
            Self::Cargo(arguments) => run_inherited(repository.cargo(arguments))?,
            Self::Tests(arguments) => {
                return run_keeping_closing_lines(repository.cargo(arguments));
            }
            Self::Deny(arguments) => {
                tools::ensure_cargo_deny(repository)?;
                run_inherited(repository.cargo(arguments))?;
                println!(
                    "advisories are not checked here: their database is fetched from the network"
                );
            }
        }
        Ok(Vec::new())
    }
}

/// Runs all steps, or the one named; stops at the first that fails.
pub(crate) fn run(repository: &Repository, steps: Vec<Step>, only: Option<&str>) -> Result<()> {
    let steps = choose(steps, only)?;
    let mut durations = Vec::new();
    let mut closing_lines = Vec::new();
    for step in &steps {
        println!("==> {}: {}", step.name, step.work.command_line());
        let started = Instant::now();
        let result = step.work.perform(repository);
        let took = started.elapsed();
        match result {
            Ok(lines) => closing_lines.extend(lines),
            Err(error) => bail!(failure_message(step, took, &error)),
        }
        println!("<== {}: {}", step.name, seconds(took));
        durations.push((step.name, took));
    }
    println!();
    for (name, took) in durations {
        println!("{name:<10} {:>8}", seconds(took));
    }
    for line in closing_lines {
        println!("{line}");
    }
    println!("{} steps passed", steps.len());
    Ok(())
}

fn choose(steps: Vec<Step>, only: Option<&str>) -> Result<Vec<Step>> {
    let Some(name) = only else {
        return Ok(steps);
    };
    let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
    let unknown = anyhow!("no step `{name}`; there are: {}", names.join(", "));
    let chosen: Vec<Step> = steps.into_iter().filter(|step| step.name == name).collect();
    if chosen.is_empty() {
        return Err(unknown);
    }
    Ok(chosen)
}

fn failure_message(step: &Step, took: Duration, error: &anyhow::Error) -> String {
    format!(
        "step `{}` failed after {}: {error:#}\n  repeat it with: {}",
        step.name,
        seconds(took),
        step.work.command_line()
    )
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// Runs a command on this terminal; any status but 0 is an error.
pub(crate) fn run_inherited(mut command: Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{} cannot be started", program_of(&command)))?;
    if !status.success() {
        bail!("{} ended with {status}", program_of(&command));
    }
    Ok(())
}

/// The name of the program without where it is.
fn program_of(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    name.to_string_lossy().into_owned()
}

fn run_keeping_closing_lines(mut command: Command) -> Result<Vec<String>> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} cannot be started", program_of(&command)))?;
    let stdout = child.stdout.take().context("stdout is piped")?;
    let stderr = child.stderr.take().context("stderr is piped")?;
    let from_stderr = std::thread::spawn(move || forward(stderr, std::io::stderr()));
    let mut closing = forward(stdout, std::io::stdout())?;
    let from_stderr = from_stderr
        .join()
        .map_err(|_panic| anyhow!("the thread that forwards stderr panicked"))??;
    closing.extend(from_stderr);
    let status = child.wait()?;
    if !status.success() {
        bail!("{} ended with {status}", program_of(&command));
    }
    Ok(closing)
}

/// Copies line by line as the lines come, and keeps the closing ones.
fn forward(source: impl Read, mut sink: impl Write) -> Result<Vec<String>> {
    let mut closing = Vec::new();
    let mut source = BufReader::new(source);
    let mut line = Vec::new();
    while source.read_until(b'\n', &mut line)? > 0 {
        sink.write_all(&line)?;
        sink.flush()?;
        let text = String::from_utf8_lossy(&line);
        if is_closing_line(&text) {
            closing.push(text.trim_end().to_owned());
        }
        line.clear();
    }
    Ok(closing)
}

/// Whether a test runner sums up with this line: nextest's `Summary [`, and
/// the `test result:` of each binary under `cargo test`.
fn is_closing_line(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("Summary [") || line.starts_with("test result:")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &'static str) -> Step {
        Step {
            name,
            work: Work::Cargo(vec!["fmt", "--check"]),
        }
    }

    #[test]
    fn only_the_named_step_is_chosen() {
        let chosen = choose(vec![step("fmt"), step("clippy")], Some("clippy")).unwrap();
        let names: Vec<&str> = chosen.iter().map(|step| step.name).collect();
        assert_eq!(names, ["clippy"]);
    }

    #[test]
    fn an_unknown_step_is_refused_with_the_names_there_are() {
        let error = choose(vec![step("fmt"), step("clippy")], Some("lint"))
            .err()
            .unwrap();
        assert_eq!(error.to_string(), "no step `lint`; there are: fmt, clippy");
    }

    #[test]
    fn a_failure_names_the_step_and_how_to_repeat_it() {
        let message = failure_message(&step("fmt"), Duration::from_millis(1500), &anyhow!("bad"));
        assert_eq!(
            message,
            "step `fmt` failed after 1.5 s: bad\n  repeat it with: cargo fmt --check"
        );
    }

    #[test]
    fn closing_lines_are_kept_and_everything_is_forwarded() {
        let output =
            "PASS a\n     Summary [   0.1s] 1 test run: 1 passed\ntest result: ok. 2 passed\nlast";
        let mut forwarded = Vec::new();
        let closing = forward(output.as_bytes(), &mut forwarded).unwrap();
        assert_eq!(String::from_utf8(forwarded).unwrap(), output);
        assert_eq!(
            closing,
            [
                "     Summary [   0.1s] 1 test run: 1 passed",
                "test result: ok. 2 passed"
            ]
        );
    }
}
