//! A world in which `claude` and the others are stand-ins.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use baton_testkit::ledger::{self, Start};

use crate::support::{BATON, World};

/// A world with stand-ins for agents.
pub(crate) struct StandIns {
    pub(crate) world: World,
}

impl StandIns {
    pub(crate) fn new() -> Self {
        let world = World::new();
        let programs = world.root().join("programs");
        fs::create_dir(&programs).unwrap();
        let stand_in = Path::new(BATON).with_file_name("examples/cli-stand-in");
        assert!(stand_in.exists(), "{} was not built", stand_in.display());
        for name in ["claude", "codex", "gemini", "opencode", "aider"] {
            symlink(&stand_in, programs.join(name)).unwrap();
        }
        Self { world }
    }

    /// Writes `baton.toml`: references, each with its adapter, its mode and
    /// more settings.
    pub(crate) fn agents(&self, agents: &[(&str, &str, &str, &str)]) {
        let mut toml = String::new();
        for (reference, adapter, mode, settings) in agents {
            writeln!(toml, "[agents.\"{reference}\"]\nadapter = \"{adapter}\"").unwrap();
            writeln!(toml, "{settings}\n[agents.\"{reference}\".env]").unwrap();
            for (name, value) in self.env(mode) {
                writeln!(toml, "{name} = {value:?}").unwrap();
            }
        }
        self.world.file("baton.toml", toml);
    }

    /// What stand-ins need to know.
    pub(crate) fn env(&self, mode: &str) -> Vec<(&'static str, String)> {
        let path = |name: &str| self.world.root().join(name).display().to_string();
        vec![
            ("PATH", format!("{}:/usr/bin:/bin", path("programs"))),
            ("TEST_ROOT", self.world.root().display().to_string()),
            ("STAND_IN", mode.to_owned()),
            ("STAND_IN_LEDGER", path("ledger")),
            ("STAND_IN_SESSIONS", path("sessions")),
            ("STAND_IN_PIPE", path("pipe")),
        ]
    }

    /// Every start of a stand-in so far.
    pub(crate) fn starts(&self) -> Vec<Start> {
        ledger::read(&self.world.root().join("ledger"))
    }

    /// How often a stage's agent was started, by what it was told.
    pub(crate) fn n_starts_of(&self, words: &str) -> usize {
        let starts = self.starts();
        let told = starts.iter().filter(|start| start.prompt.contains(words));
        told.count()
    }
}

/// A workflow of stages that are told what to do: id, what it depends on, agent.
pub(crate) fn workflow(stages: &[(&str, &[&str], &str)]) -> String {
    let mut yaml = "workflow: { id: test, name: Test, version: \"1.0.0\" }\nstages:\n".to_owned();
    for (id, depends_on, agent) in stages {
        writeln!(
            yaml,
            "  - id: {id}\n    name: {id}\n    depends_on: {depends_on:?}\n    \
             roles: {{ primary: {{ artifact: \"{agent}\", instructions: \"Work on {id}.\" }} }}\n    \
             outputs: {{ text: {{ type: string }}, n: {{ type: integer }} }}\n    \
             error_policy: {{ retry: {{ max_attempts: 1 }} }}"
        )
        .unwrap();
    }
    yaml
}
