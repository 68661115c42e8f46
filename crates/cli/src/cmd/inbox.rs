//! `baton inbox`: everything that waits for a person, and what people do
//! about it.

use std::process::ExitCode;

use baton_app::gates::Verdict;
use baton_app::page::PAGE_MAX;
use baton_model::ErrorCode;
use baton_server::v1::dto::Page;
use baton_server::v1::dto::projects::InboxItem;

use super::runs::complain_of;
use super::{answer, decide, open, reopen};
use crate::args::{
    Answer, Decide, Inbox, InboxAnswer, InboxCommand, InboxDecision, Options, Reopen, SendBack,
    WaitingItem,
};
use crate::client::escape;
use crate::exit::Failure;
use crate::render::{document, execution, inbox};
use crate::session::{Need, Session};

/// What kind of things are meant.
#[derive(Clone, Copy)]
enum Kind {
    Gate,
    Question,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Question => "question",
        }
    }
}

pub(crate) async fn inbox(options: &Options, args: &Inbox) -> anyhow::Result<ExitCode> {
    match &args.command {
        None => list(options, args.project.as_deref()).await,
        Some(InboxCommand::Approve(args)) => decide(options, args, Verdict::Approve).await,
        Some(InboxCommand::Reject(args)) => decide(options, args, Verdict::Reject).await,
        Some(InboxCommand::Answer(args)) => answer(options, args).await,
        Some(InboxCommand::SendBack(args)) => send_back(options, args).await,
    }
}

async fn list(options: &Options, project: Option<&str>) -> anyhow::Result<ExitCode> {
    let waiting = waiting(options, project).await?;
    document::answer(options.output, &waiting, || inbox::list(&waiting))?;
    let exits = waiting.damaged.iter().map(complain_of);
    Ok(ExitCode::from(exits.max().unwrap_or(0)))
}

async fn waiting(options: &Options, project: Option<&str>) -> anyhow::Result<Page<InboxItem>> {
    let mut session = open(options, Need::Read).await?;
    let waiting = all_waiting(&mut session, project).await;
    session.close().await;
    waiting
}

/// All pages as one.
async fn all_waiting(
    session: &mut Session,
    project: Option<&str>,
) -> anyhow::Result<Page<InboxItem>> {
    let project = project.map(|project| format!("&project_id={}", escape(project)));
    let path = format!("/inbox?limit={PAGE_MAX}{}", project.unwrap_or_default());
    let mut all: Page<InboxItem> = session.get(&path).await?;
    while let Some(cursor) = all.next_cursor.take() {
        let next = format!("{path}&cursor={}", escape(&cursor));
        let page: Page<InboxItem> = session.get(&next).await?;
        all.items.extend(page.items);
        all.next_cursor = page.next_cursor;
    }
    all.has_more = false;
    all.total_count = all.items.len() as u64;
    Ok(all)
}

async fn decide(
    options: &Options,
    args: &InboxDecision,
    verdict: Verdict,
) -> anyhow::Result<ExitCode> {
    let item = meant(options, &args.item, Kind::Gate).await?;
    let decision = Decide {
        run: item.execution_id,
        stage: Some(item.stage_id),
        reason: args.reason.clone(),
    };
    decide::decide(options, &decision, verdict).await
}

async fn answer(options: &Options, args: &InboxAnswer) -> anyhow::Result<ExitCode> {
    let item = meant(options, &args.item, Kind::Question).await?;
    let given = Answer {
        run: item.execution_id,
        stage: Some(item.stage_id),
        answers: args.answers.clone(),
    };
    answer::answer(options, &given).await
}

async fn send_back(options: &Options, args: &SendBack) -> anyhow::Result<ExitCode> {
    let item = meant(options, &args.item, Kind::Gate).await?;
    let stage = match (&args.to, item.depends_on.as_slice()) {
        (Some(stage), _) => stage.clone(),
        (None, [only]) => only.clone(),
        (None, several) => {
            let message = format!(
                "gate `{}` follows {}; name the stage that works again with --to",
                item.stage_id,
                listed(several.iter().map(String::as_str))
            );
            return Err(Failure::usage(message));
        }
    };
    let again = Reopen {
        run: item.execution_id,
        stage,
        feedback: Some(args.comment.clone()),
    };
    reopen::reopen(options, &again).await
}

/// The one thing that is meant, of all that waits.
async fn meant(options: &Options, item: &WaitingItem, kind: Kind) -> anyhow::Result<InboxItem> {
    let waiting = waiting(options, None).await?.items;
    let of_kind = waiting.into_iter().filter(|one| one.kind == kind.word());
    let fits = of_kind.filter(|one| {
        let is_run = item.run.as_ref().is_none_or(|run| is_end_of(run, one));
        let is_stage = item
            .stage
            .as_ref()
            .is_none_or(|stage| *stage == one.stage_id);
        is_run && is_stage
    });
    let mut fits: Vec<InboxItem> = fits.collect();
    match fits.len() {
        1 => Ok(fits.remove(0)),
        0 => Err(nothing_waits(item, kind)),
        _ => {
            let names = fits.iter().map(|one| {
                let run = execution::short(&one.execution_id);
                format!("{run} {}", one.stage_id)
            });
            let names: Vec<String> = names.collect();
            let message = format!("several wait, name one: {}", names.join(", "));
            Err(Failure::usage(message))
        }
    }
}

fn nothing_waits(item: &WaitingItem, kind: Kind) -> anyhow::Error {
    let of_run = item.run.as_deref().map(|run| format!(" of run {run}"));
    let message = match kind {
        Kind::Gate => format!("no gate{} waits for a decision", of_run.unwrap_or_default()),
        Kind::Question => format!("no stage{} waits for an answer", of_run.unwrap_or_default()),
    };
    Failure::of(ErrorCode::IllegalState, message)
}

/// Whether a text is a run's id, or an end of it.
fn is_end_of(text: &str, item: &InboxItem) -> bool {
    let digits = |text: &str| text.replace('-', "").to_lowercase();
    let (id, text) = (digits(&item.execution_id), digits(text));
    !text.is_empty() && (id.starts_with(&text) || id.ends_with(&text))
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        "no stage".to_owned()
    } else {
        names.join(", ")
    }
}
