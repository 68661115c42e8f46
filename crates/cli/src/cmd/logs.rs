//! `baton logs RUN [STAGE]`: what the agents of a run wrote.

use std::process::ExitCode;

use baton_server::v1::dto::{Items, LogLine};
use serde_json::Value;

use super::open;
use crate::args::{Logs, Options, Output};
use crate::client::{Api, escape};
use crate::render::{document, progress};
use crate::session::Need;
use crate::sse::Stream;

/// Lines read at once.
const PAGE: u32 = 5_000;

pub(crate) async fn logs(options: &Options, args: &Logs) -> anyhow::Result<ExitCode> {
    let session = open(options, Need::Read).await?;
    let lines = match read(&session.api, args).await {
        Ok(lines) => lines,
        Err(error) => {
            session.close().await;
            return Err(error);
        }
    };
    if args.follow && options.output == Output::Table {
        follow(&session.api, args, &lines).await?;
    } else {
        let all = Items { items: lines };
        document::answer(options.output, &all, || {
            let texts: Vec<String> = all.items.iter().map(progress::log_line).collect();
            if texts.is_empty() {
                "No log lines".to_owned()
            } else {
                texts.join("\n")
            }
        })?;
    }
    session.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn read(api: &Api, args: &Logs) -> anyhow::Result<Vec<LogLine>> {
    let stage = args
        .stage
        .as_deref()
        .map(|stage| format!("&stage={}", escape(stage)));
    let base = format!("/workflow-executions/{}/logs", escape(&args.run));
    let stage = stage.unwrap_or_default();
    if let Some(tail) = args.tail {
        let path = format!("{base}?tail=true&limit={tail}{stage}");
        return Ok(api.get::<Items<LogLine>>(&path).await?.items);
    }
    let mut lines: Vec<LogLine> = Vec::new();
    loop {
        let after = lines.last().map_or(0, |line| line.seq);
        let path = format!("{base}?after={after}&limit={PAGE}{stage}");
        let page = api.get::<Items<LogLine>>(&path).await?.items;
        let is_last = page.len() < PAGE as usize;
        lines.extend(page);
        if is_last {
            return Ok(lines);
        }
    }
}

/// Prints what is there, then what comes, until the run ends.
async fn follow(api: &Api, args: &Logs, lines: &[LogLine]) -> anyhow::Result<()> {
    for line in lines {
        document::out(&progress::log_line(line));
    }
    let last = lines.last().map_or(0, |line| line.seq);
    let path = format!(
        "/workflow-executions/{}/stream?after=0.{last}",
        escape(&args.run)
    );
    let mut stream = Stream::new(api.open(&path).await?);
    while let Some(message) = stream.next().await? {
        if message.event == "log_line" {
            let line: LogLine = serde_json::from_value(Value::clone(&message.data))?;
            if args
                .stage
                .as_ref()
                .is_none_or(|stage| *stage == line.stage_id)
            {
                document::out(&progress::log_line(&line));
            }
        }
    }
    Ok(())
}
