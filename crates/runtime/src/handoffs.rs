//! The log that goes with a handoff: read when a stage is handed to its
//! agent, since logs are no part of a run's state.

use baton_model::RunId;
use baton_store::LogFilter;

use crate::patience;
use crate::registry::Shared;

/// Most lines of a log that are handed on: the last ones.
const LINES_MAX: u32 = 500;
/// Most bytes of a log that are handed on.
const BYTES_MAX: usize = 64 * 1024;

/// What the stages before an attempt hand to it.
pub(crate) async fn of_attempt(
    shared: &Shared,
    run: RunId,
    handoffs: &[baton_engine::Handoff],
) -> Vec<baton_agents::Handoff> {
    let mut given = Vec::with_capacity(handoffs.len());
    for handoff in handoffs {
        given.push(baton_agents::Handoff {
            stage: handoff.stage.clone(),
            format: handoff.format,
            content: handoff.content.clone(),
            summary: handoff.summary.clone(),
            run_log: if handoff.with_log {
                Some(log_of(shared, run, handoff).await)
            } else {
                None
            },
        });
    }
    given
}

/// The end of a stage's log; says so when it cannot be had.
async fn log_of(shared: &Shared, run: RunId, handoff: &baton_engine::Handoff) -> String {
    let filter = LogFilter {
        stage: Some(handoff.stage.clone()),
        limit: LINES_MAX,
        from_end: true,
        ..LogFilter::default()
    };
    let mut tries = 0;
    loop {
        match shared.store.logs(run, filter.clone()).await {
            Ok(lines) => return joined(lines.iter().map(|line| line.text.as_str())),
            Err(error) if error.is_retryable() && tries < patience::TRIES_MAX => {
                tokio::time::sleep(patience::wait(tries)).await;
                tries += 1;
            }
            Err(error) => {
                tracing::warn!(%run, stage = %handoff.stage, %error, "a log could not be handed on");
                return "(the log could not be read)".to_owned();
            }
        }
    }
}

/// Whole lines from the end, as many as fit.
fn joined<'l>(lines: impl DoubleEndedIterator<Item = &'l str>) -> String {
    let mut n_bytes = 0;
    let mut kept: Vec<&str> = lines
        .rev()
        .take_while(|line| {
            n_bytes += line.len() + 1;
            n_bytes <= BYTES_MAX
        })
        .collect();
    kept.reverse();
    kept.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_log_keeps_its_last_whole_lines() {
        let long = "x".repeat(BYTES_MAX / 2);
        let lines = ["first", &long, "second", "last"];
        assert_eq!(
            joined(lines.into_iter()),
            format!("first\n{long}\nsecond\nlast")
        );
        let lines = ["first", &long, &long, "last"];
        assert_eq!(joined(lines.into_iter()), format!("{long}\nlast"));
    }
}
