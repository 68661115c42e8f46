//! Bytes that flip, pages that are lost, files that are cut.

use std::fs;
use std::path::Path;

use baton_store::StoreError;
use tempfile::TempDir;

use super::scene::{
    Dice, N_STEPS, answers_of, closed, database, log, open, rounds, snapshot, step,
};

const PAGE: usize = 8192;

type Answers = Vec<(String, Result<String, StoreError>)>;

/// Each answer is the one from before the damage, or a refusal that says so.
/// Of what agents wrote, the beginning or the end may be gone: nothing else
/// counts the lines.
/// Which runs are open stands in an index alone, so a run may be missing there
/// until `integrity_check` compares it with its table.
#[track_caller]
fn assert_no_wrong_answer(after: Result<Answers, StoreError>, before: &Answers, damage: &str) {
    let Ok(after) = after else { return };
    for ((question, now), (_, then)) in after.iter().zip(before) {
        if question == "open runs" {
            continue;
        }
        let then = then.as_ref().unwrap();
        let is_right = match now {
            Ok(now) if question.starts_with("lines") => then.contains(now.trim_matches(['[', ']'])),
            Ok(now) => now == then,
            Err(StoreError::Corrupt(_)) => true,
            Err(error) => panic!("{question} after {damage}: {error}"),
        };
        assert!(
            is_right,
            "{question} after {damage}:\n{now:?}\ninstead of\n{then}"
        );
    }
}

/// Damages one of the files of a copy, again and again.
async fn damage(
    original: &Path,
    file: impl Fn(&Path) -> std::path::PathBuf,
    n_rounds: usize,
    mut damage: impl FnMut(&mut Vec<u8>) -> String,
) {
    let before = answers_of(snapshot(original).path()).await.unwrap();
    for _ in 0..n_rounds {
        let copy = snapshot(original);
        let mut content = fs::read(file(copy.path())).unwrap();
        let what = damage(&mut content);
        fs::write(file(copy.path()), content).unwrap();
        assert_no_wrong_answer(answers_of(copy.path()).await, &before, &what);
    }
}

/// A directory as after a crash: most of it is in the log.
async fn crashed() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    for number in 0..N_STEPS {
        step(&store, number).await;
    }
    snapshot(directory.path())
}

#[tokio::test]
async fn a_flipped_bit_is_noticed_or_changes_nothing() {
    let directory = closed().await;
    let mut dice = Dice::new();
    damage(directory.path(), database, rounds(300, 20_000), |content| {
        let place = dice.below(content.len());
        let bit = dice.below(8);
        content[place] ^= 1 << bit;
        format!("bit {bit} of byte {place} flipped")
    })
    .await;
}

#[tokio::test]
async fn a_flipped_bit_in_the_log_takes_the_last_commits_at_most() {
    let directory = crashed().await;
    let mut dice = Dice::new();
    let states = super::logs::states().await;
    for _ in 0..rounds(100, 5_000) {
        let copy = snapshot(directory.path());
        let mut content = fs::read(log(copy.path())).unwrap();
        let place = dice.below(content.len());
        let bit = dice.below(8);
        content[place] ^= 1 << bit;
        fs::write(log(copy.path()), content).unwrap();
        let what = format!("bit {bit} of byte {place} of the log flipped");
        super::logs::assert_prefix(answers_of(copy.path()).await, &states, &what);
    }
}

#[tokio::test]
async fn a_page_of_zeros_is_noticed() {
    let directory = closed().await;
    let length = fs::metadata(database(directory.path())).unwrap().len();
    let n_pages = usize::try_from(length).unwrap() / PAGE;
    let mut page = 0;
    damage(directory.path(), database, n_pages, |content| {
        content[page * PAGE..][..PAGE].fill(0);
        page += 1;
        format!("page {page} of {n_pages} zeroed")
    })
    .await;
}

#[tokio::test]
async fn a_file_that_was_cut_is_refused_wherever_it_was_cut() {
    let directory = closed().await;
    let whole = fs::read(database(directory.path())).unwrap();
    let mut dice = Dice::new();
    let mut lengths: Vec<usize> = (0..whole.len() / PAGE).map(|page| page * PAGE).collect();
    lengths.extend((0..rounds(50, 1_000)).map(|_| dice.below(whole.len())));
    for length in lengths {
        let copy = snapshot(directory.path());
        let file = database(copy.path());
        fs::write(&file, &whole[..length]).unwrap();
        match open(copy.path()) {
            Err(StoreError::Corrupt(text)) => {
                assert!(text.starts_with(file.to_str().unwrap()), "{text}");
            }
            Err(error) => panic!("cut to {length} bytes: {error}"),
            Ok(_store) => panic!("cut to {length} bytes, and opened"),
        }
        assert_eq!(fs::metadata(&file).unwrap().len(), length as u64);
    }
}

#[tokio::test]
async fn garbage_and_nothing_are_no_databases() {
    let mut dice = Dice::new();
    let garbage: Vec<u8> = (0..50_000)
        .map(|_| dice.below(256).to_le_bytes()[0])
        .collect();
    for content in [&garbage[..], b"x", b""] {
        let directory = tempfile::tempdir().unwrap();
        fs::write(database(directory.path()), content).unwrap();
        let refusal = open(directory.path()).err();
        assert!(
            matches!(refusal, Some(StoreError::Corrupt(_))),
            "{} bytes: {refusal:?}",
            content.len()
        );
        assert!(fs::read(database(directory.path())).unwrap() == content);
    }
}
