//! Many at once.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use super::door::{DESCRIPTION, Door, assert_shape, refused};
use super::hub::Hub;
use crate::support::World;

/// Does the same so many times at once.
fn at_once<T: Send>(n_times: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(n_times);
    thread::scope(|scope| {
        let (barrier, work) = (&barrier, &work);
        let threads: Vec<_> = (0..n_times)
            .map(|n| {
                scope.spawn(move || {
                    barrier.wait();
                    work(n)
                })
            })
            .collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    })
}

#[test]
fn of_twenty_simultaneous_approvals_one_counts() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("plan");
    hub.next().succeed("draft");
    door.until(&id, "waiting_approval");
    let client = door.client();
    let answers = at_once(20, |_| {
        client.advance(&id, &json!({ "trigger": "human_approved" }))
    });
    let (taken, refusals): (Vec<_>, Vec<_>) =
        answers.iter().partition(|(status, _)| *status == 200);
    assert_eq!(taken.len(), 1);
    for refusal in refusals {
        refused(refusal, 400, "INVALID_STATE_TRANSITION");
    }
    let _asked = hub.next();
    assert!(hub.is_quiet(), "the next phase is begun once");
    assert_eq!(door.history(&id).len(), 3);
    door.stop();
}

/// Trigger, from where, to where: all that may happen to a plan and its review.
const MOVES: [[&str; 3]; 6] = [
    ["start", "pending", "in_progress"],
    ["agent_complete", "in_progress", "waiting_approval"],
    ["human_approved", "waiting_approval", "in_progress"],
    ["human_approved", "waiting_approval", "completed"],
    ["human_rejected", "waiting_approval", "in_progress"],
    ["human_rejected", "waiting_approval", "failed"],
];

#[test]
fn of_different_things_said_at_once_each_that_counts_is_a_lawful_move() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    for _ in 0..10 {
        let id = door.create("plan");
        let name = door.look(&id)["feature_id"].clone();
        hub.next_of(&name).succeed("draft");
        door.until(&id, "waiting_approval");
        let said = [
            json!({ "trigger": "human_approved" }),
            json!({ "trigger": "human_rejected", "phase_result": { "comments": "shorter" } }),
            json!({ "trigger": "human_rejected", "phase_result": { "abort": true } }),
            json!({ "trigger": "agent_complete" }),
        ];
        let client = door.client();
        let answers = at_once(8, |n| client.advance(&id, &said[n % said.len()]));
        let (taken, refusals): (Vec<_>, Vec<_>) =
            answers.iter().partition(|(status, _)| *status == 200);
        for refusal in refusals {
            refused(refusal, 400, "INVALID_STATE_TRANSITION");
        }
        let history = door.history(&id);
        assert_eq!(history.len(), 2 + taken.len(), "{history:?}");
        let mut stands = json!("pending");
        for [from, to, trigger, _] in &history {
            assert_eq!(*from, stands, "{history:?}");
            let is_lawful =
                |row: &[&str; 3]| *trigger == row[0] && *from == row[1] && *to == row[2];
            assert!(MOVES.iter().any(is_lawful), "{history:?}");
            stands = to.clone();
        }
        assert_eq!(door.look(&id)["status"], stands);
        let approvals = history.iter().filter(|row| row[2] == "human_approved");
        let is_approved_twice = approvals.count() == 2;
        assert_eq!(stands == "completed", is_approved_twice, "{history:?}");
    }
    door.stop();
}

#[test]
fn two_hundred_at_once_have_names_of_their_own() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let body = json!({ "workflow_type": "plan", "feature_description": DESCRIPTION });
    let client = door.client();
    let answers = at_once(200, |_| client.post("/workflows", &body));
    let text = |answer: &Value, name: &str| answer[name].as_str().unwrap().to_owned();
    let mut names = BTreeSet::new();
    for (status, workflow) in &answers {
        assert_eq!(*status, 201, "{workflow}");
        names.insert((text(workflow, "feature_id"), text(workflow, "id")));
    }
    let numbers: Vec<_> = names.iter().map(|(name, _)| name[..3].to_owned()).collect();
    let expected: Vec<_> = (1..=200).map(|n| format!("{n:03}")).collect();
    assert_eq!(numbers, expected);
    let asked: Vec<_> = (0..200).map(|_| hub.next()).collect();
    let called: BTreeSet<_> = asked
        .iter()
        .map(|asked| text(&asked.body["context"], "feature_id"))
        .collect();
    assert_eq!(called.len(), 200, "each is worked on once");
    door.stop();
}

/// The numbers begin anew after the last one of three digits.
#[test]
fn more_than_a_thousand_have_names_of_their_own() {
    let world = World::new();
    let door = Door::alone(&world);
    let client = door.client();
    let long = "pneumonoultramicroscopicsilicovolcanoconio";
    let name = |description: &str| {
        let body = json!({ "workflow_type": "plan", "feature_description": description });
        let (status, workflow) = client.post("/workflows", &body);
        assert_eq!(status, 201, "{workflow}");
        assert_shape(&workflow);
        workflow["feature_id"].as_str().unwrap().to_owned()
    };
    let of_threads = at_once(10, |_| -> Vec<_> { (0..100).map(|_| name(long)).collect() });
    let mut names: Vec<_> = of_threads.into_iter().flatten().collect();
    let again = names.iter().filter(|name| name.starts_with("001-"));
    assert_eq!(again.count(), 2, "the first, and the thousandth");
    names.push(name(DESCRIPTION));
    assert!(names[1000].starts_with("002-add-user-authentication"));
    let distinct: BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), 1001);
    door.stop();
}

#[test]
fn a_late_answer_after_rework_and_after_an_abort_is_ignored() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("plan");
    let first = hub.next();
    door.apply(&id, "agent_complete", &json!({ "output": "by hand" }));
    door.apply(&id, "human_rejected", &json!({ "comments": "again" }));
    let second = hub.next();
    first.succeed("of the first call");
    second.succeed("of the second call");
    let waiting = door.until(&id, "waiting_approval");
    assert_eq!(waiting["result"]["output"], "of the second call");

    let id = door.create("plan");
    let late = hub.next();
    door.apply(&id, "agent_complete", &json!({ "output": "by hand" }));
    let failed = door.apply(&id, "human_rejected", &json!({ "abort": true }));
    late.succeed("too late");
    let other = door.create("plan");
    hub.next().succeed("draft");
    door.until(&other, "waiting_approval");
    assert_eq!(door.look(&id), failed);
    door.stop();
}

#[test]
fn a_run_that_somebody_cancelled_takes_no_trigger() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("plan");
    hub.next().succeed("draft");
    door.until(&id, "waiting_approval");
    let path = format!("/api/v1/workflow-executions/{id}/cancel");
    let kind = [("content-type", "application/json")];
    let answer = door.send(("POST", &path), &kind, Some(b"{}"));
    assert_eq!(answer.status, 200, "{}", answer.text);
    for trigger in ["human_approved", "human_rejected", "agent_complete"] {
        let answer = door.advance(&id, &json!({ "trigger": trigger }));
        refused(&answer, 400, "INVALID_STATE_TRANSITION");
    }
    let failed = door.look(&id);
    assert_eq!(failed["status"], "failed");
    assert!(
        failed["error"].as_str().unwrap().contains("cancelled"),
        "{failed}"
    );
    let last = door.history(&id).pop().unwrap();
    assert_eq!(
        last[..3],
        [json!("waiting_approval"), json!("failed"), json!("error")]
    );
    door.stop();
}
