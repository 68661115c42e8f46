//! What `${{ }}` sees of a run: the six namespaces, looked up on demand.

use std::borrow::Cow;

use baton_expr::{Namespace, Scope};
use baton_model::{Object, StepStatus, Value};
use serde_json::json;

use crate::handoff::content;
use crate::state::{RunState, StageIndex};

/// A run as an expression scope.
pub(crate) struct RunScope<'s>(pub(crate) &'s RunState);

impl Scope for RunScope<'_> {
    fn lookup<'a>(&'a self, namespace: Namespace, path: &[&str]) -> Cow<'a, Value> {
        let run = self.0;
        match namespace {
            Namespace::Parameters => in_object(&run.plan().parameters, path),
            Namespace::Stages => self.stages(path),
            Namespace::Env => self.env(path),
            Namespace::Run => Cow::Owned(self.run(path)),
            Namespace::Workflow => Cow::Owned(self.workflow(path)),
            Namespace::Context => Cow::Owned(Value::Null),
        }
    }
}

impl<'s> RunScope<'s> {
    fn stages<'a>(&'a self, path: &[&str]) -> Cow<'a, Value> {
        let run = self.0;
        let Some((stage, rest)) = path.split_first() else {
            let whole = run.stages().map(|(index, planned, _)| {
                (planned.id.as_str().to_owned(), self.whole_stage(index))
            });
            return Cow::Owned(Value::Object(whole.collect()));
        };
        let Some(index) = run.topology.index_of_name(stage) else {
            return Cow::Owned(Value::Null);
        };
        match rest.split_first() {
            None => Cow::Owned(self.whole_stage(index)),
            Some((&"status", [])) => Cow::Owned(status(run.stage(index).status)),
            Some((&"outputs", rest)) => self.outputs(index, rest),
            Some((&"handoff", rest)) => {
                Cow::Owned(in_value(&content(run, index), rest).into_owned())
            }
            Some((&"summary", [])) => Cow::Owned(self.summary(index)),
            Some(_) => Cow::Owned(Value::Null),
        }
    }

    fn whole_stage(&self, index: StageIndex) -> Value {
        let status = self.0.stage(index).status;
        json!({
            "status": status.as_str(),
            "outputs": self.outputs(index, &[]),
            "handoff": content(self.0, index),
            "summary": self.summary(index),
        })
    }

    fn summary(&self, index: StageIndex) -> Value {
        let handed = self.0.stage(index).handed.as_ref();
        handed
            .and_then(|handed| handed.summary.clone())
            .map_or(Value::Null, Value::String)
    }

    /// Outputs of a stage that did not complete read as their declared
    /// defaults, else null (BLUEPRINT §3, "Skipped dependency").
    fn outputs<'a>(&'a self, index: StageIndex, path: &[&str]) -> Cow<'a, Value> {
        let run: &'s RunState = self.0;
        if let Some(outputs) = &run.stage(index).outputs {
            return in_object(outputs, path);
        }
        let declared = &run.planned(index).outputs;
        match path.split_first() {
            None => {
                let defaults = declared.iter().filter(|output| !output.default.is_null());
                let pairs = defaults.map(|output| (output.name.clone(), output.default.clone()));
                Cow::Owned(Value::Object(pairs.collect()))
            }
            Some((name, rest)) => declared
                .iter()
                .find(|output| output.name == **name)
                .map_or(Cow::Owned(Value::Null), |output| {
                    in_value(&output.default, rest)
                }),
        }
    }

    fn env<'a>(&'a self, path: &[&str]) -> Cow<'a, Value> {
        let env = &self.0.plan().env;
        match path {
            [] => {
                let all = env.keys().map(|name| (name.clone(), self.env_value(name)));
                Cow::Owned(Value::Object(all.collect()))
            }
            [name] => Cow::Owned(self.env_value(name)),
            _ => Cow::Owned(Value::Null),
        }
    }

    /// A variable whose own template fails reads as null here; the stage that
    /// starts with it fails with the reason (see `request`).
    fn env_value(&self, name: &str) -> Value {
        let Some(template) = self.0.plan().env.get(name) else {
            return Value::Null;
        };
        baton_expr::interpolate_text(template, &WithoutEnv(self)).map_or(Value::Null, Value::String)
    }

    fn run(&self, path: &[&str]) -> Value {
        let run = self.0;
        let started_at = run.started_at().unwrap_or(run.created_at()).to_string();
        match path {
            [] => {
                json!({ "id": run.id().to_string(), "execution_id": run.id().to_string(), "started_at": started_at })
            }
            ["id" | "execution_id"] => Value::String(run.id().to_string()),
            ["started_at"] => Value::String(started_at),
            _ => Value::Null,
        }
    }

    fn workflow(&self, path: &[&str]) -> Value {
        let workflow = &self.0.plan().workflow;
        match path {
            [] => json!({ "id": workflow.id, "name": workflow.name, "version": workflow.version }),
            ["id"] => Value::String(workflow.id.clone()),
            ["name"] => Value::String(workflow.name.clone()),
            ["version"] => Value::String(workflow.version.clone()),
            _ => Value::Null,
        }
    }
}

/// Environment values may not refer to each other, so inside one `env` is empty.
struct WithoutEnv<'s>(&'s RunScope<'s>);

impl Scope for WithoutEnv<'_> {
    fn lookup<'a>(&'a self, namespace: Namespace, path: &[&str]) -> Cow<'a, Value> {
        match namespace {
            Namespace::Env => Cow::Owned(Value::Null),
            Namespace::Parameters
            | Namespace::Stages
            | Namespace::Context
            | Namespace::Run
            | Namespace::Workflow => self.0.lookup(namespace, path),
        }
    }
}

fn status(status: StepStatus) -> Value {
    Value::String(status.as_str().to_owned())
}

fn in_object<'a>(object: &'a Object, path: &[&str]) -> Cow<'a, Value> {
    match path.split_first() {
        None => Cow::Owned(Value::Object(object.clone())),
        Some((name, rest)) => object
            .get(*name)
            .map_or(Cow::Owned(Value::Null), |value| in_value(value, rest)),
    }
}

fn in_value<'a>(value: &'a Value, path: &[&str]) -> Cow<'a, Value> {
    let found = path.iter().try_fold(value, |value, name| value.get(*name));
    found.map_or(Cow::Owned(Value::Null), Cow::Borrowed)
}
