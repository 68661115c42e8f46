//! Prints answers. A reader that has gone away (`baton runs | head -1`) is no
//! failure, so a closed pipe is not complained about.

use std::io::Write;

use jiff::Timestamp;
use serde::Serialize;

use crate::args::Output;

/// A line on standard output.
pub(crate) fn out(text: &str) {
    drop(writeln!(std::io::stdout().lock(), "{text}"));
}

/// A line on standard error.
pub(crate) fn err(text: &str) {
    drop(writeln!(std::io::stderr().lock(), "{text}"));
}

/// The present moment, as a part of file names.
pub(crate) fn file_stamp() -> String {
    Timestamp::now().strftime("%Y%m%dT%H%M%S%.3fZ").to_string()
}

/// The document, where one was asked for; nothing for people.
pub(crate) fn print(output: Output, document: &impl Serialize) -> anyhow::Result<()> {
    match output {
        Output::Table => {}
        Output::Json => out(&serde_json::to_string_pretty(document)?),
        Output::Yaml => out(serde_saphyr::to_string(document)?.trim_end()),
    }
    Ok(())
}

/// The document, or its form for people.
pub(crate) fn answer(
    output: Output,
    document: &impl Serialize,
    table: impl FnOnce() -> String,
) -> anyhow::Result<()> {
    if output == Output::Table {
        out(&table());
    }
    print(output, document)
}
