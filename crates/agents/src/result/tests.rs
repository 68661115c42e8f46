//! One check, many rows: output and exit in, report out.

use baton_model::{Timestamp, Value};
use serde_json::json;

use super::*;

fn spec(name: &str, value_type: &str) -> OutputSpec {
    OutputSpec {
        name: name.to_owned(),
        value_type: value_type.parse().unwrap(),
        required: true,
        default: Value::Null,
        description: None,
    }
}

fn exited(code: i32) -> ExitRecord {
    ExitRecord {
        code: Some(code),
        ..ExitRecord::new(ExitReason::Exited, Timestamp::default())
    }
}

fn verdict(exit: &ExitRecord, stdout: &[u8], stderr: &[u8], contract: &[OutputSpec]) -> Verdict {
    let captured = Captured {
        exit,
        stdout,
        stderr_tail: stderr,
    };
    judge(captured, contract)
}

#[track_caller]
fn check_outputs(stdout: &str, contract: &[OutputSpec], outputs: &Value) {
    let verdict = verdict(&exited(0), stdout.as_bytes(), b"", contract);
    match verdict.report {
        AttemptReport::Completed(completion) => {
            assert_eq!(Value::Object(completion.outputs), *outputs, "{stdout}");
        }
        report => panic!("{stdout}: {report:?}"),
    }
}

#[track_caller]
fn check_failure(exit: &ExitRecord, stdout: &str, contract: &[OutputSpec], expected: &str) {
    let verdict = verdict(exit, stdout.as_bytes(), b"", contract);
    match verdict.report {
        AttemptReport::Failed(failure) => assert_eq!(failure.to_string(), expected, "{stdout}"),
        report => panic!("{stdout}: {report:?}"),
    }
}

#[test]
fn a_json_object_is_the_outputs() {
    let contract = [spec("verdict", "string"), spec("score", "number")];
    let text = "  {\"verdict\": \"ok\", \"score\": 2}\n";
    check_outputs(text, &contract, &json!({"verdict": "ok", "score": 2}));
    check_outputs(text, &[], &json!({"verdict": "ok", "score": 2}));
}

#[test]
fn plain_text_is_taken_for_the_only_text_output() {
    let contract = [spec("body", "string")];
    check_outputs(
        "two\nlines\r\n\n",
        &contract,
        &json!({"body": "two\nlines"}),
    );
    check_outputs("42\n", &contract, &json!({"body": "42"}));
    check_outputs("{ not json", &contract, &json!({"body": "{ not json"}));
}

#[test]
fn without_a_contract_any_text_will_do_and_is_logged() {
    let verdict = verdict(&exited(0), b"built 3 files\n", b"", &[]);
    assert_eq!(
        verdict.report,
        AttemptReport::Completed(Completion::default())
    );
    assert!(verdict.is_stdout_unused);
    check_outputs("", &[], &json!({}));
}

#[test]
fn outputs_that_may_be_absent_may_be() {
    let mut optional = spec("note", "number");
    optional.required = false;
    let mut defaulted = spec("size", "number");
    defaulted.default = json!(3);
    check_outputs("\n", &[optional, defaulted], &json!({}));
}

#[test]
fn exit_code_0_alone_proves_nothing() {
    let number = [spec("score", "number")];
    let ok = exited(0);
    check_failure(
        &ok,
        " \n",
        &number,
        "the program ended well but wrote no result (empty_result)",
    );
    check_failure(
        &ok,
        "done!\n",
        &number,
        "expected a JSON object as output, but it is not JSON: done! (bad_output)",
    );
    check_failure(
        &ok,
        "[1]",
        &number,
        "expected a JSON object as output, but it is another JSON value: [1] (bad_output)",
    );
    let cut = ExitRecord {
        stdout_truncated: true,
        ..exited(0)
    };
    check_failure(
        &cut,
        "{\"score\": 1}",
        &number,
        "the program wrote more than 12 bytes of output (cut_off)",
    );
}

#[test]
fn text_that_is_not_utf_8_is_no_result() {
    let verdict = verdict(&exited(0), b"caf\xe9\n", b"", &[spec("body", "string")]);
    let AttemptReport::Failed(failure) = verdict.report else {
        panic!("accepted");
    };
    assert_eq!(failure.label, FailureLabel::BAD_OUTPUT);
}

