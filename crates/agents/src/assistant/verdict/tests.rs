//! Each label from what a program leaves behind.

use baton_model::Timestamp;
use serde_json::json;

use super::super::table::assistant;
use super::*;
use crate::testing;

struct Case {
    heard: Heard,
    exit: ExitRecord,
    stderr: &'static str,
    stopped: Option<Stopped>,
    is_cancelled: bool,
    is_resume: bool,
}

fn exited(code: i32) -> ExitRecord {
    ExitRecord {
        code: Some(code),
        ..ExitRecord::new(ExitReason::Exited, Timestamp::from_micros(0))
    }
}

fn ended_by(reason: ExitReason) -> ExitRecord {
    ExitRecord::new(reason, Timestamp::from_micros(0))
}

fn case() -> Case {
    Case {
        heard: Heard::default(),
        exit: exited(0),
        stderr: "",
        stopped: None,
        is_cancelled: false,
        is_resume: false,
    }
}

fn answered(structured: Option<Value>, text: &str) -> Heard {
    Heard {
        end: Some(End::Answered(Answer {
            text: text.to_owned(),
            structured,
            is_untouched: false,
        })),
        has_form: true,
        ..Heard::default()
    }
}

fn request(outputs: &[(&str, &str)]) -> AttemptRequest {
    let spec = |(name, value_type): &(&str, &str)| OutputSpec {
        name: (*name).to_owned(),
        value_type: value_type.parse().unwrap(),
        required: true,
        default: Value::Null,
        description: None,
    };
    AttemptRequest {
        outputs: outputs.iter().map(spec).collect(),
        ..testing::request()
    }
}

fn judged(name: &str, request: &AttemptRequest, case: Case) -> Verdict {
    judge(&Facts {
        assistant: assistant(name).unwrap(),
        request,
        heard: case.heard,
        exit: &case.exit,
        stderr: case.stderr,
        stopped: case.stopped,
        is_cancelled: case.is_cancelled,
        is_resume: case.is_resume,
        session: Some("s-1".to_owned()),
    })
}

#[track_caller]
fn label(verdict: Verdict) -> String {
    match verdict {
        Verdict::Report(AttemptReport::Failed(failure)) => failure.label.to_string(),
        Verdict::Report(AttemptReport::Completed(_)) => "ok".to_owned(),
        Verdict::Report(AttemptReport::NeedsInput(_)) => "asked".to_owned(),
        Verdict::SessionLost => "session_lost".to_owned(),
    }
}

fn with(exit: ExitRecord) -> Case {
    Case { exit, ..case() }
}

/// A program that began to speak in its own form.
fn begun(case: Case) -> Case {
    let heard = Heard {
        has_form: true,
        ..Heard::default()
    };
    Case { heard, ..case }
}

#[test]
fn processes_without_an_answer_fail_with_the_label_of_their_end() {
    let garbage = Heard {
        formless: "Segmentation".to_owned(),
        ..Heard::default()
    };
    let mut cut = case();
    cut.heard.is_cut = true;
    let killed = ExitRecord {
        signal: Some(9),
        ..ended_by(ExitReason::Exited)
    };
    let truncated = ExitRecord {
        stdout_truncated: true,
        ..exited(0)
    };
    let missing = ended_by(ExitReason::SpawnFailed {
        message: "no such program".to_owned(),
    });
    let stopped = Case {
        stopped: Some(Stopped::NeverSpoke),
        ..with(ended_by(ExitReason::Cancelled))
    };
    let cancelled = Case {
        is_cancelled: true,
        ..begun(case())
    };
    let garbage = Case {
        heard: garbage,
        ..case()
    };
    let rows = [
        (case(), "empty_result"),
        (begun(case()), "cut_off"),
        (cut, "cut_off"),
        (with(truncated), "cut_off"),
        (garbage, "bad_output"),
        (with(missing), "unreachable"),
        (with(killed), "crash"),
        (with(ended_by(ExitReason::Orphaned)), "crash"),
        (with(ended_by(ExitReason::Timeout)), "timeout"),
        (with(ended_by(ExitReason::Cancelled)), "cancelled"),
        (with(exited(3)), "exit"),
        (stopped, "timeout"),
        (cancelled, "cancelled"),
    ];
    for (place, (case, expected)) in rows.into_iter().enumerate() {
        let verdict = judged("claude", &request(&[]), case);
        assert_eq!(label(verdict), expected, "row {place}");
    }
}

