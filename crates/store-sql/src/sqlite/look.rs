//! A database that is only looked at: by whoever wants to know whether it is
//! sound, and by whoever copies it. A server may be at work on it meanwhile.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use baton_model::{RunId, WorkflowId};
use baton_store::{StoreError, StoredEvent, WorkflowRow};
use rusqlite::{Connection, Row};

use super::failure::Failure;
use super::file::{self, Draft, beside, cannot_open, database_file};
use super::{
    connection, events, integrity, order, projects, read, schema, tokens, values, workflows,
};

/// Where the id of a run stands besides its events; each is read from both ends,
/// so that a page that cannot be read hides as little as possible.
const PLACES_OF_IDS: [&str; 5] = [
    "SELECT id FROM workflow_executions ORDER BY id",
    "SELECT id FROM workflow_executions ORDER BY id DESC",
    "SELECT id FROM workflow_executions INDEXED BY executions_by_age ORDER BY created_at",
    "SELECT id FROM workflow_executions INDEXED BY executions_by_age ORDER BY created_at DESC",
    "SELECT DISTINCT execution_id AS id FROM execution_steps ORDER BY id",
];

/// Where it stands with the events of each commit.
const PLACES_BY_COMMIT: [&str; 2] = [
    "SELECT DISTINCT execution_id AS id FROM execution_commits ORDER BY id",
    "SELECT DISTINCT execution_id AS id FROM execution_commits ORDER BY id DESC",
];

/// Where it stands with each event, in files of earlier releases.
const PLACES_BY_EVENT: [&str; 2] = [
    "SELECT DISTINCT execution_id AS id FROM execution_events ORDER BY id",
    "SELECT DISTINCT execution_id AS id FROM execution_events ORDER BY id DESC",
];

/// Where the id of a stored workflow stands.
const PLACES_OF_WORKFLOWS: [&str; 4] = [
    "SELECT id FROM workflows ORDER BY id",
    "SELECT id FROM workflows ORDER BY id DESC",
    "SELECT id FROM workflows INDEXED BY workflows_by_age ORDER BY created_at",
    "SELECT workflow_id AS id FROM workflow_definitions ORDER BY workflow_id",
];

/// A database file, opened without the means to change it.
#[derive(Debug)]
pub struct DatabaseFile {
    connection: Connection,
    file: PathBuf,
    version: u32,
}

