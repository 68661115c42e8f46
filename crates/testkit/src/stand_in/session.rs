//! Sessions on the disk: one file each, with as many lines as there were turns.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::{Value, json};

/// Environment variable that names where sessions lie.
const SESSIONS: &str = "STAND_IN_SESSIONS";

/// A session and what is known of it.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// What was told to it, in order.
    pub(crate) prompts: Vec<String>,
}

impl Session {
    /// The session of this name; none when there is none.
    pub(crate) fn find(id: &str) -> io::Result<Option<Self>> {
        let text = match fs::read_to_string(path(id)?) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let prompts = text.lines().filter_map(|line| {
            let turn: Value = serde_json::from_str(line).ok()?;
            Some(turn.get("prompt")?.as_str()?.to_owned())
        });
        Ok(Some(Self {
            id: id.to_owned(),
            prompts: prompts.collect(),
        }))
    }

    pub(crate) fn new(id: String) -> Self {
        Self {
            id,
            prompts: Vec::new(),
        }
    }

    /// Adds a turn, so that the session can go on after it.
    pub(crate) fn tell(&mut self, prompt: &str) -> io::Result<()> {
        let path = path(&self.id)?;
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        let line = json!({"prompt": prompt}).to_string() + "\n";
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)?
            .write_all(line.as_bytes())?;
        self.prompts.push(prompt.to_owned());
        Ok(())
    }

    pub(crate) fn n_turns(&self) -> u64 {
        self.prompts.len() as u64
    }
}

fn path(id: &str) -> io::Result<PathBuf> {
    let is_sound = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if id.is_empty() || !id.bytes().all(is_sound) {
        return Err(io::Error::other(format!("{id:?} is no session id")));
    }
    let root = env::var_os(SESSIONS)
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".stand-in")))
        .unwrap_or_default();
    Ok(root.join(format!("{id}.jsonl")))
}

/// A name nobody else has.
pub(crate) fn fresh_id() -> String {
    let text = fs::read_to_string("/proc/sys/kernel/random/uuid").unwrap_or_default();
    text.trim().to_owned()
}
