//! Whether a database holds together: quickly, at a start after a crash, and
//! thoroughly, when somebody asks.

use rusqlite::Connection;

use super::failure::Failure;

/// What is wrong when there are more or fewer runs than were counted.
const WRONG_COUNTS: &str = "there are not as many runs as were counted";

/// Every run must be as long as its row says. Reads the keys of all commits.
const LENGTHS_BY_COMMIT: &str = "SELECT count(*) FROM (
         SELECT version,
             (SELECT sum(n_events) FROM execution_commits WHERE execution_id = id) AS n_events,
             (SELECT max(last_seq) FROM execution_commits WHERE execution_id = id) AS last_seq
         FROM workflow_executions)
     WHERE version IS NOT n_events OR version IS NOT last_seq";

/// The same where each event has a row. Reads the keys of all events.
const LENGTHS_BY_EVENT: &str = "SELECT count(*) FROM (
         SELECT version, (SELECT count(*) FROM execution_events WHERE execution_id = id) AS n_events,
             (SELECT max(seq) FROM execution_events WHERE execution_id = id) AS last_seq
         FROM workflow_executions)
     WHERE version IS NOT n_events OR version IS NOT last_seq";

/// The runs of each workflow in each state must be as many as were counted.
const COUNTS: &str = "SELECT count(*) FROM (
         SELECT workflow_key, workflow_name, status, count(*) AS n FROM workflow_executions
         GROUP BY workflow_key, workflow_name, status) AS found
     FULL JOIN (SELECT * FROM execution_counts WHERE n <> 0) AS counted
         USING (workflow_key, workflow_name, status)
     WHERE found.n IS NOT counted.n";

/// What is wrong when there are more or fewer workflows than were counted.
const WRONG_WORKFLOW_COUNTS: &str = "there are not as many workflows as were counted";

/// The workflows of each project in each state must be as many as were counted.
const WORKFLOW_COUNTS: &str = "SELECT count(*) FROM (
         SELECT coalesce(project_id, '') AS project_id, status, count(*) AS n FROM workflows
         GROUP BY 1, 2) AS found
     FULL JOIN (SELECT * FROM workflow_counts WHERE n <> 0) AS counted
         USING (project_id, status)
     WHERE found.n IS NOT counted.n";

/// Each tag of a workflow must lead to it, and no other.
const TAGS: &str = "SELECT count(*) FROM (
         SELECT workflows.id AS workflow_id, json_each.value AS tag
         FROM workflows, json_each(tags_json)) AS own
     FULL JOIN workflow_tags AS found USING (workflow_id, tag)
     WHERE own.workflow_id IS NULL OR found.workflow_id IS NULL";

/// Looks at every page, and at the lengths of all logs: a log of the database
/// that was cut off may leave pages of different moments side by side.
pub(super) fn check_quickly(connection: &Connection) -> Result<(), Failure> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(Failure::Damaged(found));
    }
    match n_of_wrong_length(connection)? {
        0 => {}
        n_runs => return Err(Failure::Damaged(wrong_lengths(n_runs))),
    }
    if n_of_wrong_counts(connection)? > 0 {
        return Err(Failure::Damaged(WRONG_COUNTS.to_owned()));
    }
    match n_in_workflows(connection, WORKFLOW_COUNTS)? {
        0 => Ok(()),
        _ => Err(Failure::Damaged(WRONG_WORKFLOW_COUNTS.to_owned())),
    }
}

/// Every damage that can be found without knowing what runs mean, in words;
/// `SQLite` names at most a hundred.
pub(super) fn damage(connection: &Connection) -> Vec<String> {
    let mut found = Vec::new();
    let mut note = |looked: rusqlite::Result<Vec<String>>| match looked {
        Ok(lines) => found.extend(lines.into_iter().filter(|line| line != "ok")),
        Err(error) => found.push(error.to_string()),
    };
    note(lines(connection, "PRAGMA integrity_check"));
    note(lines(
        connection,
        "SELECT DISTINCT 'rows of ' || \"table\" || ' belong to nothing'
         FROM pragma_foreign_key_check",
    ));
    note(n_of_wrong_length(connection).map(|n_runs| match n_runs {
        0 => Vec::new(),
        _ => vec![wrong_lengths(n_runs)],
    }));
    note(
        n_of_wrong_counts(connection).map(|n_counts| match n_counts {
            0 => Vec::new(),
            _ => vec![WRONG_COUNTS.to_owned()],
        }),
    );
    for (sql, what) in [
        (WORKFLOW_COUNTS, WRONG_WORKFLOW_COUNTS),
        (TAGS, "workflows are not found by their tags"),
    ] {
        let n_wrong = n_in_workflows(connection, sql);
        note(n_wrong.map(|n| (n > 0).then(|| what.to_owned()).into_iter().collect()));
    }
    found
}

fn lines(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(sql)?;
    let lines = statement.query_map([], |row| row.get(0))?;
    lines.collect()
}

fn n_of_wrong_length(connection: &Connection) -> rusqlite::Result<u64> {
    if !has_runs(connection)? {
        return Ok(0);
    }
    let lengths = if has_commits(connection)? {
        LENGTHS_BY_COMMIT
    } else {
        LENGTHS_BY_EVENT
    };
    connection
        .query_row(lengths, [], |row| row.get::<_, u32>(0))
        .map(u64::from)
}

fn n_of_wrong_counts(connection: &Connection) -> rusqlite::Result<u64> {
    if !connection.table_exists(None, "execution_counts")? {
        return Ok(0);
    }
    connection
        .query_row(COUNTS, [], |row| row.get::<_, u32>(0))
        .map(u64::from)
}

/// What a statement counts, where there are workflows.
fn n_in_workflows(connection: &Connection, sql: &str) -> rusqlite::Result<u64> {
    if !connection.table_exists(None, "workflow_counts")? {
        return Ok(0);
    }
    connection
        .query_row(sql, [], |row| row.get::<_, u32>(0))
        .map(u64::from)
}

/// Whether the events of a commit have one row. A file that was not brought up
/// to date has a row for each event.
pub(super) fn has_commits(connection: &Connection) -> rusqlite::Result<bool> {
    connection.table_exists(None, "execution_commits")
}

/// Whether there is a table of runs: a file of version 0 has none.
fn has_runs(connection: &Connection) -> rusqlite::Result<bool> {
    connection.table_exists(None, "workflow_executions")
}

fn wrong_lengths(n_runs: u64) -> String {
    format!("runs whose log is not as long as it should be: {n_runs}")
}
