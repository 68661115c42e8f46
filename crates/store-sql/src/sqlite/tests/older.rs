//! Files of earlier releases: what becomes of each event and each step when a
//! file is brought up to date, and on the way back.

use baton_model::{RunId, StepStatus};
use baton_store::conformance::sample::{Stored, event, settled, step};
use baton_store::{RunStore, StepUpdate};

use super::*;

/// The last version in which each event and each step had a row.
const BY_ROW: u32 = 12;

/// Events whose texts are easily taken for something else.
fn odd_events(after: u64) -> Vec<StoredEvent> {
    let bodies = [
        r#"{"text":"a \"quote\", a \\ and \u0000 ü\n"}"#,
        r#"[[1,"two",{"three":"]]"}],[],null]"#,
        "1e400",
        "123456789012345678901234567890.10",
        "-0.0",
        r#""],[1,\"x\",2""#,
        "null",
    ];
    let kinds = ["stage_started", r#"with "quotes" and \"#, "", "ü'"];
    let seqs = after + 1..;
    let texts = bodies.into_iter().zip(kinds.into_iter().cycle());
    seqs.zip(texts)
        .map(|(seq, (body, kind))| StoredEvent {
            kind: kind.into(),
            body: body.into(),
            ..event(seq)
        })
        .collect()
}

/// A closed file with two runs, whose steps and events are alike: some steps
/// have begun, and a commit has several events.
async fn two_runs() -> (PathBuf, TempDir) {
    let (connection, file, directory) = writer();
    let store = start(connection, &file);
    create_runs(&*store, [1, 2]).await;
    for number in [1, 2] {
        let many = Commit {
            events: odd_events(1),
            steps: vec![settled(1)],
            ..commit(run_id(number), 1)
        };
        let version = 1 + many.events.len() as u64;
        store.commit(many).await.unwrap();
        store.commit(commit(run_id(number), version)).await.unwrap();
    }
    store.close().await.unwrap();
    (file, directory)
}

fn opened(file: &Path) -> Arc<SqliteStore> {
    let connection = connection::open_writer(file, Durability::Full).unwrap();
    start(connection, file)
}

async fn stored_in(file: &Path, run: RunId) -> Stored {
    let store = opened(file);
    let found = stored(&*store, run).await;
    store.close().await.unwrap();
    found
}

async fn order_in(file: &Path) -> Vec<OrderedEvent> {
    let store = opened(file);
    let events = store.all_events(0, 99).await.unwrap();
    store.close().await.unwrap();
    events
}

/// Changes what is stored behind everybody's back.
fn alter(file: &Path, sql: &str) {
    let editor = Connection::open(file).unwrap();
    editor.execute_batch(sql).unwrap();
    editor.close().unwrap();
}

/// The rows of a query, each as one text.
fn rows(file: &Path, sql: &str) -> Vec<String> {
    let connection = connection::open_reader(file).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[tokio::test]
async fn events_have_the_same_texts_in_rows_of_their_own_and_back() {
    let (file, _directory) = two_runs().await;
    let run = run_id(1);
    let before = stored_in(&file, run).await;
    assert_eq!(before.events.len(), 9);
    let order = order_in(&file).await;
    for _ in 0..2 {
        connection::migrate_file(&file, BY_ROW).unwrap();
        let expected = before.events.iter().map(|event| {
            let at = event.at.as_micros();
            let sum = sums::event(run, event);
            format!("{} {at} {} {} {sum}", event.seq, event.kind, event.body)
        });
        let found = rows(
            &file,
            "SELECT concat_ws(' ', seq, created_at, kind, body_json, sum) FROM execution_events
             WHERE execution_id = (SELECT min(id) FROM workflow_executions) ORDER BY seq",
        );
        assert!(found.iter().cloned().eq(expected), "{found:#?}");

        assert_eq!(stored_in(&file, run).await, before);
        assert_eq!(order_in(&file).await, order);
        let unguarded = "SELECT 'one' FROM execution_commits WHERE sum IS NULL";
        assert_eq!(rows(&file, unguarded), [""; 0]);
    }
}

/// Damages the second of two runs in a file of a version, in one way after the
/// other; each stays unreadable on all ways from there, and the other run stays
/// as it is.
async fn assert_stay_noticed(version: u32, damages: impl IntoIterator<Item = String>) {
    let (file, directory) = two_runs().await;
    let before = stored_in(&file, run_id(1)).await;
    connection::migrate_file(&file, version).unwrap();
    for damage in damages {
        println!("{damage}");
        let copy = directory.path().join("copy.db");
        fs::copy(&file, &copy).unwrap();
        alter(&copy, &damage);
        assert_second_is_unreadable(&copy, &before).await;
    }
}

async fn assert_second_is_unreadable(file: &Path, before: &Stored) {
    for _ in 0..2 {
        let store = opened(file);
        assert_eq!(stored(&*store, run_id(1)).await, *before);
        let snapshot = connection::open_reader(file).unwrap();
        let second = read::whole(&snapshot.unchecked_transaction().unwrap(), run_id(2));
        let failure = second.expect_err("the second run was accepted");
        assert!(failure.damage().is_some(), "{failure}");
        drop(snapshot);
        store.close().await.unwrap();
        let damage = DatabaseFile::open(file).unwrap().damage();
        assert!(!damage.is_empty());
        connection::migrate_file(file, BY_ROW).unwrap();
    }
}

const OF_SECOND: &str = "execution_id = (SELECT max(id) FROM workflow_executions)";

#[tokio::test]
async fn an_event_that_was_altered_before_is_not_believed_after() {
    let damages = [
        "body_json = replace(body_json, 'quote', 'quota') WHERE seq = 2",
        "kind = 'stage_ended' WHERE seq = 2",
        "created_at = created_at + 1 WHERE seq = 2",
        "seq = 99 WHERE seq = 2",
        "seq = -1 WHERE seq = 2",
        "body_json = CAST(x'22ff22' AS TEXT) WHERE seq = 2",
        "kind = CAST(x'ff' AS TEXT), sum = NULL WHERE seq = 2",
        "body_json = '1],[2', sum = NULL WHERE seq = 2",
        "body_json = 'no json', sum = NULL WHERE seq = 2",
    ];
    let damages =
        damages.map(|change| format!("UPDATE execution_events SET {change} AND {OF_SECOND}"));
    assert_stay_noticed(BY_ROW, damages).await;
}

#[tokio::test]
async fn a_damaged_commit_does_not_keep_the_others_from_the_way_back() {
    let changes = [
        "events_json = replace(events_json, 'quote', 'quota') WHERE last_seq = 8",
        "n_events = n_events + 1 WHERE last_seq = 8",
        "n_events = n_events - 1 WHERE last_seq = 8",
        "n_events = -1 WHERE last_seq = 8",
        "n_events = 9223372036854775807 WHERE last_seq = 8",
        "n_events = 9223372036854775807, last_seq = 9223372036854775807 WHERE last_seq = 8",
        "last_seq = -9223372036854775808 WHERE last_seq = 8",
        "last_seq = 7 WHERE last_seq = 8",
        "last_seq = 10 WHERE last_seq = 8",
        "events_json = '[[1,\"two\"]]', sum = NULL WHERE last_seq = 9",
        "events_json = '[[\"late\",\"two\",3]]', sum = NULL WHERE last_seq = 9",
        "events_json = '[5]', sum = NULL WHERE last_seq = 9",
        "events_json = '', sum = NULL WHERE last_seq = 9",
        "events_json = CAST(x'ff' AS TEXT), sum = NULL WHERE last_seq = 9",
    ];
    let damages =
        changes.map(|change| format!("UPDATE execution_commits SET {change} AND {OF_SECOND}"));
    let repeated = format!(
        "INSERT INTO execution_commits (execution_id, last_seq, n_events, events_json, sum)
         SELECT execution_id, 4, 3, events_json, sum FROM execution_commits
         WHERE last_seq = 8 AND {OF_SECOND}"
    );
    assert_stay_noticed(schema::KNOWN, damages.into_iter().chain([repeated])).await;
}

/// As many rows as before, so that no other run is refused for them after a
/// crash.
#[tokio::test]
async fn a_damaged_commit_leaves_a_row_for_each_of_its_events() {
    let (file, _directory) = two_runs().await;
    alter(
        &file,
        "UPDATE execution_commits SET sum = 5 WHERE last_seq = 8",
    );
    connection::migrate_file(&file, BY_ROW).unwrap();
    let seqs = "SELECT group_concat(seq, ' ' ORDER BY seq) FROM execution_events
                GROUP BY execution_id";
    assert_eq!(rows(&file, seqs), ["1 2 3 4 5 6 7 8 9"; 2]);
    let connection = connection::open_reader(&file).unwrap();
    integrity::check_quickly(&connection).unwrap();
}

#[tokio::test]
async fn events_whose_run_is_gone_show_that_it_was_there() {
    for version in [BY_ROW, schema::KNOWN] {
        let damage = "PRAGMA foreign_keys = off;
                      DELETE FROM workflow_executions
                      WHERE id = (SELECT max(id) FROM workflow_executions)";
        assert_stay_noticed(version, [damage.to_owned()]).await;
    }
}

#[tokio::test]
async fn a_step_whose_row_is_lost_is_not_one_that_has_not_begun() {
    let damages = [
        "DELETE FROM step_progress WHERE order_index = 1 AND",
        "DELETE FROM step_progress WHERE",
        "DELETE FROM step_origins WHERE",
        "UPDATE step_progress SET order_index = 7 WHERE order_index = 1 AND",
    ];
    for version in [BY_ROW, 13, schema::KNOWN] {
        let damages = damages.map(|damage| format!("{damage} {OF_SECOND}"));
        assert_stay_noticed(version, damages).await;
    }
}

#[tokio::test]
async fn a_damaged_list_of_steps_does_not_keep_the_others_from_the_way_back() {
    let damages = [
        "no list",
        "{}",
        "5",
        r#"[1, "x", null, [], {}, {"order_index": "y"}]"#,
        r#"[{"order_index": 0}, {"order_index": 0}]"#,
    ]
    .map(|list| format!("UPDATE step_origins SET steps_json = '{list}' WHERE {OF_SECOND}"));
    assert_stay_noticed(schema::KNOWN, damages.clone()).await;
    assert_stay_noticed(BY_ROW, damages).await;
}

/// A run whose stages were edited, with gaps between them, one that has reused
/// what another did, and one that waits.
async fn create_uneven_runs(store: &SqliteStore) {
    create_runs(store, [1, 3]).await;
    let edit = Commit {
        removed_steps: vec![0],
        added_steps: vec![step(2, "test", &[]), step(9, "ship", &["test"])],
        steps: vec![settled(9)],
        ..commit(run_id(1), 1)
    };
    store.commit(edit).await.unwrap();
    let mut rerun = new_run(2);
    rerun.steps[0].progress = settled(0);
    store.create_run(rerun.into()).await.unwrap();
}

const UNEVEN_STAGES: [(StepStatus, u64); 2] = [(StepStatus::Failed, 2), (StepStatus::Pending, 5)];

#[tokio::test]
async fn uneven_runs_go_back_and_forth_as_they_are() {
    let (connection, file, _directory) = writer();
    let store = start(connection, &file);
    create_uneven_runs(&store).await;
    assert_eq!(store.census().await.unwrap().stages, UNEVEN_STAGES);
    store.close().await.unwrap();
    let mut before = Vec::new();
    for number in 1..=3 {
        before.push(stored_in(&file, run_id(number)).await);
    }
    let n_rows = "SELECT concat(n_steps, ' ', n_step_rows)
                  FROM workflow_executions JOIN step_origins ON execution_id = id ORDER BY id";
    assert_eq!(rows(&file, n_rows), ["3 1", "2 1", "2 0"]);
    for _ in 0..2 {
        connection::migrate_file(&file, BY_ROW).unwrap();
        assert_eq!(DatabaseFile::open(&file).unwrap().damage(), [""; 0]);
        for (number, before) in (1..).zip(&before) {
            assert_eq!(stored_in(&file, run_id(number)).await, *before);
        }
        assert_eq!(rows(&file, n_rows), ["3 3", "2 2", "2 2"]);
    }
    let store = opened(&file);
    assert_eq!(store.census().await.unwrap().stages, UNEVEN_STAGES);
    for (number, version, place) in [(1, 2, 1), (2, 1, 1), (3, 1, 0)] {
        let begun = StepUpdate {
            status: StepStatus::Running,
            dispatch: 1,
            ..StepUpdate::untouched(place)
        };
        let begin = Commit {
            steps: vec![begun.clone()],
            ..commit(run_id(number), version)
        };
        store.commit(begin).await.unwrap();
        let steps = store.steps(run_id(number)).await.unwrap();
        let found = steps.iter().find(|step| step.order_index == place).unwrap();
        assert_eq!(found.progress, begun);
    }
}

/// Whoever looks with a tool of their own finds what there always was.
#[tokio::test]
async fn events_and_steps_are_found_under_the_names_they_always_had() {
    let (connection, file, _directory) = writer();
    let store = start(connection, &file);
    create_uneven_runs(&store).await;
    let many = Commit {
        events: odd_events(1),
        ..commit(run_id(3), 1)
    };
    store.commit(many).await.unwrap();
    let (mut events, mut steps) = (Vec::new(), Vec::new());
    for number in 1..=3 {
        let found = stored(&*store, run_id(number)).await;
        events.extend(found.events.into_iter().map(|it| {
            let at = it.at.as_micros();
            format!("{number} {} {at} {} {}", it.seq, it.kind, it.body)
        }));
        steps.extend(found.steps.into_iter().map(|it| {
            let (progress, status) = (&it.progress, it.progress.status.as_str());
            let (iteration, dispatch) = (progress.iteration, progress.dispatch);
            let summary = progress.summary.as_deref().unwrap_or("none");
            format!(
                "{number} {} {} {} {status} {iteration} {dispatch} {summary}",
                it.order_index, it.id, it.stage
            )
        }));
    }
    store.close().await.unwrap();
    for version in [schema::KNOWN, 13, BY_ROW] {
        connection::migrate_file(&file, version).unwrap();
        let number = "(SELECT count(*) FROM workflow_executions WHERE id <= execution_id)";
        let sql = format!(
            "SELECT concat_ws(' ', {number}, seq, created_at, kind, body_json)
             FROM execution_events ORDER BY execution_id, seq"
        );
        assert_eq!(rows(&file, &sql), events, "{version}");
        let sql = format!(
            "SELECT concat_ws(' ', {number}, order_index, id, stage_id_ref, status,
                 iteration_number, dispatch_number, coalesce(summary, 'none'))
             FROM execution_steps ORDER BY execution_id, order_index"
        );
        assert_eq!(rows(&file, &sql), steps, "{version}");
    }
}
