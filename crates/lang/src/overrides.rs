//! What a project or a run lays over a definition (contract §1.21).
//!
//! The text of the definition is not touched: its tree is merged with theirs,
//! and the result is read and checked as a whole. Every value keeps the place
//! it was written at.

use indexmap::IndexMap;

use crate::definition::Overridden;
use crate::fields::join;
use crate::node::{Entry, Kind, Node};
use crate::read::report_keys;
use crate::report::{Place, Report};
use crate::rules::{self, e0701::Part};
use crate::yaml;

/// The top-level key of a file of overrides.
const OVERRIDES: &str = "overrides";

/// What a block of overrides may hold.
const BLOCK_KEYS: [&str; 5] = ["stages", "context", "config", "error_policy", "workflow"];

/// What names a workflow is its own.
const WORKFLOW_IDENTITY: [&str; 3] = ["id", "name", "version"];

/// What places a stage in its workflow is the workflow's own.
const STAGE_IDENTITY: [&str; 3] = ["id", "depends_on", "type"];

/// A text that is laid over a definition.
#[derive(Clone, Copy, Debug)]
pub struct Overrides<'t> {
    /// What findings and plans call it, such as the path of the file.
    pub name: &'t str,
    /// What it says, in YAML or JSON.
    pub text: &'t str,
    /// What it holds.
    pub form: OverridesForm,
}

/// What a text of overrides holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverridesForm {
    /// `overrides:` with one block for each workflow, by its id.
    File,
    /// The block of one workflow.
    Block,
}

/// Lays one text after the other over the tree of a definition. Returns what
/// they set; what is wrong in them goes to the report.
pub(crate) fn lay<'t>(
    root: &mut Node,
    overrides: &[Overrides<'t>],
    report: &mut Report<'t>,
) -> Vec<Overridden> {
    let mut overridden = IndexMap::new();
    for over in overrides {
        let start = report.texts.add(over.name, over.text);
        let Some(tree) = yaml::read(over.text, start, report) else {
            continue;
        };
        report_keys(&tree, report);
        let block = match over.form {
            OverridesForm::Block => Some((tree, String::new())),
            OverridesForm::File => block_of(root, tree, report),
        };
        if let Some((block, path)) = block {
            let mut layer = Layer {
                name: over.name,
                overridden: &mut overridden,
            };
            layer.lay_block(root, block, &path, report);
        }
    }
    let set = overridden.into_iter();
    set.map(|(path, by)| Overridden { path, by }).collect()
}

/// The block for this workflow in a file of overrides, and its path.
fn block_of(root: &Node, file: Node, report: &mut Report<'_>) -> Option<(Node, String)> {
    if file.is_null() {
        return None;
    }
    let at = Place::new("", &file.bytes);
    let Kind::Map(entries) = file.kind else {
        report.add(rules::e0701::not_a_map(at, Part::File, &file));
        return None;
    };
    let mut found = None;
    for entry in entries {
        if entry.key == OVERRIDES {
            found = Some(entry.value);
        } else if !entry.key.starts_with("x-") {
            let at = Place::new(&entry.key, &entry.key_bytes);
            report.add(rules::w0203::unknown_in_overrides(at, &entry.key));
        }
    }
    let Some(overrides) = found else {
        report.add(rules::e0701::no_overrides(at));
        return None;
    };
    if overrides.is_null() {
        return None;
    }
    let Kind::Map(blocks) = overrides.kind else {
        not_a_map(OVERRIDES, Part::Blocks, &overrides, report);
        return None;
    };
    let id = root.get("workflow")?.get("id")?.as_text()?;
    let block = blocks.into_iter().rfind(|entry| entry.key == id)?;
    Some((block.value, format!("{OVERRIDES}.{id}")))
}

fn not_a_map(path: &str, part: Part, given: &Node, report: &mut Report<'_>) {
    let at = Place::new(path, &given.bytes);
    report.add(rules::e0701::not_a_map(at, part, given));
}

/// One text on its way into the tree.
struct Layer<'l> {
    name: &'l str,
    /// What was set, and by which text last.
    overridden: &'l mut IndexMap<String, String>,
}

