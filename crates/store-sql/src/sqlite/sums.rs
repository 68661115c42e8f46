//! Checksums of rows: `SQLite` notices when its own structure is damaged, but
//! hands out a text in which a letter has changed.
//!
//! A row has one for what never changes and, where something does, another
//! for that, so that a commit need not read what it does not write. Rows of
//! earlier releases have none and are believed.

use baton_model::{RunId, Timestamp, WorkflowId};
use baton_store::{
    ExecutionRow, ExecutionUpdate, LogLine, ProjectRow, StepUpdate, StoredEvent, TokenRow,
    WorkflowRow,
};

use super::failure::Failure;
use super::values::{micros, number};

/// Refuses a row whose sum is not the one that was stored with it.
pub(super) fn expect(stored: Option<i64>, found: i64, what: &str) -> Result<(), Failure> {
    match stored {
        Some(stored) if stored != found => Err(Failure::Damaged(format!("{what} was altered"))),
        Some(_) | None => Ok(()),
    }
}

/// One event, as releases stored it that had a row for each.
pub(super) fn event(run: RunId, event: &StoredEvent) -> i64 {
    Sum::of(run)
        .number(number(event.seq))
        .number(micros(event.at))
        .text(&event.kind)
        .text(&event.body)
        .finish()
}

/// The events of a commit, as they are stored.
pub(super) fn events(run: RunId, last_seq: u64, events_json: &str) -> i64 {
    Sum::of(run)
        .number(number(last_seq))
        .text(events_json)
        .finish()
}

/// Commits that were made together, and where they stand among all.
pub(super) fn order(last_position: u64, commits_json: &str) -> i64 {
    Sum(0).word(last_position).text(commits_json).finish()
}

pub(super) fn log_line(run: RunId, line: &LogLine) -> i64 {
    Sum::of(run)
        .number(number(line.seq))
        .text(line.stage.as_str())
        .number(line.dispatch.into())
        .number(micros(line.at))
        .text(line.stream.as_str())
        .text(&line.text)
        .finish()
}

/// What the steps of a run are from their beginning, as it is stored.
pub(super) fn origins(run: RunId, steps_json: &str) -> i64 {
    Sum::of(run).text(steps_json).finish()
}

/// What a step was given: apart from the rest, since most commits leave it.
pub(super) fn inputs(run: RunId, order_index: u32, inputs: Option<&str>) -> i64 {
    Sum::of(run)
        .number(order_index.into())
        .option(inputs)
        .finish()
}

/// What else changes of a step.
pub(super) fn progress(run: RunId, step: &StepUpdate) -> i64 {
    Sum::of(run)
        .number(step.order_index.into())
        .text(step.status.as_str())
        .number(step.iteration.into())
        .number(step.attempt.into())
        .number(step.dispatch.into())
        .option(step.outputs.as_deref())
        .option(step.error_label.as_deref())
        .option(step.error_message.as_deref())
        .option(step.gate.as_deref())
        .option(step.question.as_deref())
        .option(step.feedback.as_deref())
        .option(step.summary.as_deref())
        .time(step.started_at)
        .time(step.completed_at)
        .finish()
}

/// What an execution is from its beginning, without its definition. Rows from
/// before there were projects have none in their sums.
pub(super) fn execution(row: &ExecutionRow, parameters_json: &str) -> i64 {
    let workflow = row.workflow_id.as_ref();
    let sum = Sum::of(row.id)
        .bytes(workflow.map_or(&[], |id| id.as_uuid().as_bytes()))
        .text(&row.workflow_key)
        .text(&row.workflow_name)
        .text(&row.workflow_version)
        .text(&row.definition_hash)
        .text(parameters_json)
        .text(row.trigger.as_str())
        .option(row.directory.as_deref())
        .text(&row.created_by)
        .number(micros(row.created_at));
    match &row.project_id {
        None => sum.finish(),
        Some(project) => sum.text(project).finish(),
    }
}

/// What every commit changes of an execution.
pub(super) fn version(run: RunId, version: u64, updated_at: Timestamp) -> i64 {
    Sum::of(run)
        .number(number(version))
        .number(micros(updated_at))
        .finish()
}

/// What else changes of an execution.
pub(super) fn standing(run: RunId, update: &ExecutionUpdate) -> i64 {
    Sum::of(run)
        .text(update.status.as_str())
        .time(update.started_at)
        .time(update.completed_at)
        .option(update.error_message.as_deref())
        .text(update.attention.as_str())
        .time(update.wake_at)
        .finish()
}

