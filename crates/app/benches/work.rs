//! What a run costs beside its agents: the work of the floor
//! (`baton-store-sql`'s bench), done by the whole engine.
//!
//! Submitted through `baton-app` as SWDL, on simulated agents without delay,
//! durable in `SQLite` with `synchronous=FULL`. Prints a table and, for
//! programs, lines `BENCH <name> <value> <unit>`.

#![expect(clippy::print_stdout, reason = "what it measures is printed")]

#[path = "work/engine.rs"]
mod engine;
#[path = "work/workflows.rs"]
mod workflows;

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use baton_agents::{SimulatedConfig, SimulatedDispatcher};
use baton_model::{Object, RunId};
use engine::{Engine, Outcome};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// The allocator the program has.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const REPEATS: usize = 5;
const W1_WARM_UP: usize = 10;
const W1_MEASURED: usize = 50;
const W2_RUNS: u32 = 500;
const W2_STAGES: f64 = 10.0;
/// What a stage of W2 brings back, in bytes, with the end of its figures' names.
const W2_OUTPUTS: [(&str, usize); 3] = [("", 30), ("_1k", 1024), ("_16k", 16 * 1024)];

/// What a stage of the other measurements brings back, in bytes.
const SMALL: usize = 30;

type Figure = Result<f64, Box<dyn Error + Send + Sync>>;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let disk = env!("CARGO_TARGET_TMPDIR");
    let bench = Bench {
        runtime,
        disk,
        wanted: std::env::args()
            .skip(1)
            .filter(|arg| !arg.starts_with('-'))
            .collect(),
    };
    println!("work: baton-app, SWDL, simulated agents, SQLite, WAL, synchronous=FULL");
    bench.measure("w1", "ms", |bench| {
        bench.runtime.block_on(one_chain(bench.disk))
    })?;
    bench.measure_many_runs()?;
    bench.measure("w5_1000", "ms", |bench| {
        bench.runtime.block_on(fan_out(bench.disk, 1_000))
    })?;
    bench.measure("w5_10000", "ms", |bench| {
        bench.runtime.block_on(fan_out(bench.disk, 10_000))
    })?;
    Ok(())
}

/// What every measurement needs, and which of them are wanted: those named on
/// the command line, else all.
struct Bench {
    runtime: tokio::runtime::Runtime,
    disk: &'static str,
    wanted: Vec<String>,
}

impl Bench {
    fn wants(&self, name: &str) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|wanted| wanted == name)
    }

    fn measure(
        &self,
        name: &str,
        unit: &str,
        figure: impl Fn(&Self) -> Figure,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        if self.wants(name) {
            say(name, median_of(|| figure(self))?, unit);
        }
        Ok(())
    }

    /// Small outputs and large ones; also what the floor has to write to do as
    /// much.
    fn measure_many_runs(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        for (size, output_bytes) in W2_OUTPUTS {
            if !self.wants(&format!("w2{size}")) {
                continue;
            }
            let payload = self.runtime.block_on(payload(self.disk, output_bytes))?;
            say(&format!("work_event{size}"), payload.0, "B");
            say(&format!("work_state{size}"), payload.1, "B");
            let (mut rates, mut cpus) = (Vec::new(), Vec::new());
            for _ in 0..REPEATS {
                let measured = many_runs(self.disk, output_bytes);
                let (rate, cpu) = self.runtime.block_on(measured)?;
                rates.push(rate);
                cpus.push(cpu);
            }
            say(&format!("w2{size}"), median(rates), "stages/s");
            say(&format!("w2_cpu{size}"), median(cpus), "us");
        }
        Ok(())
    }
}

fn say(name: &str, value: f64, unit: &str) {
    println!("BENCH {name} {value:.3} {unit}");
}

