//! `baton doctor --repair`: a new database from what can be saved, beside the
//! damaged one, which is kept.

use std::path::Path;
use std::process::ExitCode;

use baton_store::StoreError;
use baton_store_sql::{
    Loss, LostWorkflow as LostStored, Salvage, finish_replacement, has_database, is_half_replaced,
};
use serde::Serialize;

use super::database::{self, replays};
use crate::args::{Options, Output};
use crate::confirm::is_confirmed;
use crate::data::DataDir;
use crate::exit::{self, Failure};
use crate::render::{document, findings};

/// What became of a repair.
#[derive(Debug, Serialize)]
pub(crate) struct Repair {
    /// Whether the new database is in place.
    pub(crate) is_done: bool,
    pub(crate) n_saved: usize,
    /// Saved runs without what their agents wrote.
    pub(crate) without_logs: Vec<LostRun>,
    pub(crate) lost: Vec<LostRun>,
    /// Stored workflows that are saved.
    pub(crate) n_saved_workflows: usize,
    pub(crate) lost_workflows: Vec<LostWorkflow>,
    /// Tokens that cannot be saved, as sentences.
    pub(crate) lost_tokens: Vec<String>,
    /// Projects that cannot be saved, as sentences.
    pub(crate) lost_projects: Vec<String>,
    /// Where the damaged database is now.
    pub(crate) kept_as: Option<String>,
}

/// What cannot be saved of a run.
#[derive(Debug, Serialize)]
pub(crate) struct LostRun {
    pub(crate) run: String,
    pub(crate) why: String,
}

/// A stored workflow that cannot be saved.
#[derive(Debug, Serialize)]
pub(crate) struct LostWorkflow {
    pub(crate) workflow: String,
    pub(crate) why: String,
}

impl From<&LostStored> for LostWorkflow {
    fn from(loss: &LostStored) -> Self {
        Self {
            workflow: loss.id.to_string(),
            why: loss.why.clone(),
        }
    }
}

impl From<&Loss> for LostRun {
    fn from(loss: &Loss) -> Self {
        Self {
            run: loss.run.to_string(),
            why: loss.why.clone(),
        }
    }
}

impl Repair {
    fn of(salvage: &Salvage) -> Self {
        let listed = |losses: &[Loss]| losses.iter().map(LostRun::from).collect();
        Self {
            is_done: false,
            n_saved: salvage.saved.len(),
            without_logs: listed(&salvage.without_logs),
            lost: listed(&salvage.lost),
            n_saved_workflows: salvage.saved_workflows.len(),
            lost_workflows: salvage
                .lost_workflows
                .iter()
                .map(LostWorkflow::from)
                .collect(),
            lost_tokens: salvage.lost_tokens.clone(),
            lost_projects: salvage.lost_projects.clone(),
            kept_as: None,
        }
    }

    fn nothing_to_do() -> Self {
        Self {
            is_done: false,
            n_saved: 0,
            without_logs: Vec::new(),
            lost: Vec::new(),
            n_saved_workflows: 0,
            lost_workflows: Vec::new(),
            lost_tokens: Vec::new(),
            lost_projects: Vec::new(),
            kept_as: None,
        }
    }
}

pub(super) fn repair(
    options: &Options,
    data: &DataDir,
    is_agreed: bool,
) -> anyhow::Result<ExitCode> {
    let _held = data.hold_alone("repair it")?;
    if is_half_replaced(&data.database()) {
        finish_replacement(&data.database()).map_err(|error| damaged(data.path(), &error))?;
        document::err("finished what was interrupted");
    }
    let is_sound = database::findings(data)
        .iter()
        .all(|finding| finding.is_sound);
    if is_sound || !has_database(&data.database()) {
        let nothing = Repair::nothing_to_do();
        document::answer(options.output, &nothing, || "Nothing to repair".to_owned())?;
        return Ok(ExitCode::SUCCESS);
    }
    let salvage = Salvage::attempt(&data.database(), &mut |run, events| replays(run, events))
        .map_err(|error| damaged(data.path(), &error))?;
    let mut repair = Repair::of(&salvage);
    if options.output == Output::Table {
        document::out(&findings::repair(&repair))?;
    }
    if !is_agreed && !is_confirmed("this replaces the database", "Replace the database?")? {
        document::err("Repair aborted");
        return Ok(ExitCode::from(exit::FAILED));
    }
    let kept = salvage
        .install(&format!("damaged-{}", document::file_stamp()))
        .map_err(|error| damaged(data.path(), &error))?;
    repair.is_done = true;
    repair.kept_as = kept.map(|path| path.display().to_string());
    if let Some(kept) = &repair.kept_as {
        document::err(&format!("the damaged database is kept as {kept}"));
    }
    document::print(options.output, &repair)?;
    let is_whole = repair.lost.is_empty()
        && repair.lost_workflows.is_empty()
        && repair.lost_tokens.is_empty()
        && repair.lost_projects.is_empty();
    Ok(if is_whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(exit::FAILED)
    })
}

fn damaged(path: &Path, error: &StoreError) -> anyhow::Error {
    let shown = path.display();
    let mend = match error {
        StoreError::Full(_) => "make room and try again",
        StoreError::Newer { .. } => "use the newer baton",
        StoreError::Corrupt(_) => {
            "nothing of it can be read; go back to a backup with baton restore FILE --force"
        }
        StoreError::Busy(_)
        | StoreError::ReadOnly(_)
        | StoreError::Unavailable(_)
        | StoreError::NotFound
        | StoreError::Refused(_)
        | StoreError::Conflict { .. }
        | StoreError::Fenced => "check who may write there",
    };
    Failure::files(format!(
        "cannot repair the data directory {shown}: {error}; {mend}"
    ))
}
