//! YAML text to [`Node`] tree. The only module that knows the YAML library.
//!
//! YAML 1.2 core schema, built from the library's events without recursion.
//! Everything an attacker could make grow without bound is bounded: size,
//! depth, anchors and what aliases expand to.

mod mistake;
mod scalar;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use baton_model::depth;
use serde_saphyr::granit_parser::{Event, Parser, Span};

use crate::node::{Entry, Kind, Node};
use crate::report::{Finding, Place, Report};
use crate::rules;

/// Largest document that is read, in bytes.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// Deepest nesting of lists and maps that is read. What comes later walks the
/// tree by recursion.
const DEPTH_MAX: usize = depth::DEPTH_MAX;

/// How many anchors a document may have.
const ANCHORS_MAX: usize = 256;

/// How many values all aliases together may stand for.
const ALIASED_NODES_MAX: usize = 10_000;

/// How many characters of a key that is no text are kept.
const SHOWN_OF_KEY_MAX: usize = 80;

/// How many keys and values a document may have, so that a small text cannot become a
/// large tree.
const VALUES_MAX: usize = 350_000;

/// How many lists and maps there may be among them; they cost the most.
const COLLECTIONS_MAX: usize = 150_000;

/// Reads a document whose places begin at `start`; what keeps it from being
/// read, and tags, go to the report. Duplicate keys are kept; the reader
/// reports them.
pub(crate) fn read(text: &str, start: usize, report: &mut Report<'_>) -> Option<Node> {
    let mut builder = Builder {
        start,
        ..Builder::default()
    };
    let parsed = builder.parse(text);
    for (tag, bytes) in &builder.tags {
        report.add(rules::e0108::unknown_tag(Place::without_path(bytes), tag));
    }
    if let Err(finding) = parsed {
        report.add(finding);
        return None;
    }
    let nothing = Node {
        kind: Kind::Null,
        bytes: start..start,
    };
    Some(builder.root.unwrap_or(nothing))
}

/// A place without an extent.
fn point(offset: usize) -> Place {
    Place::without_path(&(offset..offset))
}

/// The values that are open, from the outermost inwards.
#[derive(Default)]
struct Builder {
    /// Where the places of the document begin.
    start: usize,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    n_collections: usize,
    n_values: usize,
    n_aliased: usize,
    n_documents: usize,
    /// Tags that are none of the core schema, and where they stand.
    tags: Vec<(String, Range<usize>)>,
    root: Option<Node>,
}

/// A list or map whose end has not come yet.
struct Open {
    node: Node,
    anchor: usize,
    /// The key whose value comes next, in maps.
    key: Option<Node>,
    /// What the merge key (`<<`) of a map names.
    merge: Option<Node>,
}

