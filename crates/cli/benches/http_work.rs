//! What the door costs: the work of `baton-app`'s bench, through HTTP.
//!
//! The real program on a fresh directory, asked by a client on the same
//! machine. Prints, for programs, lines `BENCH <name> <value> <unit>`.

#![expect(clippy::print_stdout, reason = "what it measures is printed")]

#[path = "http/server.rs"]
mod server;
#[path = "http/workflows.rs"]
mod workflows;

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;
use server::{Outcome, Server, text};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const REPEATS: usize = 5;
const W1_WARM_UP: usize = 10;
const W1_MEASURED: usize = 50;
const W2_RUNS: u32 = 500;
const W2_STAGES: f64 = 10.0;
/// Requests under way at once.
const CLIENTS: usize = 50;
/// How often somebody looks whether all has ended.
const LOOK_EVERY: Duration = Duration::from_millis(2);

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    println!("http_work: the real program, HTTP/1.1 on loopback, SQLite, WAL, synchronous=FULL");
    runtime.block_on(measure(env!("CARGO_TARGET_TMPDIR")))
}

async fn measure(disk: &str) -> Outcome<()> {
    let (mut chains, mut wides) = (vec![], vec![]);
    let (mut rates, mut cpus) = (vec![], vec![]);
    for _ in 0..REPEATS {
        chains.push(one_chain(disk).await?);
        let (rate, cpu) = many_runs(disk).await?;
        rates.push(rate);
        cpus.push(cpu);
        wides.push(fan_out(disk, 1_000).await?);
    }
    say("http_w1", median(chains), "ms");
    say("http_w2", median(rates), "stages/s");
    say("http_w2_cpu", median(cpus), "us");
    say("http_w5_1000", median(wides), "ms");
    Ok(())
}

fn say(name: &str, value: f64, unit: &str) {
    println!("BENCH {name} {value:.3} {unit}");
}

/// W1: the median, in milliseconds, of a run from its submission to its end.
async fn one_chain(disk: &str) -> Outcome<f64> {
    let server = Server::start(disk).await?;
    let workflow = workflows::chain("none", 10);
    let mut ends = Vec::new();
    for _ in 0..W1_WARM_UP + W1_MEASURED {
        let begin = Instant::now();
        let run = server.submit(&workflow).await?;
        ended(&server, &run).await?;
        ends.push(milliseconds(begin.elapsed()));
    }
    Ok(median(ends.split_off(W1_WARM_UP)))
}

/// Waits for the end of a run, as a stream tells it.
async fn ended(server: &Server, run: &str) -> Outcome<()> {
    let mut messages = server
        .open(&format!("/api/v1/workflow-executions/{run}/stream"))
        .await?;
    let mut ended_as = None;
    // To the end of the stream, so that its connection is used again.
    while let Some(message) = messages.next().await? {
        if message.event == "execution_completed" {
            ended_as = Some(text(&message.data, "status")?);
        }
    }
    match ended_as.as_deref() {
        Some("completed") => Ok(()),
        Some(other) => Err(format!("the run ended as {other}").into()),
        None => Err(format!("the stream of {run} ended before the run").into()),
    }
}

/// W2: stages a second when many runs are submitted at once, and microseconds of
/// the server's CPU a stage.
async fn many_runs(disk: &str) -> Outcome<(f64, f64)> {
    let server = Arc::new(Server::start(disk).await?);
    let workflow: Arc<str> = mixed().into();
    let (begin, cpu_before) = (Instant::now(), cpu_us(&server)?);
    let places = Arc::new(Semaphore::new(CLIENTS));
    let mut submitted = JoinSet::new();
    for _ in 0..W2_RUNS {
        let place = Arc::clone(&places).acquire_owned().await?;
        let (server, workflow) = (Arc::clone(&server), Arc::clone(&workflow));
        submitted.spawn(async move {
            let run = server.submit(&workflow).await;
            drop(place);
            run
        });
    }
    while let Some(run) = submitted.join_next().await {
        run??;
    }
    while n_completed(&server).await? < u64::from(W2_RUNS) {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let stages = f64::from(W2_RUNS) * W2_STAGES;
    let cpu = (cpu_us(&server)? - cpu_before) / stages;
    Ok((stages / begin.elapsed().as_secs_f64(), cpu))
}

/// User and system time of a server so far, in microseconds, to a hundredth of
/// a second.
fn cpu_us(server: &Server) -> Outcome<f64> {
    const TICK_US: f64 = 10_000.0;
    let stat = fs::read_to_string(server.proc_path("stat"))?;
    // Behind the name, which may hold anything, come the fields from the third.
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in its stat")?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks = ticks.map(str::parse::<u32>).sum::<Result<u32, _>>()?;
    Ok(f64::from(ticks) * TICK_US)
}

/// Five stages in sequence, then five at once.
fn mixed() -> String {
    let before = |place: u32| place.checked_sub(1).map(|before| before.min(4));
    workflows::of_stages("none", (0..10).map(before))
}

async fn n_completed(server: &Server) -> Outcome<u64> {
    let path = "/api/v1/workflow-executions?status=completed&limit=1";
    let page = server.ask(Method::GET, path, None).await?;
    let total = page.get("total_count").and_then(Value::as_u64);
    total.ok_or_else(|| format!("no `total_count` in {page}").into())
}

/// W5: milliseconds of one run of many stages at once.
async fn fan_out(disk: &str, n_stages: u32) -> Outcome<f64> {
    let server = Server::start(disk).await?;
    let workflow = workflows::of_stages("none", (0..n_stages).map(|_| None));
    let begin = Instant::now();
    let run = server.submit(&workflow).await?;
    while n_completed(&server).await? == 0 {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let elapsed = milliseconds(begin.elapsed());
    ended(&server, &run).await?;
    Ok(elapsed)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
