//! A definition as a document: every key of the language, in the order of the
//! language. What is read from it is the same definition.

use baton_model::plan::{HookAction, RetryPolicy};
use baton_model::{FailureLabel, Object, Value};
use indexmap::IndexMap;
use serde_json::json;

use crate::definition::{
    Config, ContextBlock, Definition, Gate, HOOK_POINTS, Handoff, Hook, Input, MemoryBlock, Output,
    Parameter, Roles, RootErrorPolicy, Spanned, Stage, StageErrorPolicy, StageType, Ui,
    WorkflowBlock,
};
use crate::duration::WrittenDuration;
use crate::read::words;

impl Definition {
    /// The document it could have been read from. Keys that begin with `x-`
    /// are not part of a definition, and overrides are part of the values.
    pub fn to_document(&self) -> Value {
        let mut document = Document::default();
        document.put("workflow", workflow(&self.workflow));
        document.put("config", config(&self.config));
        if let Some(context) = &self.context {
            document.put("context", context_block(context, "global_modules"));
        }
        document.put("error_policy", root_error_policy(&self.error_policy));
        if !self.hooks.is_empty() {
            document.put("hooks", hooks(&self.hooks));
        }
        document.put("stages", self.stages.iter().map(stage).collect());
        document.finish()
    }
}

/// A map that is written key by key.
#[derive(Default)]
struct Document(Object);

impl Document {
    fn put(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }

