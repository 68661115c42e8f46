//! One path in an expression: does it lead to something, and may it be read
//! from where it stands?

use baton_expr::{Namespace, Reference};
use baton_model::plan::{HandoffFormat, HookPoint};

use super::expression::{Reader, Site};
use super::graph::Graph;
use crate::codes::{self, Code};
use crate::definition::{Definition, Stage};
use crate::report::{Finding, Report};

const WORKFLOW_KEYS: [&str; 3] = ["id", "name", "version"];
const RUN_KEYS: [&str; 3] = ["id", "execution_id", "started_at"];
const STAGE_KEYS: [&str; 4] = ["outputs", "status", "handoff", "summary"];

/// The finding about a reference, if there is one.
pub(super) fn check(
    site: &Site<'_>,
    reference: &Reference,
    definition: &Definition,
    graph: &Graph<'_>,
    report: &Report<'_>,
) -> Option<Finding> {
    let checked = Checked {
        site,
        definition,
        graph,
        reference,
        report,
    };
    let path: Vec<_> = reference.path.iter().map(String::as_str).collect();
    match reference.namespace {
        Namespace::Parameters => checked.parameter(path.first()?),
        Namespace::Stages => checked.stage(&path),
        Namespace::Env => checked.env(path.first().copied()),
        Namespace::Workflow => checked.fixed("workflow", path.first()?, &WORKFLOW_KEYS),
        Namespace::Run => checked.fixed("run", path.first()?, &RUN_KEYS),
        // What it holds is up to the run.
        Namespace::Context => None,
    }
}

struct Checked<'c> {
    site: &'c Site<'c>,
    definition: &'c Definition,
    graph: &'c Graph<'c>,
    reference: &'c Reference,
    report: &'c Report<'c>,
}

