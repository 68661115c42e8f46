//! Live edits: changes that an agent or a person proposes to the stages of a
//! run, read and checked by the rules of a workflow file.
//!
//! Deliberately absent: whether a stage has started already, which only the
//! engine knows at the moment the edit is made.

mod written;

use std::collections::{BTreeMap, BTreeSet};

use baton_model::plan::{PlannedStage, STAGES_MAX, StageDefaults};
use baton_model::{Diagnostic, Edit, Object, Plan, StageId, Value, depth};

use crate::check;
use crate::compile::{planned_stage, stage_id};
use crate::definition::{Spanned, Stage};
use crate::fields::{Field, Fields};
use crate::node::Node;
use crate::read;
use crate::report::{Finding, Place, Report};
use crate::{rules, write, yaml};

/// What every path inside a list of edits begins with.
const LIST: &str = "edits";

const KINDS: [(&str, ProposedKind); 3] = [
    ("insert", ProposedKind::Insert),
    ("update", ProposedKind::Update),
    ("delete", ProposedKind::Delete),
];

#[derive(Clone, Copy)]
enum ProposedKind {
    Insert,
    Update,
    Delete,
}

/// An edit that could be read.
enum Proposed {
    Insert(Stage),
    Update(Stage),
    Delete(Spanned<String>),
}

impl Proposed {
    const fn id(&self) -> &Spanned<String> {
        match self {
            Self::Insert(stage) | Self::Update(stage) => &stage.id,
            Self::Delete(id) => id,
        }
    }
}

/// The stages that edits can name.
struct Known<'p> {
    live: &'p BTreeSet<&'p str>,
    /// Those that were there once, too.
    ever: BTreeSet<&'p str>,
}

impl<'p> Known<'p> {
    fn of(plan: &'p Plan, live: &'p BTreeSet<&'p str>) -> Self {
        let ever = plan.stages.iter().map(|stage| stage.id.as_str());
        Self {
            live,
            ever: ever.collect(),
        }
    }

    /// Whether there is what the edit is about. What was deleted may be
    /// deleted again.
    fn can_be(&self, edit: &Proposed) -> bool {
        let id = edit.id().value.as_str();
        match edit {
            Proposed::Insert(_) => true,
            Proposed::Update(_) => self.live.contains(id),
            Proposed::Delete(_) => self.ever.contains(id),
        }
    }
}

/// Makes edits of what was proposed for a run, or says everything that is
/// wrong with it; the paths of the findings begin with `edits[0]` for the
/// first edit, and with `stages.ID` for a stage that no edit touches but one
/// would break.
///
/// `live` are the stages of `plan` that have not been deleted by an earlier
/// edit. A list may come again: an insert of a stage that is there and a delete
/// of one that was are read like others, and the engine says what they change.
/// The list is looked at as a whole: only what the stages are after all
/// of it counts. Nobody reads the warnings of an edit, so they refuse it, too.
pub fn compile_edits(
    plan: &Plan,
    live: &[StageId],
    proposed: &[Value],
) -> Result<Vec<Edit>, Vec<Diagnostic>> {
    check_depth(proposed)?;
    let mut place = 0;
    let list = Node::from_value(&Value::Array(proposed.to_vec()), &mut place);
    let mut report = Report::without_text(matters);
    let proposed = check_list(plan, live, &list, place, &mut report);
    let findings = report.into_placeless();
    if !findings.is_empty() {
        return Err(findings);
    }
    compile_all(&proposed, plan)
}

/// The same for a list, or a map that has it as `edits`, that is written as
/// YAML: what is wrong with it has its place in the text.
pub fn compile_edits_text(
    plan: &Plan,
    live: &[StageId],
    text: &str,
) -> Result<Vec<Edit>, Vec<Diagnostic>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut report = Report::new(text);
    let Some(root) = yaml::read(text, 0, &mut report) else {
        return Err(report.into_sorted());
    };
    let named = root.get(LIST);
    let path = if named.is_some() { "" } else { LIST };
    read::report_keys_of(path, &root, &mut report);
    let list = named.unwrap_or(&root);
    let mut report = report.only(matters);
    // The end of a text is a place of it, too.
    let after = text.len() + 1;
    let proposed = check_list(plan, live, list, after, &mut report);
    let findings = report.into_sorted_before(after);
    if !findings.is_empty() {
        return Err(findings);
    }
    compile_all(&proposed, plan)
}

/// Warnings about stages that no edit touches are as old as those stages.
fn matters(found: &Finding) -> bool {
    found.is_error() || found.path().starts_with(LIST)
}

/// Reads a list and looks at the stages as they would be after it. Those of the
/// plan get places from `place` on.
fn check_list(
    plan: &Plan,
    live: &[StageId],
    list: &Node,
    place: usize,
    report: &mut Report<'_>,
) -> Vec<Proposed> {
    let live = live.iter().map(StageId::as_str).collect();
    let known = Known::of(plan, &live);
    let proposed = read_edits(&Field::new(list, LIST), &known, report);
    let stages = stages_after(plan, &live, &proposed, place);
    if stages.len() > STAGES_MAX {
        let at = Place::new(LIST, &list.bytes);
        report.add(rules::e0220::too_many_stages(at, STAGES_MAX));
    }
    check::check(&written::definition(plan, stages, place), report);
    proposed
}