    /// Keys that are not there say what null would say.
    fn put_if(&mut self, key: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    fn put_text(&mut self, key: &str, text: Option<&String>) {
        self.put_if(key, text.map(|text| json!(text)));
    }

    fn put_spanned(&mut self, key: &str, text: Option<&Spanned<String>>) {
        self.put_text(key, text.map(|text| &text.value));
    }

    fn finish(self) -> Value {
        Value::Object(self.0)
    }
}

/// The word that is read as this value.
fn word<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> Value {
    let found = words.iter().find(|(_, known)| known == value);
    found.map_or(Value::Null, |(word, _)| json!(word))
}

fn duration(written: &WrittenDuration) -> Value {
    json!(written.text)
}

fn named<T>(entries: &IndexMap<String, T>, write: fn(&T) -> Value) -> Value {
    let entries = entries.iter();
    Value::Object(
        entries
            .map(|(name, of)| (name.clone(), write(of)))
            .collect(),
    )
}

fn workflow(block: &WorkflowBlock) -> Value {
    let mut document = Document::default();
    document.put("id", json!(block.id));
    document.put("name", json!(block.name));
    document.put("version", json!(block.version));
    document.put_text("description", block.description.as_ref());
    document.put_text("author", block.author.as_ref());
    document.put("tags", json!(block.tags));
    document.put_if("ui", block.ui.as_ref().map(ui));
    document.finish()
}

fn ui(block: &Ui) -> Value {
    let mut document = Document::default();
    document.put_if("position", block.position.map(|position| json!(position)));
    document.put_text("color", block.color.as_ref());
    document.put_text("icon", block.icon.as_ref());
    document.finish()
}

fn config(config: &Config) -> Value {
    let mut document = Document::default();
    document.put("parameters", named(&config.parameters, parameter));
    document.put("timeout", duration(&config.timeout));
    document.put("env", named(&config.env, |text| json!(text.value)));
    document.put("max_concurrent_stages", json!(config.stages_at_once_max));
    document.put("schedule", word(&words::SCHEDULES, &config.schedule));
    document.finish()
}

fn parameter(parameter: &Parameter) -> Value {
    let mut document = Document::default();
    document.put_if("type", parameter.value_type().map(type_name));
    document.put("required", json!(parameter.required));
    document.put("default", parameter.default.clone());
    document.put_text("description", parameter.description.as_ref());
    document.finish()
}

fn type_name(value_type: &baton_model::ValueType) -> Value {
    json!(value_type.to_string())
}

fn context_block(context: &ContextBlock, modules: &str) -> Value {
    let mut document = Document::default();
    document.put(modules, json!(context.modules));
    document.put_if("memory", context.memory.as_ref().map(memory));
    document.finish()
}

fn memory(memory: &MemoryBlock) -> Value {
    json!({
        "project_scope": memory.project_scope,
        "min_confidence": memory.confidence_min,
        "categories": memory.categories,
        "max_tokens": memory.tokens_max,
    })
}

fn root_error_policy(policy: &RootErrorPolicy) -> Value {
    let mut document = Document::default();
    document.put_if("default_retry", policy.default_retry.as_ref().map(retry));
    let on_failure = word(&words::ON_STAGE_FAILURE, &Some(policy.on_stage_failure));
    document.put("on_stage_failure", on_failure);
    document.put("on_crash", word(&words::ON_CRASH, &policy.on_crash));
    document.finish()
}

fn retry(policy: &RetryPolicy) -> Value {
    let labels = policy.non_retryable.iter().map(FailureLabel::as_str);
    json!({
        "max_attempts": policy.attempts_max,
        "initial_interval": WrittenDuration::of(policy.initial_interval).text,
        "backoff_multiplier": policy.backoff_multiplier,
        "max_interval": WrittenDuration::of(policy.interval_max).text,
        "non_retryable_errors": labels.collect::<Vec<_>>(),
    })
}

fn hooks(hooks: &[Hook]) -> Value {
    let mut document = Document::default();
    for point in HOOK_POINTS {
        let mut at = hooks.iter().filter(|hook| hook.point == point).peekable();
        if at.peek().is_some() {
            let actions = at.flat_map(|hook| &hook.actions).map(action);
            document.put(point.as_str(), actions.collect());
        }
    }
    document.finish()
}

fn action(action: &HookAction) -> Value {
    match action {
        HookAction::Run { argv } => json!({ "run": argv }),
        HookAction::Notify { target, message } => {
            let mut document = Document::default();
            document.put("target", json!(target));
            document.put_text("message", message.as_ref());
            json!({ "notify": document.finish() })
        }
    }
}

pub(crate) fn stage(stage: &Stage) -> Value {
    let mut document = Document::default();
    let is_gate = stage.stage_type == StageType::Gate;
    document.put("id", json!(stage.id.value));
    document.put("name", json!(stage.name));
    document.put_text("description", stage.description.as_ref());
    document.put("type", word(&words::STAGE_TYPES, &stage.stage_type));
    let depends_on = stage.depends_on.iter().map(|id| json!(id.value));
    document.put("depends_on", depends_on.collect());
    document.put_spanned("condition", stage.condition.as_ref());
    document.put_if("roles", stage.roles.as_ref().map(roles));
    // A gate has neither, and writing them would say that it might.
    if !(is_gate && stage.inputs.is_empty()) {
        document.put("inputs", named(&stage.inputs, input));
    }
    if !(is_gate && stage.outputs.is_empty()) {
        document.put("outputs", named(&stage.outputs, output));
    }
    let context = stage.context.as_ref();
    document.put_if(
        "context",
        context.map(|block| context_block(block, "modules")),
    );
    document.put("error_policy", stage_error_policy(&stage.error_policy));
    document.put_if("handoff", stage.handoff.as_ref().map(handoff));
    document.put_if("gate", stage.gate.as_ref().map(gate));
    document.put_if("ui", stage.ui.as_ref().map(ui));
    document.finish()
}

fn roles(roles: &Roles) -> Value {
    let mut primary = Document::default();
    primary.put("artifact", json!(roles.artifact));
    primary.put_text("model", roles.model.as_ref());
    primary.put_spanned("instructions", roles.instructions.as_ref());
    json!({ "primary": primary.finish(), "tools": roles.tools })
}

fn input(input: &Input) -> Value {
    let mut document = Document::default();
    document.put_if("type", input.value_type().map(type_name));
    document.put_spanned("source", input.source.as_ref());
    document.put("required", json!(input.required));
    document.put_text("description", input.description.as_ref());
    document.finish()
}

fn output(output: &Output) -> Value {
    let mut document = Document::default();
    document.put_if("type", output.value_type().map(type_name));
    document.put("required", json!(output.required));
    document.put("default", output.default.clone());
    document.put_text("description", output.description.as_ref());
    document.finish()
}

fn stage_error_policy(policy: &StageErrorPolicy) -> Value {
    let mut document = Document::default();
    document.put_if("retry", policy.retry.as_ref().map(retry));
    let on_failure = policy.on_failure.as_ref();
    document.put_if(
        "on_failure",
        on_failure.map(|of| word(&words::ON_FAILURE, of)),
    );
    document.put_if("timeout", policy.timeout.as_ref().map(duration));
    let on_crash = policy.on_crash.as_ref();
    document.put_if("on_crash", on_crash.map(|of| word(&words::ON_CRASH, of)));
    let question_timeout = policy.question_timeout.as_ref();
    document.put_if("question_timeout", question_timeout.map(duration));
    document.finish()
}

fn handoff(handoff: &Handoff) -> Value {
    let mut document = Document::default();
    document.put("format", word(&words::FORMATS, &handoff.format));
    document.put("include_run_log", json!(handoff.include_run_log));
    document.put_spanned("summary_prompt", handoff.summary_prompt.as_ref());
    document.finish()
}

fn gate(gate: &Gate) -> Value {
    let mut document = Document::default();
    document.put("kind", word(&words::GATE_KINDS, &()));
    document.put("approvers", json!(gate.approvers));
    document.put("timeout", duration(&gate.timeout));
    document.put("on_timeout", word(&words::ON_TIMEOUT, &gate.on_timeout));
    document.put_spanned("message", gate.message.as_ref());
    document.finish()
}
