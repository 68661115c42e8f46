//! Sessions are named before anything starts, go on, and are not paid twice.

use baton_agents::{AttemptFinder, AttemptRequest, Work, session_of_attempt};
use baton_model::{AttemptReport, Object};
use serde_json::json;

use super::world::{StandIns, request, run};
use crate::support::{Caller, completed, settled};

fn session(report: &AttemptReport) -> String {
    let session = match report {
        AttemptReport::Completed(completion) => &completion.session,
        AttemptReport::NeedsInput(inquiry) => &inquiry.session,
        AttemptReport::Failed(failure) => panic!("{failure}"),
    };
    session.clone().unwrap()
}

fn answered(first: &AttemptRequest, session: String) -> AttemptRequest {
    let mut next = first.clone();
    next.turn = 2;
    next.key.dispatch += 1;
    next.session = Some(session);
    next.answers = Object::from_iter([
        ("Colour".to_owned(), json!("red")),
        ("Size".to_owned(), json!("10 cm")),
    ]);
    next
}

#[tokio::test]
async fn questions_are_asked_and_the_same_session_goes_on_with_the_answers() {
    for adapter in ["claude", "codex"] {
        let stand_ins = StandIns::new();
        let agent = stand_ins.agent(adapter, "questions", "");
        let asked = run(&agent, request()).await;
        let AttemptReport::NeedsInput(inquiry) = &asked.report else {
            panic!("{:?}", asked.report);
        };
        let headers: Vec<_> = inquiry
            .questions
            .iter()
            .map(|it| it.header.as_deref())
            .collect();
        assert_eq!(headers, [Some("Colour"), Some("Size")]);
        assert_eq!(inquiry.questions[0].options.len(), 2);
        let named = session(&asked.report);
        let ended = run(&agent, answered(&request(), named.clone())).await;
        assert_eq!(session(&ended.report), named);
        let [first, second] = stand_ins.starts().try_into().unwrap();
        assert!(!first.is_resume && second.is_resume);
        assert_eq!(second.session, Some(named.clone()));
        assert!(second.prompt.contains("- Colour: red\n- Size: 10 cm\n"));
        if adapter == "claude" {
            assert_eq!(named, session_of_attempt(&request().key));
            assert_eq!(first.session, Some(named));
        }
    }
}

#[tokio::test]
async fn a_session_of_codex_goes_on_in_its_sandbox() {
    let stand_ins = StandIns::new();
    let mode = "permission_mode = \"workspace-write\"";
    let agent = stand_ins.agent("codex", "ok", mode);
    let first = run(&agent, request()).await;
    let named = session(&first.report);
    let ended = run(&agent, answered(&request(), named.clone())).await;
    assert_eq!(session(&ended.report), named);
    for start in stand_ins.starts() {
        let sandbox = "--sandbox=workspace-write".to_owned();
        assert!(start.arguments.contains(&sandbox), "{start:?}");
    }
}

#[tokio::test]
async fn a_profile_of_codex_gives_it_no_more_than_the_configuration() {
    let rows = [
        ("", "--sandbox=read-only"),
        (
            "permission_mode = \"workspace-write\"",
            "--sandbox=workspace-write",
        ),
        // Not a registered project.
        (
            "permission_mode = \"danger-full-access\"",
            "--sandbox=read-only",
        ),
    ];
    for (settings, expected) in rows {
        let stand_ins = StandIns::new();
        let settings = format!("args = [\"--profile=wide\"]\n{settings}");
        let ended = run(&stand_ins.agent("codex", "ok", &settings), request()).await;
        let is_said = ended.has_line("`--profile=wide`");
        assert_eq!(is_said, expected.ends_with("read-only"), "{settings}");
        completed(ended.report);
        let [start] = stand_ins.starts().try_into().unwrap();
        let sandboxes = start
            .arguments
            .iter()
            .filter(|it| it.starts_with("--sandbox"));
        assert_eq!(sandboxes.collect::<Vec<_>>(), [expected]);
    }
}

#[tokio::test]
async fn nothing_is_started_for_a_session_that_would_be_an_option() {
    for adapter in ["claude", "codex", "opencode"] {
        let stand_ins = StandIns::new();
        let option = "--dangerously-bypass-approvals-and-sandbox".to_owned();
        let next = answered(&request(), option);
        let ended = run(&stand_ins.agent(adapter, "ok", ""), next).await;
        assert_eq!(ended.label(), "denied", "{adapter}");
        let AttemptReport::Failed(failure) = &ended.report else {
            panic!("{:?}", ended.report);
        };
        let message = failure.to_string();
        assert!(
            message.contains("cannot be the name of a session"),
            "{message}"
        );
        assert!(stand_ins.starts().is_empty(), "{adapter}");
    }
}

#[tokio::test]
async fn a_session_that_is_gone_is_replaced_and_the_log_says_so() {
    for adapter in ["claude", "codex", "opencode"] {
        let stand_ins = StandIns::new();
        let gone = "00000000-0000-4000-8000-000000000000".to_owned();
        let ended = run(
            &stand_ins.agent(adapter, "ok", ""),
            answered(&request(), gone.clone()),
        )
        .await;
        let fresh = session(&ended.report);
        assert_ne!(fresh, gone, "{adapter}");
        assert!(
            ended.has_line(&format!("session {gone} is gone")),
            "{:?}",
            ended.lines
        );
        let [_, second] = stand_ins.starts().try_into().unwrap();
        // It knows nothing, so it is told everything.
        assert!(second.prompt.contains("Do it.") && second.prompt.contains("Colour: red"));
    }
}

