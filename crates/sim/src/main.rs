//! Runs simulations from the command line: one seed with its trace, or many.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is for whoever sits at a terminal"
)]

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use baton_sim::{Keep, Report, simulate};

const USAGE: &str = "\
usage: baton-sim SEED
       baton-sim --count N [--from S] [--jobs J]
";

/// How often it is said how far it has come.
const TICK: Duration = Duration::from_secs(2);

/// What was asked for.
enum Task {
    One(u64),
    Many(Many),
}

#[derive(Clone, Copy)]
struct Many {
    from: u64,
    count: u64,
    jobs: u64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match parse(&arguments) {
        Some(Task::One(seed)) => one(seed),
        Some(Task::Many(many)) => all(many),
        None => {
            eprint!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn parse(arguments: &[String]) -> Option<Task> {
    if let [seed] = arguments
        && let Ok(seed) = seed.parse()
    {
        return Some(Task::One(seed));
    }
    let mut many = Many {
        from: 0,
        count: 0,
        jobs: 1,
    };
    for pair in arguments.chunks(2) {
        let [name, value] = pair else { return None };
        let value = value.parse().ok()?;
        match name.as_str() {
            "--count" => many.count = value,
            "--from" => many.from = value,
            "--jobs" => many.jobs = value,
            _ => return None,
        }
    }
    (many.count > 0 && many.jobs > 0).then_some(Task::Many(many))
}

/// Shows everything that happens in one seed.
fn one(seed: u64) -> ExitCode {
    let report = simulate(seed, Keep::Lines);
    print!("{}", report.trace.as_deref().unwrap_or_default());
    println!(
        "seed {seed}: {} calls and {} commits in {:?}, trace {:016x}",
        report.n_calls, report.n_commits, report.lasted, report.fingerprint
    );
    verdict(&report)
}

fn verdict(report: &Report) -> ExitCode {
    match &report.breach {
        None => ExitCode::SUCCESS,
        Some(breach) => {
            println!("seed {} breaks a law: {breach}", report.seed);
            ExitCode::FAILURE
        }
    }
}

/// Runs seeds until one breaks a law: the lowest of those that were begun.
fn all(many: Many) -> ExitCode {
    let began = Instant::now();
    let next = AtomicU64::new(many.from);
    let end = many.from.saturating_add(many.count);
    let broken = std::thread::scope(|scope| {
        let jobs = (0..many.jobs).map(|job| {
            let (next, tells) = (&next, job == 0);
            scope.spawn(move || work(next, (many.from, end), tells.then_some(began)))
        });
        let jobs: Vec<_> = jobs.collect();
        let reports = jobs.into_iter().filter_map(|job| job.join().ok().flatten());
        reports.min_by_key(|report| report.seed)
    });
    let took = began.elapsed().as_secs_f64();
    match broken {
        None => {
            println!(
                "{} seeds from {} hold, in {took:.1} s",
                many.count, many.from
            );
            ExitCode::SUCCESS
        }
        Some(report) => {
            println!(
                "after {} seeds and {took:.1} s:",
                report.seed - many.from + 1
            );
            verdict(&report)
        }
    }
}

/// Takes one seed after the other; the job that tells also says how far all
/// have come.
fn work(next: &AtomicU64, (from, end): (u64, u64), tells: Option<Instant>) -> Option<Report> {
    let mut told = Duration::ZERO;
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return None;
        }
        let report = simulate(seed, Keep::Fingerprint);
        if report.breach.is_some() {
            next.store(end, Ordering::Relaxed);
            return Some(report);
        }
        if let Some(began) = tells
            && began.elapsed() > told + TICK
            && std::io::stderr().is_terminal()
        {
            told = began.elapsed();
            eprint!("\r{} of {} seeds", seed - from + 1, end - from);
            drop(std::io::stderr().flush());
        }
    }
}
