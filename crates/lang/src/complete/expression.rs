//! What could be written inside `${{ }}`.

use std::collections::{BTreeMap, BTreeSet};

use baton_expr::{Function, Namespace};

use super::{Completion, CompletionKind, Completions, Written, completion, of_stage};
use crate::definition::Stage;

const WORKFLOW_FIELDS: [&str; 3] = ["id", "name", "version"];
const RUN_FIELDS: [&str; 2] = ["id", "started_at"];
const STAGE_FIELDS: [&str; 3] = ["outputs", "status", "handoff"];

/// What is written of an expression up to an offset, if that is inside one.
/// The parts of a line are looked at, since few expressions are longer.
pub(super) fn fragment(text: &str, offset: usize) -> Option<&str> {
    let before = text.get(..offset)?;
    let line = before.rsplit('\n').next()?;
    let (_, fragment) = line.rsplit_once("${{")?;
    let is_in_text = fragment.matches('\'').count() % 2 == 1;
    (is_in_text || !fragment.contains("}}")).then_some(fragment)
}

pub(super) fn complete(fragment: &str, written: &Written) -> Completions {
    if fragment.matches('\'').count() % 2 == 1 {
        return Completions::default();
    }
    let is_of_path = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    let path = fragment.trim_start_matches(|letter| !is_of_path(letter));
    let path = path.rsplit(|letter| !is_of_path(letter)).next();
    let path: Vec<&str> = path.unwrap_or_default().split('.').collect();
    let (prefix, heads) = path
        .split_last()
        .map_or(("", &[][..]), |(prefix, heads)| (*prefix, heads));
    Completions::of(prefix, below(heads, written))
}

/// What there is below a path.
fn below(heads: &[&str], written: &Written) -> Vec<Completion> {
    let field = |name: &str| completion(name, CompletionKind::Field, None);
    match heads {
        [] => names(),
        ["parameters"] => parameters(written),
        ["env"] => written
            .definition
            .iter()
            .flat_map(|definition| definition.config.env.keys())
            .map(|name| field(name))
            .collect(),
        ["workflow"] => WORKFLOW_FIELDS.map(field).to_vec(),
        ["run"] => RUN_FIELDS.map(field).to_vec(),
        ["stages"] => stages(written),
        ["stages", id] => written
            .stages()
            .iter()
            .filter(|stage| stage.id.value == *id)
            .flat_map(fields)
            .collect(),
        ["stages", id, "outputs"] => written
            .stages()
            .iter()
            .filter(|stage| stage.id.value == *id)
            .flat_map(outputs)
            .collect(),
        _ => Vec::new(),
    }
}

fn names() -> Vec<Completion> {
    let namespaces = Namespace::ALL
        .iter()
        .map(|namespace| completion(namespace.as_str(), CompletionKind::Namespace, None));
    let functions = Function::ALL
        .iter()
        .map(|function| completion(function.as_str(), CompletionKind::Function, None));
    namespaces.chain(functions).collect()
}

fn parameters(written: &Written) -> Vec<Completion> {
    let declared = written.definition.iter();
    let declared = declared.flat_map(|definition| &definition.config.parameters);
    declared
        .map(|(name, parameter)| {
            let detail = parameter.description.as_deref();
            completion(name, CompletionKind::Parameter, detail)
        })
        .collect()
}

/// Stages that come before the own one first, since only those can be read.
fn stages(written: &Written) -> Vec<Completion> {
    let before = ancestors(written);
    let (can_be_read, cannot) = written
        .others()
        .into_iter()
        .partition::<Vec<_>, _>(|stage| before.contains(stage.label.as_str()));
    let cannot = cannot.into_iter().map(|stage| Completion {
        detail: Some("not among the stages that this one waits for".to_owned()),
        ..stage
    });
    match written.own {
        Some(_) => can_be_read.into_iter().chain(cannot).collect(),
        None => written.stages().iter().map(of_stage).collect(),
    }
}

fn ancestors(written: &Written) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let stages = written.stages();
    // An id that stands there twice is a mistake, and both are meant by it.
    let mut by_id: BTreeMap<&str, Vec<&Stage>> = BTreeMap::new();
    for stage in stages {
        by_id.entry(&stage.id.value).or_default().push(stage);
    }
    let own = written.own.and_then(|own| stages.get(own));
    let mut open: Vec<&Stage> = own.into_iter().collect();
    while let Some(stage) = open.pop() {
        for id in &stage.depends_on {
            if found.insert(id.value.as_str()) {
                open.extend(by_id.get(id.value.as_str()).into_iter().flatten());
            }
        }
    }
    found
}

fn fields(stage: &Stage) -> Vec<Completion> {
    let mut fields = STAGE_FIELDS.to_vec();
    let handoff = stage.handoff.as_ref();
    if handoff.is_some_and(|handoff| handoff.summary_prompt.is_some()) {
        fields.push("summary");
    }
    fields
        .into_iter()
        .map(|name| completion(name, CompletionKind::Field, None))
        .collect()
}

fn outputs(stage: &Stage) -> Vec<Completion> {
    let outputs = stage.outputs.iter();
    outputs
        .map(|(name, output)| {
            completion(name, CompletionKind::Field, output.description.as_deref())
        })
        .collect()
}
