//! SWDL-E0209: a type is not known.

use baton_model::ValueType;

use crate::report::{Finding, Place};
use crate::suggest;

code!("SWDL-E0209", Error, Schema, "a type is not known");

pub(crate) fn unknown_type(at: Place, name: &str) -> Finding {
    Finding::new(&CODE, at, format!("unknown type `{name}`")).help_if(mend(name))
}

/// The names that other languages have for types come first.
fn mend(name: &str) -> Option<String> {
    let meant = match name {
        "array" | "list" => {
            return Some("name the type of its items, such as array<string>".to_owned());
        }
        "str" | "text" => "string",
        "int" => "integer",
        "float" => "number",
        "map" | "dict" => "object",
        _ => return suggest::help_for(name, ValueType::NAMES.into_iter()),
    };
    Some(format!("did you mean `{meant}`?"))
}

/// Of an input or output in a definition that has errors.
pub(crate) fn type_not_read(at: Place, name: &str) -> Finding {
    Finding::new(&CODE, at, format!("the type of `{name}` is not known"))
}
