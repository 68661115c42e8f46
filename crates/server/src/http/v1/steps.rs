//! `/workflow-executions/{id}/gates` and `/steps`: what people decide, answer
//! and want done again.

use axum::extract::State;
use baton_app::gates::{GateDecision, Verdict};
use baton_app::{App, Caller};

use super::extract::{By, Optional, Path};
use super::json::Json;
use super::{dto, step};
use crate::http::error::Problem;

type Answer<T> = Result<Json<T>, Problem>;

/// The handlers of gates: of one that is named, or of the one that is open.
macro_rules! decisions {
    ($($(#[doc = $doc:literal])+ $name:ident = $path:literal, $operation:literal, $place:ty, $verdict:expr;)+) => {$(
        $(#[doc = $doc])+
        #[utoipa::path(
            post,
            path = $path,
            operation_id = $operation,
            tag = "workflow-executions",
            request_body = Option<dto::DecisionRequest>,
            responses(
                (status = 200, body = dto::Step),
                (status = 409),
                (status = 507),
            ),
        )]
        pub(super) async fn $name(
            State(app): State<App>,
            By(caller): By,
            Path(place): Path<$place>,
            Optional(body): Optional<dto::DecisionRequest>,
        ) -> Answer<dto::Step> {
            decide(&app, &caller, place.run_and_gate(), ($verdict, body)).await
        }
    )+};
}

decisions! {
    /// Approves a gate.
    approve = "/workflow-executions/{execution_id}/gates/{stage_id}/approve",
        "approveGate", (String, String), Verdict::Approve;
    /// Rejects a gate.
    reject = "/workflow-executions/{execution_id}/gates/{stage_id}/reject",
        "rejectGate", (String, String), Verdict::Reject;
    /// Approves the one gate that is open.
    approve_only = "/workflow-executions/{execution_id}/gates/approve",
        "approveOnlyGate", String, Verdict::Approve;
    /// Rejects the one gate that is open.
    reject_only = "/workflow-executions/{execution_id}/gates/reject",
        "rejectOnlyGate", String, Verdict::Reject;
}

/// What a path says of a gate.
trait GatePlace {
    /// The execution, and the gate unless it is the open one.
    fn run_and_gate(&self) -> (&str, Option<&str>);
}

impl GatePlace for (String, String) {
    fn run_and_gate(&self) -> (&str, Option<&str>) {
        (&self.0, Some(&self.1))
    }
}

impl GatePlace for String {
    fn run_and_gate(&self) -> (&str, Option<&str>) {
        (self, None)
    }
}

async fn decide(
    app: &App,
    caller: &Caller,
    (id, gate): (&str, Option<&str>),
    (verdict, body): (Verdict, dto::DecisionRequest),
) -> Answer<dto::Step> {
    let run = app.find_run(id).await?;
    let decision = GateDecision {
        verdict,
        reason: body.reason,
        iteration: body.iteration,
    };
    let stage = app.decide_gate(caller, run, gate, decision).await?;
    step::of_stage(app, run, stage.as_str()).await
}

/// Answers everything a stage asks.
#[utoipa::path(
    post,
    path = "/workflow-executions/{execution_id}/steps/{stage_id}/answer",
    operation_id = "answerStep",
    tag = "workflow-executions",
    request_body = dto::AnswerRequest,
    responses(
        (status = 200, body = dto::Step),
        (status = 400),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn answer(
    State(app): State<App>,
    By(caller): By,
    Path((id, stage)): Path<(String, String)>,
    Json(request): Json<dto::AnswerRequest>,
) -> Answer<dto::Step> {
    let run = app.find_run(&id).await?;
    let answers = (request.dispatch, request.answers);
    let stage = app.answer_stage(&caller, run, &stage, answers).await?;
    step::of_stage(&app, run, stage.as_str()).await
}

/// Has a stage done again, and what depends on it.
#[utoipa::path(
    post,
    path = "/workflow-executions/{execution_id}/steps/{stage_id}/reopen",
    operation_id = "reopenStep",
    tag = "workflow-executions",
    request_body = Option<dto::ReopenRequest>,
    responses(
        (status = 200, body = dto::Step),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn reopen(
    State(app): State<App>,
    By(caller): By,
    Path((id, stage)): Path<(String, String)>,
    Optional(request): Optional<dto::ReopenRequest>,
) -> Answer<dto::Step> {
    let run = app.find_run(&id).await?;
    let stage = app
        .reopen_stage(&caller, run, &stage, request.feedback)
        .await?;
    step::of_stage(&app, run, stage.as_str()).await
}
