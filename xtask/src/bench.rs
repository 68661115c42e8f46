//! `cargo xtask bench`: our work beside the floor, measured on the same
//! machine in the same minutes, as one table.
//!
//! The floor is the least that durability costs: the same rows in the same
//! database without an engine. Bars are ratios to it, because an absolute
//! figure says more about the machine than about us. Both are measured in
//! turn, several times, and the median of the ratios counts: a machine that is
//! shared is fast in one minute and slow in the next.

mod bars;
mod measurement;
mod page;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::repository::Repository;
use bars::Verdict;
use measurement::{Measurements, Report};

/// The work first: the floor then writes as many bytes as the work did.
const IN_TURN: [(&str, &str); 3] = [
    ("baton-app", "work"),
    ("baton-store-sql", "floor"),
    ("baton-cli", "http_work"),
];
const ROUNDS: usize = 3;
/// What is held against fixed figures, or against itself.
const ALONE: (&str, &str) = ("baton-lang", "files");
/// What takes minutes, and so is measured only when asked for.
const LONG: [(&str, &str); 2] = [("baton-app", "crowd"), ("baton-cli", "http_load")];
/// Keeps neighbours on the machine from adding to latencies. Needs a right
/// that not everybody has.
const STEADY: [&str; 3] = ["chrt", "--rr", "1"];
/// How cargo is told what to run the benches under.
const RUNNER: &str = "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER";
/// How the floor is told what the work wrote: its variable, our figure.
const PAYLOAD: [(&str, &str); 6] = [
    ("BATON_BENCH_EVENT_BYTES", "work_event"),
    ("BATON_BENCH_STATE_BYTES", "work_state"),
    ("BATON_BENCH_EVENT_BYTES_1K", "work_event_1k"),
    ("BATON_BENCH_STATE_BYTES_1K", "work_state_1k"),
    ("BATON_BENCH_EVENT_BYTES_16K", "work_event_16k"),
    ("BATON_BENCH_STATE_BYTES_16K", "work_state_16k"),
];

/// Which benches to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What holds in minutes.
    Short,
    /// That, and what many runs cost.
    Long,
    /// All that, and the page of figures is written anew.
    Recorded,
}

pub(crate) fn run(repository: &Repository, extent: Extent) -> Result<()> {
    let runner = steady_runner();
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let mut report = Report::default();
        for bench in IN_TURN {
            run_bench(repository, bench, &runner, &mut report)?;
        }
        rounds.push(report);
    }
    let mut alone = Report::default();
    let long = (extent != Extent::Short).then_some(LONG);
    for bench in [ALONE].into_iter().chain(long.into_iter().flatten()) {
        run_bench(repository, bench, &runner, &mut alone)?;
    }

    let all = || rounds.iter().chain([&alone]);
    let measurements: Vec<&Measurements> = all().map(|it| &it.measurements).collect();
    let verdicts = bars::judge(&measurements, extent)?;
    print_table(&verdicts);
    println!("\nThe round of the median ratio, of {ROUNDS}. Profile: bench, which is release.");
    if runner.is_empty() {
        println!("Ordinary scheduler: `{}` was refused.", STEADY.join(" "));
    } else {
        println!("Under `{runner}`.");
    }
    for note in all().flat_map(|it| &it.notes) {
        println!("{note}");
    }
    if extent == Extent::Recorded {
        page::record(repository, &verdicts, &alone.measurements)?;
    }
    let missed: Vec<&str> = verdicts
        .iter()
        .filter(|verdict| !verdict.holds)
        .map(|verdict| verdict.title)
        .collect();
    if !missed.is_empty() {
        bail!("missed: {}", missed.join(", "));
    }
    println!("every bar holds");
    Ok(())
}

/// What cargo shall run the benches under; empty where that is not allowed.
fn steady_runner() -> String {
    let [program, arguments @ ..] = STEADY;
    let tried = Command::new(program)
        .args(arguments)
        .arg("true")
        .stderr(Stdio::null())
        .status();
    match tried {
        Ok(status) if status.success() => STEADY.join(" "),
        Ok(_) | Err(_) => String::new(),
    }
}

/// Shows what the bench prints as it prints it, and keeps what is measured.
fn run_bench(
    repository: &Repository,
    (package, bench): (&str, &str),
    runner: &str,
    report: &mut Report,
) -> Result<()> {
    println!("==> cargo bench --package {package} --bench {bench}");
    let mut child = repository
        .cargo(["bench", "--package", package, "--bench", bench])
        .envs(payload(&report.measurements))
        .envs((!runner.is_empty()).then_some((RUNNER, runner)))
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo bench cannot be started")?;
    let stdout = child.stdout.take().context("stdout is piped")?;
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        println!("{line}");
        report.read_line(&line)?;
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("the bench `{bench}` ended with {status}");
    }
    Ok(())
}

/// What the work has written so far; nothing before it was measured.
fn payload(measurements: &Measurements) -> Vec<(&'static str, String)> {
    let known = |(variable, name)| {
        let measurement = measurements.get(name).ok()?;
        Some((variable, format!("{:.0}", measurement.value)))
    };
    PAYLOAD.into_iter().filter_map(known).collect()
}

fn print_table(verdicts: &[Verdict]) {
    println!(
        "\n{:<39} {:>16} {:>16} {:>9}  {:<12} verdict",
        "work", "measured", "beside", "ratio", "bar"
    );
    for verdict in verdicts {
        println!(
            "{:<39} {:>16} {:>16} {:>9}  {:<12} {}",
            verdict.title,
            verdict.measured,
            verdict.beside,
            verdict.ratio,
            verdict.bar,
            verdict.word()
        );
    }
}
