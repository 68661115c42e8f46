//! Values of TOML as values of JSON: what simulated agents bring back.

use baton_model::{Object, Value, depth};
use toml::Spanned;

use super::UnplacedMistake;
use crate::result::EDITS_MAX;

/// The setting `outputs`.
pub(super) fn outputs(table: &Spanned<toml::Table>) -> Result<Object, UnplacedMistake> {
    let outputs = object(table.as_ref()).ok_or_else(|| no_json_number("an output", table))?;
    check_depth("an output", outputs.values(), table)?;
    Ok(outputs)
}

/// The setting `edits`.
pub(super) fn edits(tables: &Spanned<Vec<toml::Table>>) -> Result<Vec<Value>, UnplacedMistake> {
    if tables.as_ref().len() > EDITS_MAX {
        let message = format!("`edits` holds more than {EDITS_MAX} edits");
        return Err(UnplacedMistake::new(tables.span(), message));
    }
    let edits = tables.as_ref().iter().map(object);
    let edits: Vec<Value> = edits
        .map(|edit| edit.map(Value::Object))
        .collect::<Option<_>>()
        .ok_or_else(|| no_json_number("part of an edit", tables))?;
    check_depth("an edit", &edits, tables)?;
    Ok(edits)
}

fn check_depth<'v, T>(
    what: &str,
    values: impl IntoIterator<Item = &'v Value>,
    place: &Spanned<T>,
) -> Result<(), UnplacedMistake> {
    let checked = values.into_iter().try_for_each(depth::check);
    checked.map_err(|too_deep| UnplacedMistake::new(place.span(), format!("{what} is {too_deep}")))
}

fn no_json_number<T>(what: &str, place: &Spanned<T>) -> UnplacedMistake {
    let message = format!("{what} is a number that JSON does not have");
    UnplacedMistake::new(place.span(), message)
}

fn object(table: &toml::Table) -> Option<Object> {
    let entry = |(name, value): (&String, &toml::Value)| Some((name.clone(), json(value)?));
    table.iter().map(entry).collect()
}

/// None for the numbers JSON cannot hold; times become text.
fn json(value: &toml::Value) -> Option<Value> {
    Some(match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Float(number) => serde_json::Number::from_f64(*number)?.into(),
        toml::Value::Boolean(flag) => (*flag).into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(items) => items.iter().map(json).collect::<Option<_>>()?,
        toml::Value::Table(table) => Value::Object(object(table)?),
    })
}