fn compile_all(proposed: &[Proposed], plan: &Plan) -> Result<Vec<Edit>, Vec<Diagnostic>> {
    let edits = proposed
        .iter()
        .map(|edit| compiled(edit, &plan.stage_defaults));
    edits
        .collect::<Result<_, _>>()
        .map_err(|mistake| vec![mistake.into_placeless()])
}

/// A stage of a plan as an edit would have to give it: what it has from
/// `defaults` or from the language is left out. None: doors make stages that
/// no edit can give, such as one that waits without a limit.
pub fn stage_document(planned: &PlannedStage, defaults: &StageDefaults) -> Option<Object> {
    let stage = written::whole_stage(planned, defaults);
    let is_same = planned_stage(&stage, defaults).is_ok_and(|again| again == *planned);
    let document = is_same.then(|| telling(write::stage(&stage)))?;
    document.as_object().cloned()
}

/// A value without the keys that say nothing. What is inside of a default is
/// the author's.
fn telling(value: Value) -> Value {
    let Value::Object(entries) = value else {
        return value;
    };
    let entries = entries.into_iter().map(|(key, value)| match key.as_str() {
        "default" => (key, value),
        _ => (key, telling(value)),
    });
    let says = |key: &str, value: &Value| match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty() || key == "default",
        Value::Object(entries) => !entries.is_empty() || key == "default",
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    };
    Value::Object(entries.filter(|(key, value)| says(key, value)).collect())
}

/// Nothing that is nested too deep is looked at.
fn check_depth(proposed: &[Value]) -> Result<(), Vec<Diagnostic>> {
    let mut report = Report::without_text(|_| true);
    for (place, edit) in proposed.iter().enumerate() {
        if let Err(too_deep) = depth::check(edit) {
            let at = Place::new(format!("{LIST}[{place}]"), &(place..place));
            report.add(rules::e0105::edit_too_deep(at, too_deep));
        }
    }
    let findings = report.into_placeless();
    if findings.is_empty() {
        Ok(())
    } else {
        Err(findings)
    }
}

/// The edits that could be read and name a stage they can name, one for each.
fn read_edits(list: &Field<'_>, known: &Known<'_>, report: &mut Report<'_>) -> Vec<Proposed> {
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    let mut edits = Vec::new();
    for item in list.items(report) {
        let Some(edit) = read_edit(&item, report) else {
            continue;
        };
        let id = edit.id();
        let at = Place::new(&item.path, &id.bytes);
        if let Some(earlier) = first.get(&id.value) {
            report.add(rules::e0408::repeated_edit(at, &id.value, earlier));
            continue;
        }
        first.insert(id.value.clone(), item.path.clone());
        if !known.can_be(&edit) {
            let similar = report.suggest(&id.value, known.live.iter().copied());
            report.add(rules::e0407::edit_of_unknown_stage(at, &id.value, similar));
            continue;
        }
        edits.push(edit);
    }
    edits
}

fn read_edit(item: &Field<'_>, report: &mut Report<'_>) -> Option<Proposed> {
    let mut fields = item.open(report)?;
    let kind = fields
        .require("type", report)
        .and_then(|field| field.word(&KINDS, report))?;
    let edit = match kind {
        ProposedKind::Insert => proposed_stage(&mut fields, report).map(Proposed::Insert),
        ProposedKind::Update => proposed_stage(&mut fields, report).map(Proposed::Update),
        ProposedKind::Delete => fields
            .require("stage_id", report)
            .and_then(|field| field.spanned_text(report))
            .map(Proposed::Delete),
    };
    fields.finish(report);
    edit
}

fn proposed_stage(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Stage> {
    let field = fields.require("stage", report)?;
    read::stage(&field, report)
}

/// The stages as they are after all edits. Those that come from the plan get
/// places after `place`, so that what is found in them comes last.
fn stages_after(
    plan: &Plan,
    live: &BTreeSet<&str>,
    edits: &[Proposed],
    place: usize,
) -> Vec<Stage> {
    let mut updated = BTreeMap::new();
    let mut inserted = Vec::new();
    let mut remaining = live.clone();
    for edit in edits {
        match edit {
            Proposed::Insert(stage) if !live.contains(stage.id.value.as_str()) => {
                inserted.push(stage.clone());
            }
            Proposed::Insert(stage) | Proposed::Update(stage) => {
                updated.insert(stage.id.value.as_str(), stage);
            }
            Proposed::Delete(id) => {
                remaining.remove(id.value.as_str());
            }
        }
    }
    // An id that was deleted may be in use again, further down.
    let last: BTreeMap<_, _> = plan
        .stages
        .iter()
        .enumerate()
        .map(|(index, planned)| (planned.id.as_str(), index))
        .collect();
    let kept = plan
        .stages
        .iter()
        .enumerate()
        .filter_map(|(index, planned)| {
            let id = planned.id.as_str();
            if !remaining.contains(id) || last.get(id) != Some(&index) {
                return None;
            }
            let update = updated.get(id).map(|stage| (*stage).clone());
            Some(update.unwrap_or_else(|| written::stage(planned, &remaining, place + index)))
        });
    kept.chain(inserted).collect()
}

fn compiled(edit: &Proposed, defaults: &StageDefaults) -> Result<Edit, Finding> {
    Ok(match edit {
        Proposed::Insert(stage) => Edit::Insert {
            stage: Box::new(planned_stage(stage, defaults)?),
        },
        Proposed::Update(stage) => Edit::Update {
            stage: Box::new(planned_stage(stage, defaults)?),
        },
        Proposed::Delete(id) => Edit::Delete {
            stage: stage_id(LIST, &id.value)?,
        },
    })
}
