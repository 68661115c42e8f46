//! `baton backup FILE` and `baton restore FILE`.

use std::path::Path;
use std::process::ExitCode;

use baton_model::ErrorCode;
use baton_store_sql::{CopyError, Existing, Restoration, has_database};
use serde_json::json;

use crate::args::{Backup, Options, Restore};
use crate::attempts;
use crate::data::DataDir;
use crate::exit::Failure;
use crate::render::document;
use crate::session;

/// Copies the database, whoever works on it.
pub(crate) fn backup(options: &Options, args: &Backup) -> anyhow::Result<ExitCode> {
    let data = DataDir::locate(options.data_dir.as_deref())?;
    if !has_database(data.path()) {
        let message = format!("there are no runs in {}", data.path().display());
        return Err(Failure::of(ErrorCode::NotFound, message));
    }
    let existing = if args.force {
        Existing::Replace
    } else {
        Existing::Keep
    };
    let bytes =
        baton_store_sql::backup(data.path(), &args.file, existing).map_err(
            |error| match error {
                CopyError::Exists(path) => taken(&path, "--force replaces it"),
                CopyError::Own(_) => Failure::usage(format!("{error}; name another file")),
                CopyError::Unwritten { .. } => Failure::files(error.to_string()),
                CopyError::Damaged { .. } => Failure::files(format!("{error}; run baton doctor")),
                CopyError::Store(error) => session::unusable(&data, &error),
            },
        )?;
    let file = args.file.display().to_string();
    let answer = json!({ "file": file, "bytes": bytes });
    document::answer(options.output, &answer, || {
        format!("Backed up to {file} ({} KiB)", bytes.div_ceil(1024))
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Makes a copy the database of a directory that nobody works on.
pub(crate) async fn restore(options: &Options, args: &Restore) -> anyhow::Result<ExitCode> {
    if !args.file.exists() {
        let message = format!("there is no file {}", args.file.display());
        return Err(Failure::of(ErrorCode::NotFound, message));
    }
    let data = DataDir::open(options.data_dir.as_deref())?;
    let _held = data.hold_alone("restore a backup there")?;
    if has_database(data.path()) && !args.force {
        let mend = "--force keeps it beside the restored one";
        return Err(taken(&data.path().join("baton.db"), mend));
    }
    let prepared = Restoration::prepare(&args.file, data.path())
        .map_err(|error| cannot_restore(&args.file, &error))?;
    end_the_undone_future(&data).await?;
    let kept_as = format!("before-restore-{}", document::file_stamp());
    let kept = prepared
        .install(&kept_as)
        .map_err(|error| cannot_restore(&args.file, &error))?;
    if let Some(kept) = &kept {
        document::err(&format!("what was there is kept as {}", kept.display()));
    }
    let answer = json!({
        "data_directory": data.path().display().to_string(),
        "kept_as": kept.map(|kept| kept.display().to_string()),
    });
    document::answer(options.output, &answer, || {
        "Restored; go on with: baton resume".to_owned()
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Runs go back to where they stood: programs that were started since would
/// work beside those that are started now, under the same numbers.
async fn end_the_undone_future(data: &DataDir) -> anyhow::Result<()> {
    let ended = attempts::end_all(data).await.map_err(|error| {
        let path = attempts::root(data);
        Failure::files(format!(
            "cannot end what still works in {}: {error}",
            path.display()
        ))
    })?;
    if ended > 0 {
        document::err(&format!("ended what was left of attempts: {ended}"));
    }
    Ok(())
}

fn taken(path: &Path, mend: &str) -> anyhow::Error {
    let message = format!("{} is there already; {mend}", path.display());
    Failure::of(ErrorCode::IllegalState, message)
}

fn cannot_restore(file: &Path, error: &CopyError) -> anyhow::Error {
    Failure::files(format!("cannot restore {}: {error}", file.display()))
}
