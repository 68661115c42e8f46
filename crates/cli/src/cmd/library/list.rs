//! `baton list`: stored workflows, page by page.

use std::process::ExitCode;

use baton_server::v1::dto::Page;
use baton_server::v1::dto::workflows::Workflow;

use crate::args::{List, Options, SortBy};
use crate::client::escape;
use crate::cmd::open;
use crate::cmd::runs::complain_of;
use crate::render::{document, library};
use crate::session::Need;

pub(crate) async fn list(options: &Options, args: &List) -> anyhow::Result<ExitCode> {
    let mut session = open(options, Need::Read).await?;
    let page = session.get::<Page<Workflow>>(&path(args)).await;
    session.close().await;
    let page = page?;
    document::answer(options.output, &page, || library::list(&page))?;
    let exits = page.damaged.iter().map(complain_of);
    Ok(ExitCode::from(exits.max().unwrap_or(0)))
}

fn path(args: &List) -> String {
    let (sort_by, is_ascending) = match args.sort {
        SortBy::Name => ("name", true),
        SortBy::Created => ("created_at", false),
        SortBy::Updated => ("updated_at", false),
    };
    let sort_order = if is_ascending == args.reverse {
        "desc"
    } else {
        "asc"
    };
    let mut path = format!(
        "/workflows?limit={}&sort_by={sort_by}&sort_order={sort_order}",
        args.limit
    );
    let tags = Some(args.tags.join(",")).filter(|tags| !tags.is_empty());
    for (name, value) in [
        ("search", &args.search),
        ("status", &args.status),
        ("tags", &tags),
        ("project_id", &args.project),
        ("cursor", &args.cursor),
    ] {
        if let Some(value) = value {
            path.extend(["&", name, "=", &escape(value)]);
        }
    }
    path
}
