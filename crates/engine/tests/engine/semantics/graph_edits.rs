//! Stages that have not started may be inserted, updated and deleted while the
//! run goes on: a list at a time, checked as a whole, rescheduled at once.

use baton_engine::{EditError, Outcome, Rejection, Work};
use baton_model::plan::{FailurePolicy, PlannedStage};
use baton_model::{AttemptReport, Completion, Event, FailureLabel, Value, ValueType};

use super::{conditional, output, with_policy};
use crate::harness::{Run, delete, gate, id, insert, plan, stage, update};

fn two() -> Run {
    let mut run = Run::new(plan(vec![stage("a", &[]), stage("b", &["a"])]));
    run.start();
    run
}

#[test]
fn an_inserted_stage_is_scheduled_at_once() {
    let mut run = two();
    assert_eq!(run.edit(vec![insert(stage("c", &[]))]), Outcome::Accepted);
    assert_eq!(run.startable(), [id("c")]);
    run.edit(vec![insert(conditional("d", &[], "${{ false }}"))]);
    run.edit(vec![insert(gate("e", &[]))]);
    assert_eq!(
        run.summary(),
        "running a:running b:pending c:pending d:skipped e:waiting_for_approval"
    );
}

#[test]
fn an_updated_stage_is_rescheduled_at_once() {
    let mut run = two();
    assert_eq!(run.edit(vec![update(stage("b", &[]))]), Outcome::Accepted);
    assert_eq!(run.startable(), [id("b")]);
    run.edit(vec![update(stage("b", &["a"]))]);
    assert!(run.startable().is_empty());
}

#[test]
fn who_depended_on_a_deleted_stage_depends_on_it_no_more() {
    let mut run = Run::new(plan(vec![
        stage("a", &[]),
        stage("b", &["a"]),
        stage("c", &["b"]),
    ]));
    run.start();
    assert_eq!(run.edit(vec![delete("b")]), Outcome::Accepted);
    assert_eq!(run.summary(), "running a:running c:pending");
    assert_eq!(run.startable(), [id("c")]);
    assert_eq!(run.state.live_plan().stages.len(), 2);
}

#[test]
fn a_list_is_looked_at_as_a_whole() {
    let mut run = two();
    let child_first = vec![insert(stage("d", &["c"])), insert(stage("c", &["a"]))];
    assert_eq!(run.edit(child_first), Outcome::Accepted);
    let replaced = vec![delete("b"), insert(stage("b", &["d"]))];
    assert_eq!(run.edit(replaced), Outcome::Accepted);
    assert_eq!(
        run.summary(),
        "running a:running d:pending c:pending b:pending"
    );
}

#[test]
fn one_bad_edit_and_nothing_changes() {
    let rows: [(Vec<baton_model::Edit>, EditError); 7] = [
        (vec![insert(stage("b", &[]))], EditError::Present(id("b"))),
        (vec![update(stage("x", &[]))], EditError::Absent(id("x"))),
        (vec![delete("x")], EditError::Absent(id("x"))),
        (
            vec![update(stage("a", &["b"]))],
            EditError::Started(id("a")),
        ),
        (vec![delete("a")], EditError::Started(id("a"))),
        (
            vec![insert(stage("c", &["nowhere"]))],
            EditError::BadGraph(
                "stage `c` depends on `nowhere`, which is not in the plan".to_owned(),
            ),
        ),
        (
            vec![insert(stage("c", &["b"])), update(stage("b", &["c"]))],
            EditError::BadGraph("the stages wait for each other in a circle".to_owned()),
        ),
    ];
    for (edits, error) in rows {
        let mut run = two();
        let before = run.state.clone();
        let good_first = [insert(stage("good", &[]))].into_iter().chain(edits);
        let outcome = run.edit(good_first.collect());
        assert_eq!(outcome, Outcome::Rejected(Rejection::BadEdit(error)));
        assert_eq!(run.state, before);
    }
}

#[test]
fn only_what_nothing_was_done_for_may_change() {
    let mut run = Run::new(plan(vec![
        stage("a", &[]),
        conditional("skipped", &[], "${{ false }}"),
        gate("open", &[]),
        stage("b", &["a"]),
    ]));
    run.start();
    run.complete("a");
    for name in ["a", "skipped", "open"] {
        let outcome = run.edit(vec![delete(name)]);
        let started = Rejection::BadEdit(EditError::Started(id(name)));
        assert_eq!(outcome, Outcome::Rejected(started));
    }
    run.start();
    run.complete("b");
    run.reopen("a", "again");
    assert!(matches!(
        run.edit(vec![delete("b")]),
        Outcome::Rejected(Rejection::BadEdit(EditError::Started(_)))
    ));
}

