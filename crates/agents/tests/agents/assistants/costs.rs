//! What agents take is counted once, also of turns that never come to their end.

use std::collections::BTreeMap;

use baton_agents::AttemptRequest;
use baton_model::{Spent, Usage};

use super::world::{Ended, StandIns, request, run};

/// Tokens written in one turn of the stand-in.
const TOKENS: u64 = 20;

fn version(version: &str) -> BTreeMap<String, String> {
    [("STAND_IN_VERSION".to_owned(), version.to_owned())].into()
}

fn spent(ended: &Ended) -> Spent {
    let spent = ended.spent;
    spent.unwrap_or_else(|| panic!("nothing is known of {:?}", ended.report))
}

/// The turn after this one, in the same session.
fn next(request: &AttemptRequest, session: &str, before: Option<Usage>) -> AttemptRequest {
    let mut next = request.clone();
    next.turn += 1;
    next.key.dispatch += 1;
    next.session = Some(session.to_owned());
    next.session_total = before;
    next
}

#[tokio::test]
async fn turns_that_end_without_a_result_are_counted_once() {
    // In one of them, numbers are about the whole session.
    tokio::join!(
        turns_without_a_result("2.1.200"),
        turns_without_a_result("2.1.288"),
    );
}

async fn turns_without_a_result(release: &str) {
    let rows = [
        ("killed", "", "crash"),
        ("cut", "", "cut_off"),
        // Its words follow its first event, on a busy machine not at once.
        ("closes", "idle_timeout = \"3s\"", "timeout"),
    ];
    for (mode, settings, label) in rows {
        let stand_ins = StandIns::new();
        let mut request = request();
        request.env = version(release);
        let broken = run(&stand_ins.agent("claude", mode, settings), request.clone()).await;
        assert_eq!(broken.label(), label, "{:?}", broken.report);
        let first = spent(&broken);
        assert_eq!(first.usage.output_tokens, TOKENS, "{mode} {release}");
        assert_eq!(first.usage.cost_micros, None, "{mode} {release}");
        let session = stand_ins.starts()[0].session.clone().unwrap();
        let later = next(&request, &session, first.session_total);
        let ended = run(&stand_ins.claude("ok"), later).await;
        let second = spent(&ended);
        assert_eq!(second.usage.output_tokens, TOKENS, "{mode} {release}");
    }
}

#[tokio::test]
async fn a_turn_that_is_broken_off_between_two_others_is_counted_once() {
    for release in ["2.1.200", "2.1.288"] {
        let stand_ins = StandIns::new();
        let mut turn = request();
        turn.env = version(release);
        let mut sum = Usage::default();
        for mode in ["ok", "killed", "ok"] {
            let ended = run(&stand_ins.claude(mode), turn.clone()).await;
            let spent = spent(&ended);
            sum = sum.plus(&spent.usage);
            let session = stand_ins.starts()[0].session.clone().unwrap();
            turn = next(&turn, &session, spent.session_total);
        }
        assert_eq!(sum.output_tokens, 3 * TOKENS, "{release}");
        // What a broken turn has cost is told by the session as a whole only.
        let n_paid = if release == "2.1.288" { 3 } else { 2 };
        assert_eq!(sum.cost_micros, Some(n_paid * 12_500), "{release}");
    }
}
