//! `/workflows`: the library, and what is done with a stored workflow.

mod render;

use axum::extract::State;
use axum::http::StatusCode;
use baton_app::App;
use baton_app::library::{CreateWorkflow, ListWorkflows, OnErrors, PatchWorkflow, ReplaceWorkflow};
use baton_app::page::page_size;
use baton_app::rows::{SortOrder, WorkflowSort, WorkflowStatus};
use baton_app::stored::{Around, StartStored};
use baton_model::plan::Workspace;
use baton_model::{ErrorCode, Value};

use super::dto::Page;
use super::dto::plan::Plan;
use super::dto::workflows::{
    CreateRequest, DetailQuery, DraftQuery, DuplicateRequest, PatchRequest, ReplaceRequest,
    RunRequest, Validation, Workflow, WorkflowQuery, WorkflowRequest,
};
use super::extract::{By, IdempotencyKey, Optional, Path, Query};
use super::json::Json;
use super::{convert, dto, executions};
use crate::http::error::Problem;

pub(super) use render::validation;

type Answer<T> = Result<Json<T>, Problem>;
type Created<T> = Result<(StatusCode, Json<T>), Problem>;

/// Lists stored workflows, the newest first.
#[utoipa::path(
    get,
    path = "/workflows",
    operation_id = "listWorkflows",
    tag = "workflows",
    params(WorkflowQuery),
    responses(
        (status = 200, body = Page<Workflow>),
        (status = 400),
    ),
)]
pub(super) async fn list(
    State(app): State<App>,
    Query(query): Query<WorkflowQuery>,
) -> Answer<Page<Workflow>> {
    let list = ListWorkflows {
        limit: page_size(query.limit)?,
        statuses: given(query.status.as_deref())
            .into_iter()
            .flat_map(|words| words.split(','))
            .map(status)
            .collect::<Result<_, _>>()?,
        tags: tags(query.tags.as_deref()).map(str::to_owned).collect(),
        sort: sort(query.sort_by.as_deref())?,
        order: order(query.sort_order.as_deref())?,
        search: query.search,
        project_id: query.project_id,
        cursor: query.cursor,
    };
    Ok(Json(render::page(app.workflows(list).await?)))
}

/// A filter; an empty one is none.
fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

/// The parts of a text that are separated by commas.
fn tags(text: Option<&str>) -> impl Iterator<Item = &str> {
    let words = text.unwrap_or_default().split(',');
    words.map(str::trim).filter(|word| !word.is_empty())
}

/// A status by its word or by the word other systems have for it.
fn status(word: &str) -> Result<WorkflowStatus, Problem> {
    let status = match word {
        "active" => Ok(WorkflowStatus::Published),
        word => word.parse(),
    };
    status.map_err(|unknown: String| Problem::new(ErrorCode::Malformed, unknown))
}

fn sort(word: Option<&str>) -> Result<WorkflowSort, Problem> {
    match word.unwrap_or("created_at") {
        "name" => Ok(WorkflowSort::Name),
        "created_at" => Ok(WorkflowSort::CreatedAt),
        "updated_at" => Ok(WorkflowSort::UpdatedAt),
        _ => Err(Problem::new(
            ErrorCode::Malformed,
            "`sort_by` must be `name`, `created_at` or `updated_at`",
        )),
    }
}

pub(super) fn order(word: Option<&str>) -> Result<SortOrder, Problem> {
    match word.unwrap_or("desc") {
        "asc" => Ok(SortOrder::Ascending),
        "desc" => Ok(SortOrder::Descending),
        _ => Err(Problem::new(
            ErrorCode::Malformed,
            "`sort_order` must be `asc` or `desc`",
        )),
    }
}

const fn on_errors(query: &DraftQuery) -> OnErrors {
    if query.draft {
        OnErrors::KeepAsDraft
    } else {
        OnErrors::Refuse
    }
}

/// Stores a workflow.
///
/// A definition with errors is refused, unless `draft=true` stores it as a draft
/// that cannot run.
/// `definition` is another name of `yaml_content`, here and wherever a text is given.
#[utoipa::path(
    post,
    path = "/workflows",
    operation_id = "createWorkflow",
    tag = "workflows",
    params(DraftQuery, IdempotencyKey),
    request_body = CreateRequest,
    responses(
        (status = 201, body = Workflow),
        (status = 200, body = Workflow, description = "It was stored already, by a request with the same idempotency key."),
        (status = 400),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn create(
    State(app): State<App>,
    By(caller): By,
    Query(query): Query<DraftQuery>,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Json(request): Json<CreateRequest>,
) -> Created<Workflow> {
    let create = CreateWorkflow {
        definition: request.yaml_content.into(),
        project_id: request.project_id,
        on_errors: on_errors(&query),
        idempotency_key,
    };
    let detail = app.create_workflow(&caller, create).await?;
    let status = if detail.existed {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, Json(render::detail(&detail))))
}

/// Shows a stored workflow with its definition.
#[utoipa::path(
    get,
    path = "/workflows/{workflow_id}",
    operation_id = "getWorkflow",
    tag = "workflows",
    params(DetailQuery),
    responses(
        (status = 200, body = Workflow),
    ),
)]
pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<DetailQuery>,
) -> Answer<Workflow> {
    let id = app.find_workflow(&id).await?;
    let detail = app.workflow(id).await?;
    let mut shown = render::detail(&detail);
    if query.resolve_roles {
        let references = match detail.definition() {
            Some(definition) => app.references(definition, &Workspace::default()).await?,
            None => Vec::new(),
        };
        let roles = references.into_iter().map(render::resolved_role);
        shown.resolved_roles = Some(roles.collect());
    }
    Ok(Json(shown))
}

