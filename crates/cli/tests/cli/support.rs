//! A place for one test: its directories, its workflow and agents, the
//! commands it runs, and a look at which of its processes live.

mod answer;
pub(crate) mod checker;
pub(crate) mod dag;
mod dice;
mod holder;
pub(crate) mod ledger;
mod live;

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use tempfile::TempDir;

pub(crate) use answer::Answer;
pub(crate) use dice::Dice;
pub(crate) use holder::{Holder, Reply};
pub(crate) use live::Live;

/// The program under test.
pub(crate) const BATON: &str = env!("CARGO_BIN_EXE_baton");
/// The root of this repository.
pub(crate) const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// Longest time anything here may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The script of an agent that asks for a colour, and then has written.
pub(crate) const ASKER: &str = r#"
case $(cat) in
*'"turn":1'*) echo '{"$baton": {"status": "needs_input", "questions": [{"question": "Which colour?", "header": "Colour", "options": [{"label": "red", "description": "Loud"}, {"label": "blue", "description": "Calm"}]}]}}' ;;
*) echo 'Written.' ;;
esac
"#;

/// Whether there is time for many more rounds.
pub(crate) fn has_long() -> bool {
    std::env::var_os("BATON_LONG").is_some()
}

/// Environment variable that every agent of a world carries.
const MARK: &str = "TEST_ROOT";

pub(crate) struct World {
    root: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::named("baton-cli-")
    }

    /// A world below a directory whose name begins like this.
    pub(crate) fn named(prefix: &str) -> Self {
        let root = tempfile::Builder::new().prefix(prefix).tempdir().unwrap();
        fs::create_dir(root.path().join("project")).unwrap();
        Self { root }
    }

    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    /// Where commands are run: `baton.toml` and workflows lie here.
    pub(crate) fn project(&self) -> PathBuf {
        self.root().join("project")
    }

    /// The home directory of whoever runs commands here.
    pub(crate) fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.root().join("data")
    }

    /// A file of the project.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.project().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Writes `baton.toml`: each agent is a shell script, in which
    /// `$TEST_ROOT` is this world's directory.
    pub(crate) fn agents(&self, scripts: &[(&str, &str)]) {
        let mut toml = String::new();
        for (name, script) in scripts {
            let path = self.file(&format!("{name}.sh"), format!("#!/bin/sh\n{script}\n"));
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
            writeln!(toml, "[agents.\"agent:{name}\"]").unwrap();
            writeln!(toml, "adapter = \"command\"\ncommand = [\"./{name}.sh\"]").unwrap();
            writeln!(toml, "env = {{ {MARK} = {:?} }}\n", self.root()).unwrap();
        }
        self.file("baton.toml", toml);
    }

    /// A named pipe at `$TEST_ROOT/<name>`.
    pub(crate) fn pipe(&self, name: &str) -> PathBuf {
        let path = self.root().join(name);
        mkfifo(&path, Mode::S_IRWXU).unwrap();
        path
    }

    /// Blocks until a script reads the pipe, and lets it go on.
    pub(crate) fn tell(&self, pipe: &str) {
        fs::write(self.root().join(pipe), "go\n").unwrap();
    }

    /// A command of this world, on its data directory.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BATON);
        command.args(arguments);
        self.settle_in(&mut command);
        command
    }

    /// Puts a command into this world.
    pub(crate) fn settle_in(&self, command: &mut Command) {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("BATON_") {
                command.env_remove(name);
            }
        }
        command
            .current_dir(self.project())
            .env("BATON_DATA_DIR", self.data())
            // What lies with whoever runs the tests is none of their business.
            .env("HOME", self.home())
            // Tests run side by side, and each needs a port of its own.
            .env("BATON_LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null());
    }

    /// Runs a command to its end.
    pub(crate) fn baton(&self, arguments: &[&str]) -> Answer {
        Answer::of(&mut self.command(arguments))
    }

    /// Starts a command and goes on.
    pub(crate) fn start(&self, arguments: &[&str]) -> Live {
        Live::of(&mut self.command(arguments))
    }

    /// One run as a document.
    pub(crate) fn show(&self, run: &str) -> serde_json::Value {
        self.baton(&["show", run, "-o", "json"]).exits(0).json()
    }

    /// Number of runs in the data directory.
    pub(crate) fn n_runs(&self) -> u64 {
        let list = self.baton(&["runs", "-o", "json"]).exits(0).json();
        list["total_count"].as_u64().unwrap()
    }

    /// Agents of this world, and whatever they started, that live.
    pub(crate) fn agents_alive(&self) -> Vec<Pid> {
        let marker = format!("{MARK}={}", self.root().display());
        processes(|pid| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment
                .split(|byte| *byte == 0)
                .any(|entry| entry == marker.as_bytes())
        })
    }

    /// Shims of this world that live.
    pub(crate) fn shims_alive(&self) -> Vec<Pid> {
        let attempts = self.data().join("attempts").display().to_string();
        processes(|pid| {
            let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&arguments).contains(&attempts)
        })
    }

    #[track_caller]
    pub(crate) fn assert_nothing_lives(&self) {
        let (agents, shims) = (self.agents_alive(), self.shims_alive());
        assert!(agents.is_empty(), "agents still live: {agents:?}");
        assert!(shims.is_empty(), "shims still live: {shims:?}");
    }

    /// Ends shims first, so that none of them can write down what happened.
    pub(crate) fn kill_attempts(&self) {
        loop {
            let shims = self.shims_alive();
            let all = if shims.is_empty() {
                self.agents_alive()
            } else {
                shims
            };
            if all.is_empty() {
                return;
            }
            for pid in all {
                // It may have ended meanwhile.
                let (Ok(()) | Err(_)) = kill(pid, Signal::SIGKILL);
            }
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.kill_attempts();
    }
}

/// Living processes (no zombies) that fit.
pub(crate) fn processes(mut fits: impl FnMut(i32) -> bool) -> Vec<Pid> {
    let entries = fs::read_dir("/proc").unwrap();
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| fits(*pid) && !matches!(state_of(*pid), None | Some(('Z' | 'X', _))))
        .map(Pid::from_raw)
        .collect()
}

/// State and parent of a process; none when it is gone.
pub(crate) fn state_of(pid: i32) -> Option<(char, i32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?.chars().next()?;
    Some((state, fields.next()?.parse().ok()?))
}

/// Waits for what the system gives no event for.
#[track_caller]
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// A workflow of agent stages: id, what it depends on, and more lines of YAML.
/// A stage reads what the stages before it wrote.
pub(crate) fn workflow(stages: &[(&str, &[&str], &str)]) -> String {
    let mut yaml = "workflow: { id: test, name: Test, version: \"1.0.0\" }\nstages:\n".to_owned();
    for (id, depends_on, more) in stages {
        let mut sources = String::new();
        for stage in *depends_on {
            write!(sources, "${{{{ stages.{stage}.outputs.text }}}}").unwrap();
        }
        writeln!(
            yaml,
            "  - id: {id}\n    name: {id}\n    depends_on: {depends_on:?}"
        )
        .unwrap();
        if more.contains("type: gate") {
            writeln!(yaml, "    {more}").unwrap();
            continue;
        }
        writeln!(
            yaml,
            "    roles: {{ primary: {{ artifact: \"agent:{id}\" }} }}"
        )
        .unwrap();
        writeln!(
            yaml,
            "    inputs: {{ from: {{ type: string, source: {sources:?} }} }}"
        )
        .unwrap();
        writeln!(
            yaml,
            "    outputs: {{ text: {{ type: string }} }}\n    {more}"
        )
        .unwrap();
    }
    yaml
}
