//! How many runs and stages stand where, over all that have not ended.

use baton_model::{ExecutionStatus, StepStatus};
use rusqlite::Connection;

use super::failure::Failure;
use super::values::count;

/// Runs and stages that have not ended, counted by where they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Runs.
    pub runs: Vec<(ExecutionStatus, u64)>,
    /// Stages of these runs. A status may be there several times.
    pub stages: Vec<(StepStatus, u64)>,
}

/// The steps of a run lie beside each other. Those without a row are pending.
const STEPS: &str = "SELECT s.status AS status, count(*) AS n FROM workflow_executions e
     JOIN step_progress s ON s.execution_id = e.id
     WHERE e.status = ?1 GROUP BY s.status
     UNION ALL
     SELECT 'pending', sum(o.n_steps - e.n_step_rows) FROM workflow_executions e
     JOIN step_origins o ON o.execution_id = e.id
     WHERE e.status = ?1 HAVING sum(o.n_steps - e.n_step_rows) > 0";

/// Counts along the index of statuses, so that runs that have ended cost
/// nothing.
pub(super) fn take(connection: &Connection) -> Result<Census, Failure> {
    let snapshot = connection.unchecked_transaction()?;
    let mut census = Census::default();
    let mut runs = snapshot
        .prepare_cached("SELECT count(*) AS n FROM workflow_executions WHERE status = ?1")?;
    let mut steps = snapshot.prepare_cached(STEPS)?;
    let open = ExecutionStatus::ALL.iter().filter(|it| !it.is_terminal());
    for status in open {
        let mut found = runs.query([status.as_str()])?;
        if let Some(row) = found.next()? {
            census.runs.push((*status, count(row, "n")?));
        }
        let mut found = steps.query([status.as_str()])?;
        while let Some(row) = found.next()? {
            // Words that are none are for whoever reads these rows.
            let word: String = row.get("status")?;
            if let Ok(step) = word.parse() {
                census.stages.push((step, count(row, "n")?));
            }
        }
    }
    Ok(census)
}
