//! Baton's own log, on standard error.

use tracing_subscriber::EnvFilter;

use super::style::{Target, is_coloured};
use crate::args::LogFormat;

/// Starts logging: what people have to know, such as a disk that is full, and
/// more with `-v`; `BATON_LOG` says it exactly.
pub(crate) fn init(verbose: u8, format: LogFormat) {
    let level = match verbose {
        0 => "error,baton=warn",
        1 => "baton=info,info",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_env("BATON_LOG").unwrap_or_else(|_| EnvFilter::new(level));
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
}
