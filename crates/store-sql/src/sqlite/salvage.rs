//! Saves what can be saved of a damaged database into a new one.
//!
//! Runs are copied one by one, as rows, and judged by what can be read from
//! the copy. A run is saved whole or named as lost; nothing is left out
//! silently and nothing is made up. Stored workflows are read and written anew,
//! which is the same for them; only the keys of requests that made them go.

use std::path::{Path, PathBuf};

use baton_model::{RunId, WorkflowId};
use baton_store::{StoreError, StoredEvent};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::connection;
use super::failure::Failure;
use super::file::{self, Draft, cannot_open, database_file};
use super::look::DatabaseFile;
use super::{order, projects, read, schema, tokens, workflows};

/// Says why a log does not make sense, if it does not.
pub type Judge<'j> = &'j mut dyn FnMut(RunId, &[StoredEvent]) -> Result<(), String>;

/// A run that cannot be saved, or not all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The run.
    pub run: RunId,
    /// What is wrong with it.
    pub why: String,
}

/// A stored workflow that cannot be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostWorkflow {
    /// The workflow.
    pub id: WorkflowId,
    /// What is wrong with it.
    pub why: String,
}

/// A new database with everything that could be saved, not in its place yet.
/// Dropped, it is gone, and the damaged one is as it was.
#[derive(Debug)]
pub struct Salvage {
    file: PathBuf,
    draft: Draft,
    /// Runs that are as they were.
    pub saved: Vec<RunId>,
    /// Saved runs without what their agents wrote, which cannot be read.
    pub without_logs: Vec<Loss>,
    /// Runs that are not in the new database.
    pub lost: Vec<Loss>,
    /// Stored workflows that are as they were.
    pub saved_workflows: Vec<WorkflowId>,
    /// Stored workflows that are not in the new database.
    pub lost_workflows: Vec<LostWorkflow>,
    /// Tokens that are not in the new database, as sentences.
    pub lost_tokens: Vec<String>,
    /// Projects that are not in the new database, as sentences.
    pub lost_projects: Vec<String>,
}

impl Salvage {
    /// Copies what can be read from the database of a directory, which the
    /// caller holds. `judge` looks at the log of each run.
    pub fn attempt(dir: &Path, judge: Judge<'_>) -> Result<Self, StoreError> {
        let file = database_file(dir);
        let draft = Draft::beside(&file).map_err(|error| cannot_open(&file, &error))?;
        let mut salvage = Self {
            file,
            draft,
            saved: Vec::new(),
            without_logs: Vec::new(),
            lost: Vec::new(),
            saved_workflows: Vec::new(),
            lost_workflows: Vec::new(),
            lost_tokens: Vec::new(),
            lost_projects: Vec::new(),
        };
        match salvage.fill(judge) {
            Ok(()) => Ok(salvage),
            Err(failure) => Err(failure.into_store_error(&salvage.file)),
        }
    }

    /// Puts the new database in the place of the damaged one, which is kept
    /// under a name that ends in `kept_as`; returns that name.
    pub fn install(self, kept_as: &str) -> Result<Option<PathBuf>, StoreError> {
        let Self { file, draft, .. } = self;
        file::replace(draft, &file, kept_as).map_err(|error| cannot_open(&file, &error))
    }

    fn fill(&mut self, judge: Judge<'_>) -> Result<(), Failure> {
        let source = DatabaseFile::open(&self.file).map_err(Failure::Declined)?;
        let runs = source.runs();
        connection::fill(self.draft.path(), source.identity()?, source.version())?;
        let mut both = open_both(self.draft.path(), &self.file)?;
        let tables = Table::all(&both)?;
        for table in tables.iter().filter(|table| table.key.is_none()) {
            // Such rows belong to no run. The store makes new ones but for those
            // that somebody has put there.
            if let Err(error) = both.execute(&table.copy_sql(), []) {
                match table.name.as_str() {
                    "api_tokens" => self.lost_tokens.push(format!("all tokens: {error}")),
                    "projects" => self.lost_projects.push(format!("all projects: {error}")),
                    _ => {}
                }
            }
        }
        let mut copied = Vec::new();
        for run in runs {
            match copy_run(&mut both, &tables, run) {
                Ok(None) => copied.push(run),
                Ok(Some(loss)) => {
                    self.without_logs.push(loss);
                    copied.push(run);
                }
                Err(failure) => self.lost.push(lost(run, &failure)),
            }
        }
        both.execute_batch("DETACH damaged")?;
        schema::migrate(&mut both, schema::KNOWN)?;
        self.leave_out_altered(&both)?;
        for id in source.workflows() {
            self.save_workflow(&source, &both, id)?;
        }
        for run in copied {
            self.judge(&both, run, judge)?;
        }
        if order::check(&both).is_err() {
            order::renew(&both)?;
        }
        both.close().map_err(|(_connection, error)| error.into())
    }

    /// Takes out what would let somebody in, or agents work, where nobody meant
    /// it.
    fn leave_out_altered(&mut self, copy: &Connection) -> Result<(), Failure> {
        for (name, why) in tokens::damaged(copy)? {
            tokens::delete(copy, &name)?;
            self.lost_tokens.push(format!("token `{name}`: {why}"));
        }
        for (id, why) in projects::damaged(copy)? {
            projects::delete(copy, &id)?;
            self.lost_projects.push(format!("project `{id}`: {why}"));
        }
        Ok(())
    }