/// Gives a workflow another definition.
///
/// Runs that are under way keep the one they started with.
#[utoipa::path(
    put,
    path = "/workflows/{workflow_id}",
    operation_id = "replaceWorkflow",
    tag = "workflows",
    params(DraftQuery),
    request_body = ReplaceRequest,
    responses(
        (status = 200, body = Workflow),
        (status = 400),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn replace(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<DraftQuery>,
    Json(request): Json<ReplaceRequest>,
) -> Answer<Workflow> {
    let id = app.find_workflow(&id).await?;
    let replace = ReplaceWorkflow {
        definition: request.yaml_content.into(),
        on_errors: on_errors(&query),
        revision: request.revision,
    };
    let detail = app.replace_workflow(id, replace).await?;
    Ok(Json(render::detail(&detail)))
}

/// Changes the status or the tags of a workflow.
#[utoipa::path(
    patch,
    path = "/workflows/{workflow_id}",
    operation_id = "patchWorkflow",
    tag = "workflows",
    request_body = PatchRequest,
    responses(
        (status = 200, body = Workflow),
        (status = 400),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn patch(
    State(app): State<App>,
    Path(id): Path<String>,
    Json(request): Json<PatchRequest>,
) -> Answer<Workflow> {
    let patch = PatchWorkflow {
        status: request.status.as_deref().map(status).transpose()?,
        tags: request.tags,
        revision: request.revision,
    };
    let id = app.find_workflow(&id).await?;
    let detail = app.patch_workflow(id, patch).await?;
    Ok(Json(render::detail(&detail)))
}

/// Deletes a workflow.
///
/// Its executions stay: they have a definition of their own.
#[utoipa::path(
    delete,
    path = "/workflows/{workflow_id}",
    operation_id = "deleteWorkflow",
    tag = "workflows",
    responses(
        (status = 204, description = "It is deleted."),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn delete(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = app.find_workflow(&id).await?;
    app.delete_workflow(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stores a copy of a workflow under another name.
#[utoipa::path(
    post,
    path = "/workflows/{workflow_id}/duplicate",
    operation_id = "duplicateWorkflow",
    tag = "workflows",
    request_body = Option<DuplicateRequest>,
    responses(
        (status = 201, body = Workflow),
        (status = 400),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn duplicate(
    State(app): State<App>,
    By(caller): By,
    Path(id): Path<String>,
    Optional(request): Optional<DuplicateRequest>,
) -> Created<Workflow> {
    let id = app.find_workflow(&id).await?;
    let detail = app
        .duplicate_workflow(&caller, id, request.new_name)
        .await?;
    Ok((StatusCode::CREATED, Json(render::detail(&detail))))
}

/// Says what is wrong with a workflow.
#[utoipa::path(
    post,
    path = "/workflows/{workflow_id}/validate",
    operation_id = "validateWorkflow",
    tag = "workflows",
    request_body = Option<WorkflowRequest>,
    responses(
        (status = 200, body = Validation),
        (status = 400),
    ),
)]
pub(super) async fn validate(
    State(app): State<App>,
    Path(id): Path<String>,
    Optional(request): Optional<WorkflowRequest>,
) -> Answer<Validation> {
    let id = app.find_workflow(&id).await?;
    let found = app.validate_stored(id, around(request)).await?;
    Ok(Json(validation(&found)))
}

/// Says what a run of a workflow would do.
#[utoipa::path(
    post,
    path = "/workflows/{workflow_id}/plan",
    operation_id = "planWorkflow",
    tag = "workflows",
    request_body = Option<WorkflowRequest>,
    responses(
        (status = 200, body = Plan),
        (status = 400),
    ),
)]
pub(super) async fn plan(
    State(app): State<App>,
    Path(id): Path<String>,
    Optional(request): Optional<WorkflowRequest>,
) -> Answer<Value> {
    let id = app.find_workflow(&id).await?;
    let compiled = app.plan_stored(id, around(request)).await?;
    Ok(Json(compiled.document()))
}

fn around(request: WorkflowRequest) -> Around {
    let is_given = request.parameters.is_some() || request.parameter_texts.is_some();
    let parameters = convert::parameters(request.parameters, request.parameter_texts);
    Around {
        parameters: is_given.then_some(parameters),
        workspace: Workspace {
            directory: request.directory,
            config: request.config,
            project: None,
        },
        overrides: request.overrides,
    }
}

/// Starts a run of a workflow.
///
/// It goes on in the background: the answer comes when it is stored.
#[utoipa::path(
    post,
    path = "/workflows/{workflow_id}/run",
    operation_id = "runWorkflow",
    tag = "workflows",
    params(IdempotencyKey),
    request_body = Option<RunRequest>,
    responses(
        (status = 201, body = dto::Execution),
        (status = 200, body = dto::Execution, description = "It was started already, by a request with the same idempotency key."),
        (status = 400),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn run(
    State(app): State<App>,
    By(caller): By,
    Path(id): Path<String>,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Optional(request): Optional<RunRequest>,
) -> Created<dto::Execution> {
    let trigger = executions::trigger(request.trigger.as_deref())?;
    let start = StartStored {
        workflow: id,
        parameters: convert::parameters(request.parameters, request.parameter_texts),
        workspace: Workspace {
            directory: request.directory,
            config: request.config,
            project: request.project_id,
        },
        overrides: request.overrides,
        trigger,
        idempotency_key,
    };
    let started = app.start_stored(&caller, start).await?;
    executions::show_started(&app, started).await
}
