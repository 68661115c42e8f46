//! `/projects`: directories that runs belong to.

use axum::extract::State;
use axum::http::StatusCode;
use baton_app::App;
use baton_app::projects::{NewProject, Project as Known};

use super::dto::projects::{AddRequest, Project, Skill};
use super::dto::{DamagedRun, Page};
use super::extract::{By, Path};
use super::json::Json;
use super::surroundings::whole;
use crate::http::error::Problem;

type Answer<T> = Result<Json<T>, Problem>;

/// Lists projects: those that are registered here, and those that `SpecFlow` lists.
///
/// Entries of `SpecFlow`'s list that say nothing are among the `damaged`.
#[utoipa::path(
    get,
    path = "/projects",
    operation_id = "listProjects",
    tag = "projects",
    responses(
        (status = 200, body = Page<Project>),
    ),
)]
pub(super) async fn list(State(app): State<App>) -> Answer<Page<Project>> {
    let found = app.projects().await?;
    let mut items = Vec::new();
    for project in found.items {
        items.push(shown(&app, project).await?);
    }
    let damaged = found.unread.into_iter().map(|unread| DamagedRun {
        id: unread.key,
        message: unread.why,
    });
    Ok(Json(Page {
        damaged: damaged.collect(),
        ..whole(items)
    }))
}

/// Registers a directory as a project.
///
/// Runs that start in it belong to it from then on.
#[utoipa::path(
    post,
    path = "/projects",
    operation_id = "addProject",
    tag = "projects",
    request_body = AddRequest,
    responses(
        (status = 201, body = Project),
        (status = 200, body = Project, description = "The directory was registered already."),
        (status = 507),
    ),
)]
pub(super) async fn add(
    State(app): State<App>,
    By(caller): By,
    Json(request): Json<AddRequest>,
) -> Result<(StatusCode, Json<Project>), Problem> {
    let new = NewProject {
        path: request.path,
        name: request.name,
    };
    let registered = app.add_project(&caller, new).await?;
    let status = if registered.existed {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let project = shown(&app, registered.project).await?;
    Ok((status, Json(project)))
}

/// Shows a project, by its id, its name, its path, or an end of its id.
#[utoipa::path(
    get,
    path = "/projects/{project_id}",
    operation_id = "getProject",
    tag = "projects",
    responses(
        (status = 200, body = Project),
        (status = 409),
    ),
)]
pub(super) async fn show(State(app): State<App>, Path(id): Path<String>) -> Answer<Project> {
    let project = app.find_project(&id).await?;
    Ok(Json(shown(&app, project).await?))
}

/// Takes a project out; its directory and its runs stay as they are.
#[utoipa::path(
    delete,
    path = "/projects/{project_id}",
    operation_id = "removeProject",
    tag = "projects",
    responses(
        (status = 204, description = "It is taken out."),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn remove(
    State(app): State<App>,
    By(caller): By,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let project = app.find_project(&id).await?;
    app.remove_project(&caller, &project.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists what agents can be told to do in a project.
///
/// What lies in the project comes before what lies with the user who runs the
/// server.
#[utoipa::path(
    get,
    path = "/projects/{project_id}/skills",
    operation_id = "listProjectSkills",
    tag = "projects",
    responses(
        (status = 200, body = Page<Skill>),
        (status = 409),
    ),
)]
pub(super) async fn skills(State(app): State<App>, Path(id): Path<String>) -> Answer<Page<Skill>> {
    let project = app.find_project(&id).await?;
    let skills = app.project_skills(&project.id).await?;
    let items = skills.into_iter().map(|skill| Skill {
        reference: format!("{}:{}", skill.kind.as_str(), skill.name),
        kind: skill.kind.as_str().to_owned(),
        name: skill.name,
        description: skill.description,
        location: skill.file.display().to_string(),
    });
    Ok(Json(whole(items.collect())))
}

async fn shown(app: &App, project: Known) -> Result<Project, Problem> {
    let runs = app.run_counts(&project.id).await?;
    Ok(Project {
        id: project.id,
        name: project.name,
        path: project.path,
        source: project.source.as_str().to_owned(),
        is_there: project.is_there,
        total_runs: runs.all,
        unfinished_runs: runs.unfinished,
        created_by: project.created_by,
        created_at: project.created_at.map(|at| at.to_string()),
    })
}
