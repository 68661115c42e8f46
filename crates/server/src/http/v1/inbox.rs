//! `/inbox`: everything that waits for a person.

use axum::extract::State;
use baton_app::App;
use baton_app::inbox::{InboxFilter, InboxItem as Waiting, Wanted};
use baton_app::page::page_size_or_most;
use baton_model::StageId;

use super::convert;
use super::dto::projects::{InboxItem, InboxQuery};
use super::dto::{DamagedRun, Page};
use super::extract::Query;
use super::json::Json;
use crate::http::error::Problem;

/// Lists everything that waits for a person, the longest waiting first.
///
/// Executions that cannot be read are among the `damaged` of the first page:
/// nobody knows whether they wait.
#[utoipa::path(
    get,
    path = "/inbox",
    operation_id = "listInbox",
    tag = "workflow-executions",
    params(InboxQuery),
    responses(
        (status = 200, body = Page<InboxItem>),
        (status = 400),
        (status = 409),
    ),
)]
pub(super) async fn list(
    State(app): State<App>,
    Query(query): Query<InboxQuery>,
) -> Result<Json<Page<InboxItem>>, Problem> {
    let project = match &query.project_id {
        Some(project) => Some(app.find_project(project).await?.id),
        None => None,
    };
    let wanted = InboxFilter {
        project,
        limit: page_size_or_most(query.limit)?,
        cursor: query.cursor,
    };
    let inbox = app.inbox(wanted).await?;
    let damaged = inbox.damaged.into_iter().map(|damaged| DamagedRun {
        id: damaged.run.to_string(),
        message: damaged.error.message,
    });
    Ok(Json(Page {
        items: inbox.items.iter().map(item).collect(),
        damaged: damaged.collect(),
        has_more: inbox.next_cursor.is_some(),
        next_cursor: inbox.next_cursor,
        prev_cursor: inbox.prev_cursor,
        total_count: inbox.total_count,
    }))
}

fn item(waiting: &Waiting) -> InboxItem {
    let Waiting { execution, step } = waiting;
    let item = InboxItem {
        kind: String::new(),
        execution_id: execution.id.to_string(),
        execution_status: execution.status.to_string(),
        workflow_id: execution.workflow_id.map(|id| id.to_string()),
        workflow_key: execution.workflow_key.clone(),
        workflow_name: execution.workflow_name.clone(),
        project_id: execution.project_id.clone(),
        directory: execution.directory.clone(),
        parameters: execution.parameters.as_ref().clone(),
        stage_id: step.stage.to_string(),
        stage_name: step.stage_name.clone(),
        agent: step.agent.clone(),
        depends_on: step.depends_on.iter().map(StageId::to_string).collect(),
        iteration: step.iteration,
        dispatch: step.dispatch,
        since: waiting.since().to_string(),
        deadline: None,
        message: None,
        approvers: Vec::new(),
        question: None,
    };
    match step.wanted.clone() {
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
