//! The log beside a database, after a crash: cut, gone, or somebody else's.

use std::fs;
use std::time::{Duration, Instant};

use baton_store::conformance::sample::{commit, event, run_id};
use baton_store::{RunStore, StoreError, StoredEvent};

use super::scene::{
    Dice, N_STEPS, answers_of, closed, database, log, open, rounds, snapshot, step,
};

/// Bytes before the first frame of a log, and of each frame.
const LOG_HEAD: usize = 32;
const FRAME: usize = 24 + 8192;

pub(crate) type Answers = Vec<(String, Result<String, StoreError>)>;

/// What a store answers after each of its transactions, the first before any.
pub(crate) async fn states() -> Vec<Answers> {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let mut states = vec![super::scene::answers(&store).await];
    for number in 0..N_STEPS {
        step(&store, number).await;
        states.push(super::scene::answers(&store).await);
    }
    states
}

/// It answers as it did at one of these moments, or refuses.
#[track_caller]
pub(crate) fn assert_prefix(
    found: Result<Answers, StoreError>,
    states: &[Answers],
    damage: &str,
) -> Option<usize> {
    match found {
        Ok(found) => {
            let place = states.iter().position(|state| *state == found);
            assert!(place.is_some(), "no state is like the one after {damage}");
            place
        }
        Err(StoreError::Corrupt(_)) => None,
        Err(error) => panic!("after {damage}: {error}"),
    }
}

#[tokio::test]
async fn a_log_that_was_cut_holds_what_came_first() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    for number in 0..N_STEPS {
        step(&store, number).await;
    }
    let states = states().await;
    let crashed = snapshot(directory.path());
    let whole = fs::read(log(crashed.path())).unwrap();
    let n_frames = (whole.len() - LOG_HEAD) / FRAME;
    let mut dice = Dice::new();
    let mut lengths: Vec<usize> = (0..=n_frames)
        .map(|frame| LOG_HEAD + frame * FRAME)
        .collect();
    lengths.extend((0..rounds(50, 1_000)).map(|_| dice.below(whole.len())));
    lengths.sort_unstable();
    let mut last = 0;
    for length in lengths {
        let copy = snapshot(crashed.path());
        fs::write(log(copy.path()), &whole[..length]).unwrap();
        let what = format!("cut to {length} bytes");
        let state = assert_prefix(answers_of(copy.path()).await, &states, &what);
        let state = state.expect("a cut is where a crash might have been");
        assert!(state >= last, "a longer log holds less");
        last = state;
    }
    assert_eq!(last, N_STEPS as usize);
}

#[tokio::test]
async fn the_log_of_another_database_is_refused() {
    let mut dice = Dice::new();
    for _ in 0..rounds(10, 200) {
        let mine = tempfile::tempdir().unwrap();
        let theirs = tempfile::tempdir().unwrap();
        let first = open(mine.path()).unwrap();
        let second = open(theirs.path()).unwrap();
        for number in 0..N_STEPS {
            step(&first, number).await;
        }
        for number in 0..=u32::try_from(dice.below(N_STEPS as usize)).unwrap() {
            step(&second, number).await;
        }
        let copy = snapshot(mine.path());
        fs::copy(log(theirs.path()), log(copy.path())).unwrap();
        let before = fs::read(log(copy.path())).unwrap();
        let refusal = open(copy.path()).err();
        assert!(
            matches!(refusal, Some(StoreError::Corrupt(_))),
            "{refusal:?}"
        );
        assert!(
            fs::read(log(copy.path())).unwrap() == before,
            "the log was changed"
        );
    }
}

#[tokio::test]
async fn a_log_without_its_database_is_no_new_beginning() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    step(&store, 0).await;
    let copy = snapshot(directory.path());
    fs::remove_file(database(copy.path())).unwrap();
    let refusal = open(copy.path()).err();
    assert!(
        matches!(refusal, Some(StoreError::Corrupt(_))),
        "{refusal:?}"
    );
    assert!(!database(copy.path()).exists());
}

/// 20 MB of small rows, which take longest.
const N_COMMITS: u64 = 40;
const EVENTS_PER_COMMIT: u64 = 1_000;

#[tokio::test]
async fn a_store_that_was_not_closed_is_looked_at_quickly() {
    let directory = closed().await;
    let store = open(directory.path()).unwrap();
    for number in 0..N_COMMITS {
        let version = 1 + number * EVENTS_PER_COMMIT;
        let mut changes = commit(run_id(1), version);
        let seqs = version + 1..=version + EVENTS_PER_COMMIT;
        let body = format!(r#"{{"text":"{}"}}"#, "x".repeat(480));
        changes.events = seqs
            .map(|seq| StoredEvent {
                body: body.clone().into(),
                ..event(seq)
            })
            .collect();
        store.commit(changes).await.unwrap();
    }
    let crashed = snapshot(directory.path());
    store.close().await.unwrap();

    let start = Instant::now();
    let checked = open(crashed.path()).unwrap();
    let elapsed = start.elapsed();
    println!("twenty megabytes were looked at in {elapsed:?}");
    // A hundred may take two seconds; this SQLite is not optimised.
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
    checked.close().await.unwrap();
}
