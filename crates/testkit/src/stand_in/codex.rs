//! Stands in for Codex: `codex exec --json` and `codex exec resume --json`.

use std::fs;
use std::io;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::session::{Session, fresh_id};
use super::{Mode, answer, complain, note_start, process, say, standard_input};

/// Options that both `exec` and `exec resume` know.
const GLOBAL: [&str; 9] = [
    "--config",
    "--dangerously-bypass-approvals-and-sandbox",
    "--disable",
    "--enable",
    "--ephemeral",
    "--json",
    "--model",
    "--output-last-message",
    "--skip-git-repo-check",
];
/// Options that `exec` alone knows, so that they must stand before `resume`.
const OF_EXEC: [&str; 7] = [
    "--add-dir",
    "--cd",
    "--color",
    "--output-schema",
    "--oss",
    "--profile",
    "--sandbox",
];
/// Options that `exec resume` alone knows.
const OF_RESUME: [&str; 2] = ["--all", "--last"];
const SANDBOXES: [&str; 3] = ["danger-full-access", "read-only", "workspace-write"];
/// How a command line that cannot be read ends.
const USAGE: u8 = 2;

/// A command line, taken apart.
#[derive(Debug, Default)]
struct Line<'a> {
    words: Vec<&'a str>,
    schema_file: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// As the real one takes it: an option that is not known where it stands
    /// is an error, and nothing is one behind `--`.
    fn parse(arguments: &'a [String]) -> Result<Self, String> {
        let mut line = Self::default();
        let mut is_resume = false;
        let mut arguments = arguments.iter().map(String::as_str);
        while let Some(argument) = arguments.next() {
            if argument == "--" {
                line.words.extend(arguments);
                break;
            }
            if argument == "-" || !argument.starts_with('-') {
                is_resume |= argument == "resume";
                line.words.push(argument);
                continue;
            }
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (argument, None),
            };
            let own = if is_resume { &OF_RESUME[..] } else { &OF_EXEC };
            if !GLOBAL.contains(&name) && !own.contains(&name) {
                return Err(format!("unexpected argument '{name}' found"));
            }
            match (name, value) {
                ("--output-schema", file) => line.schema_file = file,
                ("--sandbox", mode) if !mode.is_some_and(|it| SANDBOXES.contains(&it)) => {
                    let mode = mode.unwrap_or_default();
                    return Err(format!("invalid value '{mode}' for '--sandbox'"));
                }
                _ => {}
            }
        }
        Ok(line)
    }
}

pub(crate) fn run(arguments: &[String]) -> io::Result<ExitCode> {
    let line = match Line::parse(arguments) {
        Ok(line) => line,
        Err(words) => return Ok(misuse(&words)),
    };
    let resumed = match line.words.as_slice() {
        ["exec", "-"] => None,
        ["exec", "resume", id, "-"] => Some(*id),
        _ => return Ok(misuse("unexpected argument")),
    };
    let schema = match line.schema_file {
        Some(file) => Some(serde_json::from_slice::<Value>(&fs::read(file)?)?),
        None => None,
    };
    let prompt = standard_input()?;
    let mode = Mode::of(&prompt);
    note_start(
        "codex",
        arguments,
        &prompt,
        (resumed, resumed.is_some()),
        &mode,
    )?;
    let mut session = match resumed {
        None => Session::new(fresh_id()),
        Some(id) => match Session::find(id)? {
            Some(session) => session,
            None => {
                return Ok(complain(&format!(
                    "Error: no rollout found for thread id {id}"
                )));
            }
        },
    };
    session.tell(&prompt)?;
    take(&mode, &session, &prompt, schema.as_ref())
}

fn misuse(words: &str) -> ExitCode {
    complain(&format!("error: {words}"));
    ExitCode::from(USAGE)
}

fn take(
    mode: &Mode,
    session: &Session,
    prompt: &str,
    schema: Option<&Value>,
) -> io::Result<ExitCode> {
    let event = |event: Value| say(&event.to_string());
    event(json!({"type": "thread.started", "thread_id": session.id}))?;
    event(json!({"type": "turn.started"}))?;
    event(json!({"type": "item.completed", "item": {"id": "item_0",
        "type": "command_execution", "command": "ls", "exit_code": 0}}))?;
    match mode.word() {
        "hangs" => process::hang(),
        "killed" => process::be_killed(),
        "cut" => return Ok(ExitCode::SUCCESS),
        "exit" => return Ok(complain("something went wrong")),
        "rate-limit" => {
            event(json!({"type": "turn.failed",
                "error": {"message": "You've hit your usage limit."}}))?;
            return Ok(ExitCode::FAILURE);
        }
        _ => {}
    }
    let answer = match mode.word() {
        "garbage" => "I did it.".to_owned(),
        _ => answer::structured(mode, prompt, schema).to_string(),
    };
    event(json!({"type": "item.completed", "item": {"id": "item_1",
        "type": "agent_message", "text": answer}}))?;
    let n_turns = session.n_turns();
    event(
        json!({"type": "turn.completed", "usage": {"input_tokens": 100 * n_turns,
        "cached_input_tokens": 40 * n_turns, "output_tokens": 10 * n_turns}}),
    )?;
    Ok(ExitCode::SUCCESS)
}
