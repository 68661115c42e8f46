//! What an agent brought back, held against the stage's contract.

use baton_model::plan::OutputSpec;
use baton_model::{Failure, FailureLabel, Object};

/// Fills in defaults and checks types; the failure names every mistake.
///
/// Values the contract does not name are kept: agents may say more than they
/// were asked for.
pub(crate) fn check(contract: &[OutputSpec], mut outputs: Object) -> Result<Object, Failure> {
    let mut mistakes = Vec::new();
    for output in contract {
        match outputs.get(&output.name) {
            Some(value) if !value.is_null() => {
                if let Err(violation) = output.value_type.check(value) {
                    mistakes.push(format!("output `{}`: {violation}", output.name));
                }
            }
            Some(_) | None if !output.default.is_null() => {
                outputs.insert(output.name.clone(), output.default.clone());
            }
            Some(_) | None if output.required => {
                mistakes.push(format!("output `{}` is missing", output.name));
            }
            Some(_) | None => {}
        }
    }
    if mistakes.is_empty() {
        Ok(outputs)
    } else {
        Err(Failure::new(FailureLabel::BAD_OUTPUT, mistakes.join("; ")))
    }
}
