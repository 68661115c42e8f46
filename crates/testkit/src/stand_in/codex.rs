//! Stands in for Codex: `codex exec --json` and `codex exec resume --json`.

use std::fs;
use std::io;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::session::{Session, fresh_id};
use super::{Mode, answer, complain, note_start, process, say, standard_input};

pub(crate) fn run(arguments: &[String]) -> io::Result<ExitCode> {
    let mut schema = None;
    let mut words = Vec::new();
    for argument in arguments {
        match argument.split_once('=') {
            Some(("--output-schema", file)) => {
                schema = Some(serde_json::from_slice::<Value>(&fs::read(file)?)?);
            }
            Some((name, _)) if name.starts_with("--") => {}
            _ if argument.starts_with("--") => {}
            _ => words.push(argument.as_str()),
        }
    }
    let resumed = match words.as_slice() {
        ["exec", "-"] => None,
        ["exec", "resume", id, "-"] => Some(*id),
        _ => return Ok(complain("error: unexpected argument")),
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
