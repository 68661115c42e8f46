//! Whatever agents do and however they end: nothing of them stays.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::world::{StandIns, request, run};
use crate::support::completed;

#[tokio::test]
async fn what_an_agent_leaves_running_is_ended_with_it() {
    let stand_ins = StandIns::new();
    let ended = run(&stand_ins.claude("forks"), request()).await;
    assert!(ended.has_line("left running"), "{:?}", ended.lines);
    completed(ended.report);
    stand_ins.world.assert_nothing_lives();
}

#[tokio::test]
async fn an_agent_that_stays_after_its_answer_is_ended_and_its_answer_counts() {
    let stand_ins = StandIns::new();
    let agent = stand_ins.agent("claude", "lingers", "linger = \"100ms\"");
    let ended = run(&agent, request()).await;
    assert!(
        ended.has_line("had answered and did not end"),
        "{:?}",
        ended.lines
    );
    completed(ended.report);
    stand_ins.world.assert_nothing_lives();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_agents_start_at_once() {
    const N_AGENTS: u32 = 200;
    let stand_ins = StandIns::new();
    let agent = Arc::new(stand_ins.claude("ok"));
    let mut turns = JoinSet::new();
    for number in 1..=N_AGENTS {
        let agent = Arc::clone(&agent);
        let mut request = request();
        request.key.attempt = number;
        request.key.dispatch = number;
        turns.spawn(async move { run(&agent, request).await });
    }
    while let Some(ended) = turns.join_next().await {
        completed(ended.unwrap().report);
    }
    assert_eq!(stand_ins.starts().len(), N_AGENTS as usize);
    stand_ins.world.assert_nothing_lives();
}
