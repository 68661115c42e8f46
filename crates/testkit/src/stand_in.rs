//! One program that stands in for `claude`, `codex`, `gemini`, `opencode` and
//! `aider`, by the name it is started under.
//!
//! What it does is its mode: the environment variable `STAND_IN`, or the last
//! line of its prompt that begins with `stand-in:`, which comes first. Modes
//! are words; some take a number: `chatty 1000`. Sessions are files below
//! `STAND_IN_SESSIONS`, or below the user's directory.

mod answer;
mod claude;
mod codex;
mod others;
mod process;
mod session;

use std::env;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::ledger::{self, Start};

/// Environment variable that holds the mode.
pub const MODE: &str = "STAND_IN";
/// What a line of a prompt begins with that holds the mode.
const MODE_LINE: &str = "stand-in:";

/// Every mode of the stand-in for `claude`, each with the label that an
/// attempt must end with because of it.
pub const CLAUDE_MODES: [(&str, &str); 33] = [
    ("ok", "ok"),
    ("slow", "ok"),
    ("chatty 2000", "ok"),
    ("warns", "ok"),
    ("document", "ok"),
    ("forks", "ok"),
    ("exit-after-answer", "ok"),
    ("retries", "ok"),
    ("lingers", "ok"),
    ("off-schema", "bad_output"),
    ("bad-questions", "bad_output"),
    ("odd-status", "bad_output"),
    ("garbage", "bad_output"),
    ("schema-retries", "bad_output"),
    ("silent", "empty_result"),
    ("wordless", "empty_result"),
    ("cut", "cut_off"),
    ("huge", "cut_off"),
    ("root", "denied"),
    ("denied", "denied"),
    ("rate-limit", "limit"),
    ("overload", "limit"),
    ("max-turns", "limit"),
    ("budget", "limit"),
    ("auth", "auth_failure"),
    ("killed", "crash"),
    ("exit 3", "exit"),
    ("error", "exit"),
    ("during-execution", "exit"),
    ("wordy-error", "exit"),
    ("wordless-error", "exit"),
    ("hangs", "timeout"),
    ("offline", "unreachable"),
];

/// How a stand-in is to behave.
#[derive(Clone, Debug)]
pub(crate) struct Mode {
    word: String,
    number: Option<u64>,
}

impl Mode {
    fn parse(text: &str) -> Self {
        let mut words = text.split_whitespace();
        Self {
            word: words.next().unwrap_or("ok").to_owned(),
            number: words.next().and_then(|number| number.parse().ok()),
        }
    }

    /// By the prompt, else by the environment.
    fn of(prompt: &str) -> Self {
        let mut lines = prompt.lines().rev();
        let in_prompt = lines.find_map(|line| line.trim().strip_prefix(MODE_LINE));
        let in_environment = env::var(MODE).ok();
        Self::parse(in_prompt.or(in_environment.as_deref()).unwrap_or("ok"))
    }

    pub(crate) fn is(&self, word: &str) -> bool {
        self.word == word
    }

    pub(crate) fn word(&self) -> &str {
        &self.word
    }

    pub(crate) fn number(&self, usual: u64) -> u64 {
        self.number.unwrap_or(usual)
    }
}

/// Does what the program whose name it was started under would do.
pub fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    let (program, arguments) = match arguments.split_first() {
        Some((program, arguments)) => (name_of(program), arguments.to_vec()),
        None => (String::new(), Vec::new()),
    };
    if arguments == ["--version"] {
        return print(&version(&program));
    }
    let ended = match program.as_str() {
        "claude" => claude::run(&arguments),
        "codex" => codex::run(&arguments),
        "gemini" | "opencode" | "aider" => others::run(&program, &arguments),
        other => {
            let words = format!("a stand-in is started under the name of a program, not {other}");
            Err(io::Error::other(words))
        }
    };
    ended.unwrap_or_else(|error| complain(&error.to_string()))
}

fn name_of(program: &str) -> String {
    let name = Path::new(program).file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn version(program: &str) -> String {
    match program {
        "claude" => format!("{} (Claude Code)", claude::version()),
        "codex" => "codex-cli 0.99.0".to_owned(),
        _ => "9.9.9".to_owned(),
    }
}

/// One line on standard output; a reader that is gone is no fault.
pub(crate) fn say(line: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(line.as_bytes())?;
    stdout.write_all(b"\n")?;
    stdout.flush()
}

fn print(line: &str) -> ExitCode {
    match say(line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Words on standard error, and the exit code that goes with them.
pub(crate) fn complain(words: &str) -> ExitCode {
    match writeln!(io::stderr(), "{words}") {
        Ok(()) | Err(_) => ExitCode::FAILURE,
    }
}

/// All of standard input.
pub(crate) fn standard_input() -> io::Result<String> {
    let mut text = Vec::new();
    io::stdin().lock().read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Writes down that the program was started.
pub(crate) fn note_start(
    program: &str,
    arguments: &[String],
    prompt: &str,
    (session, is_resume): (Option<&str>, bool),
    mode: &Mode,
) -> io::Result<()> {
    ledger::note(&Start {
        program: program.to_owned(),
        pid: std::process::id(),
        arguments: arguments.to_vec(),
        directory: env::current_dir()?.display().to_string(),
        prompt: prompt.to_owned(),
        session: session.map(str::to_owned),
        is_resume,
        mode: mode.word.clone(),
    })
}
