//! Stands in for Gemini CLI, opencode and aider, as far as they are called.

use std::fs;
use std::io;
use std::process::ExitCode;

use serde_json::json;

use super::session::{Session, fresh_id};
use super::{Mode, complain, note_start, say, standard_input};

/// Answers with `{"text": …}`, or in words.
pub(crate) fn run(program: &str, arguments: &[String]) -> io::Result<ExitCode> {
    let value_of = |name: &str| {
        let mut values = arguments.iter().filter_map(|argument| {
            let (found, value) = argument.split_once('=')?;
            (found == name).then(|| value.to_owned())
        });
        values.next_back()
    };
    let prompt = match program {
        "gemini" => standard_input()?,
        "aider" => match value_of("--message-file") {
            Some(file) => fs::read_to_string(file)?,
            None => return Ok(complain("no message")),
        },
        _ => arguments.last().cloned().unwrap_or_default(),
    };
    let mode = Mode::of(&prompt);
    let resumed = value_of("--session");
    let start = (resumed.as_deref(), resumed.is_some());
    note_start(program, arguments, &prompt, start, &mode)?;
    let text = match mode.word() {
        "auth" if program == "gemini" => return Ok(ExitCode::from(41)),
        "exit" => return Ok(complain("something went wrong")),
        "json" => json!({"status": "completed", "outputs": {"text": "as JSON"}}).to_string(),
        _ => "in words".to_owned(),
    };
    match program {
        "gemini" => {
            let document = json!({"session_id": fresh_id(), "response": text, "stats":
                {"models": {"gemini": {"tokens": {"prompt": 30, "candidates": 4}}}}});
            say(&serde_json::to_string_pretty(&document)?)?;
        }
        "opencode" => return opencode(resumed, &prompt, &text),
        _ => say(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn opencode(resumed: Option<String>, prompt: &str, text: &str) -> io::Result<ExitCode> {
    let mut session = match resumed {
        Some(id) => match Session::find(&id)? {
            Some(session) => session,
            // As it does: nothing is wrong, and nothing is said.
            None => return Ok(ExitCode::SUCCESS),
        },
        None => Session::new(format!("ses_{}", fresh_id())),
    };
    session.tell(prompt)?;
    let id = &session.id;
    for event in [
        json!({"type": "step_start", "sessionID": id, "part": {}}),
        json!({"type": "text", "sessionID": id, "part": {"text": text}}),
        json!({"type": "step_finish", "sessionID": id, "part": {"cost": 0.002, "tokens":
            {"input": 30, "output": 4, "reasoning": 0, "cache": {"read": 0, "write": 0}}}}),
    ] {
        say(&event.to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}
