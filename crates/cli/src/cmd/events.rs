//! `baton events RUN`: what happened to a run, one event a line.

use std::process::ExitCode;

use baton_server::v1::dto::{Event, Items};

use super::{following, open, path_of, say_if_left_alone};
use crate::args::{Events, Options, Output};
use crate::render::{document, event};
use crate::session::{Need, Session};
use crate::sse::Message;

/// Events read at once.
const PAGE: u32 = 1_000;

pub(crate) async fn events(options: &Options, args: &Events) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Read).await?;
    let shown = show(&mut session, options.output, args).await;
    session.close().await;
    document::unless_gone(shown)?;
    Ok(ExitCode::SUCCESS)
}

/// Event by event in every form: a log may be long, and go on.
async fn show(session: &mut Session, output: Output, args: &Events) -> anyhow::Result<()> {
    let path = format!("{}/events", path_of(&args.run));
    let mut place = Place {
        output,
        after: args.after,
        has_ended: false,
    };
    loop {
        let is_all = !args.follow || following::has_ended(session, &args.run).await?;
        place.read(session, &path).await?;
        if is_all || place.has_ended {
            return Ok(());
        }
        if session.host.is_some() {
            say_if_left_alone(session, &args.run).await;
            return Ok(());
        }
        let stream = format!("{path}/stream?after={}", place.after);
        let mut take = |message: Message| place.take(&serde_json::from_value(message.data)?);
        following::drain(session, &stream, &mut take).await?;
        if place.has_ended {
            return Ok(());
        }
        session.reopen().await?;
    }
}

/// How far has been shown.
struct Place {
    output: Output,
    after: u64,
    has_ended: bool,
}

impl Place {
    /// All events until now, page by page.
    async fn read(&mut self, session: &mut Session, path: &str) -> anyhow::Result<()> {
        loop {
            let page = format!("{path}?after={}&limit={PAGE}", self.after);
            let page: Items<Event> = session.get(&page).await?;
            for event in &page.items {
                self.take(event)?;
            }
            if page.items.len() < PAGE as usize {
                return Ok(());
            }
        }
    }

    fn take(&mut self, event: &Event) -> anyhow::Result<()> {
        self.after = event.seq;
        self.has_ended |= event::is_end(event);
        match self.output {
            Output::Table => document::line(&event::line(event)),
            Output::Json => document::line(&serde_json::to_string(event)?),
            Output::Yaml => {
                let text = serde_saphyr::to_string(event)?;
                document::line(&format!("---\n{}", text.trim_end()))
            }
        }
    }
}