#[test]
fn last_words_on_standard_error_have_their_labels() {
    let root = "--dangerously-skip-permissions cannot be used with root/sudo privileges";
    let lost = "No conversation found with session ID: s-1";
    let taken = "Error: Session ID s-1 is already in use.";
    let rows = [
        (root, false, "denied"),
        ("Invalid API key", false, "auth_failure"),
        ("it broke", false, "exit"),
        (lost, true, "session_lost"),
        (taken, false, "session_lost"),
        (lost, false, "exit"),
    ];
    for (stderr, is_resume, expected) in rows {
        let case = Case {
            stderr,
            is_resume,
            ..with(exited(1))
        };
        let verdict = judged("claude", &request(&[]), case);
        assert_eq!(label(verdict), expected, "{stderr}");
    }
}

#[test]
fn an_answer_is_taken_whatever_becomes_of_the_process_after_it() {
    let done = || {
        answered(
            Some(json!({"status": "completed", "outputs": {"n": 1}})),
            "done",
        )
    };
    for exit in [
        exited(0),
        exited(1),
        ended_by(ExitReason::Timeout),
        ended_by(ExitReason::Cancelled),
    ] {
        let case = Case {
            heard: done(),
            exit,
            ..case()
        };
        let verdict = judged("claude", &request(&[("n", "integer")]), case);
        let Verdict::Report(AttemptReport::Completed(completion)) = verdict else {
            panic!("{verdict:?}");
        };
        assert_eq!(completion.outputs["n"], 1);
        assert_eq!(completion.session.as_deref(), Some("s-1"));
    }
}

#[test]
fn answers_are_judged_by_what_they_say() {
    let questions = json!([{"question": "Which?", "header": "", "options":
        [{"label": "a"}, "b", {"description": "c"}, {}], "multiSelect": true}]);
    let asks = json!({"status": "needs_input", "questions": questions});
    let rows = [
        ("claude", Some(asks.clone()), "", "asked"),
        (
            "claude",
            Some(json!({"status": "needs_input"})),
            "",
            "bad_output",
        ),
        (
            "claude",
            Some(json!({"status": "error", "message": "no"})),
            "",
            "exit",
        ),
        ("claude", Some(json!({"status": "odd"})), "", "bad_output"),
        ("claude", Some(json!({"n": 1})), "", "ok"),
        ("claude", Some(json!([1])), "", "empty_result"),
        // The engine says what is missing, and has it mended.
        ("claude", None, "all done", "ok"),
        ("claude", None, " ", "empty_result"),
        (
            "codex",
            None,
            r#"{"status": "completed", "outputs": {"n": 1}}"#,
            "ok",
        ),
        (
            "gemini",
            None,
            "Here it is:\n```json\n{\"n\": 1}\n```\n",
            "ok",
        ),
        ("aider", None, "words", "ok"),
    ];
    for (name, structured, text, expected) in rows {
        let case = Case {
            heard: answered(structured, text),
            ..case()
        };
        let verdict = judged(name, &request(&[("n", "integer")]), case);
        assert_eq!(label(verdict), expected, "{name} {text}");
    }
    let case = Case {
        heard: answered(Some(asks), ""),
        ..case()
    };
    let Verdict::Report(AttemptReport::NeedsInput(inquiry)) = judged("claude", &request(&[]), case)
    else {
        panic!("it asks");
    };
    let labels: Vec<_> = inquiry.questions[0]
        .options
        .iter()
        .map(|it| &it.label)
        .collect();
    assert_eq!(labels, ["a", "b", "c"]);
    assert_eq!(inquiry.session.as_deref(), Some("s-1"));
}