#[test]
fn each_way_to_end_has_its_own_label() {
    let record = |reason| ExitRecord::new(reason, Timestamp::default());
    let killed = ExitRecord {
        code: None,
        signal: Some(11),
        ..exited(0)
    };
    let missing = ExitReason::SpawnFailed {
        message: "program `x` was not found".to_owned(),
    };
    for (exit, expected) in [
        (exited(3), "the program ended with code 3: {} (exit)"),
        (
            killed,
            "the program was killed by signal SIGSEGV: {} (crash)",
        ),
        (
            record(ExitReason::Timeout),
            "the program ran out of time and was ended (timeout)",
        ),
        (
            record(ExitReason::Cancelled),
            "the attempt was cancelled (cancelled)",
        ),
        (
            record(ExitReason::Orphaned),
            "the program was ended because its server was gone (crash)",
        ),
        (record(missing), "program `x` was not found (unreachable)"),
    ] {
        check_failure(&exit, "{}", &[], expected);
    }
}

#[test]
fn a_failed_program_is_quoted_with_its_last_whole_lines() {
    let stderr = "x".repeat(3_000) + "\nmissing key\nsee the manual\n";
    let verdict = verdict(&exited(1), b"ignored", stderr.as_bytes(), &[]);
    let AttemptReport::Failed(failure) = verdict.report else {
        panic!("accepted");
    };
    assert_eq!(
        failure.message,
        "the program ended with code 1: missing key\nsee the manual"
    );
}

#[test]
fn the_reserved_key_speaks_to_the_engine() {
    let error = r#"{"$baton": {"status": "error", "label": "auth_failure", "message": "no key"}}"#;
    check_failure(&exited(0), error, &[], "no key (auth_failure)");
    check_failure(&exited(7), error, &[], "no key (auth_failure)");
    for (directive, expected) in [
        (
            json!({"status": "error"}),
            "the agent reported an error (exit)",
        ),
        (
            json!({"status": "needs_input"}),
            "`$baton.questions` holds no question (bad_output)",
        ),
        (
            json!({"status": "needs_input", "questions": [{"question": "a"}, {"question": "a"}]}),
            "`$baton.questions` holds two questions whose answers would both be called \"a\" (bad_output)",
        ),
        (
            json!({"status": "needs_input", "questions": [{"question": "a"}], "edits": [{}]}),
            "`$baton` asks questions and edits the workflow at once; \
             edits belong to the result that follows the answers (bad_output)",
        ),
        (
            json!({"questions": [{"question": "a"}]}),
            "`$baton.questions` is only read beside `\"status\": \"needs_input\"` (bad_output)",
        ),
        (
            json!({"edits": vec![json!({}); EDITS_MAX + 1]}),
            "`$baton.edits` holds more than 1000 edits (bad_output)",
        ),
        (
            json!({"edits": {"type": "delete"}}),
            "`$baton` cannot be read: invalid type: map, expected a sequence (bad_output)",
        ),
        (
            json!({"session_id": "x".repeat(1_025)}),
            "`$baton.session_id` is longer than 1024 bytes (bad_output)",
        ),
        (
            json!({"status": "done"}),
            "`$baton.status` is \"done\"; known are \"ok\", \"error\" and \"needs_input\" (bad_output)",
        ),
    ] {
        let stdout = json!({"$baton": directive, "score": 1}).to_string();
        check_failure(&exited(0), &stdout, &[], expected);
    }
}

#[test]
fn a_session_is_kept_and_is_no_output() {
    let stdout = br#"{"$baton": {"session_id": "s-1"}, "a": 1, "b": 2}"#;
    let verdict = verdict(&exited(0), stdout, b"", &[]);
    let AttemptReport::Completed(completion) = verdict.report else {
        panic!("refused");
    };
    assert_eq!(completion.session.as_deref(), Some("s-1"));
    assert_eq!(Value::Object(completion.outputs), json!({"a": 1, "b": 2}));
}

#[test]
fn questions_count_whatever_the_exit_code() {
    let stdout = json!({
        "$baton": {
            "status": "needs_input",
            "session_id": "s-1",
            "questions": [
                {
                    "question": "Which colour?",
                    "header": "Colour",
                    "options": [{"label": "red", "description": "warm"}, {"label": "blue"}],
                    "multiSelect": true,
                },
                {"question": "Anything else?", "header": "", "multi_select": false},
            ],
        },
        "ignored": 1,
    });
    for code in [0, 3] {
        let stdout = stdout.to_string();
        let verdict = verdict(&exited(code), stdout.as_bytes(), b"", &[]);
        let AttemptReport::NeedsInput(inquiry) = verdict.report else {
            panic!("{code}: {:?}", verdict.report);
        };
        assert_eq!(inquiry.session.as_deref(), Some("s-1"));
        let [colour, rest] = inquiry.questions.as_slice() else {
            panic!("{:?}", inquiry.questions);
        };
        assert_eq!(colour.header.as_deref(), Some("Colour"));
        assert!(colour.multi_select);
        assert_eq!(colour.options[0].description, "warm");
        assert_eq!(colour.options[1].label, "blue");
        assert_eq!(rest.header, None);
    }
}

