//! The work of the benches, done by the floor: W1 one run of ten stages in
//! sequence, W2 many runs of five in sequence and five in parallel, W5 one run
//! of a thousand in parallel; and what plain transactions reach.

use std::error::Error;
use std::ops::Range;
use std::time::{Duration, Instant};

use super::report::median;
use super::writer::{FloorWriter, Payload, Statements, Transition, open};

type Figure = Result<f64, Box<dyn Error>>;

/// W1: the median, in milliseconds, of a run from its submission to the end of
/// its tenth stage; each waits for the one before to be durable.
pub(crate) fn one_chain(disk: &str, payload: Payload) -> Figure {
    const WARM_UP: u32 = 10;
    const MEASURED: u32 = 50;
    let directory = tempfile::tempdir_in(disk)?;
    let writer = FloorWriter::start(&directory.path().join("floor.db"), payload)?;
    let mut times_ms = Vec::new();
    for run in 0..WARM_UP + MEASURED {
        let begin = Instant::now();
        for stage in 0..=10 {
            writer.orders.send(Transition {
                run,
                seq: stage,
                stage,
            })?;
            writer.durable.recv()?;
        }
        times_ms.push(begin.elapsed().as_secs_f64() * 1_000.0);
    }
    writer.finish()?;
    Ok(median(times_ms.split_off(WARM_UP as usize)))
}

/// W2: transitions a second when `n_runs` runs are submitted at once.
pub(crate) fn many_runs(disk: &str, payload: Payload, n_runs: u32) -> Figure {
    let directory = tempfile::tempdir_in(disk)?;
    let writer = FloorWriter::start(&directory.path().join("floor.db"), payload)?;
    let begin = Instant::now();
    for run in 0..n_runs {
        writer.orders.send(Transition {
            run,
            seq: 0,
            stage: 0,
        })?;
    }
    let mut left = n_runs * 11;
    while left > 0 {
        for Transition { run, stage, .. } in writer.durable.recv()? {
            left -= 1;
            for stage in stages_after(stage) {
                writer.orders.send(Transition {
                    run,
                    seq: stage,
                    stage,
                })?;
            }
        }
    }
    let elapsed = begin.elapsed();
    writer.finish()?;
    Ok(f64::from(n_runs * 11) / elapsed.as_secs_f64())
}

/// Stages 1 to 5 follow each other; 6 to 10 start together after them.
fn stages_after(stage: u32) -> Range<u32> {
    match stage {
        0..5 => stage + 1..stage + 2,
        5 => 6..11,
        _ => 0..0,
    }
}

/// W5: milliseconds of one run with a thousand stages at once.
pub(crate) fn fan_out(disk: &str, payload: Payload) -> Figure {
    const STAGES: u32 = 1_000;
    let directory = tempfile::tempdir_in(disk)?;
    let writer = FloorWriter::start(&directory.path().join("floor.db"), payload)?;
    let begin = Instant::now();
    writer.orders.send(Transition {
        run: 0,
        seq: 0,
        stage: 0,
    })?;
    writer.durable.recv()?;
    for stage in 1..=STAGES {
        writer.orders.send(Transition {
            run: 0,
            seq: stage,
            stage,
        })?;
    }
    let mut n_durable = 0;
    while n_durable < STAGES as usize {
        n_durable += writer.durable.recv()?.len();
    }
    let elapsed_ms = begin.elapsed().as_secs_f64() * 1_000.0;
    writer.finish()?;
    Ok(elapsed_ms)
}

/// Rows a second that transactions of a hundred event rows reach, which says
/// whether the machine was disturbed.
pub(crate) fn hundred_row_transactions(disk: &str, payload: Payload) -> Figure {
    const WINDOW: Duration = Duration::from_secs(1);
    let directory = tempfile::tempdir_in(disk)?;
    let connection = open(&directory.path().join("floor.db"))?;
    let body = payload.event();
    let mut statements = Statements::prepare(&connection)?;
    let begin = Instant::now();
    let mut transactions = 0;
    while begin.elapsed() < WINDOW {
        statements.begin.execute([])?;
        for seq in 0..100 {
            statements.insert_event(transactions, seq, &body)?;
        }
        statements.commit.execute([])?;
        transactions += 1;
    }
    Ok(f64::from(transactions) * 100.0 / begin.elapsed().as_secs_f64())
}