#[test]
fn edits_that_come_to_nothing_are_none() {
    let mut run = two();
    let same = vec![update(stage("b", &["a"]))];
    assert_eq!(run.edit(same), Outcome::AlreadyDone);
    let there_and_back = vec![insert(stage("c", &[])), delete("c")];
    assert_eq!(run.edit(there_and_back), Outcome::AlreadyDone);
    assert_eq!(run.edit(Vec::new()), Outcome::AlreadyDone);
}

#[test]
fn each_is_an_event_with_author_and_reason() {
    let mut run = two();
    run.command(&baton_model::Command::EditGraph {
        edits: vec![insert(stage("c", &[]))],
        by: "ann".to_owned(),
        reason: Some("more to do".to_owned()),
    });
    let Some(Event::GraphEdited { by, reason, edits }) =
        run.log.last().map(|recorded| recorded.event.clone())
    else {
        panic!("an edit is an event")
    };
    assert_eq!(
        (by.as_str(), reason.as_deref()),
        ("ann", Some("more to do"))
    );
    assert_eq!(edits.len(), 1);
}

#[test]
fn an_agent_may_edit_with_its_result() {
    let mut run = two();
    run.settle(
        "a",
        AttemptReport::Completed(Completion {
            edits: Ok(vec![insert(stage("c", &["a"])), delete("b")]),
            ..Completion::default()
        }),
    );
    assert_eq!(run.summary(), "running a:completed c:pending");
    let by_agent =
        |event: &Event| matches!(event, Event::GraphEdited { by, .. } if by == "stage:a");
    assert!(run.log.iter().any(|recorded| by_agent(&recorded.event)));
}

#[test]
fn edits_of_an_agent_that_cannot_be_applied_are_a_bad_output() {
    let mut run = two();
    run.settle(
        "a",
        AttemptReport::Completed(Completion {
            edits: Ok(vec![delete("a")]),
            ..Completion::default()
        }),
    );
    assert_eq!(run.summary(), "failed a:failed b:cancelled");
    assert!(run.error().contains("its edits cannot be applied"));
    assert!(run.error().ends_with("(bad_output)"));
}

#[test]
fn a_run_that_is_ending_takes_no_edits_unless_it_may_be_reopened() {
    let mut run = two();
    run.cancel();
    let late = vec![insert(stage("c", &[]))];
    assert!(matches!(
        run.edit(late.clone()),
        Outcome::Rejected(Rejection::RunStopping(_))
    ));
    run.fail("a", FailureLabel::CANCELLED);
    assert!(matches!(
        run.edit(late.clone()),
        Outcome::Rejected(Rejection::RunEnded(_))
    ));

    let mut reopenable = plan(vec![stage("a", &[])]);
    reopenable.settings.reopenable = true;
    let mut run = Run::new(reopenable);
    run.start();
    run.complete("a");
    assert_eq!(run.edit(late), Outcome::Accepted);
    assert_eq!(run.summary(), "running a:completed c:pending");
}

#[test]
fn edits_under_a_pause_wait_with_the_run() {
    let mut run = two();
    run.pause();
    assert_eq!(run.edit(vec![insert(stage("c", &[]))]), Outcome::Accepted);
    assert!(run.startable().is_empty());
    run.resume();
    assert_eq!(run.startable(), [id("c")]);
}

#[test]
fn deleting_what_was_blocked_lets_the_run_end() {
    let mut run = Run::new(plan(vec![
        with_policy(FailurePolicy::Block, stage("a", &[])),
        PlannedStage {
            outputs: vec![output("x", ValueType::String, true, Value::Null)],
            ..stage("b", &["a"])
        },
        stage("slow", &[]),
    ]));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    run.edit(vec![delete("b")]);
    run.complete("slow");
    assert_eq!(run.summary(), "failed a:failed slow:completed");
}

/// A run whose first stage plans the rest of it.
fn planning(edits: Vec<baton_model::Edit>) -> AttemptReport {
    AttemptReport::Completed(Completion {
        edits: Ok(edits),
        ..Completion::default()
    })
}

