//! Finding runs: pages, open ones, shortened ids.

use baton_model::{ExecutionStatus, RunId};

use super::sample::{commit, create_runs, new_run, run_id, standing, time, workflow_id};
use crate::attention::Attention;
use crate::contract::{RunQuery, RunStore};
use crate::execution_list::{ExecutionFilter, ExecutionPage, PageBefore};
use crate::rows::{ExecutionRow, ExecutionUpdate};

pub(super) fn filter(limit: u32) -> ExecutionFilter {
    ExecutionFilter {
        limit,
        ..ExecutionFilter::default()
    }
}

pub(super) fn ids(rows: &[ExecutionRow]) -> Vec<RunId> {
    rows.iter().map(|row| row.id).collect()
}

fn runs<const N: usize>(numbers: [u32; N]) -> Vec<RunId> {
    numbers.map(run_id).to_vec()
}

pub(super) async fn page(store: &impl RunQuery, filter: &ExecutionFilter) -> ExecutionPage {
    store.executions(filter.clone()).await.unwrap()
}

/// The filter for the page that follows `page`.
pub(super) fn next(page: &ExecutionPage, filter: &ExecutionFilter) -> ExecutionFilter {
    let last = page.items.last().unwrap();
    ExecutionFilter {
        after: Some(filter.place_of(last)),
        ..filter.clone()
    }
}

async fn put(store: &impl RunStore, number: u32, status: ExecutionStatus) {
    let mut changes = commit(run_id(number), 1);
    changes.execution = Some(standing(status));
    store.commit(changes).await.unwrap();
}

async fn open(store: &impl RunStore, after: Option<RunId>, limit: u32) -> Vec<RunId> {
    let open = store.open_runs(after, limit).await.unwrap();
    open.iter().map(|open| open.run).collect()
}

/// Those that need attention, whatever their status; in pages.
pub async fn open_runs_are_listed_by_id(store: &(impl RunStore + RunQuery)) {
    assert_eq!(open(store, None, 9).await, []);
    create_runs(store, [12, 3, 9, 4, 11, 10, 6, 5, 8, 7]).await;
    for (number, status) in (3..).zip(ExecutionStatus::ALL) {
        put(store, number, *status).await;
    }
    let hook_is_due = ExecutionUpdate {
        attention: Attention::Working,
        ..standing(ExecutionStatus::Completed)
    };
    let mut changes = commit(run_id(8), 2);
    changes.execution = Some(hook_is_due);
    store.commit(changes).await.unwrap();
    assert_eq!(
        open(store, None, 99).await,
        runs([3, 4, 5, 6, 7, 8, 11, 12])
    );
    assert_eq!(open(store, None, 2).await, runs([3, 4]));
    assert_eq!(open(store, Some(run_id(4)), 2).await, runs([5, 6]));
    assert_eq!(open(store, Some(run_id(9)), 2).await, runs([11, 12]));
    assert_eq!(open(store, Some(run_id(12)), 2).await, []);
    assert_eq!(open(store, None, 0).await, []);
}

/// The definition is left to the single read.
pub async fn pages_are_newest_first_and_without_definitions(store: &(impl RunStore + RunQuery)) {
    let empty = page(store, &filter(10)).await;
    assert_eq!(
        (empty.items, empty.has_more, empty.total_count),
        (vec![], false, 0)
    );
    create_runs(store, [2, 5, 1, 4, 3]).await;
    let first = page(store, &filter(3)).await;
    assert_eq!(ids(&first.items), runs([5, 4, 3]));
    assert_eq!((first.has_more, first.total_count), (true, 5));
    let row = ExecutionRow {
        definition: None,
        ..new_run(5).execution
    };
    assert_eq!(first.items[0], row);
    let second = page(store, &next(&first, &filter(3))).await;
    assert_eq!(ids(&second.items), runs([2, 1]));
    assert_eq!((second.has_more, second.total_count), (false, 5));
    let exact = page(store, &filter(5)).await;
    assert!(!exact.has_more);
}

