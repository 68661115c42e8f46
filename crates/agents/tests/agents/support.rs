//! A place for one test: its directories, its meeting points with scripts,
//! and a look at which of its processes live.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use baton_agents::{
    AgentLine, AgentStream, AttemptControl, AttemptRequest, CommandConfig, CommandDispatcher,
    OnOrphan, ProcessHost, Recovery, Shelves, SpentCell, StageDispatcher,
};
use baton_model::plan::OutputSpec;
use baton_model::{AttemptKey, AttemptReport, Completion, Failure, RunId, StageId, Value};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(crate) const TEST_PROCESS: &str = env!("CARGO_BIN_EXE_agents-test-process");

pub(crate) struct World {
    root: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn attempts(&self) -> PathBuf {
        self.root().join("attempts")
    }

    pub(crate) fn host(&self) -> ProcessHost {
        ProcessHost {
            shim_argv: vec![TEST_PROCESS.into(), "shim".into()],
            attempts_root: self.attempts(),
            scratch_root: self.root().join("scratch"),
            on_orphan: OnOrphan::Finish,
            shelves: Shelves::default(),
        }
    }

    /// An agent that is a shell script; `$ROOT` is this world's directory.
    pub(crate) fn script(&self, script: &str) -> CommandDispatcher {
        self.command(&["sh", "-c", script])
    }

    pub(crate) fn command(&self, argv: &[&str]) -> CommandDispatcher {
        let config = CommandConfig {
            argv: argv.iter().map(|it| (*it).to_owned()).collect(),
            env: BTreeMap::from([("ROOT".to_owned(), self.root_text())]),
            directory: self.root().to_owned(),
            ..CommandConfig::default()
        };
        CommandDispatcher::new(config, self.host())
    }

    fn root_text(&self) -> String {
        self.root().to_str().unwrap().to_owned()
    }

    /// A named pipe at `$ROOT/<name>`.
    pub(crate) fn pipe(&self, name: &str) -> PathBuf {
        let path = self.root().join(name);
        mkfifo(&path, Mode::S_IRWXU).unwrap();
        path
    }

    /// A server in a process of its own that runs the script as the attempt
    /// of [`request`], and can be killed.
    pub(crate) fn serve(&self, script: &str, on_orphan: &str, time_left_ms: u32) -> Server {
        let key = serde_json::to_string(&key()).unwrap();
        let arguments: [OsString; 5] = [
            "serve".into(),
            self.root().into(),
            key.into(),
            on_orphan.into(),
            script.into(),
        ];
        let child = Command::new(TEST_PROCESS)
            .args(arguments)
            .env("TIME_LEFT_MS", time_left_ms.to_string())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Server { child }
    }

    /// A server in a process of its own that runs the script as a hook.
    pub(crate) fn serve_hook(&self, script: &str) -> Server {
        let arguments: [OsString; 3] = ["hook".into(), self.root().into(), script.into()];
        let child = Command::new(TEST_PROCESS)
            .args(arguments)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Server { child }
    }

    #[track_caller]
    pub(crate) fn assert_nothing_lives(&self) {
        let living = self.living();
        assert!(living.is_empty(), "still alive: {living:?}");
    }

    /// Processes of this world's agents that live, by their `$ROOT`.
    pub(crate) fn living(&self) -> Vec<i32> {
        let marker = format!("ROOT={}", self.root_text());
        let mut living = Vec::new();
        for entry in fs::read_dir("/proc").unwrap() {
            let name = entry.unwrap().file_name();
            let Some(pid) = name.to_str().and_then(|it| it.parse().ok()) else {
                continue;
            };
            // Unreadable means gone or another user's.
            let environ = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            if environ
                .split(|byte| *byte == 0)
                .any(|it| it == marker.as_bytes())
            {
                living.push(pid);
            }
        }
        living
    }
}

/// A server that can be killed as a machine's memory killer would.
pub(crate) struct Server {
    child: Child,
}

