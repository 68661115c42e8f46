//! `baton project`: directories that runs belong to.

use std::path::Path;
use std::process::ExitCode;

use baton_model::ErrorCode;
use baton_server::v1::dto::Page;
use baton_server::v1::dto::projects::{AddRequest, Project, Skill};
use hyper::Method;
use serde::Serialize;

use super::open;
use crate::args::{AddProject, Options, ProjectCommand, RemoveProject, ShowProject};
use crate::client::escape;
use crate::confirm::is_confirmed;
use crate::exit::Failure;
use crate::render::{document, project};
use crate::session::{Need, Session};

pub(crate) async fn project(
    options: &Options,
    command: &ProjectCommand,
) -> anyhow::Result<ExitCode> {
    match command {
        ProjectCommand::Add(args) => add(options, args).await,
        ProjectCommand::List => list(options).await,
        ProjectCommand::Show(args) => show(options, args).await,
        ProjectCommand::Remove(args) => remove(options, args).await,
    }
}

async fn add(options: &Options, args: &AddProject) -> anyhow::Result<ExitCode> {
    let request = AddRequest {
        path: path(options, &args.directory)?,
        name: args.name.clone(),
    };
    let mut session = open(options, Need::Decide).await?;
    let added = session.post::<Project>("/projects", &request).await;
    session.close().await;
    let added = added?;
    document::answer(options.output, &added, || {
        format!("Registered {} as {}", added.path, added.name)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// A directory of this machine is found here, where its links lead; one of a
/// server is the server's to find.
fn path(options: &Options, directory: &Path) -> anyhow::Result<String> {
    let shown = directory.display();
    let found = match &options.server {
        Some(_) if directory.is_absolute() => directory.to_owned(),
        Some(server) => {
            let server = server.url();
            let message = format!("{shown}: name a directory of {server} by its whole path");
            return Err(Failure::usage(message));
        }
        None => directory.canonicalize().map_err(|error| {
            Failure::of(
                ErrorCode::NotFound,
                format!("{shown} is no directory: {error}"),
            )
        })?,
    };
    found.into_os_string().into_string().map_err(|path| {
        let shown = path.to_string_lossy();
        Failure::usage(format!(
            "the path {shown} is not UTF-8, and no run could name it; rename the directory"
        ))
    })
}

async fn list(options: &Options) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Read).await?;
    let found = session.get::<Page<Project>>("/projects").await;
    session.close().await;
    let found = found?;
    document::answer(options.output, &found, || project::list(&found))?;
    for entry in &found.damaged {
        document::err(&format!(
            "warning: SpecFlow's entry {} is skipped: {}",
            entry.id, entry.message
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// A project with what lies in it.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    project: Project,
    skills: Vec<Skill>,
}

async fn show(options: &Options, args: &ShowProject) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Read).await?;
    let shown = look(&mut session, &args.project).await;
    session.close().await;
    let shown = shown?;
    document::answer(options.output, &shown, || {
        project::detail(&shown.project, &shown.skills)
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn look(session: &mut Session, word: &str) -> anyhow::Result<Shown> {
    let path = path_of_project(word);
    let project: Project = session.get(&path).await?;
    let skills: Page<Skill> = session.get(&format!("{path}/skills")).await?;
    Ok(Shown {
        project,
        skills: skills.items,
    })
}

async fn remove(options: &Options, args: &RemoveProject) -> anyhow::Result<ExitCode> {
    let question = format!("Take out the project `{}`?", args.project);
    let what = "this takes a project out; its directory and its runs stay";
    if !args.yes && !is_confirmed(what, &question)? {
        document::err("Nothing was taken out");
        return Ok(ExitCode::SUCCESS);
    }
    let mut session = open(options, Need::Decide).await?;
    let removed = session
        .change::<()>(Method::DELETE, &path_of_project(&args.project), &())
        .await;
    session.close().await;
    removed?;
    let removed = serde_json::json!({ "project": args.project, "removed": true });
    document::answer(options.output, &removed, || {
        format!("Took out {}", args.project)
    })?;
    Ok(ExitCode::SUCCESS)
}

fn path_of_project(word: &str) -> String {
    format!("/projects/{}", escape(word))
}
