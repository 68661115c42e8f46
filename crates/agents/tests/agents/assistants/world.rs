//! A place with stand-ins in it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use baton_agents::{
    AdapterConfig, AssistantDispatcher, AttemptRequest, Config, ProcessHost, Shelves,
    StageDispatcher,
};
use baton_model::{AttemptReport, Spent};
use baton_testkit::ledger::{self, Start};

use crate::support::{Caller, Lines, TEST_PROCESS, World, request_for};

/// A world in which `claude`, `codex` and the others are stand-ins.
pub(crate) struct StandIns {
    pub(crate) world: World,
}

impl StandIns {
    pub(crate) fn new() -> Self {
        let world = World::new();
        let programs = world.root().join("programs");
        fs::create_dir(&programs).unwrap();
        let stand_in = Path::new(TEST_PROCESS).with_file_name("examples/agents-stand-in");
        for name in ["claude", "codex", "gemini", "opencode", "aider"] {
            symlink(&stand_in, programs.join(name)).unwrap();
        }
        Self { world }
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.world.root().join("ledger")
    }

    /// Every start of a stand-in so far.
    pub(crate) fn starts(&self) -> Vec<Start> {
        ledger::read(&self.ledger())
    }

    /// The environment that stand-ins need.
    pub(crate) fn env(&self, mode: &str) -> BTreeMap<String, String> {
        let root = self.world.root();
        let path = |name: &str| root.join(name).to_str().unwrap().to_owned();
        let programs = format!("{}:/usr/bin:/bin", path("programs"));
        [
            ("PATH", programs),
            ("ROOT", root.to_str().unwrap().to_owned()),
            ("STAND_IN", mode.to_owned()),
            ("STAND_IN_LEDGER", path("ledger")),
            ("STAND_IN_SESSIONS", path("sessions")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// An agent as a `baton.toml` with this section makes it.
    pub(crate) fn agent(&self, adapter: &str, mode: &str, settings: &str) -> AssistantDispatcher {
        let env = toml::to_string(&self.env(mode)).unwrap();
        let text =
            format!("[agents.x]\nadapter = \"{adapter}\"\n{settings}\n[agents.x.env]\n{env}");
        let file = self.world.root().join("baton.toml");
        let config = Config::parse(&text, &file).unwrap();
        let AdapterConfig::Assistant(config) = config.agents.resolve("x").unwrap().adapter else {
            panic!("{adapter} is no assistant");
        };
        AssistantDispatcher::new(config.clone(), self.world.host())
    }

    pub(crate) fn claude(&self, mode: &str) -> AssistantDispatcher {
        self.agent("claude", mode, "")
    }
}

/// A stage with one output and enough time.
pub(crate) fn request() -> AttemptRequest {
    AttemptRequest {
        instructions: Some("Do it.".to_owned()),
        time_left: Some(Duration::from_mins(2)),
        ..request_for(&[("text", "string")])
    }
}

/// How a turn ended.
pub(crate) struct Ended {
    pub(crate) report: AttemptReport,
    pub(crate) lines: Lines,
    pub(crate) spent: Option<Spent>,
}

impl Ended {
    pub(crate) fn label(&self) -> &str {
        match &self.report {
            AttemptReport::Completed(_) => "ok",
            AttemptReport::NeedsInput(_) => "asked",
            AttemptReport::Failed(failure) => failure.label.as_str(),
        }
    }

    pub(crate) fn has_line(&self, part: &str) -> bool {
        self.lines.iter().any(|(_, line)| line.contains(part))
    }
}

pub(crate) async fn run(agent: &AssistantDispatcher, request: AttemptRequest) -> Ended {
    let caller = Caller::new();
    let report = agent.run(request, caller.control()).await;
    ended(report, caller)
}

pub(crate) fn ended(report: AttemptReport, caller: Caller) -> Ended {
    let spent = caller.control().spent.told();
    Ended {
        report,
        spent,
        lines: caller.lines(),
    }
}

/// Waits for what the system gives no event for.
pub(crate) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    const PATIENCE: Duration = Duration::from_mins(1);
    let waiting = async {
        let mut looks = tokio::time::interval(Duration::from_millis(5));
        while !holds() {
            looks.tick().await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    waited.unwrap_or_else(|_| panic!("waited in vain: {what}"));
}

/// A world's host with pages of its own.
pub(crate) fn host_with(world: &World, shelves: Shelves) -> ProcessHost {
    ProcessHost {
        shelves,
        ..world.host()
    }
}
