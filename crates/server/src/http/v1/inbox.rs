//! `/inbox`: everything that waits for a person.

use axum::extract::State;
use baton_app::App;
use baton_app::inbox::{InboxItem as Waiting, Wanted};
use baton_model::StageId;

use super::convert;
use super::dto::projects::{InboxItem, InboxQuery};
use super::dto::{DamagedRun, Page};
use super::extract::Query;
use super::surroundings::whole;
use crate::http::error::Problem;

/// Lists everything that waits for a person, the longest waiting first.
///
/// Executions that cannot be read are among the `damaged`: nobody knows whether
/// they wait.
#[utoipa::path(
    get,
    path = "/inbox",
    operation_id = "listInbox",
    tag = "workflow-executions",
    params(InboxQuery),
    responses(
        (status = 200, body = Page<InboxItem>),
        (status = 409),
    ),
)]
pub(super) async fn list(
    State(app): State<App>,
    Query(query): Query<InboxQuery>,
) -> Result<axum::Json<Page<InboxItem>>, Problem> {
    let project = match &query.project_id {
        Some(project) => Some(app.find_project(project).await?.id),
        None => None,
    };
    let inbox = app.inbox(project.as_deref()).await?;
    let damaged = inbox.damaged.into_iter().map(|damaged| DamagedRun {
        id: damaged.run.to_string(),
        message: damaged.error.message,
    });
    Ok(axum::Json(Page {
        damaged: damaged.collect(),
        ..whole(inbox.items.into_iter().map(item).collect())
    }))
}

fn item(waiting: Waiting) -> InboxItem {
    let Waiting {
        execution,
        step,
        since,
        wanted,
    } = waiting;
    let item = InboxItem {
        kind: String::new(),
        execution_id: execution.id.to_string(),
        execution_status: execution.status.to_string(),
        workflow_id: execution.workflow_id.map(|id| id.to_string()),
        workflow_key: execution.workflow_key,
        workflow_name: execution.workflow_name,
        project_id: execution.project_id,
        directory: execution.directory,
        stage_id: step.stage.to_string(),
        stage_name: step.stage_name,
        agent: step.agent,
        depends_on: step.depends_on.iter().map(StageId::to_string).collect(),
        iteration: step.progress.iteration,
        dispatch: step.progress.dispatch,
        since: since.to_string(),
        deadline: None,
        message: None,
        approvers: Vec::new(),
        question: None,
    };
    match wanted {
        Wanted::Decision(gate) => InboxItem {
            kind: "gate".to_owned(),
            deadline: gate.deadline,
            message: gate.message,
            approvers: gate.approvers,
            ..item
        },
        Wanted::Answers(asked) => InboxItem {
            kind: "question".to_owned(),
            deadline: asked.deadline.clone(),
            question: Some(convert::questions(
                asked.asker,
                &asked.questions,
                asked.deadline,
            )),
            ..item
        },
    }
}
