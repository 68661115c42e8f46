//! `error_policy`, of the workflow and of a stage, and retry blocks.

use baton_model::FailureLabel;
use baton_model::plan::{FailurePolicy, OnCrash, RetryPolicy};

use super::words;
use crate::definition::{RootErrorPolicy, StageErrorPolicy, StageType};
use crate::fields::{Field, Fields};
use crate::report::Report;
use crate::rules::{self, w0213::Block};

pub(super) fn root(field: &Field<'_>, report: &mut Report<'_>) -> RootErrorPolicy {
    let Some(mut fields) = field.open(report) else {
        return RootErrorPolicy::default();
    };
    let policy = RootErrorPolicy {
        default_retry: fields
            .take_optional("default_retry")
            .and_then(|field| retry(&field, report)),
        on_stage_failure: on_stage_failure(&mut fields, report),
        on_crash: on_crash(&mut fields, report).unwrap_or_default(),
    };
    fields.finish(report);
    policy
}

fn on_stage_failure(fields: &mut Fields<'_>, report: &mut Report<'_>) -> FailurePolicy {
    let Some(field) = fields.take("on_stage_failure") else {
        return FailurePolicy::default();
    };
    match field.word(&words::ON_STAGE_FAILURE, report) {
        Some(Some(policy)) => policy,
        Some(None) => {
            report.add(rules::w0215::rollback_is_halt(field.place()));
            FailurePolicy::Halt
        }
        None => FailurePolicy::default(),
    }
}

pub(super) fn stage(
    field: &Field<'_>,
    stage_type: Option<StageType>,
    report: &mut Report<'_>,
) -> StageErrorPolicy {
    let Some(mut fields) = field.open(report) else {
        return StageErrorPolicy::default();
    };
    let policy = StageErrorPolicy {
        retry: of_agents(&mut fields, Block::Retry, stage_type, report)
            .filter(|field| !field.node.is_null())
            .and_then(|field| retry(&field, report)),
        on_failure: fields
            .take("on_failure")
            .and_then(|field| field.word(&words::ON_FAILURE, report)),
        timeout: of_agents(&mut fields, Block::Timeout, stage_type, report)
            .and_then(|field| field.duration(report)),
        on_crash: on_crash(&mut fields, report),
        question_timeout: of_agents(&mut fields, Block::QuestionTimeout, stage_type, report)
            .and_then(|field| field.duration(report)),
    };
    fields.finish(report);
    policy
}

/// A key that has no effect on a gate.
fn of_agents<'n>(
    fields: &mut Fields<'n>,
    block: Block,
    stage_type: Option<StageType>,
    report: &mut Report<'_>,
) -> Option<Field<'n>> {
    let field = fields.take(block.key())?;
    // A retry of null is none.
    if stage_type == Some(StageType::Gate) && !field.node.is_null() {
        report.add(rules::w0213::block_without_effect(field.key_place(), block));
    }
    Some(field)
}

fn on_crash(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<OnCrash> {
    fields.take("on_crash")?.word(&words::ON_CRASH, report)
}

/// What a retry block leaves out is built in, not inherited (contract §1.14).
fn retry(field: &Field<'_>, report: &mut Report<'_>) -> Option<RetryPolicy> {
    let mut fields = field.open(report)?;
    let mut policy = RetryPolicy::default();
    if let Some(count) = fields
        .take("max_attempts")
        .and_then(|field| field.count(1, report))
    {
        policy.attempts_max = count;
    }
    if let Some(duration) = fields
        .take("initial_interval")
        .and_then(|field| field.duration(report))
    {
        policy.initial_interval = duration.value;
    }
    if let Some(multiplier) = fields
        .take("backoff_multiplier")
        .and_then(|field| multiplier(&field, report))
    {
        policy.backoff_multiplier = multiplier;
    }
    if let Some(duration) = fields
        .take("max_interval")
        .and_then(|field| field.duration(report))
    {
        policy.interval_max = duration.value;
    }
    if let Some(labels) = fields.take("non_retryable_errors") {
        let labels = labels.plain_texts(report);
        policy.non_retryable = labels.into_iter().map(FailureLabel::new).collect();
    }
    fields.finish(report);
    Some(policy)
}

fn multiplier(field: &Field<'_>, report: &mut Report<'_>) -> Option<f64> {
    let number = field.number(report)?;
    if number > 0.0 {
        return Some(number);
    }
    report.add(rules::e0210::multiplier(field.place(), number));
    None
}
