//! Whatever agents do and however they end: nothing of them stays.

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
