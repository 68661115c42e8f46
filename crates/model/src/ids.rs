//! Typed identities: of a stored workflow, of a run, of a stage in it, and of
//! one start of a stage.
//!
//! Ids are made in the shell (`RunId` is a UUID v7, so it sorts by creation);
//! this module only parses, checks and prints them.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

use crate::plan::HookPoint;

/// Identity of a run (an execution). UUID v7, printed in lower-case hex with hyphens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(Uuid);

impl RunId {
    /// Wraps a UUID made by the shell.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID inside.
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }

    /// The last eight hex digits: enough for people to tell runs apart in a
    /// terminal (the first ones of a v7 id are only the date).
    pub fn short(&self) -> String {
        let text = self.0.simple().to_string();
        text.get(text.len() - 8..).unwrap_or(&text).to_owned()
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.hyphenated(), f)
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RunId({self})")
    }
}

impl FromStr for RunId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Uuid::parse_str(text)
            .map(Self)
            .map_err(|_not_a_uuid| InvalidId::NotAUuid)
    }
}

/// Identity of a stored workflow. UUID v7, printed in lower-case hex with
/// hyphens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkflowId(Uuid);

impl WorkflowId {
    /// Wraps a UUID made by the shell.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID inside.
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

impl fmt::Display for WorkflowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.hyphenated(), f)
    }
}

impl fmt::Debug for WorkflowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WorkflowId({self})")
    }
}

impl FromStr for WorkflowId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Uuid::parse_str(text)
            .map(Self)
            .map_err(|_not_a_uuid| InvalidId::NotAUuid)
    }
}

/// Why a text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// The id of a run or of a stored workflow must be a UUID.
    #[error("not a UUID")]
    NotAUuid,
    /// A stage id must not be empty.
    #[error("a stage id must not be empty")]
    Empty,
    /// A stage id holds at most [`StageId::BYTES_MAX`] bytes.
    #[error("a stage id must not be longer than 255 bytes")]
    TooLong,
}

/// Identity of a stage within its run: any UTF-8 text of 1 to 255 bytes.
///
/// Narrower rules (kebab-case, at most 64 characters) belong to `baton-lang`;
/// the gRPC door gives ids of its own. Cloning is cheap.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct StageId(Arc<str>);

impl StageId {
    /// Longest id, in bytes.
    pub const BYTES_MAX: usize = 255;

    /// Checks the length and wraps the text.
    pub fn new(text: &str) -> Result<Self, InvalidId> {
        match text.len() {
            0 => Err(InvalidId::Empty),
            1..=Self::BYTES_MAX => Ok(Self(Arc::from(text))),
            _ => Err(InvalidId::TooLong),
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for StageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl Borrow<str> for StageId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for StageId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::new(&text)
    }
}

impl FromStr for StageId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::new(text)
    }
}

impl Serialize for StageId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Identity of one start of a stage.
///
/// A retry raises `attempt`; re-opening a finished stage raises `iteration`;
/// every start, also one after a crash, raises `dispatch`, which fences late
/// answers: only the answer that carries the current dispatch is taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AttemptKey {
    /// The run the stage belongs to.
    pub run: RunId,
    /// The stage.
    pub stage: StageId,
    /// How often the stage was opened, from 1.
    pub iteration: u32,
    /// How often it was tried in this iteration, from 1.
    pub attempt: u32,
    /// How often it was started in the whole run, from 1.
    pub dispatch: u32,
}

impl AttemptKey {
    /// What an agent may use to recognise work it has already done: the same
    /// for every dispatch of one attempt (BLUEPRINT §3, "Identity of a start").
    pub fn idempotency_key(&self) -> String {
        format!(
            "{}/{}/{}/{}",
            self.run, self.stage, self.iteration, self.attempt
        )
    }
}

/// Identity of an action of a hook within its run: carried out once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HookKey {
    /// After which end of the run, from 1; a run that is reopened has several.
    /// 0: at its start.
    pub end: u32,
    /// Which hook.
    pub point: HookPoint,
    /// Which of its actions, from 0.
    pub place: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_id_holds_one_to_255_bytes_of_any_text() {
        assert_eq!(StageId::new(""), Err(InvalidId::Empty));
        assert_eq!(StageId::new(&"é".repeat(128)), Err(InvalidId::TooLong));
        for text in ["a", "Größe 1/2", &"x".repeat(255)] {
            assert_eq!(
                StageId::new(text).map(|id| id.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn the_idempotency_key_ignores_the_dispatch() {
        let key = |dispatch| AttemptKey {
            run: RunId::new(Uuid::nil()),
            stage: StageId::new("build").unwrap(),
            iteration: 1,
            attempt: 2,
            dispatch,
        };
        assert_eq!(key(2).idempotency_key(), key(3).idempotency_key());
        assert!(key(2).idempotency_key().ends_with("/build/1/2"));
    }
}
