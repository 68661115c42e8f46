//! Baton's own log, on standard error.

use std::env::{self, VarError};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::style::{Target, is_coloured};
use crate::args::LogFormat;
use crate::exit::Failure;

/// Says exactly what is logged.
const VARIABLE: &str = "BATON_LOG";

/// Starts logging: what people have to know, such as a disk that is full, and
/// more with `-v`; `BATON_LOG` says it exactly, or is a usage error.
pub(crate) fn init(verbose: u8, format: LogFormat) -> anyhow::Result<()> {
    let level = match verbose {
        0 => "error,baton=warn",
        1 => "baton=info,info",
        _ => "debug",
    };
    let filter = asked_for()?.unwrap_or_else(|| EnvFilter::new(level));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Pretty => log
            .with_ansi(is_coloured(Target::Err))
            .with_target(false)
            .init(),
        LogFormat::Json => log
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .init(),
    }
    Ok(())
}

/// What the environment asks for; none when it leaves it to us.
fn asked_for() -> anyhow::Result<Option<EnvFilter>> {
    let text = match env::var(VARIABLE) {
        Ok(text) if text.is_empty() => return Ok(None),
        Ok(text) => text,
        Err(VarError::NotPresent) => return Ok(None),
        Err(VarError::NotUnicode(_)) => return Err(unreadable("it is no text")),
    };
    // A word alone would be taken for a target of which everything is logged.
    let words: Vec<&str> = text.split(',').map(str::trim).collect();
    let is_plain = !text.contains('[');
    if let Some(word) = words.iter().find(|word| is_plain && !is_directive(word)) {
        return Err(unreadable(&format!("{word:?} is no level")));
    }
    let filter =
        EnvFilter::try_new(words.join(",")).map_err(|error| unreadable(&error.to_string()))?;
    Ok(Some(filter))
}

fn is_directive(word: &str) -> bool {
    let level = word.split_once('=').map_or(word, |(_target, level)| level);
    !level.is_empty() && level.parse::<LevelFilter>().is_ok()
}

fn unreadable(why: &str) -> anyhow::Error {
    Failure::usage(format!(
        "{VARIABLE} cannot be read: {why}; give a level (off, error, warn, info, debug, trace), \
         or TARGET=LEVEL,TARGET=LEVEL"
    ))
}
