//! What a run needs from whoever works on it, told without loading it.

use std::fmt;
use std::str::FromStr;

use baton_model::{RunId, Timestamp};

/// What a run needs from whoever works on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attention {
    /// Nothing any more: it has ended, and nothing is due.
    Done,
    /// Nothing before its `wake_at`, or before a person comes.
    Idle,
    /// To be worked on: an attempt is in flight, something can start, or
    /// something is due, also after its end.
    Working,
}

impl Attention {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Done, Self::Idle, Self::Working];

    /// The word in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Idle => "idle",
            Self::Working => "working",
        }
    }
}

impl fmt::Display for Attention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Attention {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|attention| attention.as_str() == word)
            .ok_or_else(|| format!("unknown attention `{word}`"))
    }
}

/// A run that is not [`Attention::Done`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenRun {
    /// The run.
    pub run: RunId,
    /// What it needs.
    pub attention: Attention,
    /// When something of it is due by itself.
    pub wake_at: Option<Timestamp>,
}
