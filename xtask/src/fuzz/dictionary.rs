//! The words that libFuzzer puts into texts: those of the language, from its
//! JSON Schema, and the marks of YAML and of expressions.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use super::seeds::{CONTEXT, CURSOR, OVERRIDES};
use crate::repository::Repository;

const SCHEMA: &str = "api/swdl.schema.json";

const MARKS: [&str; 59] = [
    "- ",
    ": ",
    "? ",
    "\n  ",
    "\n- ",
    "<<: ",
    "&a ",
    "*a",
    "!!str ",
    "!x ",
    "|\n  ",
    ">-\n  ",
    "---\n",
    "...\n",
    "# ",
    "%TAG ",
    "{ ",
    " }",
    "[",
    "]",
    ", ",
    "'",
    "\"",
    "\\",
    "\t",
    "\r\n",
    "\u{feff}",
    "é",
    "${{ ",
    " }}",
    "==",
    "!=",
    "<=",
    ">=",
    "&&",
    "||",
    "(",
    ")",
    ".",
    " ? ",
    "!",
    "length(",
    "contains(",
    "toJSON(",
    "fromJSON(",
    "true",
    "false",
    "null",
    "0.5",
    "-1",
    "parameters.",
    "stages.",
    "context.",
    "env.",
    "run.",
    "workflow.",
    OVERRIDES,
    CONTEXT,
    CURSOR,
];

/// The dictionary in libFuzzer's form.
pub(super) fn of(repository: &Repository) -> Result<String> {
    let schema = fs::read_to_string(repository.root().join(SCHEMA))
        .with_context(|| format!("cannot read {SCHEMA}"))?;
    let schema = serde_json::from_str(&schema).with_context(|| format!("{SCHEMA} is no JSON"))?;
    let mut words: BTreeSet<String> = MARKS.map(str::to_owned).into();
    collect(&schema, &mut words);
    Ok(words.iter().map(|word| entry(word)).collect())
}

/// Keys and words that the schema knows.
fn collect(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            for (key, value) in entries {
                match (key.as_str(), value) {
                    ("properties", Value::Object(properties)) => {
                        words.extend(properties.keys().cloned());
                    }
                    ("enum", Value::Array(known)) => {
                        words.extend(known.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    ("const", Value::String(word)) => {
                        words.insert(word.clone());
                    }
                    _ => {}
                }
                collect(value, words);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A line such as `"a\x22b"`.
fn entry(word: &str) -> String {
    let mut line = "\"".to_owned();
    for byte in word.bytes() {
        match byte {
            b'"' | b'\\' => line.push_str(&format!("\\{}", char::from(byte))),
            b' '..=b'~' => line.push(char::from(byte)),
            _ => line.push_str(&format!("\\x{byte:02x}")),
        }
    }
    line + "\"\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_words_of_the_schema_are_collected() {
        let schema = serde_json::json!({ "$defs": { "stage": {
            "properties": { "type": { "enum": ["agent", "gate"] }, "id": {} },
            "if": { "properties": { "type": { "const": "gate" } } },
        } } });
        let mut words = BTreeSet::new();
        collect(&schema, &mut words);
        assert_eq!(Vec::from_iter(words), ["agent", "gate", "id", "type"]);
    }

    #[test]
    fn what_libfuzzer_cannot_read_is_escaped() {
        assert_eq!(entry("a \"\\\n"), "\"a \\\"\\\\\\x0a\"\n");
    }
}
