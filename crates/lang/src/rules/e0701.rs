//! SWDL-E0701: overrides are not laid out as they must be.

use crate::node::Node;
use crate::report::{Finding, Place};

code!(
    "SWDL-E0701",
    Error,
    Schema,
    "overrides are not laid out as they must be"
);

/// The layout of a file of overrides.
pub(super) const LAYOUT: &str =
    "write `overrides:`, below it the id of a workflow, and below that what to set";

/// What must be a map in overrides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    File,
    Blocks,
    Block,
    Workflow,
    Stages,
    Stage,
}

impl Part {
    const fn rule(self) -> &'static str {
        match self {
            Self::File => "a file of overrides is a map",
            Self::Blocks => "`overrides` is a map from workflow ids",
            Self::Block => "the overrides of a workflow are a map",
            Self::Workflow => "the overrides of `workflow` are a map",
            Self::Stages => "overrides of stages are a map from stage ids",
            Self::Stage => "the overrides of a stage are a map",
        }
    }
}

pub(crate) fn not_a_map(at: Place, part: Part, given: &Node) -> Finding {
    let message = format!("{}, and this is {}", part.rule(), given.describe());
    let is_layout = matches!(part, Part::File | Part::Blocks);
    Finding::new(&CODE, at, message).help_if(is_layout.then_some(LAYOUT))
}

pub(crate) fn no_overrides(at: Place) -> Finding {
    Finding::new(&CODE, at, "a file of overrides has the key `overrides`").help(LAYOUT)
}
