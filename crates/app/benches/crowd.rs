//! What many runs cost: a hundred thousand that wait for a person, and a
//! million that have ended.
//!
//! Prints, for programs, lines `BENCH <name> <value> <unit>`. Takes minutes, so
//! `cargo xtask bench` runs it only with `--long`.

#![expect(clippy::print_stdout, reason = "what it measures is printed")]

#[path = "crowd/bell.rs"]
mod bell;
#[path = "work/engine.rs"]
mod engine;
#[path = "crowd/history.rs"]
mod history;
#[path = "crowd/waiting.rs"]
mod waiting;

use engine::Outcome;

/// The allocator the program has.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Outcome<()> {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let disk = env!("CARGO_TARGET_TMPDIR");
    println!("crowd: baton-app, SWDL, SQLite, WAL, synchronous=FULL");
    if wants("waiting") {
        runtime.block_on(waiting::measure(disk))?;
    }
    if wants("history") {
        runtime.block_on(history::measure(disk))?;
    }
    Ok(())
}

fn say(name: &str, value: f64, unit: &str) {
    println!("BENCH {name} {value:.3} {unit}");
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