/// Many runs may be made in one microsecond.
pub async fn runs_of_one_moment_are_ordered_by_id(store: &(impl RunStore + RunQuery)) {
    for number in [2, 4, 1, 3] {
        let mut run = new_run(number);
        run.execution.created_at = time(0);
        store.create_run(run.into()).await.unwrap();
    }
    let first = page(store, &filter(2)).await;
    assert_eq!(ids(&first.items), runs([4, 3]));
    let second = page(store, &next(&first, &filter(2))).await;
    assert_eq!(ids(&second.items), runs([2, 1]));
}

/// A reader who pages on sees no row twice and misses none that was there.
pub async fn pages_are_stable_while_runs_are_added(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [10, 20, 30, 40]).await;
    let first = page(store, &filter(2)).await;
    assert_eq!(ids(&first.items), runs([40, 30]));
    create_runs(store, [50, 25, 35]).await;
    let second = page(store, &next(&first, &filter(2))).await;
    assert_eq!(ids(&second.items), runs([25, 20]));
    assert_eq!((second.has_more, second.total_count), (true, 7));
    let third = page(store, &next(&second, &filter(2))).await;
    assert_eq!(ids(&third.items), runs([10]));
    let beyond = page(store, &next(&third, &filter(2))).await;
    assert_eq!((ids(&beyond.items), beyond.total_count), (vec![], 7));
}

/// However the pages are cut, and whatever is in them.
pub async fn every_page_leads_to_the_one_before(store: &(impl RunStore + RunQuery)) {
    create_runs(store, 1..=7).await;
    put(store, 4, ExecutionStatus::Failed).await;
    let pending = ExecutionFilter {
        statuses: vec![ExecutionStatus::Pending],
        ..filter(1)
    };
    for wanted in [filter(1), filter(2), filter(3), filter(7), pending] {
        let mut pages = vec![page(store, &wanted).await];
        while pages.last().is_some_and(|page| page.has_more) {
            let wanted = next(pages.last().unwrap(), &wanted);
            pages.push(page(store, &wanted).await);
        }
        assert_eq!(pages[0].before, None);
        for pair in pages.windows(2) {
            let after = match pair[1].before.clone() {
                Some(PageBefore::Beginning) => None,
                Some(PageBefore::After(place)) => Some(place),
                None => panic!("there is a page before: {wanted:?}"),
            };
            let before = ExecutionFilter {
                after,
                ..wanted.clone()
            };
            let again = page(store, &before).await;
            assert_eq!(ids(&again.items), ids(&pair[0].items), "{wanted:?}");
        }
    }
}

/// By states, by a workflow's id or name, and by both.
pub async fn a_filter_counts_all_pages(store: &(impl RunStore + RunQuery)) {
    create_runs(store, 1..=6).await;
    for number in [7, 8] {
        let mut run = new_run(number);
        "tidy".clone_into(&mut run.execution.workflow_key);
        "release".clone_into(&mut run.execution.workflow_name);
        store.create_run(run.into()).await.unwrap();
    }
    put(store, 2, ExecutionStatus::Failed).await;
    put(store, 4, ExecutionStatus::Running).await;
    put(store, 8, ExecutionStatus::Failed).await;
    let (failed, running) = (ExecutionStatus::Failed, ExecutionStatus::Running);
    let cases: [(&[ExecutionStatus], Option<&str>, &[u32]); 8] = [
        (&[failed], None, &[8, 2]),
        (&[failed, running], None, &[8, 4, 2]),
        (&[ExecutionStatus::Paused], None, &[]),
        (&[], Some("tidy"), &[8, 7]),
        (&[], Some("release"), &[8, 7, 6, 5, 4, 3, 2, 1]),
        (&[], Some("Cut a release"), &[6, 5, 4, 3, 2, 1]),
        (&[failed], Some("tidy"), &[8]),
        (&[], Some("' OR true --"), &[]),
    ];
    for (statuses, workflow, expected) in cases {
        let wanted = ExecutionFilter {
            statuses: statuses.to_vec(),
            workflow: workflow.map(str::to_owned),
            ..filter(1)
        };
        let mut found = page(store, &wanted).await;
        let mut rows = found.items.clone();
        while found.has_more {
            found = page(store, &next(&found, &wanted)).await;
            rows.extend(found.items.clone());
        }
        let expected: Vec<_> = expected.iter().copied().map(run_id).collect();
        assert_eq!(ids(&rows), expected, "{wanted:?}");
        assert_eq!(found.total_count, expected.len() as u64, "{wanted:?}");
    }
}

