//! `baton backup FILE` and `baton restore FILE`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use baton_model::ErrorCode;
use baton_store_sql::{CopyError, Existing, Restoration, has_database};
use serde_json::json;

use crate::args::{Backup, Options, Restore};
use crate::attempts::Disowned;
use crate::data::DataDir;
use crate::exit::Failure;
use crate::render::document;
use crate::session;

/// Copies the database, whoever works on it.
pub(crate) fn backup(options: &Options, args: &Backup) -> anyhow::Result<ExitCode> {
    let data = DataDir::locate(options.data_dir.as_deref())?;
    if !has_database(&data.database()) {
        let message = format!("there are no runs in {}", data.path().display());
        return Err(Failure::of(ErrorCode::NotFound, message));
    }
    let existing = if args.force {
        Existing::Replace
    } else {
        Existing::Keep
    };
    let bytes = baton_store_sql::backup(&data.database(), &args.file, existing).map_err(
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
    let data = DataDir::make(options.data_dir.as_deref())?;
    let _held = data.hold_alone("restore a backup there")?;
    if has_database(&data.database()) && !args.force {
        let mend = "--force keeps it beside the restored one";
        return Err(taken(&data.database_file(), mend));
    }
    let prepared = Restoration::prepare(&args.file, &data.database())
        .map_err(|error| cannot_restore(&args.file, &error))?;
    let kept = install(prepared, &data, &args.file)?;
    end_the_undone_future(&data).await?;
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

/// Puts the copy in its place, or leaves everything as it was. What was begun
/// for the database that was there is noted to be nobody's before it is.
fn install(prepared: Restoration, data: &DataDir, file: &Path) -> anyhow::Result<Option<PathBuf>> {
    let unwritten = |error| {
        Failure::files(format!(
            "cannot write in {}: {error}",
            data.path().display()
        ))
    };
    let disowned = Disowned::note(data).map_err(unwritten)?;
    let kept_as = format!("before-restore-{}", document::file_stamp());
    match prepared.install(&kept_as) {
        Ok(kept) => Ok(kept),
        Err(error) => {
            disowned.withdraw().map_err(unwritten)?;
            Err(cannot_restore(file, &error))
        }
    }
}

/// Runs go back to where they stood: programs that were started since would
/// work beside those that are started now, under the same numbers.
async fn end_the_undone_future(data: &DataDir) -> anyhow::Result<()> {
    let ended = session::end_disowned(data).await?;
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
