//! What every store refuses before it touches anything: rows that contradict
//! each other. Kept apart from the stores so that all of them give the same
//! answer. Whether a version is current or a claim is free is not decided
//! here; that takes the stored rows.

use std::collections::BTreeSet;

use crate::error::StoreError;
use crate::project::ProjectRow;
use crate::rows::{Claim, Commit, LogLine, NewRun, StoredEvent};
use crate::token::TokenRow;
use crate::workflow::{NewWorkflow, WorkflowFacts, WorkflowFilter};

/// Longest name of a token.
const TOKEN_NAME_BYTES_MAX: usize = 255;

/// Longest id, name or path of a project: no path of Linux is longer.
const PROJECT_BYTES_MAX: usize = 4_096;

/// Checks that a new run is whole: its log from 1, its steps from 0, each
/// stage and each claim once.
pub fn new_run(run: &NewRun) -> Result<(), StoreError> {
    continues("event", 0, event_seqs(&run.events))?;
    if run.execution.version != run.events.len() as u64 {
        return Err(refused("the version is not the number of events"));
    }
    if run.execution.project_id.as_deref() == Some("") {
        return Err(refused("the id of a project must not be empty"));
    }
    let mut stages = BTreeSet::new();
    for (index, step) in run.steps.iter().enumerate() {
        let in_place =
            step.order_index as usize == index && step.progress.order_index == step.order_index;
        if !in_place {
            return Err(refused("the steps are not numbered from 0 without gaps"));
        }
        if !stages.insert(&step.stage) {
            return Err(stage_twice());
        }
    }
    claims(&run.claims)
}

/// Checks that a new workflow is whole: at its first revision, with its text
/// and without a run, each tag and each claim once.
pub fn new_workflow(new: &NewWorkflow) -> Result<(), StoreError> {
    let row = &new.row;
    if row.revision != 1 || row.definition.is_none() || row.last_execution.is_some() {
        return Err(refused("a new workflow has a text, no run, and revision 1"));
    }
    if row.project_id.as_deref() == Some("") {
        return Err(refused("the id of a project must not be empty"));
    }
    workflow_facts(&row.facts)?;
    claims(&new.claims)
}

/// Checks that what is said of a workflow has no tag twice.
pub fn workflow_facts(facts: &WorkflowFacts) -> Result<(), StoreError> {
    let tags: BTreeSet<_> = facts.tags.iter().collect();
    if tags.len() < facts.tags.len() {
        return Err(refused("a tag is listed twice"));
    }
    Ok(())
}

/// Checks that the place a page comes after is one of the same sorting.
pub fn workflow_filter(filter: &WorkflowFilter) -> Result<(), StoreError> {
    let mut after = filter.after.iter();
    if after.all(|place| place.fits(filter.sort)) {
        return Ok(());
    }
    Err(refused("the place belongs to a list of another sorting"))
}

fn claims(claims: &[Claim]) -> Result<(), StoreError> {
    let all: BTreeSet<_> = claims.iter().collect();
    if all.len() < claims.len() {
        return Err(refused("a claim is listed twice"));
    }
    Ok(())
}

/// Checks that a commit holds events which continue its expected version, and
/// steps that do not contradict each other.
pub fn commit(commit: &Commit) -> Result<(), StoreError> {
    continues("event", commit.expected_version, event_seqs(&commit.events))?;
    let mut added = BTreeSet::new();
    for step in &commit.added_steps {
        if step.progress.order_index != step.order_index {
            return Err(refused("a step has the progress of another"));
        }
        if !added.insert(step.order_index) {
            return Err(refused("a step is added twice"));
        }
    }
    if commit
        .removed_steps
        .iter()
        .any(|index| added.contains(index))
    {
        return Err(refused("a step is both removed and added"));
    }
    Ok(())
}

/// Checks that a token has a name that can be kept.
pub fn token(token: &TokenRow) -> Result<(), StoreError> {
    if token.name.is_empty() || token.name.len() > TOKEN_NAME_BYTES_MAX {
        return Err(refused("the name of a token has 1 to 255 bytes"));
    }
    Ok(())
}

/// Checks that a project has an id, a name and a path that can be kept.
pub fn project(project: &ProjectRow) -> Result<(), StoreError> {
    let texts = [&project.id, &project.name, &project.path];
    if texts
        .iter()
        .all(|text| (1..=PROJECT_BYTES_MAX).contains(&text.len()))
    {
        return Ok(());
    }
    let why = format!("id, name and path of a project have 1 to {PROJECT_BYTES_MAX} bytes");
    Err(StoreError::Refused(why))
}

/// Checks that log lines have no gap among them and names the sequence number
/// they come after; `None` when there are no lines.
pub fn log_lines(lines: &[LogLine]) -> Result<Option<u64>, StoreError> {
    let Some(first) = lines.first() else {
        return Ok(None);
    };
    let Some(before) = first.seq.checked_sub(1) else {
        return Err(refused("log lines are numbered from 1"));
    };
    continues("log line", before, lines.iter().map(|line| line.seq))?;
    Ok(Some(before))
}

/// The error for a step that the run does not have.
pub fn unknown_step(order_index: u32) -> StoreError {
    StoreError::Refused(format!("the run has no step {order_index}"))
}

/// The error for steps of which two belong to the same stage.
pub fn stage_twice() -> StoreError {
    refused("a stage has two steps")
}

/// Whether a text can be part of an id: 4 to 32 hex digits in lower case.
pub fn is_id_fragment(text: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (4..=32).contains(&text.len()) && text.bytes().all(is_digit)
}

fn event_seqs(events: &[StoredEvent]) -> impl Iterator<Item = u64> {
    events.iter().map(|event| event.seq)
}

fn continues(what: &str, before: u64, seqs: impl Iterator<Item = u64>) -> Result<(), StoreError> {
    let mut last = before;
    for seq in seqs {
        if last.checked_add(1) != Some(seq) {
            return Err(StoreError::Refused(format!("{what} {seq} follows {last}")));
        }
        last = seq;
    }
    if last == before {
        return Err(StoreError::Refused(format!("no {what} follows {before}")));
    }
    Ok(())
}

fn refused(why: &str) -> StoreError {
    StoreError::Refused(why.to_owned())
}
