//! Keys that only one run may hold.

use baton_model::ExecutionStatus;

use super::sample::{claim, commit, new_run, run_id, standing, stored};
use crate::contract::{Created, RunQuery, RunStore};
use crate::rows::{Claim, NewRun};

fn run_with_claims(number: u32, keys: &[&str]) -> NewRun {
    NewRun {
        claims: keys.iter().map(|key| claim(key)).collect(),
        ..new_run(number)
    }
}

/// Also when the run asks again with its own id.
pub async fn a_held_claim_names_its_holder_and_stores_nothing(store: &(impl RunStore + RunQuery)) {
    let first = run_with_claims(1, &["key"]);
    assert_eq!(
        store.create_run(first.clone().into()).await,
        Ok(Created::New)
    );
    let before = stored(store, run_id(1)).await;
    for run in [run_with_claims(2, &["key"]), first] {
        let answer = store.create_run(run.into()).await;
        assert_eq!(answer, Ok(Created::Existing(run_id(1))));
    }
    assert_eq!(store.execution(run_id(2)).await, Ok(None));
    assert_eq!(stored(store, run_id(1)).await, before);
}

/// All claims are taken or none; the first that is held names its holder.
pub async fn one_held_claim_keeps_the_others_free(store: &(impl RunStore + RunQuery)) {
    store
        .create_run(run_with_claims(1, &["a"]).into())
        .await
        .unwrap();
    store
        .create_run(run_with_claims(2, &["b"]).into())
        .await
        .unwrap();
    let answer = store
        .create_run(run_with_claims(3, &["free", "b", "a"]).into())
        .await;
    assert_eq!(answer, Ok(Created::Existing(run_id(2))));
    let answer = store.create_run(run_with_claims(4, &["free"]).into()).await;
    assert_eq!(answer, Ok(Created::New));
}

/// Scope and key are kept apart, not joined.
pub async fn the_same_key_in_another_scope_is_free(store: &(impl RunStore + RunQuery)) {
    let pairs = [
        ("ab", "c"),
        ("a", "bc"),
        ("abc", ""),
        ("", "abc"),
        ("AB", "c"),
    ];
    for (number, (scope, key)) in (1..).zip(pairs) {
        let claims = vec![Claim {
            scope: scope.to_owned(),
            key: key.to_owned(),
        }];
        let run = NewRun {
            claims,
            ..new_run(number)
        };
        assert_eq!(
            store.create_run(run.into()).await,
            Ok(Created::New),
            "{scope}, {key}"
        );
    }
}

/// A repeated start finds the run it started, however long ago.
pub async fn a_claim_is_held_after_its_run_ended(store: &(impl RunStore + RunQuery)) {
    store
        .create_run(run_with_claims(1, &["key"]).into())
        .await
        .unwrap();
    let mut end = commit(run_id(1), 1);
    end.execution = Some(standing(ExecutionStatus::Completed));
    store.commit(end).await.unwrap();
    let answer = store.create_run(run_with_claims(2, &["key"]).into()).await;
    assert_eq!(answer, Ok(Created::Existing(run_id(1))));
}

/// Whoever gives out numbers asks for it: neither another scope nor the order
/// in which claims were taken matters.
pub async fn the_last_claim_of_a_scope_is_its_greatest_key(store: &(impl RunStore + RunQuery)) {
    assert_eq!(store.last_claim("n").await, Ok(None));
    let held = [
        ("n", "002"),
        ("n", "010"),
        ("n", "009"),
        ("m", "999"),
        ("nn", "999"),
    ];
    for (number, (scope, key)) in (1..).zip(held) {
        let claims = vec![Claim {
            scope: scope.to_owned(),
            key: key.to_owned(),
        }];
        let run = NewRun {
            claims,
            ..new_run(number)
        };
        store.create_run(run.into()).await.unwrap();
    }
    assert_eq!(store.last_claim("n").await, Ok(Some("010".to_owned())));
    assert_eq!(store.last_claim("").await, Ok(None));
}
