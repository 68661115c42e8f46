//! `baton import FILE…`: stores what was exported.

use std::process::ExitCode;

use baton_model::ErrorCode;
use baton_server::v1::dto::Items;
use baton_server::v1::dto::workflows::{PatchRequest, Workflow};

use super::export::{Kept, Library};
use super::{Mistakes, check, head, named, patch, replace, store};
use crate::args::{Import, Options};
use crate::cmd::open;
use crate::confirm::is_confirmed;
use crate::exit::Failure;
use crate::input::Source;
use crate::render::{document, library};
use crate::session::{Need, Session};

/// A workflow to be stored, and how it is called in messages.
struct Wanted {
    source: Source,
    /// What a document of all workflows says besides the text.
    kept: Option<Kept>,
    /// The stored workflow whose place it takes.
    replaces: Option<String>,
}

pub(crate) async fn import(options: &Options, args: &Import) -> anyhow::Result<ExitCode> {
    let mut wanted = Vec::new();
    for file in &args.files {
        wanted.extend(read(Source::read(file)?)?);
    }
    for one in &wanted {
        check(&one.source, one.mistakes())?;
    }
    let mut session = open(options, Need::Decide).await?;
    let stored = store_all(&mut session, args, wanted).await;
    session.close().await;
    let Some(stored) = stored? else {
        document::err("Import aborted");
        return Ok(ExitCode::SUCCESS);
    };
    let items = Items { items: stored };
    document::answer(options.output, &items, || {
        let lines = items
            .items
            .iter()
            .map(|workflow| library::stored("Stored", workflow));
        lines.collect::<Vec<_>>().join("\n")
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The workflows in a file: one, or those of a whole library.
fn read(source: Source) -> anyhow::Result<Vec<Wanted>> {
    let Ok(library) = serde_saphyr::from_str::<Library>(&source.text) else {
        return Ok(vec![Wanted {
            source,
            kept: None,
            replaces: None,
        }]);
    };
    let wanted = library.workflows.into_iter().map(|kept| {
        let text = Source {
            name: format!("{} in {}", kept.name, source.name),
            text: kept.definition.clone(),
            path: None,
        };
        // A copy may be called otherwise than its text says.
        let is_renamed = head::read(&text.text).is_some_and(|head| head.name != kept.name);
        let renamed = if is_renamed {
            head::renamed(&text, &kept.name)?
        } else {
            text.text.clone()
        };
        Ok(Wanted {
            source: Source {
                text: renamed,
                ..text
            },
            kept: Some(kept),
            replaces: None,
        })
    });
    wanted.collect()
}

impl Wanted {
    /// A draft that was kept with its mistakes is kept with them again.
    fn mistakes(&self) -> Mistakes {
        let kept = self.kept.as_ref();
        Mistakes::when(kept.is_some_and(|kept| kept.status == "draft"))
    }

    fn name(&self) -> Option<String> {
        let kept = self.kept.as_ref().map(|kept| kept.name.clone());
        kept.or_else(|| head::read(&self.source.text).map(|head| head.name))
    }
}

/// Looks at all names before it stores the first; none when the user thinks
/// again.
async fn store_all(
    session: &mut Session,
    args: &Import,
    mut wanted: Vec<Wanted>,
) -> anyhow::Result<Option<Vec<Workflow>>> {
    let mut taken = Vec::new();
    for one in &mut wanted {
        let Some(name) = one.name() else { continue };
        if let Some(known) = named(session, &name).await? {
            one.replaces = Some(known.id);
            taken.push(name);
        }
    }
    if !taken.is_empty() && !args.replace {
        let message = format!(
            "stored already: {}; --replace gives them the texts of the file",
            taken.join(", ")
        );
        return Err(Failure::of(ErrorCode::NameTaken, message));
    }
    let question = format!("Replace {}?", taken.join(", "));
    if !taken.is_empty() && !args.yes && !is_confirmed("this replaces stored workflows", &question)?
    {
        return Ok(None);
    }
    let mut stored = Vec::with_capacity(wanted.len());
    for one in wanted {
        stored.push(store_one(session, one).await?);
    }
    Ok(Some(stored))
}

async fn store_one(session: &mut Session, wanted: Wanted) -> anyhow::Result<Workflow> {
    let mistakes = wanted.mistakes();
    let text = wanted.source.text;
    let project = wanted
        .kept
        .as_ref()
        .and_then(|kept| kept.project_id.clone());
    let stored = match &wanted.replaces {
        Some(id) => replace(session, id, text, mistakes).await?,
        None => store(session, text, project, mistakes).await?,
    };
    let Some(kept) = wanted.kept else {
        return Ok(stored);
    };
    let changes = PatchRequest {
        status: (kept.status != stored.status).then_some(kept.status),
        tags: (kept.tags != stored.tags).then_some(kept.tags),
        revision: None,
    };
    if changes.status.is_none() && changes.tags.is_none() {
        return Ok(stored);
    }
    patch(session, &stored.id, &changes).await
}
