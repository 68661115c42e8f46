//! `baton logs RUN [STAGE]`: what the agents of a run wrote.

use std::process::ExitCode;

use baton_server::v1::dto::{Items, LogLine};

use super::{open, path_of};
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
    let is_table = output == Output::Table;
    let mut lines = Vec::new();
    let mut show = |line: LogLine| {
        if is_table {
            document::out(&progress::log_line(&line));
        } else {
            lines.push(line);
        }
    };
    let last = read_pages(session, args, &mut show).await?;
    if args.follow {
        follow(session, args, last, show).await?;
    } else if last == args.after && is_table {
        document::out("No log lines");
    }
    document::print(output, &Items { items: lines })
}

/// What the agents of a run, or of one of its stages, wrote until now.
pub(crate) async fn read(session: &mut Session, args: &Logs) -> anyhow::Result<Vec<LogLine>> {
    let mut lines = Vec::new();
    read_pages(session, args, &mut |line| lines.push(line)).await?;
    Ok(lines)
}

/// Page by page, so that no more than one is in memory; the number of the last
/// line.
async fn read_pages(
    session: &mut Session,
    args: &Logs,
    take: &mut (dyn FnMut(LogLine) + Send),
) -> anyhow::Result<u64> {
    let mut base = format!("{}/logs?", path_of(&args.run));
    if let Some(stage) = &args.stage {
        base.push_str(&format!("stage={}&", escape(stage)));
    }
    if let Some(dispatch) = args.dispatch {
        base.push_str(&format!("dispatch={dispatch}&"));
    }
    if let Some(tail) = args.tail {
        let path = format!("{base}tail=true&limit={tail}");
        let page: Items<LogLine> = session.get(&path).await?;
        let last = page.items.last().map_or(0, |line| line.seq);
        page.items.into_iter().for_each(take);
        return Ok(last);
    }
    let mut after = args.after;
    loop {
        let path = format!("{base}after={after}&limit={PAGE}");
        let page = session.get::<Items<LogLine>>(&path).await?.items;
        let is_last = page.len() < PAGE as usize;
        after = page.last().map_or(after, |line| line.seq);
        page.into_iter().for_each(&mut *take);
        if is_last {
            return Ok(after);
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
    let path = format!("{}/stream?after=0.{last}", path_of(&args.run));
    let mut stream = Stream::new(session.api.open(&path).await?);
    while let Some(message) = stream.next().await? {
        if message.event != "log_line" {
            continue;
        }
        let line: LogLine = serde_json::from_value(message.data)?;
        let of_stage = args
            .stage
            .as_ref()
            .is_none_or(|stage| *stage == line.stage_id);
        let of_start = args
            .dispatch
            .is_none_or(|dispatch| dispatch == line.dispatch);
        if of_stage && of_start {
            take(line);
        }
    }
    Ok(())
}
