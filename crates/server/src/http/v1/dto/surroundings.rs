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
    /// The directory its page lies in, or the `baton.toml` that names it.
    pub location: String,
    /// Whether a stage that names it can run.
    pub resolved: bool,
    /// The adapter of `baton.toml` by which it is called.
    #[schema(required)]
    pub adapter: Option<String>,
    /// Why it cannot.
    #[schema(required)]
    pub error: Option<String>,
}

/// By what a server goes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ServerSettings)]
pub struct Settings {
    /// The release of Baton.
    pub version: String,
    /// The version of this API.
    pub api_version: String,
    /// Addresses at which it listens on the network.
    pub listen: Vec<String>,
    /// `auto`: callers on other machines need a token; `always`: everybody does.
    #[schema(value_type = words::AuthMode)]
    pub auth: String,
    /// Whether connections are encrypted.
    pub tls: bool,
    /// Names it has besides `localhost` and its addresses.
    pub hosts: Vec<String>,
    /// Sites whose pages may use it.
    pub origins: Vec<String>,
    /// How much there may be of what.
    pub limits: Limits,
    /// What is switched on.
    pub features: FeatureFlags,
    /// Where it keeps everything; only for the scope `admin`.
    #[schema(required)]
    pub data_dir: Option<String>,
    /// The file its settings come from; only for the scope `admin`.
    #[schema(required)]
    pub config: Option<String>,
}

/// How much there may be of what.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ServerLimits)]
pub struct Limits {
    /// Agent processes at once.
    pub processes: usize,
    /// Runs of one project that have not ended; none: any number.
    #[serde(default)]
    #[schema(required)]
    pub runs_per_project: Option<u32>,
    /// Bytes of a request.
    pub body_bytes: usize,
    /// Rows on a page.
    pub page_items: u32,
    /// Streams at once.
    pub streams: usize,
    /// Requests of one caller; none: any number.
    #[schema(required)]
    pub rate: Option<RateLimit>,
}

/// So many requests in so much time.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RateLimit {
    /// How many.
    pub requests: u32,
    /// In how many seconds.
    pub seconds: u64,
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
