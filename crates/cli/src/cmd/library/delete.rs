//! `baton delete WORKFLOW…`: stored workflows go, their runs stay.

use std::process::ExitCode;

use baton_server::v1::dto::workflows::Workflow;
use hyper::Method;
use serde::Serialize;
use serde_json::json;

use crate::args::{Delete, Options};
use crate::cmd::open;
use crate::cmd::subject::{path_of_workflow, stored};
use crate::confirm::is_confirmed;
use crate::render::{document, library};
use crate::session::{Need, Session};

/// What was deleted.
#[derive(Serialize)]
struct Deleted {
    deleted: Vec<Named>,
}

#[derive(Serialize)]
struct Named {
    id: String,
    name: String,
}

pub(crate) async fn delete(options: &Options, args: &Delete) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Decide).await?;
    let deleted = delete_all(&mut session, args).await;
    session.close().await;
    let Some(workflows) = deleted? else {
        document::err("Deletion aborted");
        return Ok(ExitCode::SUCCESS);
    };
    let deleted = Deleted {
        deleted: workflows
            .iter()
            .map(|workflow| Named {
                id: workflow.id.clone(),
                name: workflow.name.clone(),
            })
            .collect(),
    };
    document::answer(options.output, &deleted, || {
        let lines = workflows
            .iter()
            .map(|workflow| library::stored("Deleted", workflow));
        lines.collect::<Vec<_>>().join("\n")
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Finds all before it deletes the first; none when the user thinks again.
async fn delete_all(session: &mut Session, args: &Delete) -> anyhow::Result<Option<Vec<Workflow>>> {
    let mut workflows: Vec<Workflow> = Vec::new();
    for word in &args.workflows {
        let found = stored(session, word).await?;
        if workflows.iter().all(|known| known.id != found.id) {
            workflows.push(found);
        }
    }
    if !args.yes && !confirmed(&workflows)? {
        return Ok(None);
    }
    for workflow in &workflows {
        let path = path_of_workflow(&workflow.id);
        let () = session.change(Method::DELETE, &path, &json!({})).await?;
    }
    Ok(Some(workflows))
}

fn confirmed(workflows: &[Workflow]) -> anyhow::Result<bool> {
    let names: Vec<&str> = workflows
        .iter()
        .map(|workflow| workflow.name.as_str())
        .collect();
    let question = format!("Delete {}? Their runs stay.", names.join(", "));
    is_confirmed("this deletes stored workflows", &question)
}