/// A workflow, states, a name, and the runs these find.
type OfWorkflow<'a> = (u32, &'a [ExecutionStatus], Option<&'a str>, &'a [u32]);

/// Together with the other filters, too.
pub async fn runs_of_a_stored_workflow_are_listed(store: &(impl RunStore + RunQuery)) {
    for (number, workflow) in [(1, 8), (2, 9), (3, 8), (4, 8), (5, 9)] {
        let mut run = new_run(number);
        run.execution.workflow_id = Some(workflow_id(workflow));
        store.create_run(run.into()).await.unwrap();
    }
    put(store, 3, ExecutionStatus::Failed).await;
    let (failed, pending) = (ExecutionStatus::Failed, ExecutionStatus::Pending);
    let cases: [OfWorkflow<'_>; 7] = [
        (8, &[], None, &[4, 3, 1]),
        (8, &[failed], None, &[3]),
        (8, &[failed, pending], None, &[4, 3, 1]),
        (8, &[], Some("release"), &[4, 3, 1]),
        (8, &[failed], Some("Cut a release"), &[3]),
        (8, &[], Some("tidy"), &[]),
        (7, &[], None, &[]),
    ];
    for (workflow, statuses, name, expected) in cases {
        let wanted = ExecutionFilter {
            statuses: statuses.to_vec(),
            workflow: name.map(str::to_owned),
            workflow_id: Some(workflow_id(workflow)),
            ..filter(2)
        };
        let first = page(store, &wanted).await;
        let mut rows = first.items.clone();
        if first.has_more {
            rows.extend(page(store, &next(&first, &wanted)).await.items);
        }
        let expected: Vec<_> = expected.iter().copied().map(run_id).collect();
        assert_eq!(ids(&rows), expected, "{wanted:?}");
        assert_eq!(first.total_count, expected.len() as u64, "{wanted:?}");
    }
}

/// A limit outside of its bounds is taken as the bound.
pub async fn a_page_holds_one_to_200_rows(store: &(impl RunStore + RunQuery)) {
    create_runs(store, 0..201).await;
    for (limit, expected) in [(0, 1), (1, 1), (200, 200), (u32::MAX, 200)] {
        let found = page(store, &filter(limit)).await;
        assert_eq!((found.items.len(), found.has_more), (expected, true));
    }
}

/// Whole, shortened, and not when it is in the middle or no fragment.
pub async fn a_run_is_found_by_either_end_of_its_id(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [0x1234_5678, 0xabcd_ef01, 0xabcd_0f01]).await;
    let found = [
        ("12345678", vec![0x1234_5678]),
        ("12345", vec![0x1234_5678]),
        ("45678", vec![0x1234_5678]),
        ("12345678000000000000000012345678", vec![0x1234_5678]),
        ("1234567800000000000000001234567", vec![0x1234_5678]),
        ("abcd", vec![0xabcd_ef01, 0xabcd_0f01]),
        ("0f01", vec![0xabcd_0f01]),
        ("ef01", vec![0xabcd_ef01]),
        ("3456", vec![]),
        ("00000000", vec![]),
        ("ABCD", vec![]),
        ("abcg", vec![]),
        ("+bcd", vec![]),
        ("ab", vec![]),
        ("", vec![]),
        ("123456780000000000000000123456780", vec![]),
        ("é000", vec![]),
    ];
    for (fragment, expected) in found {
        let expected: Vec<_> = expected.into_iter().map(run_id).collect();
        assert_eq!(store.runs_like(fragment).await, Ok(expected), "{fragment}");
    }
}

/// Enough to say that it is not unique, and to name the likeliest.
pub async fn a_fragment_finds_the_three_newest(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [0xaaaa_0001, 0xaaaa_0004, 0xaaaa_0002]).await;
    create_runs(store, [0x0001_aaaa, 0xaaaa_aaaa]).await;
    let expected = runs([0xaaaa_aaaa, 0xaaaa_0004, 0xaaaa_0002]);
    assert_eq!(store.runs_like("aaaa").await, Ok(expected));
}
