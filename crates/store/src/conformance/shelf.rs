//! Lists of stored workflows: sorted, filtered, counted, in pages.

use super::sample::{new_workflow, time, workflow_id, workflow_update};
use crate::contract::FullStore;
use crate::error::StoreError;
use crate::execution_list::PageBefore;
use crate::workflow::{
    SortOrder, SortValue, WorkflowFilter, WorkflowPage, WorkflowPlace, WorkflowSort, WorkflowStatus,
};

/// A list of all workflows, newest first.
pub(super) fn all(limit: u32) -> WorkflowFilter {
    WorkflowFilter {
        limit,
        ..WorkflowFilter::default()
    }
}

fn numbers(page: &WorkflowPage) -> Vec<u32> {
    let ids = page.items.iter().map(|row| row.id.as_uuid().as_u128());
    ids.map(|id| u32::try_from(id & 0xffff_ffff).unwrap())
        .collect()
}

async fn page(store: &impl FullStore, filter: &WorkflowFilter) -> WorkflowPage {
    store.workflows(filter.clone()).await.unwrap()
}

fn after(filter: &WorkflowFilter, place: Option<WorkflowPlace>) -> WorkflowFilter {
    WorkflowFilter {
        after: place,
        ..filter.clone()
    }
}

/// Reads all pages, and then all of them backward.
async fn both_ways(store: &impl FullStore, filter: &WorkflowFilter) -> Vec<u32> {
    let mut pages = vec![page(store, filter).await];
    while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
        pages.push(page(store, &after(filter, Some(next))).await);
    }
    for pair in pages.windows(2) {
        let place = match pair[1].before.clone() {
            Some(PageBefore::Beginning) => None,
            Some(PageBefore::After(place)) => Some(place),
            None => panic!("there is a page before: {filter:?}"),
        };
        let again = page(store, &after(filter, place)).await;
        assert_eq!(numbers(&again), numbers(&pair[0]), "{filter:?}");
    }
    assert_eq!(pages[0].before, None);
    let found: Vec<u32> = pages.iter().flat_map(numbers).collect();
    for page in &pages {
        assert_eq!(page.total_count, found.len() as u64, "{filter:?}");
        assert!(page.items.iter().all(|row| row.definition.is_none()));
    }
    found
}

/// By each value, both ways, whatever the size of the pages.
pub async fn workflows_are_sorted_by_each_value_both_ways(store: &impl FullStore) {
    assert!(both_ways(store, &all(2)).await.is_empty());
    for (number, name, created, updated) in [
        (1, "beta", 4, 9),
        (2, "Alpha", 5, 8),
        (3, "ALPHA", 5, 9),
        (4, "Érable", 1, 1),
        (5, "érable 2", 2, 9),
    ] {
        let mut new = new_workflow(number);
        name.clone_into(&mut new.row.facts.name);
        new.row.created_at = time(created);
        new.row.updated_at = time(updated);
        store.create_workflow(new).await.unwrap();
    }
    for (sort, ascending) in [
        (WorkflowSort::Name, [2, 3, 1, 4, 5]),
        (WorkflowSort::CreatedAt, [4, 5, 1, 2, 3]),
        (WorkflowSort::UpdatedAt, [4, 2, 1, 3, 5]),
    ] {
        for limit in [1, 2, 4, 5, 6] {
            let mut filter = WorkflowFilter {
                sort,
                order: SortOrder::Ascending,
                ..all(limit)
            };
            assert_eq!(both_ways(store, &filter).await, ascending);
            filter.order = SortOrder::Descending;
            let mut descending = ascending;
            descending.reverse();
            assert_eq!(both_ways(store, &filter).await, descending);
        }
    }
}

/// A reader who pages on sees no row twice and misses none that was there.
pub async fn pages_of_workflows_are_stable_while_some_are_added(store: &impl FullStore) {
    let create = async |number| {
        store.create_workflow(new_workflow(number)).await.unwrap();
    };
    for number in [10, 20, 30, 40] {
        create(number).await;
    }
    let first = page(store, &all(2)).await;
    assert_eq!(numbers(&first), [40, 30]);
    for number in [50, 25, 35] {
        create(number).await;
    }
    store.delete_workflows(&[workflow_id(30)]).await.unwrap();
    let second = page(store, &after(&all(2), first.next)).await;
    assert_eq!((numbers(&second), second.total_count), (vec![25, 20], 6));
    let third = page(store, &after(&all(2), second.next)).await;
    assert_eq!((numbers(&third), third.next), (vec![10], None));
}

/// States, tags, a project, and the workflows these find.
type Case<'a> = (
    &'a [WorkflowStatus],
    &'a [&'a str],
    Option<&'a str>,
    &'a [u32],
);