impl DatabaseFile {
    /// Opens the database of a directory (`baton.db`) or a file.
    pub fn open(dir_or_file: &Path) -> Result<Self, StoreError> {
        let file = database_file(dir_or_file);
        let (connection, version) = connection::open_to_look(&file)?;
        Ok(Self {
            connection,
            file,
            version,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.file
    }

    /// The version of its tables.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Whether its tables are those of this release. Older ones are brought
    /// up to date when a store is opened.
    pub fn is_current(&self) -> bool {
        self.version == schema::KNOWN
    }

    /// Looks at all of it; says in words what does not hold together.
    pub fn damage(&self) -> Vec<String> {
        let mut damage = integrity::damage(&self.connection);
        // Older tables are not read before they are brought up to date.
        if self.is_current() {
            let runs = self.runs();
            damage.extend(runs.into_iter().filter_map(|run| self.damage_of(run)));
            let workflows = self.workflows().into_iter();
            damage.extend(workflows.filter_map(|id| self.damage_of_workflow(id)));
            damage.extend(self.damage_of_tokens());
            damage.extend(self.damage_of_projects());
            let order = order::check(&self.connection);
            damage.extend(order.err().map(|failure| failure.to_string()));
        }
        damage
    }

    /// What cannot be read of the tokens.
    fn damage_of_tokens(&self) -> Vec<String> {
        match tokens::damaged(&self.connection) {
            Ok(damaged) => damaged
                .iter()
                .map(|(name, why)| format!("token `{name}`: {why}"))
                .collect(),
            Err(failure) => vec![format!("the tokens: {failure}")],
        }
    }

    /// What cannot be read of the projects.
    fn damage_of_projects(&self) -> Vec<String> {
        match projects::damaged(&self.connection) {
            Ok(damaged) => damaged
                .iter()
                .map(|(id, why)| format!("project `{id}`: {why}"))
                .collect(),
            Err(failure) => vec![format!("the projects: {failure}")],
        }
    }

    /// What cannot be read of a run.
    fn damage_of(&self, run: RunId) -> Option<String> {
        let snapshot = self.connection.unchecked_transaction();
        let read = snapshot
            .map_err(Failure::from)
            .and_then(|snapshot| read::whole(&snapshot, run));
        match read {
            Ok(_whole) => None,
            Err(failure) => Some(format!("run {run}: {failure}")),
        }
    }

    /// What cannot be read of a stored workflow.
    fn damage_of_workflow(&self, id: WorkflowId) -> Option<String> {
        match workflows::read::alone(&self.connection, id) {
            Ok(Some(_whole)) => None,
            Ok(None) => Some(format!("the row of workflow {id} is missing")),
            Err(failure) => Some(format!("workflow {id}: {failure}")),
        }
    }

    /// Every stored workflow that is named anywhere, in the order of their ids.
    pub(super) fn workflows(&self) -> BTreeSet<WorkflowId> {
        let mut workflows = BTreeSet::new();
        for sql in PLACES_OF_WORKFLOWS {
            // As for runs; a file of an earlier release has none of the tables.
            let (Ok(()) | Err(_)) = self.collect(sql, &mut |row| {
                workflows.insert(values::workflow_id(row, "id")?);
                Ok(())
            });
        }
        workflows
    }

    /// A workflow with all that is stored of it.
    pub(super) fn workflow(&self, id: WorkflowId) -> Result<Option<WorkflowRow>, Failure> {
        workflows::read::alone(&self.connection, id)
    }

    /// Every run that is named anywhere, in the order of their ids.
    pub fn runs(&self) -> BTreeSet<RunId> {
        let mut runs = BTreeSet::new();
        let by_events = match integrity::has_commits(&self.connection) {
            Ok(false) => PLACES_BY_EVENT,
            Ok(true) | Err(_) => PLACES_BY_COMMIT,
        };
        for sql in PLACES_OF_IDS.into_iter().chain(by_events) {
            // What cannot be read here is read from elsewhere, or is damage
            // that `damage` speaks of.
            let (Ok(()) | Err(_)) = self.collect(sql, &mut |row| {
                runs.insert(values::run_id(row, "id")?);
                Ok(())
            });
        }
        runs
    }

    fn collect(
        &self,
        sql: &str,
        take: &mut dyn FnMut(&Row<'_>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            take(row)?;
        }
        Ok(())
    }

    /// The whole log of a run, in order.
    pub fn events(&self, run: RunId) -> Result<Vec<StoredEvent>, StoreError> {
        self.connection
            .unchecked_transaction()
            .map_err(Failure::from)
            .and_then(|snapshot| events::read(&snapshot, run, 0, u64::MAX))
            .map_err(|failure| failure.into_store_error(&self.file))
    }

    /// The number that tells it from other databases.
    pub(super) fn identity(&self) -> Result<i32, Failure> {
        Ok(connection::identity(&self.connection)?)
    }

    /// A consistent copy, compact and in one file.
    pub(super) fn copy_into(&self, draft: &Draft) -> rusqlite::Result<()> {
        let path = draft.path().to_string_lossy();
        self.connection.execute("VACUUM INTO ?1", [path])?;
        Ok(())
    }
}

/// Whether the program ended while it replaced the database of a directory;
/// [`finish_replacement`] does the rest.
pub fn is_half_replaced(dir_or_file: &Path) -> bool {
    file::is_half_replaced(&database_file(dir_or_file))
}

/// Finishes what a repair or a restore that was interrupted has begun. The
/// caller holds the directory.
pub fn finish_replacement(dir_or_file: &Path) -> Result<(), StoreError> {
    let file = database_file(dir_or_file);
    file::take_place(&file).map_err(|error| cannot_open(&file, &error))
}

/// Whether there is a database, or the log of one.
pub fn has_database(dir_or_file: &Path) -> bool {
    let file = database_file(dir_or_file);
    fs::exists(&file).unwrap_or(true) || fs::exists(beside(&file, "-wal")).unwrap_or(true)
}
