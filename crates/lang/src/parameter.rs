//! The parameters of a run: what was given, coerced, completed by defaults.

use baton_model::{Diagnostic, Object, Value, ValueType, depth};
use indexmap::IndexMap;

use crate::definition::Parameter;
use crate::report::{Finding, Place};
use crate::rules;

/// A parameter as the caller has it.
#[derive(Clone, Debug, PartialEq)]
pub enum ParameterInput {
    /// A value with a type of its own, as from JSON.
    Value(Value),
    /// A text that is read by the declared type, as from a command line.
    Text(String),
}

/// The parameters of a run, or everything that is wrong with them.
///
/// Given values win (also null), then defaults; what has neither is left out,
/// unless it is required.
pub(crate) fn resolve(
    declared: &IndexMap<String, Parameter>,
    given: &[(String, ParameterInput)],
) -> Result<Object, Vec<Diagnostic>> {
    let mut mistakes: Vec<_> = given
        .iter()
        .filter(|(name, _)| !declared.contains_key(name))
        .map(|(name, _)| {
            let declared = declared.keys().map(String::as_str);
            rules::e0603::undeclared_parameter(place(name), name, declared)
        })
        .collect();
    let mut parameters = Object::new();
    for (name, parameter) in declared {
        // A name given twice counts as given last, as on any command line.
        let input = given.iter().rev().find(|(given, _)| given == name);
        match value_of(name, parameter, input.map(|(_, input)| input)) {
            Ok(Some(value)) => {
                parameters.insert(name.clone(), value);
            }
            Ok(None) => {}
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if mistakes.is_empty() {
        Ok(parameters)
    } else {
        let mistakes = mistakes.into_iter().map(Finding::into_placeless);
        Err(mistakes.collect())
    }
}

fn value_of(
    name: &str,
    parameter: &Parameter,
    input: Option<&ParameterInput>,
) -> Result<Option<Value>, Finding> {
    match input {
        Some(ParameterInput::Value(Value::Null)) if !parameter.required => Ok(Some(Value::Null)),
        Some(input) => typed(name, parameter.value_type(), input).map(Some),
        None if !parameter.default.is_null() => Ok(Some(parameter.default.clone())),
        None if parameter.required => {
            let description = parameter.description.as_deref();
            Err(rules::e0601::missing_parameter(
                place(name),
                name,
                description,
            ))
        }
        None => Ok(None),
    }
}

fn typed(
    name: &str,
    value_type: Option<&ValueType>,
    input: &ParameterInput,
) -> Result<Value, Finding> {
    if let ParameterInput::Value(value) = input {
        depth::check(value)
            .map_err(|too_deep| rules::e0602::parameter_too_deep(place(name), name, too_deep))?;
    }
    let checked = match (value_type, input) {
        (Some(value_type), ParameterInput::Text(text)) => value_type.coerce(text),
        (Some(value_type), ParameterInput::Value(value)) => {
            value_type.check(value).map(|()| value.clone())
        }
        (None, ParameterInput::Text(text)) => Ok(Value::String(text.clone())),
        (None, ParameterInput::Value(value)) => Ok(value.clone()),
    };
    checked.map_err(|violation| rules::e0602::bad_parameter(place(name), name, &violation))
}

/// These mistakes are in what was given, so there is no text to point at.
fn place(name: &str) -> Place {
    Place::without_text(format!("parameters.{name}"))
}
