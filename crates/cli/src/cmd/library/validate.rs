//! `baton validate`: files are checked here; stored workflows by whoever has
//! them, against the agents and projects that are there.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use baton_lang::CODES;
use baton_model::{Category, Diagnostic, Severity, Span};
use baton_server::v1::dto::workflows::{Finding, Validation, Workflow, WorkflowRequest};

use crate::args::{Options, Validate};
use crate::cmd::open;
use crate::cmd::subject::{Meant, Place, meant, path_of_workflow, stored};
use crate::cmd::validate::{self, Holds, Looked, Report};
use crate::exit::Failure;
use crate::input::Source;
use crate::session::{Need, Session};

/// Signs of patterns, which are about files.
const WILDCARDS: [char; 4] = ['*', '?', '[', '{'];

pub(crate) async fn validate(options: &Options, args: &Validate) -> anyhow::Result<ExitCode> {
    let Some(names) = all_stored(&args.paths) else {
        return validate::validate(options, args).await;
    };
    if args.watch {
        let message = "stored workflows do not change by themselves; leave out --watch";
        return Err(Failure::usage(message));
    }
    let place = Place::settle(options, args.project.project.as_deref(), None)?;
    let mut session = open(options, Need::Read).await?;
    let looked = look_at_all(&mut session, &names, &place).await;
    session.close().await;
    let report = Report {
        files: looked?,
        n_passed_over: 0,
        doubts: Vec::new(),
        over: place.around.layers.iter().map(Source::of_layer).collect(),
    };
    validate::conclude(options, args.strict, &report)
}

/// The names, when each word means a stored workflow.
fn all_stored(paths: &[PathBuf]) -> Option<Vec<&str>> {
    let names = paths.iter().map(|path| match meant(path) {
        Meant::Stored(name) if !path.is_dir() && !name.contains(WILDCARDS) => Some(name),
        Meant::Stored(_) | Meant::File(_) => None,
    });
    names.collect()
}

async fn look_at_all(
    session: &mut Session,
    names: &[&str],
    place: &Place,
) -> anyhow::Result<Vec<Looked>> {
    let mut looked = Vec::with_capacity(names.len());
    for name in names {
        let workflow = stored(session, name).await?;
        let path = format!("{}/validate", path_of_workflow(&workflow.id));
        let request = WorkflowRequest {
            directory: place.directory_text(),
            config: place.config_text(),
            ..WorkflowRequest::default()
        };
        let found: Validation = session.post(&path, &request).await?;
        looked.push(as_looked(workflow, found));
    }
    Ok(looked)
}

fn as_looked(workflow: Workflow, found: Validation) -> Looked {
    let n_stages = usize::try_from(workflow.stage_count).unwrap_or(usize::MAX);
    let findings = found.errors.into_iter().chain(found.warnings);
    let mut diagnostics: Vec<Diagnostic> = findings.map(diagnostic).collect();
    diagnostics.sort_by_key(|found| found.span.map(|span| span.start));
    Looked {
        name: workflow.name.clone(),
        source: Some(Source {
            name: workflow.name,
            text: workflow.definition.unwrap_or_default(),
            path: None,
        }),
        diagnostics,
        holds: Holds::Workflow(n_stages),
        failure: None,
    }
}

/// A finding as it was before it was sent. A code of a newer server is nothing
/// that could be explained here.
fn diagnostic(found: Finding) -> Diagnostic {
    let code = CODES.iter().find(|code| code.id == found.code);
    let is_warning = found.severity == "warning";
    Diagnostic {
        code: code.map_or("SWDL", |code| code.id),
        severity: if is_warning {
            Severity::Warning
        } else {
            Severity::Error
        },
        category: code.map_or(Category::Schema, |code| code.category),
        message: found.message,
        help: found.help,
        path: found.path,
        file: found.file.map(|file| shortened(&file)),
        span: found
            .span
            .and_then(|span| serde_json::from_value::<Span>(span).ok()),
        labels: Vec::new(),
    }
}

/// A file of a project, seen from the current directory.
fn shortened(file: &str) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let below = here
        .ok()
        .and_then(|here| Path::new(file).strip_prefix(here).ok().map(Path::to_owned));
    below.map_or(file.to_owned(), |below| below.display().to_string())
}