impl Layer<'_> {
    fn lay_block(&mut self, root: &mut Node, block: Node, path: &str, report: &mut Report<'_>) {
        if block.is_null() {
            return;
        }
        let Kind::Map(entries) = block.kind else {
            not_a_map(path, Part::Block, &block, report);
            return;
        };
        for entry in entries {
            match entry.key.as_str() {
                "stages" => self.lay_stages(root, entry, path, report),
                "workflow" => {
                    let mut entry = entry;
                    let path = join(path, &entry.key);
                    if !matches!(entry.value.kind, Kind::Map(_)) {
                        not_a_map(&path, Part::Workflow, &entry.value, report);
                        continue;
                    }
                    refuse(&WORKFLOW_IDENTITY, &mut entry.value, &path, report);
                    self.lay_entry(root, entry, "", report);
                }
                key if BLOCK_KEYS.contains(&key) => self.lay_entry(root, entry, "", report),
                key if key.starts_with("x-") => {}
                key => {
                    let at = Place::new(join(path, key), &entry.key_bytes);
                    let similar = report.suggest(key, BLOCK_KEYS.into_iter());
                    report.add(rules::e0702::unknown_block(at, key, similar, &BLOCK_KEYS));
                }
            }
        }
    }

    fn lay_stages(&mut self, root: &mut Node, over: Entry, path: &str, report: &mut Report<'_>) {
        let path = join(path, &over.key);
        let Kind::Map(parts) = over.value.kind else {
            not_a_map(&path, Part::Stages, &over.value, report);
            return;
        };
        for mut part in parts {
            let path = join(&path, &part.key);
            let Some(stage) = stage_of(root, &part.key) else {
                let at = Place::new(path, &part.key_bytes);
                let ids = stage_ids(root);
                let similar = report.suggest(&part.key, ids.iter().map(String::as_str));
                report.add(rules::e0703::override_of_unknown_stage(
                    at, &part.key, similar,
                ));
                continue;
            };
            if !matches!(part.value.kind, Kind::Map(_)) {
                not_a_map(&path, Part::Stage, &part.value, report);
                continue;
            }
            refuse(&STAGE_IDENTITY, &mut part.value, &path, report);
            self.lay_value(stage, part.value, format!("stages.{}", part.key), report);
        }
    }

    fn lay_entry(&mut self, base: &mut Node, over: Entry, path: &str, report: &mut Report<'_>) {
        let path = join(path, &over.key);
        let Kind::Map(entries) = &mut base.kind else {
            return;
        };
        if let Some(entry) = entries.iter_mut().rfind(|entry| entry.key == over.key) {
            self.lay_value(&mut entry.value, over.value, path, report);
        } else {
            self.overridden.insert(path, self.name.to_owned());
            entries.push(over);
        }
    }

    /// Maps merge; everything else takes the place of what was there.
    fn lay_value(&mut self, base: &mut Node, over: Node, path: String, report: &mut Report<'_>) {
        match (&base.kind, over.kind) {
            (Kind::Map(_), Kind::Map(entries)) => {
                for entry in entries {
                    self.lay_entry(base, entry, &path, report);
                }
            }
            (_, kind) => {
                report.note_replaced(&over.bytes, &base.bytes);
                *base = Node {
                    kind,
                    bytes: over.bytes,
                };
                self.overridden.insert(path, self.name.to_owned());
            }
        }
    }
}

/// Takes keys out of a map that overrides may not set, and reports them.
fn refuse(identity: &[&str], map: &mut Node, path: &str, report: &mut Report<'_>) {
    let Kind::Map(entries) = &mut map.kind else {
        return;
    };
    entries.retain(|entry| {
        let is_free = !identity.contains(&entry.key.as_str());
        if !is_free {
            let at = Place::new(join(path, &entry.key), &entry.key_bytes);
            report.add(rules::e0702::identity(at, &entry.key));
        }
        is_free
    });
}

fn stages(root: &Node) -> &[Node] {
    match root.get("stages").map(|stages| &stages.kind) {
        Some(Kind::List(stages)) => stages,
        _ => &[],
    }
}

fn stage_ids(root: &Node) -> Vec<String> {
    let ids = stages(root).iter().filter_map(|stage| stage.get("id"));
    ids.filter_map(|id| id.as_text().map(str::to_owned))
        .collect()
}

/// The last of the stages with an id; of several the others are reported.
fn stage_of<'n>(root: &'n mut Node, id: &str) -> Option<&'n mut Node> {
    let place = stages(root)
        .iter()
        .rposition(|stage| stage.get("id").and_then(Node::as_text) == Some(id))?;
    let Kind::List(stages) = &mut root.get_mut("stages")?.kind else {
        return None;
    };
    stages.get_mut(place)
}
