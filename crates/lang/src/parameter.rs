//! The parameters of a run: what was given, coerced, completed by defaults.

use baton_model::{Diagnostic, Object, Value, ValueType, depth};
use indexmap::IndexMap;

use crate::codes::{self, Code};
use crate::definition::Parameter;
use crate::suggest;

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
        .map(|(name, _)| undeclared(name, declared))
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
            Err(mistake) => mistakes.push(*mistake),
        }
    }
    if mistakes.is_empty() {
        Ok(parameters)
    } else {
        Err(mistakes)
    }
}

fn value_of(
    name: &str,
    parameter: &Parameter,
    input: Option<&ParameterInput>,
) -> Result<Option<Value>, Box<Diagnostic>> {
    match input {
        Some(ParameterInput::Value(Value::Null)) if !parameter.required => Ok(Some(Value::Null)),
        Some(input) => typed(name, parameter.value_type.as_ref(), input).map(Some),
        None if !parameter.default.is_null() => Ok(Some(parameter.default.clone())),
        None if parameter.required => {
            let message = format!("the parameter `{name}` is required");
            let help = parameter.description.clone();
            Err(Box::new(mistake(
                &codes::MISSING_PARAMETER,
                name,
                message,
                help,
            )))
        }
        None => Ok(None),
    }
}

fn typed(
    name: &str,
    value_type: Option<&ValueType>,
    input: &ParameterInput,
) -> Result<Value, Box<Diagnostic>> {
    let bad = |words: String| {
        let message = format!("the parameter `{name}`{words}");
        Box::new(mistake(&codes::BAD_PARAMETER, name, message, None))
    };
    if let ParameterInput::Value(value) = input {
        depth::check(value).map_err(|too_deep| bad(format!(" is {too_deep}")))?;
    }
    let checked = match (value_type, input) {
        (Some(value_type), ParameterInput::Text(text)) => value_type.coerce(text),
        (Some(value_type), ParameterInput::Value(value)) => {
            value_type.check(value).map(|()| value.clone())
        }
        (None, ParameterInput::Text(text)) => Ok(Value::String(text.clone())),
        (None, ParameterInput::Value(value)) => Ok(value.clone()),
    };
    checked.map_err(|violation| bad(format!(": {violation}")))
}

fn undeclared(name: &str, declared: &IndexMap<String, Parameter>) -> Diagnostic {
    let message = format!("the parameter `{name}` is not declared");
    let help = suggest::help_for(name, declared.keys().map(String::as_str));
    mistake(&codes::UNDECLARED_PARAMETER, name, message, help)
}

/// These mistakes are in what was given, so there is no text to point at.
fn mistake(code: &Code, name: &str, message: String, help: Option<String>) -> Diagnostic {
    Diagnostic {
        code: code.id,
        severity: code.severity,
        category: code.category,
        message,
        help,
        path: format!("parameters.{name}"),
        file: None,
        span: None,
        labels: Vec::new(),
    }
}
