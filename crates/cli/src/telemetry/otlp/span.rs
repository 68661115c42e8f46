//! A span, before it is encoded.

use baton_model::{FailureLabel, RunId, Timestamp};

/// What a span is called among all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SpanId(u64);

impl SpanId {
    /// The span of a run as a whole.
    pub(crate) fn of_run(run: RunId) -> Self {
        Self(hashed(FNV_OFFSET, run.as_uuid().as_bytes())).not_nothing()
    }

    /// The span of something within this one.
    pub(crate) fn below(self, name: &str, number: u32) -> Self {
        let hash = hashed(self.0, name.as_bytes());
        Self(hashed(hash, &number.to_be_bytes())).not_nothing()
    }

    /// Nothing but zeros is no id.
    fn not_nothing(self) -> Self {
        Self(self.0.max(1))
    }

    pub(crate) const fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// FNV-1a: the same in every release, which the standard hasher does not
/// promise.
fn hashed(start: u64, bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME);
    bytes.iter().fold(start, step)
}

/// Whether somebody else does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Internal,
    Client,
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Number(u32),
}

/// Something that happened in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) at: Timestamp,
    pub(crate) name: &'static str,
}

/// Something that took its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) run: RunId,
    pub(crate) id: SpanId,
    pub(crate) parent: Option<SpanId>,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) began: Timestamp,
    pub(crate) ended: Timestamp,
    pub(crate) attributes: Vec<(&'static str, Value)>,
    pub(crate) moments: Vec<Moment>,
    /// Why it failed, in one word.
    pub(crate) failure: Option<String>,
}

impl Span {
    pub(crate) fn new(run: RunId, id: SpanId, name: &str) -> Self {
        Self {
            run,
            id,
            parent: None,
            name: name.to_owned(),
            kind: Kind::Internal,
            began: Timestamp::default(),
            ended: Timestamp::default(),
            attributes: Vec::new(),
            moments: Vec::new(),
            failure: None,
        }
    }

    pub(crate) fn text(&mut self, name: &'static str, value: impl Into<String>) {
        self.attributes.push((name, Value::Text(value.into())));
    }

    pub(crate) fn number(&mut self, name: &'static str, value: u32) {
        self.attributes.push((name, Value::Number(value)));
    }

    /// Notes why it failed, if it did.
    pub(crate) fn fails_with(&mut self, label: Option<&FailureLabel>) {
        if let Some(label) = label {
            self.fails_as(label.as_str());
        }
    }

    pub(crate) fn fails_as(&mut self, word: &str) {
        self.text("error.type", word);
        self.failure = Some(word.to_owned());
    }
}