#[test]
fn what_was_not_allowed_is_named() {
    let mut heard = answered(
        Some(json!({"status": "error", "message": "cannot push"})),
        "",
    );
    heard.denials = vec!["Bash".to_owned()];
    let verdict = judged("claude", &request(&[]), Case { heard, ..case() });
    let Verdict::Report(AttemptReport::Failed(failure)) = verdict else {
        panic!("{verdict:?}");
    };
    assert_eq!(
        failure.to_string(),
        "cannot push (it was not allowed to use Bash) (denied)"
    );
}

#[test]
fn skills_are_judged_leniently() {
    let mut request = request(&[("result", "string")]);
    request.speech = Speech::Skill;
    let rows = [
        (None, "done", "ok"),
        (None, "", "ok"),
        (
            Some(json!({"status": "completed", "phase": "design"})),
            "",
            "ok",
        ),
        (
            Some(json!({"status": "error", "message": "no"})),
            "",
            "exit",
        ),
        (
            Some(json!({"status": "needs_input", "questions": [{"question": "Which?"}]})),
            "",
            "asked",
        ),
    ];
    for (structured, text, expected) in rows {
        let case = Case {
            heard: answered(structured.clone(), text),
            ..case()
        };
        assert_eq!(
            label(judged("claude", &request, case)),
            expected,
            "{structured:?}"
        );
    }
}

#[test]
fn a_skill_that_says_it_failed_keeps_its_answer() {
    let mut request = request(&[]);
    let answer = json!({"status": "error", "message": "no", "phase": "design"});
    for (speech, kept) in [(Speech::Skill, true), (Speech::Contract, false)] {
        request.speech = speech;
        let case = Case {
            heard: answered(Some(answer.clone()), ""),
            ..case()
        };
        let verdict = judged("claude", &request, case);
        let Verdict::Report(AttemptReport::Failed(failure)) = verdict else {
            panic!("{verdict:?}");
        };
        let brought = failure.brought.map(|brought| brought[OUTPUT].clone());
        assert_eq!(brought, kept.then(|| answer.clone()), "{speech:?}");
    }
}

#[test]
fn nobody_minds_how_bare_instructions_are_answered() {
    let mut request = request(&[]);
    request.speech = Speech::Bare;
    for structured in [None, Some(json!({"status": "error", "message": "no"}))] {
        let case = Case {
            heard: answered(structured, "hello"),
            ..case()
        };
        assert_eq!(label(judged("claude", &request, case)), "ok");
    }
}

#[test]
fn money_is_counted_once_whatever_the_numbers_are_about() {
    let claude = assistant("claude").unwrap();
    let told = |version: &str, cost| Heard {
        version: Some(version.to_owned()),
        usage: Usage {
            output_tokens: cost,
            cost_micros: Some(cost),
            ..Usage::default()
        },
        ..Heard::default()
    };
    // Version, told, before; share, and what is told the next time.
    let rows = [
        ("2.1.200", 30, None, 30, 30),
        ("2.1.200", 40, Some(30), 40, 70),
        ("2.1.300", 30, None, 30, 30),
        ("2.1.300", 70, Some(30), 40, 70),
        ("2.1.300", 100, Some(70), 30, 100),
    ];
    for (version, cost, before, share, total) in rows {
        let before = before.map(|cost| told(version, cost).usage);
        let spent = spent(claude, &told(version, cost), before.as_ref()).unwrap();
        let row = (version, cost);
        assert_eq!(spent.usage.cost_micros, Some(share), "{row:?}");
        let of_session = spent.session_total.unwrap();
        assert_eq!(of_session.cost_micros, Some(total), "{row:?}");
    }
    assert_eq!(spent(claude, &Heard::default(), None), None);
}
