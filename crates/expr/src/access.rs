//! Looking into values: `.name` and `[index]`. What is not there is null.

use std::borrow::Cow;

use baton_model::Value;

use crate::tree::{Step, StepKind};

/// The leading steps whose names are known without evaluating anything.
pub(crate) fn static_path(steps: &[Step]) -> Vec<&str> {
    steps.iter().map_while(static_name).collect()
}

fn static_name(step: &Step) -> Option<&str> {
    match &step.kind {
        StepKind::Name(name) => Some(name),
        StepKind::Index(index) => index.as_text(),
    }
}

/// The value under a name; null unless `value` is a map that has it.
pub(crate) fn by_name<'v>(value: Cow<'v, Value>, name: &str) -> Cow<'v, Value> {
    let found = match value {
        Cow::Borrowed(value) => value.get(name).map(Cow::Borrowed),
        Cow::Owned(mut value) => value.get_mut(name).map(Value::take).map(Cow::Owned),
    };
    found.unwrap_or(Cow::Owned(Value::Null))
}

/// The value at an index: a name for maps, a whole number from 0 for lists.
pub(crate) fn by_index<'v>(value: Cow<'v, Value>, index: &Value) -> Cow<'v, Value> {
    if let Some(name) = index.as_str() {
        return by_name(value, name);
    }
    let found = list_position(index).and_then(|position| match value {
        Cow::Borrowed(value) => value.get(position).map(Cow::Borrowed),
        Cow::Owned(mut value) => value.get_mut(position).map(Value::take).map(Cow::Owned),
    });
    found.unwrap_or(Cow::Owned(Value::Null))
}

/// `2` and `2.0` are the same number, so they are the same position.
fn list_position(index: &Value) -> Option<usize> {
    const EXACT_FLOAT_MAX: f64 = 9_007_199_254_740_992.0;
    if let Some(position) = index.as_u64() {
        return usize::try_from(position).ok();
    }
    let float = index.as_f64()?;
    if float.fract() != 0.0 || !(0.0..=EXACT_FLOAT_MAX).contains(&float) {
        return None;
    }
    format!("{float:.0}").parse().ok()
}
