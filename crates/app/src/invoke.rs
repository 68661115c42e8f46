//! Agents of this server, called by somebody who waits for the answer: the hub
//! that is built in.
//!
//! A call is an ordinary run of one stage, so it has its place among agent
//! processes, its log, and an entry in the list of runs. Who goes away before
//! it has ended does not want it any more.

use std::sync::Arc;
use std::time::Duration;

use baton_lang::ParameterInput;
use baton_model::plan::{InputSpec, StageKind, Workspace};
use baton_model::{ExecutionStatus, Failure, FailureLabel, Object, Plan, RunId, Value, ValueType};
use baton_runtime::NewRunSpec;
use baton_store::{StepRow, Trigger};
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use crate::builtin;
use crate::rounds::check_depth;
use crate::runs::seed_of;
use crate::{App, AppError, Caller};

/// The adapter of agents that are behind a hub.
pub(crate) const HUB_ADAPTER: &str = "hub";

/// An agent somebody calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Invoke {
    /// Which.
    pub agent: String,
    /// What is wanted of it.
    pub workflow_type: String,
    /// All it has to know.
    pub context: Object,
    /// Settings for it.
    pub parameters: Object,
    /// How long the caller waits at most, from the call on.
    pub time_max: Duration,
}

/// What it brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Invoked {
    /// By name.
    pub outputs: Object,
    /// The kind of agent it is: an adapter of `baton.toml`.
    pub adapter: &'static str,
    /// How long it took.
    pub took: Duration,
}

/// Why it brought nothing.
#[derive(Clone, Debug)]
pub enum InvokeError {
    /// Nobody works for it; says what helps.
    Unknown(String),
    /// It was tried.
    Failed(Failure),
    /// It could not be tried.
    Other(AppError),
}

impl From<AppError> for InvokeError {
    fn from(error: AppError) -> Self {
        Self::Other(error)
    }
}

impl App {
    /// Calls an agent of this server, and waits for what it brings.
    pub async fn invoke(&self, caller: &Caller, invoke: Invoke) -> Result<Invoked, InvokeError> {
        check_depth(&invoke.context)?;
        check_depth(&invoke.parameters)?;
        let reference = format!("agent:{}", invoke.agent);
        let adapter = match self.resolver.resolve(&Workspace::default(), &reference) {
            Ok(dispatcher) => dispatcher.adapter(),
            Err(failure) => return Err(InvokeError::Unknown(failure.message)),
        };
        if adapter == HUB_ADAPTER {
            // That hub may be this server, or lead back to it.
            let message = format!(
                "`{reference}` of this server is behind a hub itself, and calls are not passed on"
            );
            return Err(InvokeError::Unknown(message));
        }
        let deadline = Instant::now() + invoke.time_max;
        let time_max = invoke.time_max;
        let mut call = self.begin_call(caller, (reference, invoke)).await?;
        let Ok(status) = timeout_at(deadline, self.ended(call.run)).await else {
            call.cancel_for = Some("the agent took too long for whoever called it");
            let message = format!("no result within {time_max:?}, with the time in the queue");
            let failure = Failure::new(FailureLabel::TIMEOUT, message);
            return Err(InvokeError::Failed(failure));
        };
        if status.is_ok() {
            call.cancel_for = None;
        }
        let steps = self.steps(call.run).await?;
        let step = steps.first();
        let step = step.ok_or_else(|| AppError::internal("an invocation without a stage"))?;
        match status? {
            ExecutionStatus::Completed => Ok(Invoked {
                outputs: outputs_of(step)?,
                adapter,
                took: took(step),
            }),
            status => Err(InvokeError::Failed(failure_of(step, status))),
        }
    }

    /// Starts a call. A task of its own does it, for it comes to its end even
    /// when nobody waits any more; the call is dropped there then, and so ends.
    async fn begin_call(
        &self,
        caller: &Caller,
        called: (String, Invoke),
    ) -> Result<Call, AppError> {
        let (app, caller) = (self.clone(), caller.clone());
        let begun = tokio::spawn(async move {
            let run = app.start_invocation(&caller, called).await?;
            let cancel_for = Some("whoever called the agent has gone");
            Ok(Call {
                app,
                run,
                cancel_for,
            })
        });
        begun.await.map_err(AppError::internal)?
    }

