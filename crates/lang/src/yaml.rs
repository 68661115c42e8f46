//! YAML text to [`Node`] tree. The only module that knows the YAML library.
//!
//! YAML 1.2 core schema. Everything an attacker could make grow without bound
//! is bounded: size, depth, nodes, anchors and what aliases expand to.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Error, Location, Spanned};

use crate::node::{Entry, Kind, Node};

/// Largest document that is read, in bytes.
pub(crate) const BYTES_MAX: usize = 4 * 1024 * 1024;

/// Deepest nesting of lists and maps that is read.
pub(crate) const DEPTH_MAX: usize = 32;

const TOO_DEEP: &str = "lists and maps may be nested at most 32 deep";

/// Why a text could not be read as YAML.
#[derive(Debug)]
pub(crate) struct YamlError {
    pub(crate) message: String,
    /// Whether the text is fine as YAML but passes a limit.
    pub(crate) is_limit: bool,
    /// Line and column from 1, if the library knew them.
    pub(crate) position: Option<(u32, u32)>,
}

/// Reads a document. Duplicate keys are kept; the reader reports them.
pub(crate) fn parse(text: &str) -> Result<Node, YamlError> {
    if text.len() > BYTES_MAX {
        return Err(YamlError {
            message: format!("a definition may be at most {BYTES_MAX} bytes long"),
            is_limit: true,
            position: None,
        });
    }
    let options = serde_saphyr::options! {
        strict_booleans: true,
        // Seeing both keys is what lets all duplicates be reported.
        duplicate_keys: DuplicateKeyPolicy::LastWins,
        budget: serde_saphyr::budget! {
            max_documents: 1,
            max_depth: DEPTH_MAX,
            max_nodes: 500_000,
            max_anchors: 256,
            max_aliases: 1_000,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 10_000,
            max_replay_stack_depth: 8,
            max_alias_expansions_per_anchor: 256,
        },
    };
    serde_saphyr::from_str_with_options::<RawNode>(text, options)
        .map(|raw| raw.0)
        .map_err(|error| convert(&error))
}

/// The library's own words, without the place, which stands apart.
fn convert(error: &Error) -> YamlError {
    let error = error.without_snippet();
    let position = error.location().map(|location| {
        let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        (count(location.line()), count(location.column()))
    });
    // An error met inside an alias is wrapped; the place is that of the alias.
    let error = if let Error::AliasError { error, .. } = error {
        error.without_snippet()
    } else {
        error
    };
    let limit = limit_message(error);
    YamlError {
        is_limit: limit.is_some(),
        message: limit.unwrap_or_else(|| {
            let text = error.to_string();
            let words = text
                .rsplit_once(" at line ")
                .map_or(text.as_str(), |(words, _)| words);
            words.replace("`\\u{0}'", "NUL").replace('\'', "`")
        }),
        position,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library adds variants at will, and only limits are told apart"
)]
fn limit_message(error: &Error) -> Option<String> {
    let words = match error {
        Error::Budget { breach, .. } => match breach {
            BudgetBreach::Documents { .. } => "a definition is one YAML document, not several",
            BudgetBreach::Depth { .. } => TOO_DEEP,
            BudgetBreach::Aliases { .. } | BudgetBreach::Anchors { .. } => {
                "the document has too many anchors and aliases"
            }
            _ => "the document has too many values",
        },
        Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => "the aliases expand to too many values",
        // The scanner's own guard, which comes before the budget's.
        other if other.to_string().starts_with("recursion limit") => TOO_DEEP,
        _ => return None,
    };
    Some(words.to_owned())
}

struct RawNode(Node);

impl<'de> Deserialize<'de> for RawNode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<RawKind>::deserialize(deserializer)?;
        Ok(Self(Node {
            kind: spanned.value.0,
            bytes: bytes_of(spanned.referenced),
        }))
    }
}

fn bytes_of(location: Location) -> Range<usize> {
    let span = location.span();
    let start = span.byte_offset().unwrap_or(0);
    let end = start + span.byte_len().unwrap_or(0);
    usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0)
}

struct RawKind(Kind);

impl<'de> Deserialize<'de> for RawKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor).map(Self)
    }
}

struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_none<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kind, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Kind, E> {
        Ok(Kind::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Kind, E> {
        Ok(Kind::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Kind, E> {
        Ok(Kind::Number(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Kind, E> {
        Number::from_f64(number)
            .map(Kind::Number)
            .ok_or_else(|| E::custom("infinity and NaN are not values of the language"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Kind, E> {
        Ok(Kind::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Kind, E> {
        Ok(Kind::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Kind, A::Error> {
        let mut items = Vec::new();
        while let Some(RawNode(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Kind::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Kind, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = access.next_key::<RawNode>()? {
            let RawNode(value) = access.next_value()?;
            entries.push(entry(key, value));
        }
        Ok(Kind::Map(entries))
    }
}

/// Keys that are no texts are kept as what they look like, and reported later.
fn entry(RawNode(key): RawNode, value: Node) -> Entry {
    let (text, key_is_text) = if let Kind::String(text) = &key.kind {
        (text.clone(), true)
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
