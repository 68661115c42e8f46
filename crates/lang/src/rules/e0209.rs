//! SWDL-E0209: a type is not known.

use baton_model::ValueType;

use crate::report::{Finding, Place};
use crate::suggest;

code!("SWDL-E0209", Error, Schema, "a type is not known");

pub(crate) fn unknown_type(at: Place, name: &str) -> Finding {
    Finding::new(&CODE, at, format!("unknown type `{name}`")).help(mend(name))
}

fn mend(name: &str) -> String {
    if let Some(meant) = meant(name) {
        return suggest::did_you_mean(meant);
    }
    match name.trim() {
        "array" | "list" | "array<>" | "tuple" | "set" => {
            "name the type of its items, such as array<string>".to_owned()
        }
        "any" | "null" | "enum" | "date" | "datetime" | "file" | "path" | "url" => {
            "there is no such type; string is the nearest".to_owned()
        }
        _ => format!("a type is one of {}", ValueType::NAMES.join(", ")),
    }
}

/// The type that another language has under this name, or that is written like
/// it.
fn meant(name: &str) -> Option<String> {
    let name = name.trim();
    if let Some(items) = items_of_list(name) {
        let items = match items.parse::<ValueType>() {
            Ok(known) => known.to_string(),
            Err(_) => meant(items)?,
        };
        return Some(format!("array<{items}>"));
    }
    let meant = match name.to_ascii_lowercase().as_str() {
        "str" | "text" | "varchar" => "string",
        "int" | "long" => "integer",
        "float" | "double" | "decimal" => "number",
        "bool" => "boolean",
        "map" | "dict" | "record" | "json" | "struct" => "object",
        "artifact" => "artifact_ref",
        "memory" => "memory_item",
        "array" | "list" => return None,
        _ => suggest::nearest(name, ValueType::NAMES.into_iter())?,
    };
    Some(meant.to_owned())
}

/// What is inside of `X[]`, `list<X>`, `array[X]` and the like.
fn items_of_list(name: &str) -> Option<&str> {
    // One level deeper than types are read, nobody needs help.
    if name.len() > 64 {
        return None;
    }
    if let Some(items) = name.strip_suffix("[]") {
        return Some(items);
    }
    let (list, rest) = name.split_once(['<', '['])?;
    let is_list = ["array", "list"].contains(&list.trim().to_ascii_lowercase().as_str());
    let items = rest.strip_suffix(['>', ']'])?.trim();
    (is_list && !items.is_empty()).then_some(items)
}

/// Of an input or output in a definition that has errors.
pub(crate) fn type_not_read(at: Place, name: &str) -> Finding {
    Finding::new(&CODE, at, format!("the type of `{name}` is not known"))
}
