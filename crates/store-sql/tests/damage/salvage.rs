//! What is saved of a damaged database, and that nothing is left out
//! silently.

use std::collections::BTreeSet;
use std::fs;

use baton_model::RunId;
use baton_store_sql::{DatabaseFile, Salvage};

use super::scene::{Dice, answers_of, closed, database, rounds, runs, snapshot, workflows};

/// The answers that concern one run or one workflow.
fn about(
    answers: &[(String, Result<String, baton_store::StoreError>)],
    id: &impl ToString,
) -> Vec<String> {
    let id = id.to_string();
    let of_run = answers
        .iter()
        .filter(|(question, _)| question.contains(&id));
    of_run.map(|answer| format!("{answer:?}")).collect()
}

#[tokio::test]
async fn every_run_is_saved_as_it_was_or_named_as_lost() {
    let directory = closed().await;
    let before = answers_of(snapshot(directory.path()).path()).await.unwrap();
    let whole = fs::read(database(directory.path())).unwrap();
    let mut dice = Dice::new();
    let mut n_lost = 0;
    // The first page says where the others are: without it nothing is found.
    let n_pages = whole.len() / 8192 - 1;
    for _ in 0..rounds(40, 2_000) {
        let copy = snapshot(directory.path());
        let mut content = whole.clone();
        for _ in 0..=dice.below(2) {
            let page = 1 + dice.below(n_pages);
            content[page * 8192..][..8192].fill(0);
        }
        fs::write(database(copy.path()), content).unwrap();
        let Ok(salvage) = Salvage::attempt(copy.path(), &mut |_run, _events| Ok(())) else {
            continue;
        };
        let saved: BTreeSet<RunId> = salvage.saved.iter().copied().collect();
        let lost: BTreeSet<RunId> = salvage.lost.iter().map(|loss| loss.run).collect();
        let without: BTreeSet<RunId> = salvage.without_logs.iter().map(|loss| loss.run).collect();
        n_lost += lost.len();
        assert!(saved.is_disjoint(&lost));
        let saved_workflows = salvage.saved_workflows.clone();
        for workflow in workflows() {
            let mut lost = salvage.lost_workflows.iter().map(|loss| loss.id);
            assert!(
                saved_workflows.contains(&workflow) != lost.any(|lost| lost == workflow),
                "{workflow} is forgotten"
            );
        }
        assert!(without.is_subset(&saved));
        for run in runs() {
            assert!(
                saved.contains(&run) || lost.contains(&run),
                "{run} is forgotten"
            );
        }
        salvage.install("damaged").unwrap();
        let opened = DatabaseFile::open(copy.path()).unwrap();
        assert_eq!(opened.damage(), [""; 0]);
        drop(opened);
        let after = answers_of(copy.path()).await.unwrap();
        for run in saved.difference(&without) {
            assert_eq!(about(&after, run), about(&before, run));
        }
        for workflow in &saved_workflows {
            assert_eq!(about(&after, workflow), about(&before, workflow));
        }
    }
    assert!(n_lost > 0, "nothing was ever lost: this proves nothing");
}

#[tokio::test]
async fn what_the_judge_refuses_is_not_saved_and_nothing_is_changed_before_it_is_installed() {
    let directory = closed().await;
    let before = fs::read(database(directory.path())).unwrap();
    let refused = runs().next().unwrap();
    let salvage = Salvage::attempt(directory.path(), &mut |run, _events| {
        if run == refused {
            Err("it makes no sense".to_owned())
        } else {
            Ok(())
        }
    })
    .unwrap();
    assert_eq!(salvage.lost.len(), 1, "{salvage:?}");
    assert_eq!(salvage.lost[0].run, refused);
    assert_eq!(salvage.lost[0].why, "it makes no sense");
    assert!(fs::read(database(directory.path())).unwrap() == before);
    drop(salvage);
    let files = fs::read_dir(directory.path()).unwrap();
    let names = files.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let drafts: Vec<_> = names.filter(|name| name.contains("draft")).collect();
    assert_eq!(drafts, [""; 0]);
}