#[test]
fn an_agent_that_is_sent_back_may_bring_the_same_edits_again() {
    let mut run = Run::new(plan(vec![
        stage("a", &[]),
        stage("b", &["a"]),
        stage("d", &["a"]),
    ]));
    let same = || {
        vec![
            insert(stage("c", &["a"])),
            update(stage("b", &[])),
            delete("d"),
        ]
    };
    run.start();
    run.settle("a", planning(same()));
    run.start();
    run.complete("c");
    run.reopen("a", "again");
    run.start();
    let n_events = run.log.len();
    assert_eq!(run.settle("a", planning(same())), Outcome::Accepted);
    assert_eq!(run.summary(), "running a:completed b:running c:pending");
    let is_edit = |event: &Event| matches!(event, Event::GraphEdited { .. });
    let again = &run.log[n_events..];
    assert!(!again.iter().any(|recorded| is_edit(&recorded.event)));
}

#[test]
fn what_an_agent_inserts_differently_is_updated_while_nothing_was_done_for_it() {
    let mut run = two();
    run.settle("a", planning(vec![insert(stage("c", &["b"]))]));
    run.reopen("a", "c needs only you");
    run.start();
    run.settle("a", planning(vec![insert(stage("c", &["a"]))]));
    assert_eq!(run.startable(), [id("b"), id("c")]);
    let Some(Event::GraphEdited { edits, .. }) = run.log.last().map(|last| last.event.clone())
    else {
        panic!("an edit is an event")
    };
    assert_eq!(edits, [update(stage("c", &["a"]))]);

    run.start();
    run.reopen("a", "c needs b after all");
    run.start();
    run.settle("a", planning(vec![insert(stage("c", &["b"]))]));
    let refused = run.of("a").failure.clone().unwrap();
    let words = "there is a stage `c` already";
    assert!(refused.message.contains(words), "c was at work: {refused}");
}

#[test]
fn what_a_person_has_changed_since_is_not_an_agents_to_insert_again() {
    let mut run = two();
    run.settle("a", planning(vec![insert(stage("c", &["b"]))]));
    run.edit(vec![update(stage("c", &["a", "b"]))]);
    run.reopen("a", "again");
    run.start();
    run.settle("a", planning(vec![insert(stage("c", &["b"]))]));
    assert!(run.error().contains("there is a stage `c` already"));
}

#[test]
fn a_list_that_comes_again_changes_nothing() {
    let mut run = Run::new(plan(vec![
        stage("a", &[]),
        stage("b", &["a"]),
        stage("d", &["a"]),
    ]));
    let list = || {
        vec![
            insert(stage("c", &["b"])),
            update(stage("b", &[])),
            delete("d"),
        ]
    };
    assert_eq!(run.edit(list()), Outcome::Accepted);
    assert_eq!(run.edit(list()), Outcome::AlreadyDone);
    run.start();
    assert_eq!(
        run.edit(list()),
        Outcome::AlreadyDone,
        "also once it is at work"
    );
    let more = [insert(stage("e", &[]))].into_iter().chain(list());
    assert_eq!(run.edit(more.collect()), Outcome::Accepted);
}

#[test]
fn edits_that_make_no_sense_are_mended_in_the_same_session() {
    let mut run = two();
    let senseless = AttemptReport::Completed(Completion {
        session: Some("s-1".to_owned()),
        edits: Err("edits[0]: unknown".to_owned()),
        ..Completion::default()
    });
    run.settle("a", senseless.clone());
    assert_eq!(run.summary(), "running a:running b:pending");
    let request = run.request();
    assert_eq!(request.session.as_deref(), Some("s-1"));
    let reason = "its edits make no sense: edits[0]: unknown".to_owned();
    assert_eq!(request.work, Work::Repair { reason });
    run.settle("a", senseless);
    assert_eq!(run.summary(), "failed a:failed b:cancelled");
    assert!(run.error().ends_with("(bad_output)"));
}

#[test]
fn a_run_that_is_stopping_keeps_work_whose_edits_make_no_sense() {
    let mut run = two();
    run.cancel();
    let senseless = AttemptReport::Completed(Completion {
        edits: Err("nonsense".to_owned()),
        ..Completion::default()
    });
    run.settle("a", senseless);
    assert_eq!(run.summary(), "cancelled a:completed b:cancelled");
}