    /// Writes a stored workflow into the new database, or takes from it the
    /// runs that are there.
    fn save_workflow(
        &mut self,
        source: &DatabaseFile,
        copy: &Connection,
        id: WorkflowId,
    ) -> Result<(), Failure> {
        let missing = || Failure::Damaged("its row is missing".to_owned());
        let found = source.workflow(id);
        let why = match found.and_then(|row| row.ok_or_else(missing)) {
            Ok(row) => {
                let transaction = copy.unchecked_transaction()?;
                match workflows::write::insert(&transaction, &row) {
                    Ok(()) => {
                        transaction.commit()?;
                        self.saved_workflows.push(id);
                        return Ok(());
                    }
                    Err(failure) => failure.to_string(),
                }
            }
            Err(failure) => failure.to_string(),
        };
        self.lost_workflows.push(LostWorkflow { id, why });
        workflows::write::release_runs(copy, id)
    }

    /// Reads a copied run as a store would, and takes it out again when that
    /// is not possible.
    fn judge(&mut self, copy: &Connection, run: RunId, judge: Judge<'_>) -> Result<(), Failure> {
        let sound = copy
            .unchecked_transaction()
            .map_err(Failure::from)
            .and_then(|snapshot| read::without_logs(&snapshot, run))
            .map_err(|failure| failure.to_string())
            .and_then(|events| judge(run, &events));
        if let Err(why) = sound {
            self.without_logs.retain(|loss| loss.run != run);
            self.lost.push(Loss { run, why });
            copy.prepare_cached("DELETE FROM workflow_executions WHERE id = ?1")?
                .execute([run.as_uuid().as_bytes()])?;
            return Ok(());
        }
        if let Err(failure) = read::whole(&copy.unchecked_transaction()?, run) {
            self.without_logs.push(lost(run, &failure));
            copy.prepare_cached("DELETE FROM step_logs WHERE execution_id = ?1")?
                .execute([run.as_uuid().as_bytes()])?;
        }
        self.saved.push(run);
        Ok(())
    }
}

fn lost(run: RunId, failure: &Failure) -> Loss {
    let why = failure.to_string();
    Loss { run, why }
}

/// The new database, with the damaged one beside it as `damaged`.
fn open_both(new: &Path, damaged: &Path) -> Result<Connection, Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let both = Connection::open_with_flags(new, flags)?;
    both.pragma_update(None, "journal_mode", "memory")?;
    both.pragma_update(None, "synchronous", "off")?;
    both.pragma_update(None, "foreign_keys", true)?;
    // The damaged one and its log must stay as they are.
    both.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    both.execute("ATTACH ?1 AS damaged", [damaged.to_string_lossy()])?;
    Ok(both)
}

/// A table, and the column that says whose row it is.
struct Table {
    name: String,
    key: Option<&'static str>,
}

impl Table {
    /// All tables of the new database but those of stored workflows; that of
    /// the runs first, since the others refer to it. Runs that are copied are
    /// counted anew.
    fn all(connection: &Connection) -> Result<Vec<Self>, Failure> {
        let mut statement = connection.prepare(
            "SELECT t.name,
                    EXISTS (SELECT 1 FROM pragma_table_info(t.name, 'main') AS c
                            WHERE c.name = 'execution_id')
             FROM main.sqlite_schema AS t
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
                 AND t.name <> 'execution_counts' AND t.name <> 'workflows'
                 AND t.name <> 'workflow_counts'
                 AND NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name, 'main') AS c
                                 WHERE c.name = 'workflow_id' AND t.name <> 'workflow_executions')
             ORDER BY t.name <> 'workflow_executions', t.name",
        )?;
        let tables = statement.query_map([], |row| {
            let name: String = row.get(0)?;
            let key = match (name.as_str(), row.get(1)?) {
                ("workflow_executions", _) => Some("id"),
                // A position stays what it is, whatever becomes of its run.
                ("event_order", _) | (_, false) => None,
                (_, true) => Some("execution_id"),
            };
            Ok(Self { name, key })
        })?;
        Ok(tables.collect::<Result<_, _>>()?)
    }

    fn copy_sql(&self) -> String {
        let Self { name, key } = self;
        let condition = key.map_or(String::new(), |key| format!(" WHERE {key} = ?1"));
        format!("INSERT INTO main.{name} SELECT * FROM damaged.{name}{condition}")
    }
}

/// Copies the rows of one run, all of them or none. Only what its agents
/// wrote may be left out, and then that is said.
fn copy_run(both: &mut Connection, tables: &[Table], run: RunId) -> Result<Option<Loss>, Failure> {
    let transaction = both.transaction()?;
    let mut without_logs = None;
    for table in tables.iter().filter(|table| table.key.is_some()) {
        let copied = transaction
            .prepare_cached(&table.copy_sql())?
            .execute([run.as_uuid().as_bytes()]);
        match copied {
            Ok(_) => {}
            Err(error) if table.name == "step_logs" => {
                without_logs = Some(lost(run, &error.into()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    transaction.commit()?;
    Ok(without_logs)
}
