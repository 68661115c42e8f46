//! YAML text to [`Node`] tree. The only module that knows the YAML library.
//!
//! YAML 1.2 core schema, built from the library's events without recursion.
//! Everything an attacker could make grow without bound is bounded: size,
//! depth, anchors and what aliases expand to.

mod scalar;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use baton_model::depth;
use serde_saphyr::granit_parser::{Event, Parser, ScanError, Span, Tag};

use crate::codes::{self, Code};
use crate::node::{Entry, Kind, Node};
use crate::report::{Finding, Report};

/// Largest document that is read, in bytes.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// Deepest nesting of lists and maps that is read. What comes later walks the
/// tree by recursion.
const DEPTH_MAX: usize = depth::DEPTH_MAX;

/// How many anchors a document may have.
const ANCHORS_MAX: usize = 256;

/// How many values all aliases together may stand for.
const ALIASED_NODES_MAX: usize = 10_000;

/// Why a text could not be read as YAML.
#[derive(Debug)]
pub(crate) struct YamlError {
    code: &'static Code,
    message: String,
    /// Where reading ended, in bytes of the text.
    pub(crate) offset: usize,
}

impl YamlError {
    fn new(code: &'static Code, message: impl Into<String>, offset: usize) -> Self {
        Self {
            code,
            message: message.into(),
            offset,
        }
    }

    fn syntax(message: impl Into<String>, offset: usize) -> Self {
        Self::new(&codes::YAML_SYNTAX, message, offset)
    }

    fn too_deep(offset: usize) -> Self {
        let message = format!("lists and maps may be nested at most {DEPTH_MAX} deep");
        Self::new(&codes::NESTED_TOO_DEEP, message, offset)
    }
}

/// Reads a document whose places begin at `start`; what keeps it from being
/// read, and tags, go to the report. Duplicate keys are kept; the reader
/// reports them.
pub(crate) fn read(text: &str, start: usize, report: &mut Report<'_>) -> Option<Node> {
    let mut builder = Builder::default();
    let parsed = builder.parse(text);
    for (tag, bytes) in &builder.tags {
        // What stands after the tag has the place; the tag comes before it.
        let before = text.get(..bytes.start).unwrap_or_default();
        let place = before.rfind(tag).unwrap_or(bytes.start);
        let bytes = place + start..place + tag.len() + start;
        let message = format!("the tag `{tag}` has no meaning here");
        report.add(
            Finding::new(&codes::UNKNOWN_TAG, "", &bytes, message)
                .help("a value that begins with `!` is written in quotes".to_owned()),
        );
    }
    if let Err(error) = parsed {
        let place = error.offset + start;
        report.add(Finding::new(error.code, "", &(place..place), error.message));
        return None;
    }
    let mut root = builder.root.unwrap_or(Node {
        kind: Kind::Null,
        bytes: 0..0,
    });
    root.shift(start);
    Some(root)
}

fn bytes_of(span: &Span) -> Range<usize> {
    span.byte_range().unwrap_or_default()
}

/// The library's own words; only its guard against deep nesting is a limit.
/// Where it points at what follows a mistake, the mistake itself is looked for
/// in the text after what could be read.
fn convert(error: &ScanError, text: &str, read_to: usize) -> YamlError {
    let offset = error.marker().byte_offset().unwrap_or_default();
    let words = error.info();
    let offset = if words.contains("found a tab") {
        find_from(text, offset, "\t").unwrap_or(offset)
    } else if words.contains("quoted scalar") && !words.contains("trailing content") {
        let quote = ["\"", "'"].map(|quote| find_from(text, read_to, quote));
        let opening = quote.into_iter().flatten().min();
        opening.filter(|quote| *quote < offset).unwrap_or(offset)
    } else {
        offset
    };
    if words.starts_with("recursion limit") {
        return YamlError::too_deep(offset);
    }
    let words = words.strip_prefix("while parsing node, ").unwrap_or(&words);
    YamlError::syntax(words.replace('\'', "`"), offset)
}

fn find_from(text: &str, start: usize, what: &str) -> Option<usize> {
    text.get(start..)?.find(what).map(|found| start + found)
}

