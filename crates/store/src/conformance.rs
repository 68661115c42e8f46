//! What every store is measured by.
//!
//! One case is one function, and becomes one test of a store by
//! [`conformance_tests!`](crate::conformance_tests). A case gets a store of
//! its own, empty, and where leases are concerned the clock by which they end.
//! The cases ask for no runtime; the tests bring tokio's.

#![expect(
    clippy::unwrap_used,
    reason = "a case that fails must panic, which is how a test fails"
)]

pub mod claims;
pub mod clock;
pub mod close;
pub mod commit;
pub mod concurrency;
pub mod create;
pub mod edits;
pub mod events;
pub mod fences;
pub mod filters;
pub mod leases;
pub mod lists;
pub mod logs;
pub mod ownership;
pub mod projects;
pub mod sample;
pub mod shelf;
pub mod tokens;
pub mod wakeups;
pub mod workflows;

/// Makes a test of every case.
///
/// Takes a function that makes an empty store with a clock, and whatever must
/// live as long, such as a temporary directory:
/// `fn(Arc<dyn LeaseClock>) -> (Arc<impl FullStore>, T)`.
#[macro_export]
macro_rules! conformance_tests {
    ($make:ident) => {
        $crate::conformance_tests! { timed $make:
            leases {
                epochs_grow_over_all_leases,
                a_lease_ends_by_the_clock_of_the_store,
                a_renewal_counts_from_itself,
                an_exclusive_lease_ends_all_others_and_never_expires,
                a_server_has_one_lease,
                a_released_lease_is_gone_and_may_be_released_again,
                a_lease_that_is_not_valid_is_good_for_nothing,
            }
            ownership {
                open_runs_are_claimed_once_and_in_order,
                a_claim_tells_what_a_run_needs,
                the_open_runs_of_a_lease_can_be_listed_again,
                runs_are_not_stolen_from_a_live_owner,
                the_runs_of_a_lease_that_ended_are_free,
                one_run_can_be_claimed_whatever_it_needs,
                a_new_run_may_have_an_owner,
                of_many_servers_exactly_one_claims_each_run,
            }
            fences {
                a_stale_owner_changes_nothing,
                an_owner_whose_lease_expired_may_commit_until_the_run_is_claimed,
                nobody_passes_the_fence_of_a_run_without_an_owner,
                a_fence_comes_before_the_version,
                a_refusal_says_why_also_when_the_steps_were_edited,
            }
            wakeups {
                an_owner_is_woken_once_for_what_others_commit,
                nobody_is_woken_whose_lease_is_not_valid,
                wakeups_are_taken_in_pages_by_their_owner_only,
                nobody_is_woken_for_what_was_refused,
            }
        }
        $crate::conformance_tests! { plain $make:
            claims {
                a_held_claim_names_its_holder_and_stores_nothing,
                one_held_claim_keeps_the_others_free,
                the_same_key_in_another_scope_is_free,
                a_claim_is_held_after_its_run_ended,
                the_last_claim_of_a_scope_is_its_greatest_key,
            }
            close {
                a_closed_store_answers_nothing,
                a_store_may_be_closed_twice,
            }
            commit {
                a_commit_moves_the_run_on,
                a_commit_may_leave_the_execution_as_it_is,
                an_update_replaces_all_but_what_a_step_was_given,
                a_stale_version_stores_nothing,
                a_version_ahead_of_the_log_stores_nothing,
                events_that_do_not_continue_the_version_are_refused,
                a_run_may_end_in_any_way,
                a_step_may_begin_in_any_way,
                a_step_that_is_not_there_is_refused_and_stores_nothing,
                a_run_that_is_not_there_is_not_found,
                big_values_come_back_unchanged,
            }
            concurrency {
                runs_are_created_and_moved_on_side_by_side,
                of_many_commits_of_one_version_exactly_one_wins,
                of_many_runs_with_one_claim_exactly_one_is_stored,
                a_refused_commit_harms_none_of_its_neighbours,
            }
            create {
                a_created_run_is_read_back_whole,
                what_is_not_given_is_read_back_as_nothing,
                any_text_comes_back_unchanged,
                an_id_that_is_taken_is_a_conflict,
                rows_that_contradict_each_other_are_refused,
            }
            edits {
                steps_come_go_and_are_replaced,
                a_removed_stage_may_come_back_elsewhere,
                edited_steps_change_like_others,
                edits_that_contradict_the_rows_store_nothing,
            }
            events {
                events_are_read_in_pages_by_their_number,
                a_run_without_events_is_not_found,
                events_of_all_runs_come_in_the_order_of_their_commits,
                a_page_of_events_ends_at_its_bytes,
                no_position_appears_below_one_that_was_seen,
            }
            lists {
                open_runs_are_listed_by_id,
                pages_are_newest_first_and_without_definitions,
                runs_of_one_moment_are_ordered_by_id,
                pages_are_stable_while_runs_are_added,
                every_page_leads_to_the_one_before,
                a_filter_counts_all_pages,
                runs_of_a_stored_workflow_are_listed,
                a_page_holds_one_to_200_rows,
                a_run_is_found_by_either_end_of_its_id,
                a_fragment_finds_the_three_newest,
            }
            filters {
                executions_are_sorted_by_each_time_both_ways,
                a_time_that_has_not_come_is_the_latest,
                a_range_of_starts_takes_its_beginning_and_not_its_end,
                a_search_finds_runs_by_their_workflow,
                filters_of_executions_narrow_each_other,
                sorted_pages_are_stable_while_runs_are_added,
            }
            logs {
                lines_are_read_in_pages_by_their_number,
                the_last_lines_come_in_order,
                lines_are_filtered_by_stage_and_dispatch,
                a_log_has_no_gaps,
                lines_of_a_run_that_is_not_there_are_not_stored,
            }
            projects {
                projects_are_read_back_whole_and_in_order,
                a_path_belongs_to_one_project,
                a_project_is_whole,
                a_deleted_project_has_gone,
                runs_of_a_project_are_listed,
                a_project_has_no_more_runs_at_once_than_it_may,
            }
            shelf {
                workflows_are_sorted_by_each_value_both_ways,
                pages_of_workflows_are_stable_while_some_are_added,
                a_filter_of_workflows_counts_all_pages,
                a_search_looks_at_what_people_read,
                lists_of_workflows_follow_their_changes,
                a_page_of_workflows_has_bounds,
            }
            tokens {
                tokens_are_read_back_whole_and_in_order,
                a_name_and_a_hash_belong_to_one_token,
                a_token_needs_a_name,
                the_last_use_of_a_token_is_noted,
                a_deleted_token_has_gone,
            }
            workflows {
                a_stored_workflow_is_read_back_whole,
                a_workflow_that_contradicts_itself_is_refused,
                a_name_is_given_once,
                a_change_counts_revisions,
                a_claim_names_the_workflow_that_holds_it,
                deleted_workflows_are_named,
                runs_outlive_their_workflow,
                a_workflow_shows_its_newest_run,
                a_workflow_is_found_by_its_name_or_its_key,
                a_workflow_is_found_by_either_end_of_its_id,
            }
        }
    };
    (plain $make:ident: $($group:ident { $($case:ident,)+ })+) => {
        $(mod $group {
            $(#[tokio::test]
            async fn $case() {
                let clock = ::std::sync::Arc::new($crate::conformance::clock::TestClock::default());
                let (store, _kept) = super::$make(clock);
                $crate::conformance::$group::$case(&*store).await;
            })+
        })+
    };
    (timed $make:ident: $($group:ident { $($case:ident,)+ })+) => {
        $(mod $group {
            $(#[tokio::test]
            async fn $case() {
                let clock = ::std::sync::Arc::new($crate::conformance::clock::TestClock::default());
                let (store, _kept) = super::$make(::std::sync::Arc::clone(&clock) as _);
                $crate::conformance::$group::$case(&*store, &clock).await;
            })+
        })+
    };
}