/// Each filter alone, all together, and those that match nothing.
pub async fn a_filter_of_workflows_counts_all_pages(store: &impl FullStore) {
    let (draft, published, archived) = (
        WorkflowStatus::Draft,
        WorkflowStatus::Published,
        WorkflowStatus::Archived,
    );
    for (number, status, tags, project) in [
        (1, draft, &["a", "b"][..], None),
        (2, published, &["b"], Some("p")),
        (3, archived, &["a", "a_b"], Some("p")),
        (4, published, &[], Some("q")),
        (5, published, &["b", "a"], None),
    ] {
        let mut new = new_workflow(number);
        new.row.facts.status = status;
        new.row.facts.tags = tags.iter().map(|&tag| tag.to_owned()).collect();
        new.row.project_id = project.map(str::to_owned);
        store.create_workflow(new).await.unwrap();
    }
    let cases: [Case<'_>; 13] = [
        (&[], &[], None, &[5, 4, 3, 2, 1]),
        (&[draft], &[], None, &[1]),
        (&[published, archived, published], &[], None, &[5, 4, 3, 2]),
        (&[], &["a"], None, &[5, 3, 1]),
        (&[], &["a", "b"], None, &[5, 1]),
        (&[], &["a", "a"], None, &[5, 3, 1]),
        (&[], &["a_b"], None, &[3]),
        (&[], &["%"], None, &[]),
        (&[], &[], Some("p"), &[3, 2]),
        (&[], &[], Some(""), &[]),
        (&[published], &[], Some("p"), &[2]),
        (&[published], &["b"], None, &[5, 2]),
        (&[published], &["b"], Some("p"), &[2]),
    ];
    for (statuses, tags, project, expected) in cases {
        for limit in [1, 3, 9] {
            let filter = WorkflowFilter {
                statuses: statuses.to_vec(),
                tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
                project_id: project.map(str::to_owned),
                ..all(limit)
            };
            assert_eq!(both_ways(store, &filter).await, expected, "{filter:?}");
        }
    }
}

/// In name, key and description, whatever the case, and letter for letter.
pub async fn a_search_looks_at_what_people_read(store: &impl FullStore) {
    for (number, name, key, description) in [
        (1, "Cut a Release", Some("cut"), None),
        (2, "Tidy 100%", Some("tidy_up"), Some("Before a RELEASE")),
        (3, "Élan", None, Some("a\\b 'c'")),
    ] {
        let mut new = new_workflow(number);
        name.clone_into(&mut new.row.facts.name);
        new.row.facts.key = key.map(str::to_owned);
        new.row.facts.description = description.map(str::to_owned);
        store.create_workflow(new).await.unwrap();
    }
    for (search, expected) in [
        ("release", &[2, 1][..]),
        ("RELEASE", &[2, 1]),
        ("élan", &[3]),
        ("%", &[2]),
        ("_", &[2]),
        ("\\", &[3]),
        ("'c'", &[3]),
        ("cut a", &[1]),
        ("cut  a", &[]),
        ("", &[3, 2, 1]),
    ] {
        let filter = WorkflowFilter {
            search: Some(search.to_owned()),
            ..all(1)
        };
        assert_eq!(both_ways(store, &filter).await, expected, "{search}");
    }
}

/// Lists show what is, not what was.
pub async fn lists_of_workflows_follow_their_changes(store: &impl FullStore) {
    for number in [1, 2] {
        store.create_workflow(new_workflow(number)).await.unwrap();
    }
    let update = workflow_update(1, 1);
    store.update_workflow(update.clone()).await.unwrap();
    let with = |change: fn(&mut WorkflowFilter)| {
        let mut filter = all(9);
        change(&mut filter);
        filter
    };
    for (filter, expected) in [
        (
            with(|filter| filter.tags = vec!["new".to_owned()]),
            &[1][..],
        ),
        (with(|filter| filter.tags = vec!["green".to_owned()]), &[2]),
        (
            with(|filter| filter.statuses = vec![WorkflowStatus::Published]),
            &[1],
        ),
        (
            with(|filter| filter.statuses = vec![WorkflowStatus::Draft]),
            &[2],
        ),
        (
            with(|filter| filter.search = Some("renamed".to_owned())),
            &[1],
        ),
        (
            with(|filter| filter.sort = WorkflowSort::UpdatedAt),
            &[1, 2],
        ),
    ] {
        assert_eq!(both_ways(store, &filter).await, expected, "{filter:?}");
    }
    store.delete_workflows(&[workflow_id(1)]).await.unwrap();
    let tagged = with(|filter| filter.tags = vec!["new".to_owned()]);
    assert!(both_ways(store, &tagged).await.is_empty());
    assert_eq!(both_ways(store, &all(9)).await, [2]);
}

/// A limit outside of its bounds is the bound; a place that is no place of the
/// list is refused.
pub async fn a_page_of_workflows_has_bounds(store: &impl FullStore) {
    for number in 0..201 {
        store.create_workflow(new_workflow(number)).await.unwrap();
    }
    for (limit, expected) in [(0, 1), (1, 1), (200, 200), (u32::MAX, 200)] {
        let found = page(store, &all(limit)).await;
        assert_eq!((found.items.len(), found.next.is_some()), (expected, true));
    }
    let stray = WorkflowPlace {
        value: SortValue::Name("x".to_owned()),
        id: workflow_id(1),
    };
    let answer = store.workflows(after(&all(9), Some(stray))).await;
    assert!(matches!(answer, Err(StoreError::Refused(_))), "{answer:?}");
}
