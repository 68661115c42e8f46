//! What a stage's agent is told, made from the run's state.
//!
//! Pure in the state: after a crash the same request is made again.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_expr::EvalError;
use baton_model::plan::{AgentSpec, InputSpec, PlannedStage, StageKind};
use baton_model::{
    Answers, AttemptKey, Failure, FailureLabel, Object, Plan, TextPiece, Timestamp, Usage,
};

use crate::handoff::{Handoff, handoffs};
use crate::scope::RunScope;
use crate::state::{Draft, Feedback, RunState, StageIndex, StageState, Work};

/// One attempt, ready to be handed to an agent.
#[derive(Clone, Debug, PartialEq)]
pub struct StageRequest {
    /// Which start of which stage this is.
    pub key: AttemptKey,
    /// The run's plan.
    pub plan: Arc<Plan>,
    /// The stage in it.
    pub index: StageIndex,
    /// What to do, interpolated.
    pub instructions: Option<String>,
    /// What it is given, interpolated.
    pub inputs: Object,
    /// The run's environment, interpolated.
    pub env: BTreeMap<String, String>,
    /// Those of its variables that name secrets, interpolated but for these.
    pub secret_env: BTreeMap<String, Vec<TextPiece>>,
    /// Session to resume.
    pub session: Option<String>,
    /// What that session has told of all it has taken.
    pub session_total: Option<Usage>,
    /// How often this turn has begun before and was lost with its server.
    pub restarts: u32,
    /// Which turn of the attempt this is, from 1.
    pub turn: u32,
    /// What this turn is for.
    pub work: Work,
    /// Every answer to the agent's questions so far.
    pub answers: Answers,
    /// What a person wants done differently this time.
    pub feedback: Option<Feedback>,
    /// What the stages before it hand on besides what its inputs name.
    pub handoffs: Vec<Handoff>,
    /// When the attempt runs out of time.
    pub deadline: Option<Timestamp>,
    /// The run's seed.
    pub seed: u64,
}

/// What the expressions of a stage come to.
#[derive(Default)]
pub(crate) struct Resolved {
    instructions: Option<String>,
    inputs: Object,
    env: Env,
}

/// What the environment of a run comes to.
#[derive(Default)]
struct Env {
    texts: BTreeMap<String, String>,
    with_secrets: BTreeMap<String, Vec<TextPiece>>,
}

/// Evaluates every expression of an agent stage. The failure is the stage's:
/// trying again would evaluate the same.
pub(crate) fn resolve(state: &RunState, index: StageIndex) -> Result<Resolved, Failure> {
    let scope = RunScope(state);
    let planned = state.planned(index);
    if let Work::Summary(draft) = &state.stage(index).work {
        return resolve_summary(state, index, draft);
    }
    let text = |what: &str, template: &str| {
        baton_expr::interpolate_text(template, &scope)
            .map_err(|error| expression_failure(what, &error.to_string()))
    };
    let instructions = match &planned.kind {
        StageKind::Agent(AgentSpec {
            instructions: Some(template),
            ..
        }) => Some(text("instructions", template)?),
        StageKind::Agent(_) | StageKind::Gate(_) => None,
    };
    let mut inputs = Object::new();
    for input in &planned.inputs {
        inputs.insert(input.name.clone(), resolve_input(&scope, input)?);
    }
    Ok(Resolved {
        instructions,
        inputs,
        env: resolve_env(state)?,
    })
}

/// The session that a stage goes on with, and what that has told of all it has
/// taken: the stage's own, or as long as it has none, one of an earlier run.
fn session(planned: &PlannedStage, stage: &StageState) -> (Option<String>, Option<Usage>) {
    let (earlier, earlier_total) = match &planned.kind {
        StageKind::Agent(agent) => (agent.session.as_ref(), agent.session_total),
        StageKind::Gate(_) => (None, None),
    };
    let session = stage.session.as_ref().or(earlier);
    let is_earlier = session.is_some() && session == earlier;
    let total = stage.session_total.or(earlier_total.filter(|_| is_earlier));
    (session.cloned(), total)
}

