//! What reading a file costs: a small workflow and the largest one that is
//! allowed, from text to findings; a plan, from text to what is shown; and
//! files that are made to hurt.
//!
//! Prints, for programs, lines `BENCH <name> <value> <unit>`.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "what it measures is the time, and it is printed"
)]

#[path = "files/hostile.rs"]
mod hostile;
#[path = "files/workflows.rs"]
mod workflows;

use std::error::Error;
use std::hint::black_box;
use std::process::Command;

use baton_lang::{Checked, check, compile, describe};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// The allocator the program has.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const REPEATS: usize = 7;

/// Asks for one of the hostile files.
const ONE_FILE: &str = "--one-file";

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let words: Vec<_> = std::env::args().skip(1).collect();
    if let [ONE_FILE, name] = words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        return measure_one(name);
    }
    println!("files: baton-lang, from text to findings and plans");
    if wants("hostile") {
        measure_hostile()?;
    }
    for n_stages in [50, 1_000, 10_000] {
        let name = format!("check_{n_stages}");
        if wants(&name) {
            let text = workflows::chain(n_stages);
            println!("{n_stages} stages are {} KiB of text", text.len() / 1024);
            say(&name, median_ms(|| checked(&text))?, "ms");
        }
    }
    if wants("plan_1000") {
        let text = workflows::chain(1_000);
        say("plan_1000", median_ms(|| plan(&text))?, "ms");
    }
    Ok(())
}

/// Whether a figure is wanted: those named on the command line, else all.
fn wants(name: &str) -> bool {
    let mut named = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .peekable();
    named.peek().is_none() || named.any(|word| word == name)
}

/// The slowest refusal of a file of 1 MiB, and the most memory that one takes.
fn measure_hostile() -> Outcome<()> {
    let (mut slowest_ms, mut largest_mib) = (0.0_f64, 0.0_f64);
    for (name, _) in hostile::FILES {
        // In a process of its own: nothing else has used up its memory.
        let child = Command::new(std::env::current_exe()?)
            .args([ONE_FILE, name])
            .output()?;
        let answer = String::from_utf8(child.stdout)?;
        let mut figures = answer.split_whitespace().map(str::parse);
        let (Some(time_ms), Some(peak_mib)) = (figures.next(), figures.next()) else {
            return Err(format!("`{name}`: {}", String::from_utf8_lossy(&child.stderr)).into());
        };
        let (time_ms, peak_mib): (f64, f64) = (time_ms?, peak_mib?);
        println!("hostile: {name:<28} {time_ms:>6.1} ms {peak_mib:>4.0} MiB");
        slowest_ms = slowest_ms.max(time_ms);
        largest_mib = largest_mib.max(peak_mib);
    }
    say("hostile", slowest_ms, "ms");
    say("hostile_rss", largest_mib, "MiB");
    Ok(())
}

/// What the process for one file does.
fn measure_one(name: &str) -> Outcome<()> {
    let (_, file) = hostile::FILES
        .into_iter()
        .find(|(known, _)| *known == name)
        .ok_or("there is no such file")?;
    let text = file();
    // What is freed stays with the process for a while, so only the first
    // time tells what one file takes.
    drop(check(&text));
    let peak_mib = peak_mib()?;
    let time_ms = median_ms(|| match check(&text) {
        Checked { diagnostics, .. } if diagnostics.is_empty() => Err("it is not refused".into()),
        checked => Ok(checked),
    })?;
    println!("{time_ms} {peak_mib}");
    Ok(())
}

fn checked(text: &str) -> Outcome<Checked> {
    let checked = check(text);
    if checked.diagnostics.is_empty() {
        Ok(checked)
    } else {
        Err(format!("{:?}", checked.diagnostics).into())
    }
}

/// From text to what `baton plan` shows.
fn plan(text: &str) -> Outcome<String> {
    let Checked {
        definition,
        diagnostics,
    } = checked(text)?;
    let definition = definition.ok_or("a workflow without findings has a definition")?;
    let plan = compile(&definition, text, &[]).map_err(|mistakes| format!("{mistakes:?}"))?;
    Ok(describe(&definition, &plan, &diagnostics).to_text())
}

/// Milliseconds of this process: the work waits for nothing, so that is how
/// long it takes, whatever else the machine does.
fn median_ms<T>(work: impl Fn() -> Outcome<T>) -> Outcome<f64> {
    let mut times_ms = Vec::new();
    for _ in 0..REPEATS {
        let before = cpu_ms()?;
        black_box(work()?);
        times_ms.push(cpu_ms()? - before);
    }
    times_ms.sort_by(f64::total_cmp);
    let median = times_ms.get(REPEATS / 2);
    median.copied().ok_or_else(|| "nothing was measured".into())
}

/// User and system time of this process so far.
#[expect(
    clippy::cast_precision_loss,
    reason = "a bench does not run for centuries"
)]
fn cpu_ms() -> Outcome<f64> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let us = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(us as f64 / 1_000.0)
}

/// Not what `getrusage` says: that is the most that whoever started this
/// process ever had, too.
fn peak_mib() -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|peak| peak.split_whitespace().next());
    let kib: f64 = peak.ok_or("the kernel tells no `VmHWM`")?.parse()?;
    Ok(kib / 1024.0)
}

fn say(name: &str, value: f64, unit: &str) {
    println!("BENCH {name} {value:.3} {unit}");
}
