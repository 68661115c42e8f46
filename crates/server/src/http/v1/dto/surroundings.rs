//! What is around workflows: artifacts, and features.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::words;

/// Which artifacts to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ArtifactQuery {
    /// `agent`, `skill`, `command`, `mcp` or `ctx`.
    #[serde(rename = "type")]
    #[param(inline, value_type = Option<words::ArtifactKind>)]
    pub kind: Option<String>,
    /// With this text in the name, whatever its case.
    pub search: Option<String>,
    /// Absolute path of a project whose artifacts are listed, too.
    pub directory: Option<String>,
}

/// Something that references in workflows may lead to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Artifact {
    /// How a workflow refers to it, such as `agent:reviewer`.
    pub reference: String,
    /// `agent`, `skill`, `command`, `mcp` or `ctx`.
    #[serde(rename = "type")]
    #[schema(value_type = words::ArtifactKind)]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The directory or the file it lies in.
    pub location: String,
}

/// Which agents to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AgentQuery {
    /// With this text in the name, whatever its case.
    pub search: Option<String>,
    /// Absolute path of a project whose agents are listed, too.
    pub directory: Option<String>,
    /// Absolute path of the `baton.toml` that says who works for them.
    pub config: Option<String>,
}

/// An agent, and whether somebody works for it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Agent {
    /// How a workflow refers to it, such as `agent:reviewer`.
    pub reference: String,
    /// Its name.
    pub name: String,
    /// The directory it lies in.
    pub location: String,
    /// Whether a stage that names it can run.
    pub resolved: bool,
    /// Why it cannot.
    #[schema(required)]
    pub error: Option<String>,
}

/// What is switched on.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "clients ask for each flag by its name"
)]
pub struct FeatureFlags {
    /// Workflows and their executions.
    pub workflow_engine_enabled: bool,
    /// Artifacts made of others; not offered.
    pub composite_artifacts_enabled: bool,
    /// Deployment sets; not offered.
    pub deployment_sets_enabled: bool,
    /// Memory items as context of stages; not offered yet.
    pub memory_context_enabled: bool,
    /// Content in modules; not offered.
    pub modular_content_architecture: bool,
}
