//! `POST /api/workflow/answer`: what the agent of a run asked.

use axum::Json;
use axum::extract::State;
use baton_app::App;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::error::{Asked, ErrorBody, Refusal};
use super::foreign;
use super::input::Body;
use super::mirror;
use super::record::{self, Answered, OldQuestions, record};
use super::steer::run_of_session;
use crate::http::v1::By;

/// Answers to what a run asks.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SpecflowAnswerRequest)]
pub(super) struct AnswerRequest {
    /// The run.
    #[schema(format = "uuid")]
    id: Option<String>,
    /// In place of it: the session of its agent,
    session_id: Option<String>,
    /// and the project it is in.
    project_id: Option<String>,
    /// By the headers of the questions; of one without, by `q` and its place
    /// from 0. Several choices are joined by commas.
    #[schema(value_type = HashMap<String, String>)]
    answers: Map<String, Value>,
}

/// Answers a run, whose agent then goes on in the same session.
#[utoipa::path(
    post,
    path = "/answer",
    operation_id = "specflowAnswer",
    tag = "specflow",
    request_body = AnswerRequest,
    responses(
        (status = 200, body = Answered),
        (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody),
    ),
)]
pub(super) async fn answer(
    State(app): State<App>,
    By(caller): By,
    Body(mut fields): Body,
) -> Result<Json<Answered>, Refusal> {
    let answers = fields.texts("answers");
    let by_session = !fields.has("id") && fields.has("sessionId");
    let id = if by_session {
        let (session, project) = (fields.text("sessionId"), fields.text("projectId"));
        fields.check()?;
        run_of_session(&app, &project, &session).await?
    } else {
        let id = fields.id("id");
        fields.check()?;
        id
    };
    foreign::refuse(&app, &id, Asked::Answer).await?;
    let run = app.answer_project_run(&caller, &id, &answers).await;
    let run = run.map_err(|error| Refusal::of(error, Asked::Answer))?;
    mirror::write(&app, &run).await;
    Ok(Json(record::answered(record(&run, OldQuestions::Shown))))
}
