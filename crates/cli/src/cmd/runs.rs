//! `baton runs`: lists runs, newest first.

use std::process::ExitCode;

use baton_server::v1::dto::{Execution, Page};

use super::{logs, open, show};
use crate::args::{Logs, Options, Runs};
use crate::client::escape;
use crate::render::{document, execution};
use crate::session::Need;

pub(crate) async fn runs(options: &Options, args: &Runs) -> anyhow::Result<ExitCode> {
    if let Some(run) = &args.run {
        let code = show::run(options, run).await?;
        if args.logs {
            let logs = Logs {
                run: run.clone(),
                stage: None,
                tail: None,
                follow: false,
            };
            Box::pin(logs::logs(options, &logs)).await?;
        }
        return Ok(code);
    }
    let session = open(options, Need::Read).await?;
    let mut path = format!("/workflow-executions?limit={}", args.limit);
    for (name, value) in [("status", &args.status), ("workflow", &args.workflow)] {
        if let Some(value) = value {
            path.push_str(&format!("&{name}={}", escape(value)));
        }
    }
    let page: Page<Execution> = session.api.get(&path).await?;
    document::answer(options.output, &page, || execution::list(&page))?;
    session.close().await;
    Ok(ExitCode::SUCCESS)
}
