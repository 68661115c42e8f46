//! What the environment switches off.

use baton_app::Features;

/// What switches workflows and runs off, the first that is set.
const ENGINE: [&str; 2] = ["BATON_WORKFLOW_ENGINE_ENABLED", "WORKFLOW_ENGINE_ENABLED"];

/// Name and text of the variable that says whether workflows are switched on.
pub(crate) fn engine_variable() -> Option<(&'static str, String)> {
    ENGINE
        .into_iter()
        .find_map(|name| Some((name, std::env::var(name).ok()?)))
}

/// What is switched on.
pub(crate) fn of_environment() -> Features {
    let is_off = engine_variable().is_some_and(|(_, word)| {
        ["0", "false", "no", "off"].contains(&word.trim().to_lowercase().as_str())
    });
    Features {
        workflow_engine: !is_off,
    }
}
