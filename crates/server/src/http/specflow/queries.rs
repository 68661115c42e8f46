//! What queries hold: described here, and read with what is more by
//! [`super::input::Parameters`].

#![expect(dead_code, reason = "these only describe")]

use serde::Deserialize;
use utoipa::IntoParams;

/// Which run to show.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct IdQuery {
    /// The run.
    id: String,
}

/// Which runs to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct ProjectQuery {
    /// Of this project only.
    project_id: Option<String>,
}

/// Whose skills to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SkillQuery {
    /// Who would work on them: `claude` (when left out) or `codex`.
    provider: Option<String>,
}

/// Which run to end.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct CancelQuery {
    /// The run.
    id: Option<String>,
    /// In place of it: the session of its agent,
    session_id: Option<String>,
    /// and the project it is in.
    project_id: Option<String>,
    /// With a session: what is answered, `cancelled` (when left out) or
    /// `completed`.
    status: Option<String>,
}
