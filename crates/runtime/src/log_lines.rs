//! Log lines on their way from an agent to the store.
//!
//! Lines of all attempts of a run are numbered by one counter. The channel
//! from the agent is bounded and each batch waits for its commit, so an agent
//! that floods its log slows down only its own reader.

use baton_agents::{AgentLine, AgentStream};
use baton_model::{AttemptKey, RunId, Timestamp};
use baton_store::{Lease, LogFilter, LogLine, LogStream, StoreError};
use tokio::sync::{Mutex, mpsc};

use crate::patience;
use crate::registry::Shared;

/// Lines taken from an agent at once.
const BATCH_MAX: usize = 256;
/// Number of a line that was not handed to the store before.
const NOT_TRIED: u64 = 0;

/// Where a run's log is written on.
#[derive(Debug)]
pub(crate) struct LogCursor {
    /// The lease that must own the run.
    fence: Option<Lease>,
    /// Last number used; None until the first line needs it.
    last: Mutex<Option<u64>>,
}

impl LogCursor {
    pub(crate) fn new(fence: Option<Lease>) -> Self {
        let last = Mutex::default();
        Self { fence, last }
    }
}

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

/// Numbers lines and stores them, with patience: every line of an agent that
/// has ended is to be there before its stage settles.
async fn append(
    shared: &Shared,
    cursor: &LogCursor,
    key: &AttemptKey,
    lines: Vec<AgentLine>,
) -> Result<(), StoreError> {
    let at = shared.clock.now();
    let mut rows: Vec<LogLine> = lines
        .into_iter()
        .map(|line| to_row(key, at, line))
        .collect();
    let mut last = cursor.last.lock().await;
    for tries in 0..patience::TRIES_MAX {
        match try_append(shared, (key.run, cursor.fence), &mut last, &mut rows).await {
            Err(error) if error.is_retryable() => {
                tracing::debug!(run = %key.run, %error, tries, "log lines wait for the store");
                tokio::time::sleep(patience::wait(tries)).await;
            }
            done => return done,
        }
    }
    try_append(shared, (key.run, cursor.fence), &mut last, &mut rows).await
}

/// Stores lines after the last one, unless an earlier try has done it although
/// it was answered with an error.
async fn try_append(
    shared: &Shared,
    (run, fence): (RunId, Option<Lease>),
    last: &mut Option<u64>,
    rows: &mut [LogLine],
) -> Result<(), StoreError> {
    let start = match *last {
        Some(start) => start,
        None => match find(shared, run, rows).await? {
            Found::Stored(end) => {
                *last = Some(end);
                shared.feed.log_lines(run, end);
                return Ok(());
            }
            Found::Last(start) => start,
        },
    };
    for (seq, row) in (start + 1..).zip(rows.iter_mut()) {
        row.seq = seq;
    }
    let end = start + rows.len() as u64;
    // Unknown until this append is known to have worked.
    *last = None;
    shared.store.append_logs(run, fence, rows.to_vec()).await?;
    *last = Some(end);
    shared.feed.log_lines(run, end);
    Ok(())
}

/// What the store holds when the last number is not known.
enum Found {
    /// These very lines, at the numbers they were given.
    Stored(u64),
    /// Something else up to this number.
    Last(u64),
}

async fn find(shared: &Shared, run: RunId, rows: &[LogLine]) -> Result<Found, StoreError> {
    let last = shared.store.last_log_seq(run).await?;
    let (Some(first), Some(end)) = (rows.first(), rows.last()) else {
        return Ok(Found::Last(last));
    };
    if first.seq == NOT_TRIED || last < end.seq {
        return Ok(Found::Last(last));
    }
    let filter = LogFilter {
        after: first.seq - 1,
        limit: u32::try_from(rows.len()).unwrap_or(u32::MAX),
        ..LogFilter::default()
    };
    let stored = shared.store.logs(run, filter).await?;
    Ok(if stored == rows {
        Found::Stored(last)
    } else {
        Found::Last(last)
    })
}

/// A line without its number yet.
fn to_row(key: &AttemptKey, at: Timestamp, line: AgentLine) -> LogLine {
    LogLine {
        seq: NOT_TRIED,
        stage: key.stage.clone(),
        dispatch: key.dispatch,
        at,
        stream: match line.stream {
            AgentStream::Stdout => LogStream::Stdout,
            AgentStream::Stderr => LogStream::Stderr,
            AgentStream::System => LogStream::System,
        },
        text: line.text,
    }
}

/// How many lines of an attempt's standard error are stored already; 0 when
/// the store does not say, since a line twice is better than none.
pub(crate) async fn known(shared: &Shared, key: &AttemptKey) -> u64 {
    for tries in 0..patience::TRIES_MAX {
        let filter = LogFilter {
            stage: Some(key.stage.clone()),
            dispatch: Some(key.dispatch),
            limit: u32::MAX,
            ..LogFilter::default()
        };
        match shared.store.logs(key.run, filter).await {
            Ok(lines) => {
                let from_agent = |line: &&LogLine| line.stream == LogStream::Stderr;
                return lines.iter().filter(from_agent).count() as u64;
            }
            Err(error) => {
                tracing::warn!(run = %key.run, %error, tries, "the stored log could not be counted");
                if !error.is_retryable() {
                    return 0;
                }
                tokio::time::sleep(patience::wait(tries)).await;
            }
        }
    }
    0
}
