//! SWDL-W0314: an expression looks into a value that has nothing inside.

use crate::report::{Finding, Place};

code!(
    "SWDL-W0314",
    Warning,
    Expression,
    "an expression looks into a value that has nothing inside"
);

/// Why a step into a value leads nowhere.
#[derive(Clone, Copy)]
pub(crate) enum NothingInside {
    MapByPosition,
    ListByName,
    Text,
    Number,
    Boolean,
}

impl NothingInside {
    const fn reason(self) -> &'static str {
        match self {
            Self::MapByPosition => "a map is looked into by name",
            Self::ListByName => "a list is looked into by position",
            Self::Text => "a text has nothing inside",
            Self::Number => "a number has nothing inside",
            Self::Boolean => "a boolean has nothing inside",
        }
    }

    /// How to mend it; `name` is that of the step, if it has one.
    fn mend(self, name: Option<&str>) -> Option<&'static str> {
        match (self, name) {
            (Self::ListByName | Self::Text, Some("length")) => {
                Some("how long a value is, length() tells")
            }
            (Self::ListByName, _) => Some("write a position such as [0]"),
            (Self::Text, _) => Some("if it holds JSON, read it with fromJSON()"),
            (Self::MapByPosition | Self::Number | Self::Boolean, _) => None,
        }
    }
}

pub(crate) fn always_null(at: Place, why: NothingInside, name: Option<&str>) -> Finding {
    let message = format!("this is always null: {}", why.reason());
    Finding::new(&CODE, at, message).help_if(why.mend(name))
}
