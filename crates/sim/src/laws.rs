//! What must hold, whatever happens. Each law is told in its own words and
//! recomputed from what was stored, never taken from the engine's word.

pub(crate) mod attempts;
pub(crate) mod leases;
pub(crate) mod log;
pub(crate) mod rows;
pub(crate) mod stage;

use std::fmt;

/// A law of the simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// What was acknowledged is in the log for ever, and what was refused is not.
    Acknowledged,
    /// A stage completes once in each iteration, and does not start after that.
    CompletedOnce,
    /// No attempt is held twice while its lease is valid.
    OneHolder,
    /// A stage starts after what it depends on has settled.
    Dependencies,
    /// Events are numbered without a gap.
    Contiguous,
    /// Nothing is taken from whoever does not own the run.
    Fenced,
    /// What has ended does not go on.
    Final,
    /// Attempts, stages at once and process slots keep their limits.
    Limits,
    /// Once faults have stopped, everything ends or waits for people.
    Liveness,
    /// Replay, live state and rows agree.
    OneTruth,
    /// Nothing is done before it is durable, or for what is not so any more.
    DurableFirst,
    /// Nothing happens before its time.
    NotEarly,
    /// A hook is carried out, and not again once that was noted.
    Hooks,
    /// What a stage brought is what its agent brought for it.
    Honest,
    /// Edits, pauses and reworks mean what they say.
    Semantics,
    /// Work comes to rest, so that time passes.
    TimePasses,
    /// No code panics.
    NoPanic,
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Acknowledged => "acknowledged is durable",
            Self::CompletedOnce => "completed once",
            Self::OneHolder => "one holder",
            Self::Dependencies => "dependencies first",
            Self::Contiguous => "no gaps",
            Self::Fenced => "fenced",
            Self::Final => "the end is final",
            Self::Limits => "limits hold",
            Self::Liveness => "everything ends",
            Self::OneTruth => "one truth",
            Self::DurableFirst => "durable first",
            Self::NotEarly => "not early",
            Self::Hooks => "hooks",
            Self::Honest => "honest results",
            Self::Semantics => "semantics",
            Self::TimePasses => "time passes",
            Self::NoPanic => "no panic",
        })
    }
}

/// A law that was broken, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Which one.
    pub law: Law,
    /// How, in words.
    pub how: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.law, self.how)
    }
}

/// Whether a law holds.
pub(crate) type Lawful = Result<(), Breach>;

/// Refuses what breaks a law; the words are only made when it does.
pub(crate) fn hold(holds: bool, law: Law, how: impl FnOnce() -> String) -> Lawful {
    if holds {
        Ok(())
    } else {
        Err(Breach { law, how: how() })
    }
}
