//! The floor: how fast this disk and `SQLite` are without any engine.
//!
//! Prints a table for people and, below it, lines `BENCH <name> <value> <unit>`
//! for programs. `BATON_BENCH_EVENT_BYTES` and `BATON_BENCH_STATE_BYTES` make
//! the floor write what the work beside it writes; with `_1K` and `_16K` behind
//! them, what it writes when outputs are larger.

#![expect(clippy::print_stdout, reason = "what it measures is printed")]

#[path = "floor/measure.rs"]
mod measure;
#[path = "floor/report.rs"]
mod report;
#[path = "floor/writer.rs"]
mod writer;

use std::error::Error;

use measure::{fan_out, hundred_row_transactions, many_runs, one_chain};
use report::{Report, median};
use writer::Payload;

const REPEATS: usize = 5;
const RUNS: u32 = 500;
/// Below this share of the rate of 100-row transactions, the floor itself was
/// disturbed and says nothing.
const VALID_FROM: f64 = 0.6;

fn main() -> Result<(), Box<dyn Error>> {
    let payload = Payload::from_environment("")?;
    let disk = env!("CARGO_TARGET_TMPDIR");
    let chain_ms = median_of(|| one_chain(disk, payload))?;
    let fan_out_ms = median_of(|| fan_out(disk, payload))?;
    let (mut rows_per_s, mut transitions_per_s, mut shares) = (vec![], vec![], vec![]);
    for _ in 0..REPEATS {
        // Side by side, so that a disturbance meets both.
        let rows = hundred_row_transactions(disk, payload)?;
        let transitions = many_runs(disk, payload, RUNS)?;
        rows_per_s.push(rows);
        transitions_per_s.push(transitions);
        shares.push(transitions / rows);
    }
    let share = median(shares);

    let mut report = Report::new("floor: SQLite, WAL, synchronous=FULL, one writer");
    report.add("floor_event", f64::from(payload.event_bytes), "B");
    report.add("floor_state", f64::from(payload.state_bytes), "B");
    report.add("floor_rows_100", median(rows_per_s), "rows/s");
    report.add("floor_w1_p50", chain_ms, "ms");
    report.add("floor_w2", median(transitions_per_s), "stages/s");
    report.add("floor_w5", fan_out_ms, "ms");
    report.add("floor_w2_share", share, "ratio");
    for (suffix, name) in [("_1K", "floor_w2_1k"), ("_16K", "floor_w2_16k")] {
        let larger = Payload::from_environment(suffix)?;
        let rate = median_of(|| many_runs(disk, larger, RUNS))?;
        report.add(name, rate, "stages/s");
    }
    println!("{report}");
    if share < VALID_FROM {
        return Err("the floor is below 60 % of 100-row transactions: not valid".into());
    }
    Ok(())
}

fn median_of(measure: impl Fn() -> Result<f64, Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let figures = (0..REPEATS).map(|_| measure()).collect::<Result<_, _>>()?;
    Ok(median(figures))
}