/// The same for a whole row.
pub(super) fn standing_in(row: &ExecutionRow) -> i64 {
    let update = ExecutionUpdate {
        status: row.status,
        started_at: row.started_at,
        completed_at: row.completed_at,
        error_message: row.error_message.clone(),
        attention: row.attention,
        wake_at: row.wake_at,
    };
    standing(row.id, &update)
}

/// The text an execution started with; empty when there is none.
pub(super) fn definition(run: RunId, text: &str) -> i64 {
    Sum::of(run).text(text).finish()
}

/// All of a stored workflow but its definition, with the texts that its row has
/// in their place.
pub(super) fn workflow(row: &WorkflowRow, [tags, name_folded, search_text]: [&str; 3]) -> i64 {
    let facts = &row.facts;
    Sum::of_workflow(row.id)
        .option(facts.key.as_deref())
        .text(&facts.name)
        .text(&facts.version)
        .option(facts.description.as_deref())
        .text(facts.status.as_str())
        .text(tags)
        .option(row.project_id.as_deref())
        .text(&facts.definition_hash)
        .number(facts.is_valid.into())
        .number(facts.n_stages.into())
        .text(&row.created_by)
        .number(micros(row.created_at))
        .number(micros(row.updated_at))
        .number(number(row.revision))
        .text(name_folded)
        .text(search_text)
        .finish()
}

/// The text of a stored workflow.
pub(super) fn workflow_definition(workflow: WorkflowId, text: &str) -> i64 {
    Sum::of_workflow(workflow).text(text).finish()
}

/// What a token is, but for its last use.
pub(super) fn token(row: &TokenRow) -> i64 {
    Sum(0)
        .text(&row.name)
        .bytes(&row.hash.0)
        .text(row.scope.as_str())
        .text(&row.created_by)
        .number(micros(row.created_at))
        .time(row.expires_at)
        .finish()
}

/// All that a project is.
pub(super) fn project(row: &ProjectRow) -> i64 {
    Sum(0)
        .text(&row.id)
        .text(&row.name)
        .text(&row.path)
        .text(&row.created_by)
        .number(micros(row.created_at))
        .finish()
}

/// Multiplied into each word; odd, so that no difference between two words
/// can vanish.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// Adds up values one after the other. One changed word always shows;
/// anything else is missed once in 2⁶⁴.
struct Sum(u64);

impl Sum {
    fn of(run: RunId) -> Self {
        Self(0).bytes(run.as_uuid().as_bytes())
    }

    fn of_workflow(workflow: WorkflowId) -> Self {
        Self(0).bytes(workflow.as_uuid().as_bytes())
    }

    fn word(self, word: u64) -> Self {
        Self((self.0.rotate_left(29) ^ word).wrapping_mul(FACTOR))
    }

    fn number(self, number: i64) -> Self {
        self.word(number.cast_unsigned())
    }

    fn time(self, time: Option<Timestamp>) -> Self {
        match time {
            None => self.word(0),
            Some(time) => self.word(1).number(micros(time)),
        }
    }

    fn option(self, text: Option<&str>) -> Self {
        match text {
            None => self.word(0),
            Some(text) => self.word(1).text(text),
        }
    }

    fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// The length goes first, so that nothing can move from one value to the
    /// next.
    fn bytes(self, bytes: &[u8]) -> Self {
        let (words, rest) = bytes.as_chunks::<8>();
        let sum = words
            .iter()
            .fold(self.word(bytes.len() as u64), |sum, word| {
                sum.word(u64::from_le_bytes(*word))
            });
        let mut last = [0; 8];
        for (slot, byte) in last.iter_mut().zip(rest) {
            *slot = *byte;
        }
        sum.word(u64::from_le_bytes(last))
    }

    fn finish(self) -> i64 {
        (self.0 ^ (self.0 >> 32)).cast_signed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_changed_byte_shows() {
        let text: Vec<u8> = (0..40).collect();
        let sum = |bytes: &[u8]| Sum(7).bytes(bytes).finish();
        for place in 0..text.len() {
            for bit in 0..8 {
                let mut changed = text.clone();
                changed[place] ^= 1 << bit;
                assert_ne!(sum(&changed), sum(&text), "bit {bit} of byte {place}");
            }
        }
    }

    #[test]
    fn nothing_moves_from_one_value_to_the_next() {
        let sum = |first: &str, second: &str| Sum(7).text(first).text(second).finish();
        assert_ne!(sum("ab", "c"), sum("a", "bc"));
        assert_ne!(sum("", "a"), sum("a", ""));
        let option = |text| Sum(7).option(text).finish();
        assert_ne!(option(None), option(Some("")));
    }
}
