//! The second pass of defaults (contract §1.14): those that depend on other
//! keys. What was written is never changed.

use std::time::Duration;

use baton_model::plan::{FailurePolicy, OnCrash, RetryPolicy, StageDefaults};

use crate::definition::{Definition, Handoff, RootErrorPolicy, Stage, StageErrorPolicy, StageType};
use crate::duration::WrittenDuration;
use crate::read::default_gate;

/// How long an attempt of an agent may take when nothing else is said.
const AGENT_TIMEOUT: Duration = Duration::from_mins(30);

/// How long a question waits for an answer when nothing else is said.
const QUESTION_TIMEOUT: Duration = Duration::from_hours(24);

/// The model an agent uses when its stage names none.
pub(crate) const MODEL_DEFAULT: &str = "opus";

/// What a stage does when it fails, with nothing left open.
pub(crate) struct FilledPolicy {
    pub(crate) retry: RetryPolicy,
    pub(crate) on_failure: FailurePolicy,
    pub(crate) on_crash: OnCrash,
    /// Of agents only: how long a gate stays open is its own timeout.
    pub(crate) timeout: Option<Duration>,
    /// Of agents only: nobody asks anything at a gate.
    pub(crate) question_timeout: Option<Duration>,
}

/// What stages get that say nothing themselves.
pub(crate) fn of_stages(root: &RootErrorPolicy) -> StageDefaults {
    StageDefaults {
        retry: root.default_retry.clone().unwrap_or_default(),
        on_failure: root.on_stage_failure,
        on_crash: root.on_crash,
    }
}

pub(crate) fn policy(stage: &Stage, defaults: &StageDefaults) -> FilledPolicy {
    let policy = &stage.error_policy;
    let of_agent = |written: Option<&WrittenDuration>, default| {
        let is_agent = stage.stage_type != StageType::Gate;
        is_agent.then(|| written.map_or(default, |written| written.value))
    };
    FilledPolicy {
        retry: policy.retry.as_ref().unwrap_or(&defaults.retry).clone(),
        on_failure: policy.on_failure.unwrap_or(defaults.on_failure),
        on_crash: policy.on_crash.unwrap_or(defaults.on_crash),
        timeout: of_agent(policy.timeout.as_ref(), AGENT_TIMEOUT),
        question_timeout: of_agent(policy.question_timeout.as_ref(), QUESTION_TIMEOUT),
    }
}

impl Definition {
    /// The same definition with every default written out.
    #[must_use]
    pub fn with_defaults(&self) -> Self {
        let defaults = of_stages(&self.error_policy);
        let stages = self.stages.iter().map(|stage| filled(stage, &defaults));
        let mut definition = self.clone();
        definition.stages = stages.collect();
        definition.error_policy.default_retry = Some(defaults.retry);
        definition
    }
}

fn filled(stage: &Stage, defaults: &StageDefaults) -> Stage {
    let policy = policy(stage, defaults);
    let mut stage = stage.clone();
    if stage.stage_type == StageType::Gate {
        stage.error_policy.on_failure = Some(policy.on_failure);
        stage.gate.get_or_insert_with(default_gate);
        return stage;
    }
    let written = std::mem::take(&mut stage.error_policy);
    let duration = |written: Option<WrittenDuration>, value: Option<Duration>| {
        written.or_else(|| value.map(WrittenDuration::of))
    };
    stage.error_policy = StageErrorPolicy {
        retry: Some(policy.retry),
        on_failure: Some(policy.on_failure),
        on_crash: Some(policy.on_crash),
        timeout: duration(written.timeout, policy.timeout),
        question_timeout: duration(written.question_timeout, policy.question_timeout),
    };
    stage.handoff.get_or_insert_with(Handoff::default);
    if let Some(roles) = &mut stage.roles {
        roles.model.get_or_insert_with(|| MODEL_DEFAULT.to_owned());
    }
    stage
}
