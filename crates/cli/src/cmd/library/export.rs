//! `baton export WORKFLOW|RUN`: what is stored, to be kept elsewhere.

use std::process::ExitCode;

use baton_model::ErrorCode;
use baton_server::v1::dto::workflows::Workflow;
use baton_server::v1::dto::{Event, Execution, Items, LogLine, Page};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::args::{Export, Logs, Options, Output};
use crate::client::escape;
use crate::cmd::subject::path_of_workflow;
use crate::cmd::{logs, open, path_of, which};
use crate::exit::Failure;
use crate::render::document;
use crate::session::{Need, Session};

/// Events read at once.
const EVENTS_PAGE: u32 = 1_000;

/// All stored workflows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Library {
    pub(super) workflows: Vec<Kept>,
}

/// What is kept of one workflow.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) name: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    #[serde(default)]
    pub(super) project_id: Option<String>,
    /// Its text, letter for letter.
    pub(super) definition: String,
}

/// All there is of one run.
#[derive(Debug, Serialize)]
struct WholeRun {
    execution: Execution,
    events: Vec<Event>,
    logs: Vec<LogLine>,
}

pub(crate) async fn export(options: &Options, args: &Export) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Read).await?;
    let shown = match &args.what {
        Some(what) => one(options, &mut session, what).await,
        None => all(options, &mut session).await,
    };
    session.close().await;
    shown?;
    Ok(ExitCode::SUCCESS)
}

/// The form of a document; people get YAML.
fn form(options: &Options) -> Output {
    match options.output {
        Output::Json => Output::Json,
        Output::Table | Output::Yaml => Output::Yaml,
    }
}

async fn one(options: &Options, session: &mut Session, what: &str) -> anyhow::Result<()> {
    match which::find(session, what).await? {
        which::Found::Workflow(workflow) => show(options, *workflow),
        which::Found::Run(execution) => {
            let run = whole(session, *execution).await?;
            document::print(form(options), &run)
        }
    }
}

fn show(options: &Options, workflow: Workflow) -> anyhow::Result<()> {
    let text = workflow.definition.unwrap_or_default();
    if form(options) == Output::Yaml {
        return document::out(text.strip_suffix('\n').unwrap_or(&text));
    }
    let value: Value = baton_lang::read_value(&text).map_err(|_mistakes| {
        let message = "the text of this draft cannot be read; export it with -o yaml";
        Failure::of(ErrorCode::InvalidDefinition, message)
    })?;
    document::print(Output::Json, &value)
}

async fn all(options: &Options, session: &mut Session) -> anyhow::Result<()> {
    let mut workflows = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/workflows?limit=200&sort_by=created_at&sort_order=asc{cursor}");
        let page: Page<Workflow> = session.get(&path).await?;
        if let Some(damaged) = page.damaged.first() {
            return Err(Failure::of(ErrorCode::StorageDamaged, &damaged.message));
        }
        for listed in page.items {
            // One that was deleted meanwhile is not missed.
            let found: Option<Workflow> = session.find(&path_of_workflow(&listed.id)).await?;
            workflows.extend(found.map(|workflow| Kept {
                name: workflow.name,
                status: workflow.status,
                tags: workflow.tags,
                project_id: workflow.project_id,
                definition: workflow.definition.unwrap_or_default(),
            }));
        }
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={}", escape(&next)),
            None => return document::print(form(options), &Library { workflows }),
        }
    }
}

async fn whole(session: &mut Session, execution: Execution) -> anyhow::Result<WholeRun> {
    let mut events: Vec<Event> = Vec::new();
    loop {
        let after = events.last().map_or(0, |event| event.seq);
        let path = format!(
            "{}/events?after={after}&limit={EVENTS_PAGE}",
            path_of(&execution.id)
        );
        let page: Items<Event> = session.get(&path).await?;
        let is_last = page.items.len() < EVENTS_PAGE as usize;
        events.extend(page.items);
        if is_last {
            break;
        }
    }
    let all = Logs {
        run: execution.id.clone(),
        stage: None,
        tail: None,
        after: 0,
        dispatch: None,
        follow: false,
    };
    let logs = logs::read(session, &all).await?;
    Ok(WholeRun {
        execution,
        events,
        logs,
    })
}