impl Builder {
    fn parse(&mut self, text: &str) -> Result<(), Finding> {
        if text.len() > BYTES_MAX {
            return Err(rules::e0103::text_too_long(point(self.start), BYTES_MAX));
        }
        let mut read_to = 0;
        for event in Parser::new_from_str(text) {
            let (event, span) =
                event.map_err(|error| mistake::finding(&error, text, self.start, read_to))?;
            let bytes = self.placed(&span);
            read_to = read_to.max(bytes.end - self.start);
            self.note_tag(&event, &span);
            self.take(event, bytes)?;
        }
        Ok(())
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library adds events at will, and the others carry no values"
    )]
    fn take(&mut self, event: Event<'_>, bytes: Range<usize>) -> Result<(), Finding> {
        match event {
            Event::DocumentStart(..) => self.start_document(&bytes),
            Event::Scalar(text, style, anchor, tag) => {
                let kind = scalar::resolve(text, style, tag.as_deref()).map_err(|number| {
                    rules::e0101::number_too_large(point(bytes.start), &number)
                })?;
                self.close(Node { kind, bytes }, anchor)
            }
            Event::SequenceStart(_, anchor, _) => self.open(Kind::List(Vec::new()), bytes, anchor),
            Event::MappingStart(_, anchor, _) => self.open(Kind::Map(Vec::new()), bytes, anchor),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => {
                    let anchor = open.anchor;
                    self.close(merged(open)?, anchor)
                }
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let node = self.aliased(anchor, &bytes)?;
                self.close(node, 0)
            }
            _ => Ok(()),
        }
    }

    /// The place in the document of what the library has found.
    fn placed(&self, span: &Span) -> Range<usize> {
        let bytes = span.byte_range().unwrap_or_default();
        bytes.start + self.start..bytes.end + self.start
    }

    /// Tags of the core schema change nothing that this language knows; others
    /// would silently take the place of what was meant as a text.
    fn note_tag(&mut self, event: &Event<'_>, span: &Span) {
        let Some(tag_span) = span.tag_span() else {
            return;
        };
        if let Event::Scalar(_, _, _, Some(tag))
        | Event::SequenceStart(_, _, Some(tag))
        | Event::MappingStart(_, _, Some(tag)) = event
            && !tag.is_yaml_core_schema()
        {
            self.tags.push((tag.original(), self.placed(&tag_span)));
        }
    }

    fn start_document(&mut self, bytes: &Range<usize>) -> Result<(), Finding> {
        self.n_documents += 1;
        if self.n_documents == 1 {
            return Ok(());
        }
        Err(rules::e0107::several_documents(point(bytes.start)))
    }

    fn open(&mut self, kind: Kind, bytes: Range<usize>, anchor: usize) -> Result<(), Finding> {
        if self.open.len() == DEPTH_MAX {
            return Err(rules::e0105::nested_too_deep(point(bytes.start), DEPTH_MAX));
        }
        self.n_collections += 1;
        if self.n_collections > COLLECTIONS_MAX {
            let at = point(bytes.start);
            return Err(rules::e0110::too_many_collections(at, COLLECTIONS_MAX));
        }
        self.open.push(Open {
            node: Node { kind, bytes },
            anchor,
            key: None,
            merge: None,
        });
        Ok(())
    }

    /// Puts a finished value where it belongs.
    fn close(&mut self, node: Node, anchor: usize) -> Result<(), Finding> {
        self.n_values += 1;
        if self.n_values > VALUES_MAX {
            return Err(rules::e0110::too_many_values(
                point(node.bytes.start),
                VALUES_MAX,
            ));
        }
        if anchor != 0 {
            if self.anchors.len() == ANCHORS_MAX {
                let at = point(node.bytes.start);
                return Err(rules::e0106::too_many_anchors(at, ANCHORS_MAX));
            }
            self.anchors.insert(anchor, node.clone());
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut parent.node.kind {
            Kind::Map(entries) => match parent.key.take() {
                None => parent.key = Some(node),
                Some(key) if key.is_merge() => {
                    if parent.merge.replace(node).is_some() {
                        return Err(rules::e0101::two_merge_keys(point(key.bytes.start)));
                    }
                }
                Some(key) => entries.push(entry(key, node)),
            },
            Kind::List(items) => items.push(node),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {}
        }
        Ok(())
    }

    /// A copy of an anchored value that stands where the alias stands.
    fn aliased(&mut self, anchor: usize, bytes: &Range<usize>) -> Result<Node, Finding> {
        let Some(node) = self.anchors.get(&anchor) else {
            return Err(rules::e0101::alias_inside_itself(point(bytes.start)));
        };
        self.n_aliased += count(node);
        // Nesting is checked again: a copy may bring its own.
        if self.open.len() + height(node) > DEPTH_MAX {
            return Err(rules::e0105::nested_too_deep(point(bytes.start), DEPTH_MAX));
        }
        if self.n_aliased > ALIASED_NODES_MAX {
            return Err(rules::e0106::aliases_stand_for_too_much(point(bytes.start)));
        }
        let mut copy = node.clone();
        relocate(&mut copy, bytes);
        Ok(copy)
    }
}

/// Keys that are no texts are kept as what they look like, and reported later.
/// Not all of it: keys of keys of keys would double their escapes each time.
fn entry(key: Node, value: Node) -> Entry {
    let (text, key_is_text) = if let Kind::String(text) = key.kind {
        (text, true)
    } else {
        let looks = key.to_value().to_string();
        (looks.chars().take(SHOWN_OF_KEY_MAX).collect(), false)
    };
    Entry {
        key: text,
        key_bytes: key.bytes,
        key_is_text,
        value,
    }
}

/// The finished value, with the entries of the maps its merge key names that
/// it does not have itself.
fn merged(open: Open) -> Result<Node, Finding> {
    let mut node = open.node;
    let (Kind::Map(entries), Some(merge)) = (&mut node.kind, open.merge) else {
        return Ok(node);
    };
    let mut known: BTreeSet<_> = entries.iter().map(|entry| entry.key.clone()).collect();
    let maps = if let Kind::List(maps) = merge.kind {
        maps
    } else {
        vec![merge]
    };
    for map in maps {
        let Kind::Map(more) = map.kind else {
            return Err(rules::e0101::merge_of_no_map(point(map.bytes.start)));
        };
        let new = more
            .into_iter()
            .filter(|entry| known.insert(entry.key.clone()));
        entries.extend(new);
    }
    Ok(node)
}

fn children(node: &Node) -> Box<dyn Iterator<Item = &Node> + '_> {
    match &node.kind {
        Kind::List(items) => Box::new(items.iter()),
        Kind::Map(entries) => Box::new(entries.iter().map(|entry| &entry.value)),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {
            Box::new(std::iter::empty())
        }
    }
}

fn count(node: &Node) -> usize {
    1 + children(node).map(count).sum::<usize>()
}

fn height(node: &Node) -> usize {
    let is_scalar = !matches!(node.kind, Kind::List(_) | Kind::Map(_));
    let below = children(node).map(height).max().unwrap_or(0);
    below + usize::from(!is_scalar)
}

fn relocate(node: &mut Node, bytes: &Range<usize>) {
    node.bytes = bytes.clone();
    match &mut node.kind {
        Kind::List(items) => {
            for item in items {
                relocate(item, bytes);
            }
        }
        Kind::Map(entries) => {
            for entry in entries {
                entry.key_bytes = bytes.clone();
                relocate(&mut entry.value, bytes);
            }
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {}
    }
}