    async fn start_invocation(
        &self,
        caller: &Caller,
        (reference, invoke): (String, Invoke),
    ) -> Result<RunId, AppError> {
        let text = builtin::workflow_text("invoke")
            .ok_or_else(|| AppError::internal("the workflow of invocations is missing"))?;
        let inputs = inputs_of(&invoke.context);
        let parameters = [
            ("workflow_type", Value::String(invoke.workflow_type)),
            ("context", Value::Object(invoke.context)),
            ("parameters", Value::Object(invoke.parameters)),
        ];
        let parameters = parameters
            .map(|(name, value)| (name.to_owned(), ParameterInput::Value(value)))
            .into();
        let compiled = self.compile_aside((Arc::clone(&text), Vec::new()), parameters);
        let id = Uuid::now_v7();
        let spec = NewRunSpec {
            id: RunId::new(id),
            plan: calling(compiled.await?.plan, &reference, &inputs),
            definition: Some(text),
            workflow_id: None,
            seed: seed_of(id),
            created_by: caller.name.clone(),
            trigger: Trigger::Api,
            claims: Vec::new(),
            rerun_of: None,
            reused: Vec::new(),
            project_runs_max: None,
        };
        let started = self.create(caller, spec, Vec::new()).await?;
        Ok(started.run)
    }
}

/// A call that somebody waits for; whoever goes away before its end ends it.
struct Call {
    app: App,
    run: RunId,
    /// Why it is to end when nobody waits for it any more; none: it has ended.
    cancel_for: Option<&'static str>,
}

impl Drop for Call {
    fn drop(&mut self) {
        let Some(reason) = self.cancel_for else {
            return;
        };
        let (app, run) = (self.app.clone(), self.run);
        tokio::spawn(async move {
            let reason = Some(reason.to_owned());
            if let Err(error) = app.cancel_run(&Caller::local(), run, reason).await {
                tracing::debug!(%run, %error, "a call that nobody waits for goes on");
            }
        });
    }
}

/// The plan of a call of this agent, with more inputs.
fn calling(mut plan: Plan, reference: &str, inputs: &[InputSpec]) -> Plan {
    for stage in &mut plan.stages {
        if let StageKind::Agent(agent) = &mut stage.kind {
            reference.clone_into(&mut agent.artifact);
        }
        let is_new = |input: &InputSpec| stage.inputs.iter().all(|it| it.name != input.name);
        let new: Vec<_> = inputs
            .iter()
            .filter(|input| is_new(input))
            .cloned()
            .collect();
        stage.inputs.extend(new);
    }
    plan
}

/// An input for each entry of a context, as stages of a workflow would have
/// them; those whose names are none in the language stay in the context alone.
fn inputs_of(context: &Object) -> Vec<InputSpec> {
    let named = context.iter().filter(|(name, _)| is_name(name));
    let typed = named.filter_map(|(name, value)| {
        Some(InputSpec {
            name: name.clone(),
            value_type: type_of(value)?,
            source: Some(format!("${{{{ parameters.context.{name} }}}}")),
            required: true,
        })
    });
    typed.collect()
}

fn is_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let begins = name.bytes().next();
    name.len() <= 64
        && begins.is_some_and(|byte| byte.is_ascii_alphabetic())
        && name.bytes().all(is_letter)
}

fn type_of(value: &Value) -> Option<ValueType> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(_) => ValueType::Boolean,
        Value::Number(_) => ValueType::Number,
        Value::String(_) => ValueType::String,
        Value::Array(items) => ValueType::Array(Box::new(type_of_all(items)?)),
        Value::Object(_) => ValueType::Object,
    })
}

/// The type that all items of a list have; that of texts where there are none.
fn type_of_all(items: &[Value]) -> Option<ValueType> {
    let Some((first, rest)) = items.split_first() else {
        return Some(ValueType::String);
    };
    let of_first = type_of(first)?;
    let is_same = |item: &Value| type_of(item).as_ref() == Some(&of_first);
    rest.iter().all(is_same).then_some(of_first)
}

fn outputs_of(step: &StepRow) -> Result<Object, AppError> {
    let outputs = step.progress.outputs.as_deref().unwrap_or("{}");
    serde_json::from_str(outputs).map_err(AppError::internal)
}

fn took(step: &StepRow) -> Duration {
    let progress = &step.progress;
    let times = progress.started_at.zip(progress.completed_at);
    times.map_or(Duration::ZERO, |(start, end)| end.since(start))
}

fn failure_of(step: &StepRow, status: ExecutionStatus) -> Failure {
    let progress = &step.progress;
    let label = progress.error_label.as_deref().unwrap_or("cancelled");
    let message = progress.error_message.clone();
    let message = message.unwrap_or_else(|| format!("the call was {status}"));
    Failure::new(FailureLabel::new(label), message)
}
