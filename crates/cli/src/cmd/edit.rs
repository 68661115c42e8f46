//! `baton edit RUN FILE`: stages of a run come, change and go while it goes on.

use std::process::ExitCode;

use baton_model::ErrorCode;
use baton_server::v1::dto::workflows::Validation;
use baton_server::v1::dto::{EditRequest, Execution};
use serde::Deserialize;
use serde_json::Value;

use super::{close_after_change, open, path_of};
use crate::args::{Edit, Options};
use crate::exit::Failure;
use crate::input::Source;
use crate::render::{diagnostic, document};
use crate::session::{Need, Session};

pub(crate) async fn edit(options: &Options, args: &Edit) -> anyhow::Result<ExitCode> {
    let source = Source::read(&args.file)?;
    let Listed { edits, reason } = read(&source)?;
    let request = EditRequest {
        edits: None,
        // With it, the answer can say where its mistakes are.
        text: Some(source.text),
        reason: args.reason.clone().or(reason),
    };
    let session = open(options, Need::Decide).await?;
    if args.dry_run {
        validate(options, session, args, &request, &edits).await
    } else {
        make(options, session, args, &request, &edits).await
    }
}

async fn make(
    options: &Options,
    mut session: Session,
    args: &Edit,
    request: &EditRequest,
    edits: &[Value],
) -> anyhow::Result<ExitCode> {
    let path = format!("{}/edits", path_of(&args.run));
    let look = format!("baton events {}", args.run);
    let posted = session.post_once::<Execution>(&path, &look, request);
    let edited = match posted.await {
        Ok(execution) => document::answer(options.output, &execution, || {
            format!("Stages changed: {}", all_words(edits))
        }),
        Err(error) => {
            session.close().await;
            return Err(error);
        }
    };
    close_after_change(session, &args.run).await;
    edited?;
    Ok(ExitCode::SUCCESS)
}

/// Only says whether the run would take them.
async fn validate(
    options: &Options,
    mut session: Session,
    args: &Edit,
    request: &EditRequest,
    edits: &[Value],
) -> anyhow::Result<ExitCode> {
    let path = format!("{}/edits/validate", path_of(&args.run));
    let found = session.post::<Validation>(&path, request).await;
    session.close().await;
    let found = found?;
    let Some(first) = found.errors.first() else {
        document::answer(options.output, &found, || {
            format!("Stages would be changed: {}", all_words(edits))
        })?;
        return Ok(ExitCode::SUCCESS);
    };
    for error in &found.errors {
        document::err(&diagnostic::line_of_json(&serde_json::to_value(error)?));
    }
    let code = ErrorCode::from_word(&first.code).unwrap_or(ErrorCode::InvalidEdits);
    let message = format!("{}: the run would not take the edits", args.file.display());
    Err(Failure::of(code, message))
}

/// What a file of edits holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    edits: Vec<Value>,
    reason: Option<String>,
}

/// A list of edits, or a map of `edits` and `reason`.
fn read(source: &Source) -> anyhow::Result<Listed> {
    let value = source.value("edits", ErrorCode::InvalidEdits)?;
    let listed = match value {
        Value::Array(edits) => Listed {
            edits,
            reason: None,
        },
        other => serde_json::from_value(other).map_err(|error| {
            let shape = "give a list of edits, or a map of `edits` and `reason`";
            let message = format!("{}: {error}; {shape}", source.name);
            Failure::of(ErrorCode::InvalidEdits, message)
        })?,
    };
    if listed.edits.is_empty() {
        let message = format!("{}: there are no edits in it", source.name);
        return Err(Failure::of(ErrorCode::InvalidEdits, message));
    }
    Ok(listed)
}

fn all_words(edits: &[Value]) -> String {
    let each: Vec<String> = edits.iter().map(words).collect();
    each.join(", ")
}

/// An edit, in two words.
fn words(edit: &Value) -> String {
    let text = |pointer: &str| edit.pointer(pointer).and_then(Value::as_str);
    let verb = match text("/type") {
        Some("insert") => "inserted",
        Some("delete") => "deleted",
        _ => "updated",
    };
    let stage = text("/stage_id").or_else(|| text("/stage/id"));
    format!("{verb} {}", stage.unwrap_or_default())
}
