//! The server among ten thousand workflows and a hundred thousand executions,
//! asked by fifty clients at once; a thousand followers of a run; a hundred
//! thousand workflows of the `SpecKit` door; and what it costs when nobody asks
//! for anything.
//!
//! Client and server share the machine. Prints, for programs, lines
//! `BENCH <name> <value> <unit>`. Takes minutes, so `cargo xtask bench` runs it
//! only with `--long`.

#![expect(clippy::print_stdout, reason = "what it measures is printed")]

#[path = "http/followers.rs"]
mod followers;
#[path = "http/idle.rs"]
mod idle;
#[path = "http/requests.rs"]
mod requests;
#[path = "http/server.rs"]
mod server;
#[path = "http/speckit.rs"]
mod speckit;
#[path = "http/workflows.rs"]
mod workflows;

use server::Outcome;

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
    println!("http_load: the real program, HTTP/1.1 on loopback, SQLite, WAL, synchronous=FULL");
    if wants("idle") {
        runtime.block_on(idle::measure(disk))?;
    }
    if wants("followers") {
        runtime.block_on(followers::measure(disk))?;
    }
    if wants("requests") {
        runtime.block_on(requests::measure(disk))?;
    }
    if wants("speckit") {
        runtime.block_on(speckit::measure(disk))?;
    }
    Ok(())
}

fn say(name: &str, value: f64, unit: &str) {
    println!("BENCH {name} {value:.3} {unit}");
}

/// The figure that so many in a hundred do not exceed.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a rank is between 0 and the number of figures"
)]
fn percentile(mut figures: Vec<f64>, percent: f64) -> f64 {
    figures.sort_by(f64::total_cmp);
    let rank = (figures.len() as f64 * percent / 100.0).ceil() as usize;
    let figure = figures.get(rank.saturating_sub(1));
    figure.copied().unwrap_or(f64::NAN)
}

fn milliseconds(time: std::time::Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
