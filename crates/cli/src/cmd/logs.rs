//! `baton logs RUN [STAGE]`: what the agents of a run wrote.

use std::process::ExitCode;

use baton_server::v1::dto::{Items, LogLine};

use super::{following, open, path_of, say_if_left_alone};
use crate::args::{Logs, Options, Output};
use crate::client::escape;
use crate::render::{document, progress};
use crate::session::{Need, Session};
use crate::sse::Message;

/// Lines read at once.
const PAGE: u32 = 5_000;

pub(crate) async fn logs(options: &Options, args: &Logs) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Read).await?;
    let shown = show(&mut session, options.output, args).await;
    session.close().await;
    document::unless_gone(shown)?;
    Ok(ExitCode::SUCCESS)
}

/// For people line by line, for programs one document when all is known.
async fn show(session: &mut Session, output: Output, args: &Logs) -> anyhow::Result<()> {
    let is_table = output == Output::Table;
    let mut lines = Vec::new();
    let mut show = |line: LogLine| {
        if is_table {
            return document::line(&progress::log_line(&line));
        }
        lines.push(line);
        Ok(())
    };
    let last = match args.tail {
        Some(n_lines) => read_tail(session, args, n_lines, &mut show).await?,
        None => read_after(session, args, args.after, &mut show).await?,
    };
    if args.follow {
        follow(session, args, last, &mut show).await?;
    } else if last == args.after && is_table {
        document::out("No log lines")?;
    }
    document::print(output, &Items { items: lines })
}

/// What all agents of a run wrote until now.
pub(crate) async fn read(session: &mut Session, args: &Logs) -> anyhow::Result<Vec<LogLine>> {
    let mut lines = Vec::new();
    let mut push = |line| {
        lines.push(line);
        Ok(())
    };
    read_after(session, args, args.after, &mut push).await?;
    Ok(lines)
}

/// Takes a line.
type Take<'t> = &'t mut (dyn FnMut(LogLine) -> anyhow::Result<()> + Send);

/// The last lines; the number of the last there is, also when none is wanted.
async fn read_tail(
    session: &mut Session,
    args: &Logs,
    n_lines: u32,
    take: Take<'_>,
) -> anyhow::Result<u64> {
    let limit = n_lines.max(1);
    let path = format!("{}tail=true&limit={limit}", path_to_lines(args));
    let page: Items<LogLine> = session.get(&path).await?;
    let last = page.items.last().map_or(0, |line| line.seq);
    let mut wanted = page.items.into_iter().take(n_lines as usize);
    wanted.try_for_each(take)?;
    Ok(last)
}

/// Page by page, so that no more than one is in memory; the number of the last
/// line.
async fn read_after(
    session: &mut Session,
    args: &Logs,
    mut after: u64,
    take: Take<'_>,
) -> anyhow::Result<u64> {
    let base = path_to_lines(args);
    loop {
        let path = format!("{base}after={after}&limit={PAGE}");
        let page = session.get::<Items<LogLine>>(&path).await?.items;
        let is_last = page.len() < PAGE as usize;
        after = page.last().map_or(after, |line| line.seq);
        page.into_iter().try_for_each(&mut *take)?;
        if is_last {
            return Ok(after);
        }
    }
}

/// Where lines are read, up to what says which.
fn path_to_lines(args: &Logs) -> String {
    let mut path = format!("{}/logs?", path_of(&args.run));
    if let Some(stage) = &args.stage {
        path.push_str(&format!("stage={}&", escape(stage)));
    }
    if let Some(dispatch) = args.dispatch {
        path.push_str(&format!("dispatch={dispatch}&"));
    }
    path
}

/// Takes what comes after line `last` until the run ends, or until nobody
/// works on it any more.
async fn follow(
    session: &mut Session,
    args: &Logs,
    mut last: u64,
    take: Take<'_>,
) -> anyhow::Result<()> {
    loop {
        let is_all = following::has_ended(session, &args.run).await?;
        last = read_after(session, args, last, take).await?;
        if is_all {
            return Ok(());
        }
        if session.host.is_some() {
            say_if_left_alone(session, &args.run).await;
            return Ok(());
        }
        let path = format!("{}/stream?after=0.{last}", path_of(&args.run));
        let mut take_message = |message: Message| {
            if message.event == "log_line" {
                let line: LogLine = serde_json::from_value(message.data)?;
                last = line.seq;
                if is_asked_for(args, &line) {
                    return take(line);
                }
            }
            Ok(())
        };
        following::drain(session, &path, &mut take_message).await?;
        session.reopen().await?;
    }
}

fn is_asked_for(args: &Logs, line: &LogLine) -> bool {
    let of_stage = |stage: &String| *stage == line.stage_id;
    let of_start = |dispatch| dispatch == line.dispatch;
    args.stage.as_ref().is_none_or(of_stage) && args.dispatch.is_none_or(of_start)
}
