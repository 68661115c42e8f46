//! `baton logs RUN [STAGE]`: what the agents of a run wrote.

use std::process::ExitCode;

use baton_server::v1::dto::{Items, LogLine};

use super::open;
use crate::args::{Logs, Options, Output};
use crate::client::escape;
use crate::render::{document, progress};
use crate::session::{Need, Session};
use crate::sse::Stream;

/// Lines read at once.
const PAGE: u32 = 5_000;

pub(crate) async fn logs(options: &Options, args: &Logs) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Read).await?;
    let shown = show(&mut session, options.output, args).await;
    session.close().await;
    shown?;
    Ok(ExitCode::SUCCESS)
}

/// For people line by line, for programs one document when all is known.
async fn show(session: &mut Session, output: Output, args: &Logs) -> anyhow::Result<()> {
    let mut lines = read(session, args).await?;
    let is_table = output == Output::Table;
    let say = |line: &LogLine| {
        if is_table {
            document::out(&progress::log_line(line));
        }
    };
    lines.iter().for_each(say);
    if args.follow {
        let last = lines.last().map_or(0, |line| line.seq);
        follow(session, args, last, |line| {
            say(&line);
            if !is_table {
                lines.push(line);
            }
        })
        .await?;
    } else if lines.is_empty() && is_table {
        document::out("No log lines");
    }
    document::print(output, &Items { items: lines })
}

/// What the agents of a run, or of one of its stages, wrote until now.
pub(crate) async fn read(session: &mut Session, args: &Logs) -> anyhow::Result<Vec<LogLine>> {
    let stage = args
        .stage
        .as_deref()
        .map(|stage| format!("&stage={}", escape(stage)));
    let base = format!("/workflow-executions/{}/logs", escape(&args.run));
    let stage = stage.unwrap_or_default();
    if let Some(tail) = args.tail {
        let path = format!("{base}?tail=true&limit={tail}{stage}");
        return Ok(session.get::<Items<LogLine>>(&path).await?.items);
    }
    let mut lines: Vec<LogLine> = Vec::new();
    loop {
        let after = lines.last().map_or(0, |line| line.seq);
        let path = format!("{base}?after={after}&limit={PAGE}{stage}");
        let page = session.get::<Items<LogLine>>(&path).await?.items;
        let is_last = page.len() < PAGE as usize;
        lines.extend(page);
        if is_last {
            return Ok(lines);
        }
    }
}

/// Takes what comes after line `last` until the run ends, or until nobody
/// works on it any more.
async fn follow(
    session: &Session,
    args: &Logs,
    last: u64,
    mut take: impl FnMut(LogLine),
) -> anyhow::Result<()> {
    if session.host.is_some() {
        document::err("nobody works on the run now; go on with: baton resume");
        return Ok(());
    }
    let run = escape(&args.run);
    let path = format!("/workflow-executions/{run}/stream?after=0.{last}");
    let mut stream = Stream::new(session.api.open(&path).await?);
    while let Some(message) = stream.next().await? {
        if message.event != "log_line" {
            continue;
        }
        let line: LogLine = serde_json::from_value(message.data)?;
        let is_asked_for = |stage: &String| *stage == line.stage_id;
        if args.stage.as_ref().is_none_or(is_asked_for) {
            take(line);
        }
    }
    Ok(())
}
