//! The same done to many things at once.

use serde::{Deserialize, Serialize};

/// Workflows to be deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeleteRequest {
    /// 1 to 50 whole ids.
    pub ids: Vec<String>,
}

/// Executions to be paused, resumed or cancelled.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlRequest {
    /// 1 to 50 ids.
    pub execution_ids: Vec<String>,
}

/// What became of a batch, in the order of the request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcomes<T> {
    /// One for each id.
    pub results: Vec<T>,
    /// For how many it was done.
    pub succeeded: usize,
    /// For how many it was not.
    pub failed: usize,
}

/// What became of one workflow.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Deletion {
    /// Its id, as it was given.
    pub id: String,
    /// Whether it was deleted.
    pub success: bool,
    /// Why not.
    pub error: Option<String>,
}

/// What became of one execution.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Controlled {
    /// Its id, as it was given.
    pub execution_id: String,
    /// Whether it was done.
    pub success: bool,
    /// Where it stands then.
    pub status: Option<String>,
    /// Why it was not done.
    pub error: Option<String>,
}
