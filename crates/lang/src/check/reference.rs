//! One path in an expression: does it lead to something, and may it be read
//! from where it stands?

use baton_expr::{Namespace, Reference};
use baton_model::plan::{HandoffFormat, HookPoint};

use super::expression::{Reader, Site};
use super::graph::Graph;
use crate::definition::{Definition, Stage, StageType};
use crate::report::{Finding, Place, Report};
use crate::rules;

const WORKFLOW_KEYS: [&str; 3] = ["id", "name", "version"];
const RUN_KEYS: [&str; 3] = ["id", "execution_id", "started_at"];
const STAGE_KEYS: [&str; 4] = ["outputs", "status", "handoff", "summary"];

/// The finding about a reference, if there is one.
pub(super) fn check(
    site: &Site<'_>,
    reference: &Reference,
    (definition, graph): (&Definition, &Graph<'_>),
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
        Namespace::Context => Some(rules::w0214::context_reads_null(checked.place())),
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
    /// Where the reference stands.
    fn place(&self) -> Place {
        self.site.place(&self.reference.span, self.report)
    }

    fn parameter(&self, name: &str) -> Option<Finding> {
        let parameters = &self.definition.config.parameters;
        if parameters.contains_key(name) {
            return None;
        }
        let known = parameters.keys().map(String::as_str);
        let similar = self.report.suggest(name, known);
        Some(rules::e0305::unknown_parameter(self.place(), name, similar))
    }

    fn env(&self, name: Option<&str>) -> Option<Finding> {
        if matches!(self.site.reader, Reader::Env) {
            return Some(rules::e0308::env_in_env(self.place()));
        }
        let known = &self.definition.config.env;
        let name = name?;
        if let Some(text) = known.get(name) {
            let is_secret = !baton_expr::secrets_in(&text.value).is_empty();
            return is_secret.then(|| rules::e0308::secret_read(self.place(), name));
        }
        let similar = self.report.suggest(name, known.keys().map(String::as_str));
        Some(rules::w0311::env_never_set(self.place(), name, similar))
    }

    /// A namespace that always holds the same.
    fn fixed(&self, namespace: &str, key: &str, keys: &[&str]) -> Option<Finding> {
        if keys.contains(&key) {
            return None;
        }
        let similar = self.report.suggest(key, keys.iter().copied());
        let name = (namespace, key);
        Some(rules::w0311::name_never_set(self.place(), name, similar))
    }

    fn stage(&self, path: &[&str]) -> Option<Finding> {
        match self.site.reader {
            Reader::Env => return Some(rules::e0308::stage_in_env(self.place())),
            Reader::Hook(HookPoint::OnStart) => {
                return Some(rules::e0308::stage_in_on_start(self.place()));
            }
            Reader::Hook(HookPoint::OnComplete | HookPoint::OnFailure) | Reader::Stage(_) => {}
        }
        let (id, rest) = path.split_first()?;
        let Some(index) = self.graph.find(id) else {
            let similar = self.report.suggest(id, self.graph.ids());
            return Some(rules::e0306::unknown_stage(self.place(), id, similar));
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
            return Some(rules::e0405::reads_itself(self.place(), id));
        }
        if self.graph.waits_for(reader.index, index) {
            return None;
        }
        let own = &reader.stage.id.value;
        Some(rules::e0404::not_an_ancestor(self.place(), own, id))
    }

    fn stage_key(&self, stage: &Stage, path: &[&str]) -> Option<Finding> {
        let is_gate = stage.stage_type == StageType::Gate;
        match path {
            [part @ ("handoff" | "summary"), ..] if is_gate => Some(
                rules::w0311::gate_hands_nothing_on(self.place(), stage, part),
            ),
            [] | ["outputs" | "handoff"] | ["status", ..] => None,
            ["summary", ..] => self.summary(stage),
            ["outputs", name, ..] => self.output(stage, name),
            ["handoff", name, ..] => self.handoff(stage, name),
            [part, ..] => {
                let similar = self.report.suggest(part, STAGE_KEYS.into_iter());
                Some(rules::e0307::unknown_part(
                    self.place(),
                    stage,
                    part,
                    similar,
                ))
            }
        }
    }

    fn output(&self, stage: &Stage, name: &str) -> Option<Finding> {
        if stage.outputs.contains_key(name) {
            return None;
        }
        let known = stage.outputs.keys().map(String::as_str);
        let similar = self.report.suggest(name, known);
        Some(rules::e0307::unknown_output(
            self.place(),
            stage,
            name,
            similar,
        ))
    }

    /// A handoff is the outputs as they are, or a text.
    fn handoff(&self, stage: &Stage, name: &str) -> Option<Finding> {
        match stage.handoff_format() {
            HandoffFormat::Structured => self.output(stage, name),
            HandoffFormat::Markdown | HandoffFormat::Raw => {
                Some(rules::w0311::inside_text_handoff(self.place(), stage, name))
            }
        }
    }

    /// Only a stage that is asked for a summary has one.
    fn summary(&self, stage: &Stage) -> Option<Finding> {
        let handoff = stage.handoff.as_ref();
        let is_asked = handoff.is_some_and(|handoff| handoff.summary_prompt.is_some());
        (!is_asked).then(|| rules::w0311::summary_never_set(self.place(), stage))
    }
}