#[tokio::test]
async fn a_turn_that_was_broken_off_by_a_crash_goes_on_in_its_session() {
    let stand_ins = StandIns::new();
    let agent = stand_ins.claude("ok");
    let first = run(&agent, request()).await;
    let mut again = request();
    again.key.dispatch += 1;
    again.restarts = 1;
    let ended = run(&agent, again.clone()).await;
    assert_eq!(session(&ended.report), session(&first.report));
    let [_, second] = stand_ins.starts().try_into().unwrap();
    assert!(second.is_resume);
    assert!(second.prompt.starts_with("You were interrupted"));
    // One that never came to its session begins anew.
    let stand_ins = StandIns::new();
    let ended = run(&stand_ins.claude("ok"), again).await;
    completed(ended.report);
    assert_eq!(stand_ins.starts().len(), 2);
}

#[tokio::test]
async fn what_took_the_place_of_a_session_goes_on_after_a_crash() {
    let stand_ins = StandIns::new();
    let agent = stand_ins.claude("ok");
    let gone = "00000000-0000-4000-8000-000000000000".to_owned();
    let mut turn = answered(&request(), gone);
    let first = run(&agent, turn.clone()).await;
    for _ in 0..2 {
        turn.key.dispatch += 1;
        turn.restarts += 1;
        let again = run(&agent, turn.clone()).await;
        assert_eq!(session(&again.report), session(&first.report));
        let line = format!("session {} was begun before", session(&first.report));
        assert!(again.has_line(&line), "{:?}", again.lines);
    }
    let starts = stand_ins.starts();
    let last = starts.last().unwrap();
    assert!(last.is_resume && last.prompt.starts_with("You were interrupted"));
    // Each time, the lost one is looked for, and the other begun once.
    assert_eq!(starts.len(), 2 + 3 + 3);
}

#[tokio::test]
async fn money_is_counted_once_whichever_way_the_program_counts() {
    for version in ["2.1.200", "2.1.288"] {
        let stand_ins = StandIns::new();
        let agent = stand_ins.claude("ok");
        let mut sum = 0;
        let mut next = request();
        let variable = ("STAND_IN_VERSION".to_owned(), version.to_owned());
        next.env = [variable].into();
        for turn in 1..=3 {
            let ended = run(&agent, next.clone()).await;
            let spent = ended.spent.unwrap();
            sum += spent.usage.cost_micros.unwrap();
            assert_eq!(spent.usage.output_tokens, 20, "{version} {turn}");
            next.session = Some(session(&ended.report));
            next.session_total = spent.session_total;
            next.key.dispatch += 1;
            next.turn += 1;
        }
        assert_eq!(sum, 3 * 12_500, "{version}");
    }
}

#[tokio::test]
async fn an_agent_that_ended_without_a_server_is_settled_with_the_same_lines() {
    let stand_ins = StandIns::new();
    let agent = stand_ins.claude("questions");
    let first = run(&agent, request()).await;
    // The files are still there: as if the server had died before it told.
    let finder = AttemptFinder::new(stand_ins.world.host());
    let found = finder.find(&request().key).unwrap();
    assert_eq!(found.adapter(), "claude");
    let n_lines = first.lines.len();
    assert!(n_lines > 2, "{:?}", first.lines);
    for known in [0, 1, n_lines] {
        let caller = Caller::new();
        let recovery = found
            .recover(request(), caller.control(), u64::try_from(known).unwrap())
            .await;
        assert_eq!(settled(recovery), first.report);
        assert_eq!(caller.control().spent.told(), first.spent);
        assert_eq!(caller.lines(), first.lines[known..]);
    }
    found.forget(&request().key).await;
    assert!(finder.find(&request().key).is_none());
    assert_eq!(stand_ins.starts().len(), 1);
}

#[tokio::test]
async fn a_summary_is_asked_for_beside_the_session() {
    let stand_ins = StandIns::new();
    let agent = stand_ins.claude("ok");
    let first = run(&agent, request()).await;
    let before = first.spent.unwrap();
    let mut summary = request();
    summary.work = Work::Summary;
    summary.instructions = Some("In one line.".to_owned());
    summary.key.dispatch += 1;
    summary.turn = 2;
    summary.session = Some(session(&first.report));
    summary.session_total = before.session_total;
    let ended = run(&agent, summary).await;
    let [_, second] = stand_ins.starts().try_into().unwrap();
    assert!(second.arguments.contains(&"--fork-session".to_owned()));
    assert!(second.prompt.starts_with("In one line.\n"));
    let spent = ended.spent.unwrap();
    assert_eq!(spent.usage.cost_micros, Some(12_500));
    assert_eq!(spent.session_total, before.session_total);
}

/// As after a backup was restored: what the run does not know of has happened.
#[tokio::test]
async fn a_name_that_another_session_has_is_not_insisted_on() {
    let stand_ins = StandIns::new();
    let agent = stand_ins.claude("ok");
    let first = run(&agent, request()).await;
    let mut again = request();
    again.key.dispatch += 1;
    let second = run(&agent, again).await;
    assert_ne!(session(&second.report), session(&first.report));
    assert!(second.has_line("is another's; a new one begins"));
    assert_eq!(stand_ins.starts().len(), 3);
}
