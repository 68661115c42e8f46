//! `/artifacts` and `/config/feature-flags`, and what a feature that is
//! switched off answers.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use baton_app::App;
use baton_model::ErrorCode;

use super::dto::Page;
use super::dto::surroundings::{Artifact, ArtifactQuery, FeatureFlags};
use super::extract::Query;
use crate::http::error::Problem;

/// What references may begin with.
const KINDS: [&str; 5] = ["agent", "skill", "command", "mcp", "ctx"];

pub(super) async fn artifacts(
    State(app): State<App>,
    Query(query): Query<ArtifactQuery>,
) -> Result<axum::Json<Page<Artifact>>, Problem> {
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
    let items: Vec<_> = items.collect();
    Ok(axum::Json(Page {
        total_count: items.len() as u64,
        items,
        damaged: Vec::new(),
        next_cursor: None,
        prev_cursor: None,
        has_more: false,
    }))
}

pub(super) async fn feature_flags(State(app): State<App>) -> axum::Json<FeatureFlags> {
    axum::Json(FeatureFlags {
        workflow_engine_enabled: app.features().workflow_engine,
        composite_artifacts_enabled: false,
        deployment_sets_enabled: false,
        memory_context_enabled: false,
        modular_content_architecture: false,
    })
}

/// Lets nothing through while workflows are switched off.
pub(super) async fn need_workflows(
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
