//! `cargo xtask bench`: our work beside the floor, measured on the same
//! machine in the same minutes, as one table.
//!
//! The floor is the least that durability costs: the same rows in the same
//! database without an engine. Bars are ratios to it, because an absolute
//! figure says more about the machine than about us.

mod bars;
mod measurement;

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::repository::Repository;
use measurement::{Measurements, Report};

/// The work first: the floor then writes as many bytes as the work did.
const BENCHES: [(&str, &str); 3] = [
    ("baton-app", "work"),
    ("baton-store-sql", "floor"),
    ("baton-lang", "files"),
];
/// What takes minutes, and so is measured only when asked for.
const LONG: (&str, &str) = ("baton-app", "crowd");
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
}

pub(crate) fn run(repository: &Repository, extent: Extent) -> Result<()> {
    let mut report = Report::default();
    let long = (extent == Extent::Long).then_some(LONG);
    for (package, bench) in BENCHES.into_iter().chain(long) {
        println!("==> cargo bench --package {package} --bench {bench}");
        run_bench(repository, package, bench, &mut report)?;
    }
    print_table(&report.measurements, extent)?;
    println!("\nProfile: bench, which is release (opt-level 3, no LTO).");
    for note in &report.notes {
        println!("{note}");
    }
    let missed: Vec<&str> = bars::judge(&report.measurements, extent)?
        .into_iter()
        .filter(|verdict| !verdict.holds)
        .map(|verdict| verdict.title)
        .collect();
    if !missed.is_empty() {
        bail!("missed: {}", missed.join(", "));
    }
    println!("every bar holds");
    Ok(())
}

/// Shows what the bench prints as it prints it, and keeps what is measured.
fn run_bench(
    repository: &Repository,
    package: &str,
    bench: &str,
    report: &mut Report,
) -> Result<()> {
    let mut child = repository
        .cargo(["bench", "--package", package, "--bench", bench])
        .envs(payload(&report.measurements))
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

fn print_table(measurements: &Measurements, extent: Extent) -> Result<()> {
    println!(
        "\n{:<34} {:>18} {:>18} {:>10}  {:<10} verdict",
        "work", "measured", "beside", "ratio", "bar"
    );
    for verdict in bars::judge(measurements, extent)? {
        println!(
            "{:<34} {:>18} {:>18} {:>10}  {:<10} {}",
            verdict.title,
            verdict.measured,
            verdict.beside,
            verdict.ratio,
            verdict.bar,
            if verdict.holds { "holds" } else { "MISSED" }
        );
    }
    Ok(())
}
