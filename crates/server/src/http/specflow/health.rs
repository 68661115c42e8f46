//! `GET /api/workflow/health`: whether the agent of a run lives.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use baton_app::App;
use baton_app::project_runs::ProjectRun;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::{Asked, ErrorBody, Refusal};
use super::input::Parameters;
use super::queries;
use super::statuses::{Shown, shown};

/// An agent that has written nothing for so long is stale.
const STALE_AFTER: Duration = Duration::from_mins(5);

/// How a run is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SpecflowHealth)]
pub(super) struct RunVitals {
    /// The run.
    workflow_id: String,
    /// Where it stands.
    workflow_status: String,
    /// How its agent is.
    health: OfAgent,
    /// The session of its agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    /// When it was started.
    #[schema(format = DateTime)]
    started_at: String,
    /// When it last changed.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// How an agent is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SpecflowAgentHealth)]
pub(super) struct OfAgent {
    /// `running`, `stale`, `dead` or `unknown`.
    status: String,
    /// The same in words.
    message: String,
    /// For how long it was silent.
    staleness: Staleness,
    /// Its processes.
    processes: SeenProcesses,
    /// The same as far as it was written down.
    pid_file: PidFile,
}

/// For how long an agent was silent.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SpecflowStaleness)]
pub(super) struct Staleness {
    /// From how long on it counts as stale.
    threshold_ms: u64,
    /// Since it wrote into the file of its session; none: there is no such file.
    #[schema(required)]
    session_file_age_ms: Option<u64>,
    /// Whether it counts as stale.
    is_stale: bool,
    /// When the run last changed.
    #[schema(format = DateTime)]
    last_update_at: String,
}

/// Processes of an agent, in the names of the service that had a shell between.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SpecflowProcesses)]
pub(super) struct SeenProcesses {
    /// The process that supervises the agent.
    #[schema(required)]
    bash_pid: Option<u32>,
    /// Whether it lives.
    bash_alive: bool,
    /// The process of the agent.
    #[schema(required)]
    claude_pid: Option<u32>,
    /// Whether it lives.
    claude_alive: bool,
    /// Always null.
    #[schema(required)]
    legacy_pid: Option<u32>,
    /// Always false.
    legacy_pid_alive: bool,
}

/// Processes of an agent as they were written down.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SpecflowPidFile)]
pub(super) struct PidFile {
    /// Whether they were.
    exists: bool,
    /// The process that supervises the agent.
    #[schema(required)]
    bash_pid: Option<u32>,
    /// The process of the agent.
    #[schema(required)]
    claude_pid: Option<u32>,
}

/// Says whether the agent of a run lives, and for how long it was silent.
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "specflowHealth",
    tag = "specflow",
    params(queries::IdQuery),
    responses(
        (status = 200, body = RunVitals),
        (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody),
    ),
)]
pub(super) async fn show(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<RunVitals>, Refusal> {
    let id = parameters.required("id")?;
    let looked = app.project_run_vitals(id).await;
    let (run, silence) = looked.map_err(|error| Refusal::of(error, Asked::Look))?;
    Ok(Json(health(&run, silence)))
}

fn health(run: &ProjectRun, silence: Option<Duration>) -> RunVitals {
    let shown = shown(run.status());
    let supervisor = run.processes.as_ref().map(|found| found.supervisor);
    let agent = run.processes.as_ref();
    let agent = agent.and_then(|found| found.agents.first().copied());
    let is_stale = silence.is_some_and(|silence| silence > STALE_AFTER);
    let (status, message) = match (shown, supervisor, is_stale) {
        (Shown::Running, Some(_), false) => ("running", "The agent is at work".to_owned()),
        (Shown::Running, Some(_), true) => {
            ("stale", "The agent has written nothing for long".to_owned())
        }
        (Shown::Running, None, _) => ("unknown", "The agent is about to start or end".to_owned()),
        (ended, ..) => (
            "dead",
            format!("No process is needed: the workflow is {ended}"),
        ),
    };
    let updated_at = run.execution.updated_at.to_string();
    RunVitals {
        workflow_id: run.id().to_string(),
        workflow_status: shown.to_string(),
        health: OfAgent {
            status: status.to_owned(),
            message,
            staleness: Staleness {
                threshold_ms: milliseconds(STALE_AFTER),
                session_file_age_ms: silence.map(milliseconds),
                is_stale,
                last_update_at: updated_at.clone(),
            },
            processes: SeenProcesses {
                bash_pid: supervisor,
                bash_alive: supervisor.is_some(),
                claude_pid: agent,
                claude_alive: agent.is_some(),
                legacy_pid: None,
                legacy_pid_alive: false,
            },
            pid_file: PidFile {
                exists: supervisor.is_some(),
                bash_pid: supervisor,
                claude_pid: agent,
            },
        },
        session_id: run.session().map(str::to_owned),
        started_at: run.execution.created_at.to_string(),
        updated_at,
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
