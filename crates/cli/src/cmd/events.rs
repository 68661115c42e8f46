//! `baton events RUN`: what happened to a run, one event a line.

use std::process::ExitCode;

use baton_server::v1::dto::{Event, Items};

use super::{open, path_of};
use crate::args::{Events, Options, Output};
use crate::render::{document, event};
use crate::session::{Need, Session};
use crate::sse::Stream;

/// Events read at once.
const PAGE: u32 = 1_000;

pub(crate) async fn events(options: &Options, args: &Events) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Read).await?;
    let shown = show(&mut session, options.output, args).await;
    session.close().await;
    shown?;
    Ok(ExitCode::SUCCESS)
}

/// Event by event in every form: a log may be long, and go on.
async fn show(session: &mut Session, output: Output, args: &Events) -> anyhow::Result<()> {
    let path = format!("{}/events", path_of(&args.run));
    let mut place = Place {
        after: args.after,
        has_ended: false,
    };
    loop {
        let page: Items<Event> = session
            .get(&format!("{path}?after={}&limit={PAGE}", place.after))
            .await?;
        for event in &page.items {
            place.take(output, event)?;
        }
        if page.items.len() < PAGE as usize {
            break;
        }
    }
    if !args.follow || place.has_ended {
        return Ok(());
    }
    if session.host.is_some() {
        return say_if_unfinished(session, args).await;
    }
    let path = format!("{path}/stream?after={}", place.after);
    let mut stream = Stream::new(session.api.open(&path).await?);
    while let Some(message) = stream.next().await? {
        place.take(output, &serde_json::from_value(message.data)?)?;
    }
    Ok(())
}

async fn say_if_unfinished(session: &mut Session, args: &Events) -> anyhow::Result<()> {
    let execution: baton_server::v1::dto::Execution = session.get(&path_of(&args.run)).await?;
    if execution.completed_at.is_none() {
        document::err("nobody works on the run now; go on with: baton resume");
    }
    Ok(())
}

/// How far has been shown.
struct Place {
    after: u64,
    has_ended: bool,
}

impl Place {
    fn take(&mut self, output: Output, event: &Event) -> anyhow::Result<()> {
        self.after = event.seq;
        self.has_ended |= event::is_end(event);
        match output {
            Output::Table => document::out(&event::line(event)),
            Output::Json => document::out(&serde_json::to_string(event)?),
            Output::Yaml => {
                document::out("---");
                document::print(output, event)?;
            }
        }
        Ok(())
    }
}
