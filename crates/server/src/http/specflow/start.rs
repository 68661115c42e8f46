//! `POST /api/workflow/start`: a run of a skill in a project.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_app::App;
use baton_app::project_runs::{ProjectRun, Provider, StartProjectRun, is_session_name};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use utoipa::ToSchema;

use super::error::{Asked, ErrorBody, Refusal};
use super::input::{Body, Fields};
use super::mirror;
use crate::http::v1::{By, IdempotencyKey};

/// What a run is started with.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SpecflowStartRequest)]
pub(super) struct StartRequest {
    /// The key of the project in the registry, or the id of one that is
    /// registered here.
    #[schema(min_length = 1)]
    project_id: String,
    /// The skill, with or without a slash; with `resumeSessionId`, a message.
    #[schema(min_length = 1)]
    skill: String,
    /// How long a turn may take, in milliseconds; ten minutes when left out.
    #[schema(exclusive_minimum = 0.0)]
    timeout_ms: Option<f64>,
    /// A session to go on with.
    resume_session_id: Option<String>,
    /// `claude` (when left out) or `codex`.
    provider: Option<String>,
}

/// A run that was started.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SpecflowStart)]
pub(super) struct StartFields {
    /// Its id.
    id: String,
    /// Always `running`: what becomes of it is told later.
    status: String,
    /// The key of its project.
    project_id: String,
    /// The skill, as it was asked for.
    skill: String,
    /// When it was started.
    #[schema(format = DateTime)]
    started_at: String,
    /// Who works on it.
    provider: String,
}

/// The same as it is answered: once more below `execution`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SpecflowStarted)]
pub(super) struct StartAnswer {
    /// What is said of it.
    #[serde(flatten)]
    started: StartFields,
    /// The same once more.
    execution: StartFields,
}

/// Starts a run of a skill in a registered project.
///
/// It goes on in the background. One of a skill that does not exist is started,
/// too, and has failed by then.
#[utoipa::path(
    post,
    path = "/start",
    operation_id = "specflowStart",
    tag = "specflow",
    params(IdempotencyKey),
    request_body = StartRequest,
    responses(
        (status = 201, body = StartAnswer),
        (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody),
    ),
)]
pub(super) async fn start(
    State(app): State<App>,
    By(caller): By,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Body(fields): Body,
) -> Result<(StatusCode, Json<StartAnswer>), Refusal> {
    let start = StartProjectRun {
        idempotency_key,
        ..wanted(fields)?
    };
    let run = app.start_project_run(&caller, start).await;
    let run = run.map_err(|error| Refusal::of(error, Asked::Look))?;
    mirror::write(&app, &run).await;
    let started = started(&run);
    let answer = StartAnswer {
        execution: started.clone(),
        started,
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

fn wanted(mut fields: Fields) -> Result<StartProjectRun, Refusal> {
    let words: Vec<&str> = Provider::ALL.iter().map(|one| one.as_str()).collect();
    let word = fields.word("provider", &words);
    let mut providers = Provider::ALL.iter().copied();
    let start = StartProjectRun {
        project: fields.text("projectId"),
        skill: fields.text("skill"),
        timeout_ms: fields.positive("timeoutMs"),
        session: fields.optional_text("resumeSessionId"),
        provider: providers
            .find(|one| Some(one.as_str()) == word)
            .unwrap_or_default(),
        idempotency_key: None,
    };
    fields.check()?;
    let session = start.session.as_deref();
    if session.is_some_and(|name| !is_session_name(name)) {
        let mistake = ("resumeSessionId".to_owned(), json!(["Invalid"]));
        return Err(Refusal::fields(Map::from_iter([mistake])));
    }
    Ok(start)
}

fn started(run: &ProjectRun) -> StartFields {
    StartFields {
        id: run.id().to_string(),
        status: "running".to_owned(),
        project_id: run.project.clone(),
        skill: run.skill.clone(),
        started_at: run.execution.created_at.to_string(),
        provider: run.provider.as_str().to_owned(),
    }
}