/// W1: the median, in milliseconds, of a run from its submission to its end.
async fn one_chain(disk: &str) -> Figure {
    let engine = start(disk, SMALL)?;
    let workflow = workflows::chain(10);
    let mut times_ms = Vec::new();
    for _ in 0..W1_WARM_UP + W1_MEASURED {
        let begin = Instant::now();
        let run = engine.submit(&workflow).await?;
        engine.ended(run).await?;
        times_ms.push(begin.elapsed().as_secs_f64() * 1_000.0);
    }
    engine.stop().await?;
    Ok(median(times_ms.split_off(W1_WARM_UP)))
}

/// An engine on a fresh directory, whose every stage brings back so many bytes.
fn start(disk: &str, output_bytes: usize) -> Outcome<Engine> {
    let simulated = SimulatedDispatcher::new(SimulatedConfig {
        outputs: Object::from_iter([("result".to_owned(), "x".repeat(output_bytes).into())]),
        ..SimulatedConfig::default()
    });
    let directory = Arc::new(tempfile::tempdir_in(disk)?);
    Engine::start_in(directory, Arc::new(simulated))
}

/// W2: stages a second when many runs are submitted at once, and microseconds
/// of CPU a stage.
async fn many_runs(
    disk: &str,
    output_bytes: usize,
) -> Result<(f64, f64), Box<dyn Error + Send + Sync>> {
    let engine = start(disk, output_bytes)?;
    let workflow = workflows::mixed();
    let (begin, cpu_before) = (Instant::now(), cpu_us()?);
    let mut submitted = Vec::new();
    for _ in 0..W2_RUNS {
        let (engine, workflow) = (engine.clone(), Arc::clone(&workflow));
        submitted.push(tokio::spawn(async move {
            let run = engine.submit(&workflow).await?;
            engine.ended(run).await
        }));
    }
    for run in submitted {
        run.await??;
    }
    let stages = f64::from(W2_RUNS) * W2_STAGES;
    let rate = stages / begin.elapsed().as_secs_f64();
    let cpu = (cpu_us()? - cpu_before) / stages;
    engine.stop().await?;
    Ok((rate, cpu))
}

/// W5: milliseconds of one run of many stages at once.
async fn fan_out(disk: &str, n_stages: u32) -> Figure {
    let engine = start(disk, SMALL)?;
    let workflow = workflows::parallel(n_stages);
    let begin = Instant::now();
    let run = engine.submit(&workflow).await?;
    engine.ended(run).await?;
    let elapsed = begin.elapsed().as_secs_f64() * 1_000.0;
    engine.stop().await?;
    Ok(elapsed)
}

/// Mean bytes of an event and of a step's state, as W2 stores them.
async fn payload(
    disk: &str,
    output_bytes: usize,
) -> Result<(f64, f64), Box<dyn Error + Send + Sync>> {
    let engine = start(disk, output_bytes)?;
    let run = engine.submit(&workflows::mixed()).await?;
    engine.ended(run).await?;
    let bytes = payload_bytes(&engine, run).await?;
    engine.stop().await?;
    Ok(bytes)
}

/// Mean bytes of the events and of the steps' states of a run.
#[expect(clippy::cast_precision_loss, reason = "a run has few bytes")]
async fn payload_bytes(engine: &Engine, run: RunId) -> Outcome<(f64, f64)> {
    let events = engine.store.events(run, 1, 10_000).await?;
    let event_bytes: usize = events.iter().map(|event| event.body.len()).sum();
    let steps = engine.app.run(run).await?.steps;
    let state = |text: &Option<Arc<str>>| text.as_ref().map_or(0, |text| text.len());
    let states = steps
        .iter()
        .map(|step| state(&step.progress.outputs) + state(&step.progress.inputs));
    let state_bytes: usize = states.sum();
    Ok((
        event_bytes as f64 / events.len() as f64,
        state_bytes as f64 / steps.len() as f64,
    ))
}

/// User and system time of this process so far, in microseconds.
#[expect(
    clippy::cast_precision_loss,
    reason = "a bench does not run for centuries"
)]
fn cpu_us() -> Figure {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    Ok((usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64)
}

fn median_of(measure: impl Fn() -> Figure) -> Figure {
    Ok(median(
        (0..REPEATS).map(|_| measure()).collect::<Result<_, _>>()?,
    ))
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
