//! SWDL-W0213: a block does not belong to this type of stage.

use crate::report::{Finding, Place};

code!(
    "SWDL-W0213",
    Warning,
    Schema,
    "a block does not belong to this type of stage"
);

/// What may stand at a stage that it does not belong to.
#[derive(Clone, Copy)]
pub(crate) enum Block {
    Inputs,
    Outputs,
    Roles,
    Gate,
    Handoff,
    Timeout,
    Retry,
    QuestionTimeout,
}

const OPEN_FOR: &str = "a gate stays open as long as `gate.timeout` says";

impl Block {
    /// The key under which it stands.
    pub(crate) const fn key(self) -> &'static str {
        self.words().0
    }

    /// Its key, and what is to be said about it.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Inputs => ("inputs", "what people are to see stands in `gate.message`"),
            Self::Outputs => ("outputs", "a person brings no outputs"),
            Self::Roles => ("roles", "a person decides at a gate"),
            Self::Gate => ("gate", "write `type: gate` for one"),
            Self::Handoff => ("handoff", "a gate has nothing to hand on"),
            Self::Timeout => ("timeout", OPEN_FOR),
            Self::Retry => ("retry", "a gate is decided once"),
            Self::QuestionTimeout => ("question_timeout", OPEN_FOR),
        }
    }
}

pub(crate) fn block_without_effect(at: Place, block: Block) -> Finding {
    let (key, help) = block.words();
    let message = format!("`{key}` has no effect on a stage of this type");
    Finding::new(&CODE, at, message).help(help)
}
