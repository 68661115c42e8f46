//! How a step came to where it is: each time it was tried.

use baton_model::{Event, Failure, Recorded, RunId, StageId, Timestamp, Usage};

use crate::changes::known_stage;
use crate::history::LINES_MAX;
use crate::watch::decode;
use crate::{App, AppError};

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub enum AttemptEnd {
    /// Its result was taken.
    Completed,
    /// It brought none.
    Failed(Failure),
    /// It was told to end: the run did, or the stage starts over.
    Cancelled,
}

/// One attempt at a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// How often the stage had been opened.
    pub iteration: u32,
    /// Which attempt of that iteration, from 1.
    pub number: u32,
    /// Its latest start: those after the first are turns and restarts.
    pub dispatch: u32,
    /// When it started.
    pub started_at: Timestamp,
    /// When and how it ended; none: it goes on, or waits for answers.
    pub end: Option<(Timestamp, AttemptEnd)>,
    /// What its turns took, as far as its agent has told.
    pub usage: Usage,
}

impl App {
    /// The attempts at a stage of a run, in order. A gate has none.
    pub async fn attempts(&self, run: RunId, stage: &str) -> Result<Vec<Attempt>, AppError> {
        let stage = known_stage(&self.steps(run).await?, stage)?.stage.clone();
        let mut attempts = Vec::new();
        let mut after = 0;
        loop {
            let events = self.store.events(run, after, LINES_MAX).await?;
            let Some(last) = events.last() else {
                return Ok(attempts);
            };
            after = last.seq;
            for event in events
                .iter()
                .filter(|event| event.kind.starts_with("stage_"))
            {
                note(&mut attempts, &stage, &decode(event)?);
            }
        }
    }
}

/// Takes up what an event says of the attempts at a stage.
fn note(attempts: &mut Vec<Attempt>, of: &StageId, recorded: &Recorded) {
    let event = &recorded.event;
    if let Event::StageStarted {
        stage,
        iteration,
        attempt,
        dispatch,
        ..
    } = event
    {
        if stage == of {
            note_start(attempts, (*iteration, *attempt, *dispatch), recorded.at);
        }
        return;
    }
    let Some(last) = attempts.last_mut().filter(|last| last.end.is_none()) else {
        return;
    };
    let end = match event {
        Event::StageSpent { stage, usage, .. } if stage == of => {
            last.usage = last.usage.plus(usage);
            return;
        }
        Event::StageRestarted {
            stage, dispatch, ..
        }
        | Event::StageRepairing {
            stage, dispatch, ..
        }
        | Event::StageSummarizing {
            stage, dispatch, ..
        } if stage == of => {
            last.dispatch = *dispatch;
            return;
        }
        Event::StageCompleted { stage, .. } if stage == of => AttemptEnd::Completed,
        Event::StageRetrying { stage, failure, .. } | Event::StageFailed { stage, failure }
            if stage == of =>
        {
            AttemptEnd::Failed(failure.clone())
        }
        Event::StageCancelled { stage }
        | Event::StageReset { stage, .. }
        | Event::StageReopened { stage, .. }
            if stage == of =>
        {
            AttemptEnd::Cancelled
        }
        _ => return,
    };
    last.end = Some((recorded.at, end));
}

/// An attempt that goes on with answers starts again under the same number.
fn note_start(
    attempts: &mut Vec<Attempt>,
    (iteration, number, dispatch): (u32, u32, u32),
    at: Timestamp,
) {
    let last = attempts.last_mut();
    if let Some(last) = last.filter(|last| (last.iteration, last.number) == (iteration, number)) {
        last.dispatch = dispatch;
        return;
    }
    attempts.push(Attempt {
        iteration,
        number,
        dispatch,
        started_at: at,
        end: None,
        usage: Usage::default(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: &str = r#"
{"type":"stage_started","stage":"a","iteration":1,"attempt":1,"dispatch":1}
{"type":"stage_started","stage":"b","iteration":1,"attempt":1,"dispatch":1}
{"type":"stage_retrying","stage":"a","dispatch":1,"failure":{"label":"exit","message":"code 3"},"retry_at":0}
{"type":"stage_started","stage":"a","iteration":1,"attempt":2,"dispatch":2}
{"type":"stage_restarted","stage":"a","dispatch":3}
{"type":"stage_spent","stage":"a","dispatch":3,"usage":{"output_tokens":5}}
{"type":"stage_asked","stage":"a","dispatch":3,"questions":[]}
{"type":"stage_started","stage":"a","iteration":1,"attempt":2,"dispatch":4}
{"type":"stage_spent","stage":"a","dispatch":4,"usage":{"output_tokens":6,"cost_micros":9}}
{"type":"stage_completed","stage":"a","dispatch":4}
{"type":"stage_reopened","stage":"a","iteration":2,"by":"local"}
{"type":"stage_started","stage":"a","iteration":2,"attempt":1,"dispatch":5}
{"type":"stage_failed","stage":"b","failure":{"label":"exit","message":"code 4"}}
"#;

    #[test]
    fn each_attempt_has_its_last_start_and_its_end() {
        let of = StageId::new("a").unwrap();
        let mut attempts = Vec::new();
        for (seq, line) in (1..).zip(EVENTS.trim().lines()) {
            let recorded = Recorded {
                seq,
                at: Timestamp::from_micros(i64::try_from(seq).unwrap()),
                event: serde_json::from_str(line).unwrap(),
            };
            note(&mut attempts, &of, &recorded);
        }
        let shown: Vec<_> = attempts
            .iter()
            .map(|attempt| {
                let end = attempt.end.as_ref().map(|(at, end)| {
                    let word = match end {
                        AttemptEnd::Completed => "completed",
                        AttemptEnd::Failed(_) => "failed",
                        AttemptEnd::Cancelled => "cancelled",
                    };
                    (at.as_micros(), word)
                });
                let numbers = (attempt.iteration, attempt.number, attempt.dispatch);
                (numbers, attempt.started_at.as_micros(), end)
            })
            .collect();
        assert_eq!(
            shown,
            [
                ((1, 1, 1), 1, Some((3, "failed"))),
                ((1, 2, 4), 4, Some((10, "completed"))),
                ((2, 1, 5), 12, None),
            ]
        );
        let [_, second, _] = attempts.as_slice() else {
            panic!("{attempts:?}")
        };
        assert_eq!(second.usage.output_tokens, 11);
        assert_eq!(second.usage.cost_micros, Some(9));
    }
}
