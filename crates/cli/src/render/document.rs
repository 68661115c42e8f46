//! Prints answers. A reader that has gone away (`baton runs | head -1`) is no
//! failure, so a closed pipe is not complained about; an answer that cannot be
//! written for another reason is one.

use std::io::{self, Write};
use std::os::fd::AsFd;

use jiff::Timestamp;
use serde::Serialize;
use tokio::io::Interest;
use tokio::net::unix::pipe::Sender;

use crate::args::Output;
use crate::exit::Failure;

/// Whoever read standard output has gone.
#[derive(Debug)]
pub(crate) struct ReaderGone;

impl std::fmt::Display for ReaderGone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("nobody reads the answer any more")
    }
}

impl std::error::Error for ReaderGone {}

/// A line on standard output.
pub(crate) fn out(text: &str) -> anyhow::Result<()> {
    unless_gone(line(text))
}

/// A line of an answer that may go on for ever, and so ends with its reader:
/// [`ReaderGone`] is an error here.
pub(crate) fn line(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    let written = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
    written.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => ReaderGone.into(),
        _ => Failure::files(format!("cannot write to standard output: {error}")),
    })
}

/// What was shown until its reader had gone was shown.
pub(crate) fn unless_gone(shown: anyhow::Result<()>) -> anyhow::Result<()> {
    shown.or_else(|error| error.downcast::<ReaderGone>().map(drop))
}

/// Returns when nobody reads standard output any more. Where that cannot be
/// watched, as in a file, somebody always does.
pub(crate) async fn reader_gone() -> ReaderGone {
    // Only watched, never written to, so it may stay as blocking as it is.
    let stdout = io::stdout().as_fd().try_clone_to_owned();
    if let Ok(stdout) = stdout.and_then(Sender::from_owned_fd_unchecked)
        && stdout.ready(Interest::ERROR).await.is_ok()
    {
        return ReaderGone;
    }
    std::future::pending().await
}

/// A line on standard error.
pub(crate) fn err(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// The present moment, as a part of file names.
pub(crate) fn file_stamp() -> String {
    Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ").to_string()
}

/// The document, where one was asked for; nothing for people.
pub(crate) fn print(output: Output, document: &impl Serialize) -> anyhow::Result<()> {
    match output {
        Output::Table => Ok(()),
        Output::Json => out(&serde_json::to_string_pretty(document)?),
        Output::Yaml => out(serde_saphyr::to_string(document)?.trim_end()),
    }
}

/// The document, or its form for people.
pub(crate) fn answer(
    output: Output,
    document: &impl Serialize,
    table: impl FnOnce() -> String,
) -> anyhow::Result<()> {
    if output == Output::Table {
        return out(&table());
    }
    print(output, document)
}