/// The values that are open, from the outermost inwards.
#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
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
    fn parse(&mut self, text: &str) -> Result<(), YamlError> {
        if text.len() > BYTES_MAX {
            let message = format!("a file may be at most {BYTES_MAX} bytes long");
            return Err(YamlError::new(&codes::TEXT_TOO_LONG, message, 0));
        }
        let mut read_to = 0;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| convert(&error, text, read_to))?;
            let bytes = bytes_of(&span);
            read_to = read_to.max(bytes.end);
            self.take(event, bytes)?;
        }
        Ok(())
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library adds events at will, and the others carry no values"
    )]
    fn take(&mut self, event: Event<'_>, bytes: Range<usize>) -> Result<(), YamlError> {
        match event {
            Event::DocumentStart(..) => self.start_document(&bytes),
            Event::Scalar(text, style, anchor, tag) => {
                self.note_tag(tag.as_deref(), &bytes);
                let kind = scalar::resolve(text, style, tag.as_deref())
                    .map_err(|message| YamlError::syntax(message, bytes.start))?;
                self.close(Node { kind, bytes }, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.note_tag(tag.as_deref(), &bytes);
                self.open(Kind::List(Vec::new()), bytes, anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.note_tag(tag.as_deref(), &bytes);
                self.open(Kind::Map(Vec::new()), bytes, anchor)
            }
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

    /// Tags of the core schema change nothing that this language knows; others
    /// would silently take the place of what was meant as a text.
    fn note_tag(&mut self, tag: Option<&Tag>, bytes: &Range<usize>) {
        if let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema()) {
            self.tags.push((tag.original(), bytes.clone()));
        }
    }

    fn start_document(&mut self, bytes: &Range<usize>) -> Result<(), YamlError> {
        self.n_documents += 1;
        if self.n_documents == 1 {
            return Ok(());
        }
        let message = "a file is one YAML document, not several";
        Err(YamlError::new(
            &codes::SEVERAL_DOCUMENTS,
            message,
            bytes.start,
        ))
    }

    fn open(&mut self, kind: Kind, bytes: Range<usize>, anchor: usize) -> Result<(), YamlError> {
        if self.open.len() == DEPTH_MAX {
            return Err(YamlError::too_deep(bytes.start));
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
    fn close(&mut self, node: Node, anchor: usize) -> Result<(), YamlError> {
        if anchor != 0 {
            if self.anchors.len() == ANCHORS_MAX {
                let message = format!("a document may have at most {ANCHORS_MAX} anchors");
                return Err(YamlError::new(
                    &codes::TOO_MANY_ALIASES,
                    message,
                    node.bytes.start,
                ));
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
                        let message = "`<<` stands twice in this map";
                        return Err(YamlError::syntax(message, key.bytes.start));
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
    fn aliased(&mut self, anchor: usize, bytes: &Range<usize>) -> Result<Node, YamlError> {
        let Some(node) = self.anchors.get(&anchor) else {
            let message = "the alias stands inside the value it names";
            return Err(YamlError::syntax(message, bytes.start));
        };
        self.n_aliased += count(node);
        // Nesting is checked again: a copy may bring its own.
        if self.open.len() + height(node) > DEPTH_MAX {
            return Err(YamlError::too_deep(bytes.start));
        }
        if self.n_aliased > ALIASED_NODES_MAX {
            let message = "the aliases expand to too many values";
            return Err(YamlError::new(
                &codes::TOO_MANY_ALIASES,
                message,
                bytes.start,
            ));
        }
        let mut copy = node.clone();
        relocate(&mut copy, bytes);
        Ok(copy)
    }
}

/// Keys that are no texts are kept as what they look like, and reported later.
fn entry(key: Node, value: Node) -> Entry {
    let (text, key_is_text) = if let Kind::String(text) = key.kind {
        (text, true)
    } else {
        (key.to_value().to_string(), false)
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
fn merged(open: Open) -> Result<Node, YamlError> {
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
            let message = "`<<` takes a map or a list of maps";
            return Err(YamlError::syntax(message, map.bytes.start));
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
