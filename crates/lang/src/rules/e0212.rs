//! SWDL-E0212: an agent stage does not say who works on it.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0212",
    Error,
    Schema,
    "an agent stage does not say who works on it"
);

/// `id` is empty where it could not be read.
pub(crate) fn agent_without_roles(at: Place, id: &str) -> Finding {
    let message = match id {
        "" => "this agent stage has no `roles`".to_owned(),
        id => format!("the agent stage `{id}` has no `roles`"),
    };
    Finding::new(&CODE, at, message)
        .help("say who works: roles: { primary: { artifact: agent:NAME } }")
}