#[test]
fn questions_of_a_program_that_was_ended_do_not_count() {
    let timeout = ExitRecord::new(ExitReason::Timeout, Timestamp::default());
    let stdout = r#"{"$baton": {"status": "needs_input", "questions": [{"question": "a"}]}}"#;
    check_failure(
        &timeout,
        stdout,
        &[],
        "the program ran out of time and was ended (timeout)",
    );
}

#[test]
fn edits_are_kept_as_they_were_written() {
    let edits = json!([{"type": "delete", "stage_id": "late"}, "not looked at here"]);
    let stdout = json!({"$baton": {"edits": edits}, "a": 1}).to_string();
    let verdict = verdict(&exited(0), stdout.as_bytes(), b"", &[]);
    let AttemptReport::Completed(completion) = verdict.report else {
        panic!("refused");
    };
    assert_eq!(Value::Array(completion.proposed_edits), edits);
    assert_eq!(Value::Object(completion.outputs), json!({"a": 1}));
    let stdout = stdout.as_str();
    check_failure(
        &exited(3),
        stdout,
        &[],
        &format!("the program ended with code 3: {stdout} (exit)"),
    );
}

fn lists(depth: usize) -> String {
    "[".repeat(depth) + &"]".repeat(depth)
}

/// Each would be stored, wrapped into an event, and could not be read again.
#[test]
fn what_is_nested_too_deep_is_refused_wherever_it_stands() {
    let any = [];
    let text = [spec("body", "string")];
    let object = [spec("x", "object")];
    for contract in [&any[..], &text, &object] {
        for depth in [65, 125, 126, 127, 128, 100_000] {
            for (before, after) in [
                ("{\"x\":", "}"),
                ("{\"y\":1,\"x\":", "}"),
                // `$baton` is a level of its own.
                ("{\"$baton\":{\"edits\":[", "]}}"),
                (
                    "{\"$baton\":{\"status\":\"needs_input\",\"questions\":[",
                    "]}}",
                ),
                ("{\"$baton\":{\"status\":\"error\",\"more\":[", "]}}"),
            ] {
                let stdout = format!("{before}{}{after}", lists(depth));
                let told = depth + before.matches(['[', '{']).count() - 1;
                let excerpt = &stdout[..stdout.len().min(GARBAGE_BYTES_MAX)];
                let expected = format!(
                    "expected a JSON object as output, but it holds a value nested {told} deep, \
                     and 64 is the most: {excerpt} (bad_output)"
                );
                check_failure(&exited(0), &stdout, contract, &expected);
            }
        }
    }
    let deepest = format!("{{\"x\":{}}}", lists(64));
    check_outputs(&deepest, &[], &serde_json::from_str(&deepest).unwrap());
    // Text that only looks deep is text.
    check_outputs(&lists(1_000), &text, &json!({ "body": lists(1_000) }));
    let template = "{".repeat(1_000);
    check_outputs(&template, &text, &json!({ "body": template }));
    check_failure(
        &exited(2),
        &format!("{{\"x\":{}}}", lists(65)),
        &object,
        &format!(
            "the program ended with code 2: {{\"x\":{}}} (exit)",
            lists(65)
        ),
    );
}

/// Whole numbers beyond 64 bits become the nearest number with a fraction;
/// what is beyond those, too, is no result.
#[test]
fn huge_numbers_are_kept_as_nearly_as_possible_or_refused() {
    for (written, kept) in [
        ("18446744073709551615", "18446744073709551615"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("18446744073709551616", "1.8446744073709552e+19"),
        ("-9223372036854775809", "-9.223372036854776e+18"),
        ("1e308", "1e+308"),
        ("1e-400", "0.0"),
    ] {
        let stdout = format!("{{\"n\":{written}}}");
        for contract in [&[][..], &[spec("n", "number")]] {
            let verdict = verdict(&exited(0), stdout.as_bytes(), b"", contract);
            let AttemptReport::Completed(completion) = verdict.report else {
                panic!("{written}: {:?}", verdict.report);
            };
            assert_eq!(completion.outputs["n"].to_string(), kept);
            let again: Value = serde_json::from_str(kept).unwrap();
            assert_eq!(completion.outputs["n"], again);
        }
    }
    for beyond in ["1e400", "-1e400"] {
        let stdout = format!("{{\"n\":{beyond}}}");
        let column = 5 + beyond.len();
        let expected = format!(
            "expected a JSON object as output, but it is not valid JSON \
             (number out of range at line 1 column {column}): {stdout} (bad_output)"
        );
        check_failure(&exited(0), &stdout, &[spec("n", "number")], &expected);
    }
}