impl Server {
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Killed already, unless the test failed before.
        drop(self.child.kill());
    }
}

pub(crate) fn key() -> AttemptKey {
    AttemptKey {
        run: RunId::new(Uuid::from_u128(7)),
        stage: StageId::new("../build & test").unwrap(),
        iteration: 1,
        attempt: 2,
        dispatch: 3,
    }
}

pub(crate) fn request() -> AttemptRequest {
    AttemptRequest {
        artifact: "agent:test".to_owned(),
        instructions: Some("do it".to_owned()),
        time_left: Some(Duration::from_mins(2)),
        ..AttemptRequest::bare(key())
    }
}

/// The request with a contract: `name: type` for each output.
pub(crate) fn request_for(outputs: &[(&str, &str)]) -> AttemptRequest {
    let spec = |(name, value_type): &(&str, &str)| OutputSpec {
        name: (*name).to_owned(),
        value_type: value_type.parse().unwrap(),
        required: true,
        default: Value::Null,
        description: None,
    };
    AttemptRequest {
        outputs: outputs.iter().map(spec).collect(),
        ..request()
    }
}

/// The caller's side of one attempt.
pub(crate) struct Caller {
    pub(crate) cancel: CancellationToken,
    pub(crate) lines: mpsc::Receiver<AgentLine>,
    control: AttemptControl,
}

impl Caller {
    pub(crate) fn new() -> Self {
        let (sender, lines) = mpsc::channel(20_000);
        let cancel = CancellationToken::new();
        let control = AttemptControl {
            cancel: cancel.clone(),
            lines: sender,
            spent: SpentCell::default(),
        };
        Self {
            cancel,
            lines,
            control,
        }
    }

    pub(crate) fn control(&self) -> AttemptControl {
        self.control.clone()
    }

    /// All lines there were, once the attempt has ended.
    pub(crate) fn lines(mut self) -> Vec<(AgentStream, String)> {
        let mut lines = Vec::new();
        while let Ok(line) = self.lines.try_recv() {
            lines.push((line.stream, line.text));
        }
        lines
    }
}

pub(crate) type Lines = Vec<(AgentStream, String)>;

/// Runs an attempt to its end.
pub(crate) async fn run(
    dispatcher: &CommandDispatcher,
    request: AttemptRequest,
) -> (AttemptReport, Lines) {
    let caller = Caller::new();
    let report = dispatcher.run(request, caller.control()).await;
    (report, caller.lines())
}

/// Asks what became of an attempt, as a second server would.
pub(crate) async fn recover(
    dispatcher: &CommandDispatcher,
    request: AttemptRequest,
    lines_known: u64,
) -> (Recovery, Lines) {
    let caller = Caller::new();
    let recovery = dispatcher
        .recover(request, caller.control(), lines_known)
        .await;
    (recovery, caller.lines())
}

#[track_caller]
pub(crate) fn completed(report: AttemptReport) -> Completion {
    match report {
        AttemptReport::Completed(completion) => completion,
        report => panic!("{report:?}"),
    }
}

#[track_caller]
pub(crate) fn failed(report: AttemptReport) -> Failure {
    match report {
        AttemptReport::Failed(failure) => failure,
        report => panic!("{report:?}"),
    }
}

#[track_caller]
pub(crate) fn settled(recovery: Recovery) -> AttemptReport {
    match recovery {
        Recovery::Settled(report) => report,
        Recovery::Lost => panic!("the attempt was lost"),
    }
}

/// Blocks until a script has written to the pipe and closed it.
pub(crate) async fn hear(pipe: &Path) -> String {
    let text = tokio::fs::read_to_string(pipe).await.unwrap();
    text.trim().to_owned()
}

/// Blocks until a script reads the pipe.
pub(crate) async fn tell(pipe: &Path) {
    tokio::fs::write(pipe, "go\n").await.unwrap();
}
