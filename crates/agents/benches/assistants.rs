//! What calling an agent's program costs beside the program itself: the time
//! around it, the time until a cancelled one is gone, and the processor time
//! for what it says. Prints figures; `docs/agents.md` has the bars.
//!
//! Needs the stand-in: `cargo build --release -p baton-agents --example
//! agents-stand-in`, then `cargo bench -p baton-agents`.

#![expect(clippy::print_stdout, reason = "a bench prints what it has measured")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use baton_agents::{
    AssistantConfig, AssistantDispatcher, AttemptControl, AttemptRequest, OnOrphan, ProcessHost,
    Shelves, SpentCell, StageDispatcher,
};
use baton_model::{AttemptKey, RunId, StageId};
use nix::sys::resource::{UsageWho, getrusage};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const TEST_PROCESS: &str = env!("CARGO_BIN_EXE_agents-test-process");
const N_PAIRS: u32 = 40;
const N_CANCELS: u32 = 10;
/// Milliseconds of ten events each.
const STREAM_MS: u32 = 3_000;

struct Place {
    root: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
}

fn main() {
    let place = Place::new();
    overhead(&place);
    cancelling(&place);
    stream(&place);
}

impl Place {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a directory for what is measured");
        let stand_in = Path::new(TEST_PROCESS).with_file_name("examples/agents-stand-in");
        assert!(stand_in.exists(), "{} was not built", stand_in.display());
        symlink(stand_in, root.path().join("claude")).expect("a link to the stand-in");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        Self { root, runtime }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn env(&self, mode: &str) -> BTreeMap<String, String> {
        let sessions = self.path("sessions").display().to_string();
        [
            ("STAND_IN", mode.to_owned()),
            ("STAND_IN_SESSIONS", sessions),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    fn agent(&self, mode: &str) -> AssistantDispatcher {
        let mut config = AssistantConfig::usual("claude").expect("claude is known");
        config.argv = vec![self.path("claude").display().to_string()];
        config.env = self.env(mode);
        let host = ProcessHost {
            shim_argv: vec![TEST_PROCESS.into(), "shim".into()],
            attempts_root: self.path("attempts"),
            scratch_root: self.path("scratch"),
            on_orphan: OnOrphan::Finish,
            shelves: Shelves::default(),
        };
        AssistantDispatcher::new(config, host)
    }

    /// The same program, called by a shell.
    fn by_shell(&self, mode: &str) -> Duration {
        fs::write(self.path("prompt"), "Do it.").expect("the prompt");
        let line = format!(
            "'{}' -p --output-format=stream-json --verbose <'{}' >'{}'",
            self.path("claude").display(),
            self.path("prompt").display(),
            self.path("out").display()
        );
        let begun = Instant::now();
        let status = Command::new("sh")
            .args(["-c", &line])
            .envs(self.env(mode))
            .status();
        assert!(status.expect("a shell").success());
        begun.elapsed()
    }

    /// One turn of the agent; cancelled once it has spoken, or not.
    fn turn(&self, agent: &AssistantDispatcher, number: u32, is_cancelled: bool) -> Duration {
        let (sender, mut lines) = mpsc::channel(1_024);
        let control = AttemptControl {
            cancel: CancellationToken::new(),
            lines: sender,
            spent: SpentCell::default(),
        };
        let cancel = control.cancel.clone();
        let request = request(number);
        let key = request.key.clone();
        let begun = Instant::now();
        let took = self.runtime.block_on(async {
            let mut since = begun;
            let listening = async {
                while let Some(line) = lines.recv().await {
                    if is_cancelled && line.text.starts_with("session ") {
                        since = Instant::now();
                        cancel.cancel();
                    }
                }
            };
            let (report, ()) = tokio::join!(agent.run(request, control), listening);
            drop(report);
            since.elapsed()
        });
        self.runtime.block_on(agent.forget(&key));
        took
    }
}

fn request(number: u32) -> AttemptRequest {
    let key = AttemptKey {
        run: RunId::new(Uuid::from_u128(9)),
        stage: StageId::new("a").expect("a stage id"),
        iteration: 1,
        attempt: number,
        dispatch: number,
    };
    AttemptRequest {
        instructions: Some("Do it.".to_owned()),
        time_left: Some(Duration::from_mins(2)),
        ..AttemptRequest::bare(key)
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Time around a program, paired with the same program under a shell.
fn overhead(place: &Place) {
    let agent = place.agent("ok");
    let pairs = (1..=N_PAIRS).map(|number| {
        let by_shell = place.by_shell("ok");
        (place.turn(&agent, number, false), by_shell)
    });
    let (ours, shells): (Vec<_>, Vec<_>) = pairs.unzip();
    let (ours, shells) = (median(ours), median(shells));
    println!("turn {ours:?}, by a shell {shells:?}");
    println!(
        "overhead of a turn: {:?} (bar 15 ms)",
        ours.saturating_sub(shells)
    );
}

/// Time from the cancellation until the last process is gone.
fn cancelling(place: &Place) {
    for (mode, bar) in [("mute", "200 ms"), ("stubborn", "5.5 s")] {
        let agent = place.agent(mode);
        let (from, n_cancels) = if mode == "stubborn" {
            (1_500, 2)
        } else {
            (1_000, N_CANCELS)
        };
        let times = (1..=n_cancels).map(|number| place.turn(&agent, from + number, true));
        println!(
            "cancel to gone, {mode}: {:?} (bar {bar})",
            median(times.collect())
        );
    }
}

fn processor_time(who: UsageWho) -> Duration {
    let usage = getrusage(who).expect("the use of this process");
    let of = |time: nix::sys::time::TimeVal| {
        Duration::new(
            time.tv_sec().unsigned_abs(),
            u32::try_from(time.tv_usec()).unwrap_or_default() * 1_000,
        )
    };
    of(usage.user_time()) + of(usage.system_time())
}

/// Processor time of this process and of the supervisor for a stream of ten
/// thousand events a second; what the program takes by itself is taken off.
fn stream(place: &Place) {
    let mode = format!("paced {STREAM_MS}");
    let before = processor_time(UsageWho::RUSAGE_CHILDREN);
    place.by_shell(&mode);
    let program = processor_time(UsageWho::RUSAGE_CHILDREN).saturating_sub(before);
    let agent = place.agent(&mode);
    let (ours, below) = (
        processor_time(UsageWho::RUSAGE_SELF),
        processor_time(UsageWho::RUSAGE_CHILDREN),
    );
    let took = place.turn(&agent, 2_000, false);
    let ours = processor_time(UsageWho::RUSAGE_SELF).saturating_sub(ours);
    let below = processor_time(UsageWho::RUSAGE_CHILDREN).saturating_sub(below);
    let shim = below.saturating_sub(program);
    let share = |time: Duration| 100.0 * time.as_secs_f64() / took.as_secs_f64();
    println!(
        "10,000 events/s for {took:?}: {:.1} % of a core here, {:.1} % in the supervisor (bar 10 %)",
        share(ours),
        share(shim)
    );
}