/// What the turn that condenses a result is told: the stage's own outputs are
/// its inputs, so that an agent without sessions can do it, too.
pub(crate) fn resolve_summary(
    state: &RunState,
    index: StageIndex,
    draft: &Draft,
) -> Result<Resolved, Failure> {
    let prompt = state.planned(index).handoff.summary_prompt.as_deref();
    let prompt = baton_expr::interpolate_text(prompt.unwrap_or_default(), &RunScope(state))
        .map_err(|error| expression_failure("summary prompt", &error.to_string()))?;
    Ok(Resolved {
        instructions: Some(prompt),
        inputs: draft.outputs.clone(),
        env: resolve_env(state)?,
    })
}

fn resolve_env(state: &RunState) -> Result<Env, Failure> {
    let scope = RunScope(state);
    let mut env = Env::default();
    for (name, template) in &state.plan().env {
        let failed =
            |error: EvalError| expression_failure(&format!("env.{name}"), &error.to_string());
        if baton_expr::secrets_in(template).is_empty() {
            let text = baton_expr::interpolate_text(template, &scope).map_err(failed)?;
            env.texts.insert(name.clone(), text);
        } else {
            let pieces = baton_expr::interpolate_around_secrets(template, &scope);
            env.with_secrets
                .insert(name.clone(), pieces.map_err(failed)?);
        }
    }
    Ok(env)
}

/// The secrets that a plan names, each with the variable that names it.
pub fn secrets_of(plan: &Plan) -> Vec<(&str, String)> {
    let variables = plan.env.iter();
    variables
        .flat_map(|(name, template)| {
            let secrets = baton_expr::secrets_in(template).into_iter();
            secrets.map(|secret| (name.as_str(), secret))
        })
        .collect()
}

fn resolve_input(scope: &RunScope<'_>, input: &InputSpec) -> Result<baton_model::Value, Failure> {
    let Some(source) = &input.source else {
        return Ok(baton_model::Value::Null);
    };
    let what = format!("input `{}`", input.name);
    let value = baton_expr::interpolate(source, scope)
        .map_err(|error| expression_failure(&what, &error.to_string()))?;
    if value.is_null() {
        return if input.required {
            Err(expression_failure(
                &what,
                "is required, but its source is null",
            ))
        } else {
            Ok(value)
        };
    }
    match input.value_type.check(&value) {
        Ok(()) => Ok(value),
        Err(violation) => Err(expression_failure(&what, &violation.to_string())),
    }
}

pub(crate) fn expression_failure(what: &str, reason: &str) -> Failure {
    Failure::new(FailureLabel::EXPRESSION, format!("{what}: {reason}"))
}

/// The request for the attempt a stage is in now.
pub(crate) fn request(state: &RunState, index: StageIndex) -> Result<StageRequest, Failure> {
    resolve(state, index).map(|resolved| complete(state, index, resolved))
}

/// The request for the attempt a stage is in now, without anything that has
/// to be evaluated.
pub(crate) fn bare_request(state: &RunState, index: StageIndex) -> StageRequest {
    complete(state, index, Resolved::default())
}

/// Adds what the state knows to what the expressions came to.
pub(crate) fn complete(state: &RunState, index: StageIndex, resolved: Resolved) -> StageRequest {
    let stage = state.stage(index);
    let talk = stage.talk.as_ref();
    let (session, session_total) = session(state.planned(index), stage);
    StageRequest {
        key: state.attempt_key(index),
        plan: Arc::clone(state.plan()),
        index,
        instructions: resolved.instructions,
        inputs: resolved.inputs,
        env: resolved.env.texts,
        secret_env: resolved.env.with_secrets,
        session,
        session_total,
        restarts: stage.turn_restarts,
        turn: stage.turn,
        work: stage.work.clone(),
        answers: talk.map(|talk| talk.answers.clone()).unwrap_or_default(),
        feedback: talk.and_then(|talk| talk.feedback.clone()),
        handoffs: handoffs(state, index),
        deadline: stage.deadline,
        seed: state.seed(),
    }
}