impl Checked<'_> {
    fn finding(&self, code: &'static Code, message: String) -> Finding {
        let place = self.site.place(&self.reference.span, self.report);
        Finding::new(code, &self.site.path, &place, message)
    }

    fn parameter(&self, name: &str) -> Option<Finding> {
        let parameters = &self.definition.config.parameters;
        if parameters.contains_key(name) {
            return None;
        }
        let help = self
            .report
            .suggest(name, parameters.keys().map(String::as_str))
            .unwrap_or_else(|| "declare it under config.parameters".to_owned());
        let message = format!("the parameter `{name}` is not declared");
        Some(self.finding(&codes::UNKNOWN_PARAMETER, message).help(help))
    }

    fn env(&self, name: Option<&str>) -> Option<Finding> {
        if matches!(self.site.reader, Reader::Env) {
            let message = "values of `env` cannot read `env`".to_owned();
            let finding = self.finding(&codes::NOT_AVAILABLE_HERE, message);
            return Some(finding.help("read a parameter instead".to_owned()));
        }
        let known = &self.definition.config.env;
        let name = name.filter(|name| !known.contains_key(*name))?;
        let help = self
            .report
            .suggest(name, known.keys().map(String::as_str))
            .unwrap_or_else(|| "declare it under config.env".to_owned());
        let message = format!("`env.{name}` is never set, so it reads as null");
        Some(self.finding(&codes::NEVER_SET, message).help(help))
    }

    /// A namespace that always holds the same.
    fn fixed(&self, namespace: &str, key: &str, keys: &[&str]) -> Option<Finding> {
        if keys.contains(&key) {
            return None;
        }
        let message = format!("`{namespace}.{key}` is never set, so it reads as null");
        let help = self.report.suggest(key, keys.iter().copied());
        Some(self.finding(&codes::NEVER_SET, message).help(help))
    }

    fn stage(&self, path: &[&str]) -> Option<Finding> {
        let too_early = match self.site.reader {
            Reader::Env => Some("values of `env` are made before any stage starts"),
            Reader::Hook(HookPoint::OnStart) => Some("`on_start` comes before any stage starts"),
            Reader::Hook(HookPoint::OnComplete | HookPoint::OnFailure) | Reader::Stage(_) => None,
        };
        if let Some(message) = too_early {
            let finding = self.finding(&codes::NOT_AVAILABLE_HERE, message.to_owned());
            return Some(finding.help("read a parameter instead".to_owned()));
        }
        let (id, rest) = path.split_first()?;
        let Some(index) = self.graph.find(id) else {
            let message = format!("there is no stage `{id}`");
            return Some(
                self.finding(&codes::UNKNOWN_STAGE, message)
                    .help(self.report.suggest(id, self.graph.ids())),
            );
        };
        let stage = self.definition.stages.get(index)?;
        self.order(index, id)
            .or_else(|| self.stage_key(stage, rest))
    }

    /// A stage reads only from stages that are settled before it starts.
    fn order(&self, index: usize, id: &str) -> Option<Finding> {
        let Reader::Stage(reader) = self.site.reader else {
            return None;
        };
        if reader.index == index {
            let message = format!("the stage `{id}` reads from itself");
            let finding = self.finding(&codes::READS_ITSELF, message);
            return Some(finding.help("read from a stage that runs before it".to_owned()));
        }
        if reader.waits_for(index, self.graph) {
            return None;
        }
        let own = &reader.stage.id.value;
        let message = format!("`{own}` does not wait for `{id}`, so it cannot read from it");
        let finding = self.finding(&codes::NOT_AN_ANCESTOR, message);
        Some(finding.help(format!("add `{id}` to `depends_on` of `{own}`")))
    }

    fn stage_key(&self, stage: &Stage, path: &[&str]) -> Option<Finding> {
        let id = &stage.id.value;
        match path {
            [] | ["outputs" | "handoff"] | ["status", ..] => None,
            ["summary", ..] => self.summary(stage),
            ["outputs", name, ..] => self.output(stage, name),
            ["handoff", name, ..] => self.handoff(stage, name),
            [key, ..] => {
                let message = format!(
                    "a stage has `outputs`, `status`, `handoff` and `summary`, but no `{key}`"
                );
                let help = if stage.outputs.contains_key(*key) {
                    Some(format!("did you mean `stages.{id}.outputs.{key}`?"))
                } else {
                    self.report.suggest(key, STAGE_KEYS.into_iter())
                };
                Some(self.finding(&codes::UNKNOWN_OUTPUT, message).help(help))
            }
        }
    }

    fn output(&self, stage: &Stage, name: &str) -> Option<Finding> {
        if stage.outputs.contains_key(name) {
            return None;
        }
        let id = &stage.id.value;
        let message = format!("the stage `{id}` has no output `{name}`");
        let names = stage.outputs.keys().map(String::as_str);
        let help = self
            .report
            .suggest(name, names)
            .unwrap_or_else(|| format!("declare it under `outputs` of `{id}`"));
        Some(self.finding(&codes::UNKNOWN_OUTPUT, message).help(help))
    }

    /// A handoff is the outputs as they are, or a text.
    fn handoff(&self, stage: &Stage, name: &str) -> Option<Finding> {
        match stage.handoff_format() {
            HandoffFormat::Structured => self.output(stage, name),
            HandoffFormat::Markdown | HandoffFormat::Raw => {
                let id = &stage.id.value;
                let message =
                    format!("the handoff of `{id}` is a text, so `{name}` in it reads as null");
                let help = format!("read `stages.{id}.outputs.{name}`");
                Some(self.finding(&codes::NEVER_SET, message).help(help))
            }
        }
    }

    /// Only a stage that is asked for a summary has one.
    fn summary(&self, stage: &Stage) -> Option<Finding> {
        let handoff = stage.handoff.as_ref();
        if handoff.is_some_and(|handoff| handoff.summary_prompt.is_some()) {
            return None;
        }
        let id = &stage.id.value;
        let message = format!("`stages.{id}.summary` is never set, so it reads as null");
        let help = format!("give `{id}` a `handoff.summary_prompt`");
        Some(self.finding(&codes::NEVER_SET, message).help(help))
    }
}
