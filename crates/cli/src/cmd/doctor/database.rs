//! The database itself: whether it can be opened, whether it holds together,
//! and whether each run's log still adds up to a run.

use baton_model::{Event, Recorded, RunId};
use baton_store::{StoreError, StoredEvent};
use baton_store_sql::{DatabaseFile, has_database, is_half_replaced};

use super::Finding;
use crate::data::DataDir;

/// More damage than this is not shown line by line.
const LINES_MAX: usize = 5;

const REPAIR: &str = "baton doctor --repair saves what can be saved; \
    baton restore FILE goes back to a backup";

pub(super) fn findings(data: &DataDir) -> Vec<Finding> {
    if is_half_replaced(&data.database()) {
        return vec![Finding::unsound(
            "database",
            "a repair or a restore was interrupted",
            "baton doctor --repair finishes it",
        )];
    }
    if !has_database(&data.database()) {
        return vec![Finding::sound("database", "there is none yet")];
    }
    match DatabaseFile::open(&data.database()) {
        Ok(database) => findings_in(&database),
        Err(error) => vec![cannot_open(&error)],
    }
}

fn cannot_open(error: &StoreError) -> Finding {
    let mend = match error {
        StoreError::Newer { .. } => "use the newer baton",
        StoreError::Corrupt(_) => REPAIR,
        StoreError::Busy(_) => "try again; if it stays so, end what holds the file",
        StoreError::ReadOnly(_)
        | StoreError::Unavailable(_)
        | StoreError::Full(_)
        | StoreError::NotFound
        | StoreError::Refused(_)
        | StoreError::Conflict { .. }
        | StoreError::Fenced => "check who may read and write the directory",
    };
    Finding::unsound("database", error.to_string(), mend)
}

fn findings_in(database: &DatabaseFile) -> Vec<Finding> {
    let path = database.path().display();
    let mut findings = damage(database);
    if findings.is_empty() {
        findings.push(Finding::sound("database", format!("{path} holds together")));
    }
    let version = database.version();
    findings.push(Finding::sound(
        "schema",
        if database.is_current() {
            format!("version {version}, that of this release")
        } else {
            format!("version {version}; the next start brings it up to date")
        },
    ));
    // Older tables are not read before they are brought up to date.
    if database.is_current() {
        findings.extend(runs(database));
    }
    findings
}

fn damage(database: &DatabaseFile) -> Vec<Finding> {
    let lines = database.damage();
    let n_more = lines.len().saturating_sub(LINES_MAX);
    let mut findings: Vec<_> = lines
        .into_iter()
        .take(LINES_MAX)
        .map(|line| Finding::unsound("database", line, REPAIR))
        .collect();
    if n_more > 0 {
        findings.push(Finding::unsound(
            "database",
            format!("{n_more} more of the kind"),
            REPAIR,
        ));
    }
    findings
}

fn runs(database: &DatabaseFile) -> Vec<Finding> {
    let runs = database.runs();
    let mut findings: Vec<_> = runs
        .iter()
        .filter_map(|run| {
            let events = database.events(*run).map_err(|error| error.to_string());
            let why = events.and_then(|events| replays(*run, &events)).err()?;
            Some(Finding::unsound("run", format!("{run}: {why}"), REPAIR))
        })
        .collect();
    if findings.is_empty() {
        let found = format!("the logs of all {} replay", runs.len());
        findings.push(Finding::sound("runs", found));
    }
    findings
}

/// Whether the log of a run adds up to a state; says why not.
pub(super) fn replays(run: RunId, events: &[StoredEvent]) -> Result<(), String> {
    let recorded = events
        .iter()
        .map(|stored| {
            let event: Event = serde_json::from_str(&stored.body)
                .map_err(|error| format!("event {} cannot be read: {error}", stored.seq))?;
            Ok(Recorded {
                seq: stored.seq,
                at: stored.at,
                event,
            })
        })
        .collect::<Result<Vec<_>, String>>()?;
    match baton_engine::replay(run, &recorded) {
        Ok(_state) => Ok(()),
        Err(illegal) => Err(illegal.to_string()),
    }
}
