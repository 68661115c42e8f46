//! `/artifacts` and `/config/feature-flags`, and what a feature that is
//! switched off answers.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use baton_app::App;
use baton_model::ErrorCode;
use baton_model::plan::Workspace;

use super::dto::Page;
use super::dto::surroundings::{Agent, AgentQuery, Artifact, ArtifactQuery, FeatureFlags};
use super::extract::Query;
use super::json::Json;
use crate::http::error::Problem;

/// What references may begin with.
const KINDS: [&str; 5] = ["agent", "skill", "command", "mcp", "ctx"];

/// Lists what references in workflows may lead to.
#[utoipa::path(
    get,
    path = "/artifacts",
    operation_id = "listArtifacts",
    tag = "artifacts",
    params(ArtifactQuery),
    responses(
        (status = 200, body = Page<Artifact>),
    ),
)]
pub(super) async fn artifacts(
    State(app): State<App>,
    Query(query): Query<ArtifactQuery>,
) -> Result<Json<Page<Artifact>>, Problem> {
    let kind = query.kind.as_deref();
    if kind.is_some_and(|kind| !KINDS.contains(&kind)) {
        let message = format!("`type` must be one of {}", KINDS.join(", "));
        return Err(Problem::new(ErrorCode::Malformed, message));
    }
    let found = app.artifacts(query.directory.as_deref(), kind, query.search.as_deref());
    let items = found.await?.into_iter().map(|artifact| Artifact {
        reference: format!("{}:{}", artifact.kind, artifact.name),
        kind: artifact.kind.to_owned(),
        name: artifact.name,
        location: artifact.place,
    });
    Ok(Json(whole(items.collect())))
}

/// Lists agents, each with whether somebody works for it.
///
/// They are those that lie in the project and beside it, and the entries of
/// `baton.toml`, of which patterns such as `agent:*` are some.
#[utoipa::path(
    get,
    path = "/agents",
    operation_id = "listAgents",
    tag = "artifacts",
    params(AgentQuery),
    responses(
        (status = 200, body = Page<Agent>),
        (status = 400),
    ),
)]
pub(super) async fn agents(
    State(app): State<App>,
    Query(query): Query<AgentQuery>,
) -> Result<Json<Page<Agent>>, Problem> {
    let workspace = Workspace {
        directory: query.directory,
        config: query.config,
        project: None,
    };
    let agents = app.agents(&workspace, query.search.as_deref()).await?;
    let items = agents.into_iter().map(|agent| Agent {
        reference: agent.reference,
        name: agent.name,
        location: agent.place,
        resolved: agent.adapter.is_ok(),
        adapter: agent.adapter.as_ref().ok().map(|&word| word.to_owned()),
        error: agent.adapter.err(),
    });
    Ok(Json(whole(items.collect())))
}

/// A list that always fits on one page.
pub(super) fn whole<T>(items: Vec<T>) -> Page<T> {
    Page {
        total_count: items.len() as u64,
        items,
        damaged: Vec::new(),
        next_cursor: None,
        prev_cursor: None,
        has_more: false,
    }
}

/// Says what is switched on.
#[utoipa::path(
    get,
    path = "/config/feature-flags",
    operation_id = "getFeatureFlags",
    tag = "config",
    responses(
        (status = 200, body = FeatureFlags),
    ),
)]
pub(super) async fn feature_flags(State(app): State<App>) -> Json<FeatureFlags> {
    Json(flags(&app))
}

pub(super) const fn flags(app: &App) -> FeatureFlags {
    FeatureFlags {
        workflow_engine_enabled: app.features().workflow_engine,
        composite_artifacts_enabled: false,
        deployment_sets_enabled: false,
        memory_context_enabled: false,
        modular_content_architecture: false,
    }
}

/// Lets nothing through while workflows are switched off.
pub(crate) async fn need_workflows(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    if app.features().workflow_engine {
        return next.run(request).await;
    }
    let message = "workflows are not enabled on this server";
    Problem::new(ErrorCode::NotFound, message).into_response()
}
