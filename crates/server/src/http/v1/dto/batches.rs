//! The same done to many things at once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words;

/// Workflows to be deleted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DeleteWorkflowsRequest)]
pub struct DeleteRequest {
    /// 1 to 50 whole ids.
    #[schema(min_items = 1, max_items = 50)]
    pub ids: Vec<String>,
}

/// Executions to be paused, resumed or cancelled.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ControlExecutionsRequest)]
pub struct ControlRequest {
    /// 1 to 50 ids.
    #[schema(min_items = 1, max_items = 50)]
    pub execution_ids: Vec<String>,
}

/// What became of a batch, in the order of the request.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Outcomes<T> {
    /// One for each id.
    pub results: Vec<T>,
    /// For how many it was done.
    pub succeeded: usize,
    /// For how many it was not.
    pub failed: usize,
}

/// What became of one workflow.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Deletion {
    /// Its id, as it was given.
    pub id: String,
    /// Whether it was deleted.
    pub success: bool,
    /// Why not.
    #[schema(required)]
    pub error: Option<String>,
}

/// What became of one execution.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Controlled {
    /// Its id, as it was given.
    pub execution_id: String,
    /// Whether it was done.
    pub success: bool,
    /// Where it stands then.
    #[schema(required, value_type = Option<words::ExecutionStatus>)]
    pub status: Option<String>,
    /// Why it was not done.
    #[schema(required)]
    pub error: Option<String>,
}
