//! `/workflow-executions`, and the same below a workflow: which executions are
//! listed, and in which order.

use axum::extract::State;
use baton_app::App;
use baton_app::page::page_size;
use baton_app::rows::{ExecutionFilter, ExecutionSort};
use baton_model::{ErrorCode, ExecutionStatus, Timestamp};

use super::extract::{Path, Query};
use super::json::Json;
use super::workflows::order;
use super::{convert, dto};
use crate::http::error::Problem;

type Answer = Result<Json<dto::Page<dto::Execution>>, Problem>;

/// Lists executions, the newest first unless asked otherwise.
///
/// A list that is sorted by a time which has not come for all executions has those
/// as the latest.
#[utoipa::path(
    get,
    path = "/workflow-executions",
    operation_id = "listExecutions",
    tag = "workflow-executions",
    params(dto::ListQuery),
    responses(
        (status = 200, body = dto::Page<dto::Execution>),
        (status = 400),
        (status = 409),
    ),
)]
pub(super) async fn list(State(app): State<App>, Query(query): Query<dto::ListQuery>) -> Answer {
    let workflow_id = match &query.workflow_id {
        Some(id) => Some(app.find_workflow(id).await?),
        None => None,
    };
    let project_id = match query.project_id {
        Some(project) => Some(project_meant(&app, project).await?),
        None => None,
    };
    let filter = ExecutionFilter {
        statuses: statuses(query.status.as_deref())?,
        workflow: query.workflow,
        workflow_id,
        project_id,
        search: query.search.filter(|text| !text.is_empty()),
        started_after: time("started_after", query.started_after.as_deref())?,
        started_before: time("started_before", query.started_before.as_deref())?,
        sort: sort(query.sort_by.as_deref())?,
        order: order(query.sort_order.as_deref())?,
        after: None,
        limit: page_size(query.limit)?,
    };
    Ok(Json(convert::page(
        app.runs(filter, query.cursor.as_deref()).await?,
    )))
}

/// The id of a project. One that was taken out is still that of its runs.
async fn project_meant(app: &App, project: String) -> Result<String, Problem> {
    match app.find_project(&project).await {
        Ok(found) => Ok(found.id),
        Err(unknown) if unknown.code == ErrorCode::NotFound => Ok(project),
        Err(error) => Err(error.into()),
    }
}

fn statuses(words: Option<&str>) -> Result<Vec<ExecutionStatus>, Problem> {
    let words = words
        .filter(|words| !words.is_empty())
        .map(|words| words.split(','));
    let statuses = words
        .into_iter()
        .flatten()
        .map(str::parse::<ExecutionStatus>);
    let statuses: Result<_, _> = statuses.collect();
    statuses.map_err(|unknown| Problem::new(ErrorCode::Malformed, unknown.to_string()))
}

fn sort(word: Option<&str>) -> Result<ExecutionSort, Problem> {
    match word.unwrap_or("created_at") {
        "created_at" => Ok(ExecutionSort::CreatedAt),
        "started_at" => Ok(ExecutionSort::StartedAt),
        "completed_at" => Ok(ExecutionSort::CompletedAt),
        _ => Err(Problem::new(
            ErrorCode::Malformed,
            "`sort_by` must be `created_at`, `started_at` or `completed_at`",
        )),
    }
}

fn time(what: &str, text: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let time = text.map(str::parse).transpose();
    time.map_err(|error: String| Problem::new(ErrorCode::Malformed, format!("`{what}`: {error}")))
}

/// The lists below a stored workflow: the same under two paths.
macro_rules! lists_of_workflow {
    ($($name:ident = $path:literal, $operation:literal, $tag:literal;)+) => {$(
        /// Lists the executions of a stored workflow.
        #[utoipa::path(
            get,
            path = $path,
            operation_id = $operation,
            tag = $tag,
            params(dto::OfWorkflowQuery),
            responses(
                (status = 200, body = dto::Page<dto::Execution>),
                (status = 400),
            ),
        )]
        pub(super) async fn $name(
            app: State<App>,
            Path(id): Path<String>,
            Query(query): Query<dto::OfWorkflowQuery>,
        ) -> Answer {
            list(app, Query(query.of(id))).await
        }
    )+};
}

lists_of_workflow! {
    of_workflow = "/workflow-executions/by-workflow/{workflow_id}",
        "listExecutionsByWorkflow", "workflow-executions";
    of_workflow_below = "/workflows/{workflow_id}/executions",
        "listWorkflowExecutions", "workflows";
}

impl dto::OfWorkflowQuery {
    fn of(self, workflow: String) -> dto::ListQuery {
        dto::ListQuery {
            workflow_id: Some(workflow),
            status: self.status,
            limit: self.limit,
            cursor: self.cursor,
            ..dto::ListQuery::default()
        }
    }
}
