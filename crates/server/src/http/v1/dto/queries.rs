//! What is asked for of executions: which, and how much.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::words;

/// Which executions to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// One or more states, separated by commas.
    #[param(inline, value_type = Option<words::ExecutionStatusList>)]
    pub status: Option<String>,
    /// Id inside the definition, or display name of the workflow.
    pub workflow: Option<String>,
    /// Of this stored workflow: its id, its name, or an end of its id.
    pub workflow_id: Option<String>,
    /// Of this project: its id, its name, its path, or an end of its id.
    pub project_id: Option<String>,
    /// With this text in the id inside the definition or the display name of
    /// their workflow, whatever its case; where none has it, with an id that
    /// begins or ends with it.
    pub search: Option<String>,
    /// Whose first stage started then or later.
    #[param(format = DateTime)]
    pub started_after: Option<String>,
    /// Whose first stage started before then.
    #[param(format = DateTime)]
    pub started_before: Option<String>,
    /// `created_at` (when left out), `started_at` or `completed_at`.
    #[param(inline, value_type = Option<words::ExecutionSort>)]
    pub sort_by: Option<String>,
    /// `asc` or `desc` (when left out).
    #[param(inline, value_type = Option<words::SortOrder>)]
    pub sort_order: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// From the page before.
    pub cursor: Option<String>,
}

/// Which executions of a workflow to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfWorkflowQuery {
    /// One or more states, separated by commas.
    #[param(inline, value_type = Option<words::ExecutionStatusList>)]
    pub status: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// From another page.
    pub cursor: Option<String>,
}

/// Which log lines to read.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// Of one stage only.
    pub stage: Option<String>,
    /// Of one of the stage's starts only.
    pub dispatch: Option<u32>,
    /// After this line.
    pub after: Option<u64>,
    /// At most so many; 1,000 when left out.
    #[param(minimum = 1, maximum = 10000)]
    pub limit: Option<u32>,
    /// The last `limit` lines instead of the first.
    #[serde(default)]
    pub tail: bool,
}

/// Which events to read.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// After this event.
    pub after: Option<u64>,
    /// At most so many; 1,000 when left out.
    #[param(minimum = 1, maximum = 10000)]
    pub limit: Option<u32>,
}

/// From where to stream events.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventStreamQuery {
    /// After this event.
    pub after: Option<u64>,
}

/// From where to stream the events of all executions.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AllEventsQuery {
    /// The `id` of the last message that was read; 0 for the beginning, the
    /// present when left out.
    pub after: Option<u64>,
}

/// From where to stream.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StreamQuery {
    /// `<event seq>.<log seq>`, as in the `id:` of the last message that was read.
    #[param(pattern = "^[0-9]{1,19}(\\.[0-9]{1,19})?$")]
    pub after: Option<String>,
}
