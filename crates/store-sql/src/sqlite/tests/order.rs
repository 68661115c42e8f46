//! What becomes of the events of all runs when some of them are damaged.

use baton_store::RunStore;
use baton_store::conformance::sample::event;

use super::*;

/// Positions with the numbers of their events; none: it is damaged.
fn seqs(events: &[OrderedEvent]) -> Vec<(u64, Option<u64>)> {
    let seq = |one: &OrderedEvent| one.event.as_ref().ok().map(|event| event.seq);
    let seqs = events.iter().map(|one| (one.position, seq(one)));
    seqs.collect()
}

#[tokio::test]
async fn a_damaged_commit_hides_no_other() {
    let (connection, file, _directory) = writer();
    let store = start(connection, &file);
    create_runs(&*store, [1, 2]).await;
    let mut three = commit(run_id(1), 1);
    three.events = (2..=4).map(event).collect();
    store.commit(three).await.unwrap();
    store.commit(commit(run_id(2), 1)).await.unwrap();
    store.commit(commit(run_id(1), 4)).await.unwrap();
    store.close().await.unwrap();
    let connection = connection::open_writer(&file, Durability::Full).unwrap();
    let changes = "UPDATE execution_commits SET events_json = replace(events_json, '3', '7')
                   WHERE last_seq = 4 AND execution_id = (SELECT min(id) FROM workflow_executions);
                   DELETE FROM execution_commits
                   WHERE last_seq = 2 AND execution_id = (SELECT max(id) FROM workflow_executions);";
    connection.execute_batch(changes).unwrap();
    let store = start(connection, &file);
    let all = [
        (1, Some(1)),
        (2, Some(1)),
        (3, None),
        (4, None),
        (5, None),
        (6, None),
        (7, Some(5)),
    ];
    for after in 0..all.len() {
        for limit in 1..=all.len() {
            let page = store.all_events(after as u64, u32::try_from(limit).unwrap());
            let expected: Vec<_> = all.into_iter().skip(after).take(limit).collect();
            let found = seqs(&page.await.unwrap());
            assert_eq!(found, expected, "after {after}, at most {limit}");
        }
    }
}
