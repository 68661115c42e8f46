//! Projects and what lies in them, and what waits for people in their runs.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::{Asked, words};

/// A directory that runs may belong to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Project {
    /// Its id. Those of `specflow` may be any text.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Absolute path of its directory.
    pub path: String,
    /// Who knows it: it is registered here (`baton`), or `SpecFlow` lists it.
    #[schema(value_type = words::ProjectSource)]
    pub source: String,
    /// Whether its directory is there now.
    pub is_there: bool,
    /// How many runs belong to it.
    pub total_runs: u64,
    /// How many of them have not ended.
    pub unfinished_runs: u64,
    /// Who registered it here.
    #[schema(required)]
    pub created_by: Option<String>,
    /// When it was registered.
    #[schema(required, format = DateTime)]
    pub created_at: Option<String>,
}

/// A directory to register.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AddProjectRequest)]
pub struct AddRequest {
    /// Absolute path of the directory, where the server runs.
    #[schema(pattern = "^/")]
    pub path: String,
    /// What to call it; as the directory is called, when it is left out.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 255)]
    pub name: Option<String>,
}

/// Something an agent can be told to do in a project.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Skill {
    /// How a workflow refers to it, such as `command:plan`.
    pub reference: String,
    /// `command`, `skill` or `agent`.
    #[serde(rename = "type")]
    #[schema(value_type = words::SkillKind)]
    pub kind: String,
    /// What it is called by.
    pub name: String,
    /// What it says of itself.
    #[schema(required)]
    pub description: Option<String>,
    /// The file it is in.
    pub location: String,
}

/// Whose inbox to show.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// Of runs of this project only: its id, its name, its path, or an end of
    /// its id.
    pub project_id: Option<String>,
    /// How many at most; 200 when left out.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// From another page.
    pub cursor: Option<String>,
}

/// Something that waits for a person.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InboxItem {
    /// A `gate` to be decided, or a `question` to be answered.
    #[schema(value_type = words::InboxKind)]
    pub kind: String,
    /// The execution that waits.
    #[schema(format = "uuid")]
    pub execution_id: String,
    /// Where it stands: other stages may go on meanwhile.
    #[schema(value_type = words::ExecutionStatus)]
    pub execution_status: String,
    /// The stored workflow it came from.
    #[schema(required)]
    pub workflow_id: Option<String>,
    /// The id inside its definition.
    pub workflow_key: String,
    /// Display name of the workflow when it started.
    pub workflow_name: String,
    /// The project it belongs to.
    #[schema(required)]
    pub project_id: Option<String>,
    /// Directory its stages work in.
    #[schema(required)]
    pub directory: Option<String>,
    /// Parameters of the execution.
    #[serde(default)]
    #[schema(required, value_type = HashMap<String, Value>)]
    pub parameters: Map<String, Value>,
    /// The stage that waits.
    pub stage_id: String,
    /// Display name of the stage.
    pub stage_name: String,
    /// Reference of its agent.
    #[schema(required)]
    pub agent: Option<String>,
    /// Stages that came first, whose results may be sent back.
    pub depends_on: Vec<String>,
    /// How often it was opened; decisions name it.
    pub iteration: u32,
    /// Its latest start; answers name it.
    pub dispatch: u32,
    /// Since when it waits.
    #[schema(format = DateTime)]
    pub since: String,
    /// When nobody needs to decide or answer any more.
    #[schema(required, format = DateTime)]
    pub deadline: Option<String>,
    /// What is said at the gate.
    #[schema(required)]
    pub message: Option<String>,
    /// Who may decide at the gate; empty: anybody.
    pub approvers: Vec<String>,
    /// What is asked.
    #[schema(required)]
    pub question: Option<Asked>,
}
