//! Log lines on their way from an agent to the store.
//!
//! Lines of all attempts of a run are numbered by one counter. The channel
//! from the agent is bounded and each batch waits for its commit, so an agent
//! that floods its log slows down only its own reader.

use baton_agents::{AgentLine, AgentStream};
use baton_model::{AttemptKey, RunId};
use baton_store::{LogFilter, LogLine, LogStream, StoreError};
use tokio::sync::{Mutex, mpsc};

use crate::registry::Shared;

/// Lines taken from an agent at once.
const BATCH_MAX: usize = 256;

/// Last number used in a run's log; None until the first line needs it.
#[derive(Debug, Default)]
pub(crate) struct LogCursor(Mutex<Option<u64>>);

/// Stores lines until the agent's side of the channel is closed.
pub(crate) async fn pump(
    shared: &Shared,
    cursor: &LogCursor,
    key: &AttemptKey,
    mut lines: mpsc::Receiver<AgentLine>,
) {
    let mut batch = Vec::new();
    while lines.recv_many(&mut batch, BATCH_MAX).await > 0 {
        let taken = std::mem::take(&mut batch);
        if let Err(error) = append(shared, cursor, key, taken).await {
            // A log line is not worth failing the stage that wrote it.
            tracing::warn!(run = %key.run, stage = %key.stage, %error, "log lines were not stored");
        }
    }
}

async fn append(
    shared: &Shared,
    cursor: &LogCursor,
    key: &AttemptKey,
    lines: Vec<AgentLine>,
) -> Result<(), StoreError> {
    let mut last = cursor.0.lock().await;
    let start = match *last {
        Some(start) => start,
        None => shared.store.last_log_seq(key.run).await?,
    };
    let at = shared.clock.now();
    let rows: Vec<LogLine> = (start + 1..)
        .zip(lines)
        .map(|(seq, line)| LogLine {
            seq,
            stage: key.stage.clone(),
            dispatch: key.dispatch,
            at,
            stream: match line.stream {
                AgentStream::Stdout => LogStream::Stdout,
                AgentStream::Stderr => LogStream::Stderr,
                AgentStream::System => LogStream::System,
            },
            text: line.text,
        })
        .collect();
    let end = start + rows.len() as u64;
    // Unknown until this append is known to have worked.
    *last = None;
    shared.store.append_logs(key.run, rows).await?;
    *last = Some(end);
    shared.feed.log_lines(key.run, end);
    Ok(())
}

/// How many lines of an attempt's standard error are stored already.
pub(crate) async fn known(
    shared: &Shared,
    run: RunId,
    key: &AttemptKey,
) -> Result<u64, StoreError> {
    let filter = LogFilter {
        stage: Some(key.stage.clone()),
        dispatch: Some(key.dispatch),
        limit: u32::MAX,
        ..LogFilter::default()
    };
    let lines = shared.store.logs(run, filter).await?;
    Ok(lines
        .iter()
        .filter(|line| line.stream == LogStream::Stderr)
        .count() as u64)
}
