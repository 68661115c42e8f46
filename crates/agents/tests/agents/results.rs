//! What programs write, and what becomes of it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use baton_agents::AgentStream::{Stderr, Stdout, System};
use baton_agents::AttemptRequest;
use baton_model::{AttemptReport, FailureLabel, Object, Value};
use serde_json::json;

use crate::support::{Caller, World, completed, failed, request, request_for, run, tell};
use baton_agents::StageDispatcher;

#[tokio::test]
async fn a_program_is_told_everything_on_stdin_and_in_its_environment() {
    let world = World::new();
    let agent = world.script(
        r#"printf '{"document": %s, "name": "%s", "stage": "%s", "key": "%s", "secret": "%s", "cwd": "%s"}' \
           "$(cat)" "$BATON_INPUT_FIRST_NAME" "$BATON_STAGE_ID" "$BATON_IDEMPOTENCY_KEY" "$CARGO" "$PWD""#,
    );
    let Value::Object(inputs) = json!({"first-name": "Ada"}) else {
        unreachable!()
    };
    let request = AttemptRequest {
        inputs,
        session: Some("s-1".to_owned()),
        ..request_for(&[("document", "object")])
    };
    let run_id = request.key.run.to_string();
    let (report, _) = run(&agent, request).await;
    let outputs = Value::Object(completed(report).outputs);
    let key = format!("{run_id}/../build & test/1/2");
    assert_eq!(
        outputs,
        json!({
            "document": {
                "run_id": run_id, "stage_id": "../build & test", "attempt": 2,
                "idempotency_key": key, "instructions": "do it",
                "inputs": {"first-name": "Ada"},
                "outputs": [{"name": "document", "type": "object", "required": true}],
                "context": null, "parameters": {}, "session_id": "s-1", "answers": {},
                "turn": 1, "work": "stage",
            },
            "name": "Ada", "stage": "../build & test", "key": key, "secret": "",
            "cwd": world.root().join("scratch").join(&run_id),
        })
    );
}

#[tokio::test]
async fn plain_text_garbage_and_nothing_are_told_apart() {
    let world = World::new();
    let text = [("body", "string")];
    let number = [("score", "number")];
    let (report, _) = run(&world.script("echo two; echo lines"), request_for(&text)).await;
    assert_eq!(completed(report).outputs["body"], "two\nlines");
    for (script, contract, label) in [
        ("echo sorry", number, FailureLabel::BAD_OUTPUT),
        ("printf 'caf\\351'", text, FailureLabel::BAD_OUTPUT),
        (":", text, FailureLabel::EMPTY_RESULT),
        ("exec >&-; cat >/dev/null", text, FailureLabel::EMPTY_RESULT),
        ("echo '{}'; exit 3", number, FailureLabel::EXIT),
        ("echo '{}'; kill -9 $$", number, FailureLabel::CRASH),
    ] {
        let (report, _) = run(&world.script(script), request_for(&contract)).await;
        assert_eq!(failed(report).label, label, "{script}");
    }
}

#[tokio::test]
async fn a_failing_program_is_quoted() {
    let world = World::new();
    let (report, lines) = run(&world.script("echo no key >&2; exit 3"), request()).await;
    assert_eq!(
        failed(report).to_string(),
        "the program ended with code 3: no key (exit)"
    );
    assert_eq!(lines, [(Stderr, "no key".to_owned())]);
}

#[tokio::test]
async fn output_without_a_contract_is_logged() {
    let world = World::new();
    let (report, lines) = run(&world.script("echo built"), request()).await;
    assert!(completed(report).outputs.is_empty());
    assert_eq!(lines, [(Stdout, "built".to_owned())]);
}

#[tokio::test]
async fn a_program_asks_and_goes_on_with_the_answers() {
    let world = World::new();
    let agent = world.script(
        r#"if grep -q '"answers":{}'; then
             echo '{"$baton": {"status": "needs_input", "session_id": "s-1",
                               "questions": [{"question": "Which colour?"}]}}'
           else
             echo "{\"key\": \"$BATON_IDEMPOTENCY_KEY\"}"
           fi"#,
    );
    let contract = [("key", "string")];
    let (report, _) = run(&agent, request_for(&contract)).await;
    let AttemptReport::NeedsInput(inquiry) = report else {
        panic!("{report:?}");
    };
    assert_eq!(inquiry.questions[0].question, "Which colour?");
    let mut answered = request_for(&contract);
    answered.key.dispatch += 1;
    answered.turn = 2;
    answered.session = inquiry.session;
    answered.answers = Object::from_iter([("Which colour?".to_owned(), json!("red"))]);
    let first_key = request().idempotency_key();
    let (report, _) = run(&agent, answered).await;
    assert_eq!(completed(report).outputs["key"], format!("{first_key}/2"));
}

#[tokio::test]
async fn the_words_of_a_program_come_back_where_they_are_wanted() {
    let world = World::new();
    let mebibyte = 1024 * 1024;
    let cut = "only the first 1 MiB of the program's output is handed on";
    for (script, length, is_cut_expected) in [
        (r#"printf ' {"a": 1}\n'"#, 10, false),
        ("printf 'caf\\351'", 6, false),
        ("yes x | head -c 1048576", mebibyte, false),
        ("yes x | head -c 2000000", mebibyte, true),
        // Each byte that is no UTF-8 becomes three.
        (
            "head -c 1000000 /dev/zero | tr '\\0' '\\377'",
            mebibyte - 1,
            true,
        ),
    ] {
        let request = AttemptRequest {
            wants_text: true,
            ..request()
        };
        let (report, lines) = run(&world.script(script), request).await;
        assert_eq!(completed(report).text.unwrap().len(), length, "{script}");
        let is_cut = lines.contains(&(System, cut.to_owned()));
        assert_eq!(is_cut, is_cut_expected, "{script}");
    }
    let (report, _) = run(&world.script("echo hi"), request()).await;
    assert_eq!(completed(report).text, None);
}

#[tokio::test]
async fn log_lines_arrive_while_the_program_works() {
    let world = World::new();
    let pipe = world.pipe("go");
    let agent = world.script(r#"printf 'on\376e\ntw' >&2; read -r _ <"$ROOT/go"; printf o >&2"#);
    let mut caller = Caller::new();
    let control = caller.control();
    let working = tokio::spawn(async move { agent.run(request(), control).await });
    // The program cannot end before this line was seen.
    let line = caller.lines.recv().await.unwrap();
    assert_eq!(line.text, "on\u{fffd}e");
    tell(&pipe).await;
    completed(working.await.unwrap());
    assert_eq!(caller.lines(), [(Stderr, "two".to_owned())]);
}

#[tokio::test]
async fn a_gigabyte_of_output_fills_neither_disk_nor_memory() {
    let world = World::new();
    let agent = world.script("yes | head -c 1000000000; yes | head -c 100000000 >&2");
    let (report, lines) = run(&agent, request_for(&[("body", "string")])).await;
    assert_eq!(failed(report).label, FailureLabel::CUT_OFF);
    let notes: Vec<_> = lines
        .iter()
        .filter(|(stream, _)| *stream == System)
        .map(|(_, text)| text.as_str())
        .collect();
    assert_eq!(
        notes,
        [
            "the log ends here: more than 10000 lines or 4 MiB",
            "only the beginning of the program's output was kept",
            "only the beginning of the program's error output was kept",
        ]
    );
    assert!(bytes_below(&world.attempts()) < 25 * 1024 * 1024);
}

fn bytes_below(dir: &std::path::Path) -> u64 {
    let entries = fs::read_dir(dir).unwrap().map(Result::unwrap);
    entries
        .map(|entry| {
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() {
                bytes_below(&entry.path())
            } else {
                metadata.len()
            }
        })
        .sum()
}

#[tokio::test]
async fn a_program_that_cannot_start_says_why() {
    let world = World::new();
    fs::write(world.root().join("plain"), "text").unwrap();
    let script = world.root().join("script");
    fs::write(&script, "#!/no/such/interpreter\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
    let root = world.root().display();
    for (program, expected) in [
        (
            "no-such-program",
            "program `no-such-program` was not found on the PATH of the agent".to_owned(),
        ),
        (
            "./missing",
            format!("program `{root}/./missing` does not exist"),
        ),
        (
            "./plain",
            format!("cannot start `{root}/./plain`: Permission denied (os error 13)"),
        ),
        (
            "./script",
            format!(
                "cannot start `{root}/./script`: the interpreter its first line names does not exist"
            ),
        ),
    ] {
        let mut request = request();
        request
            .env
            .insert("PATH".to_owned(), env!("PATH").to_owned());
        let (report, _) = run(&world.command(&[program]), request).await;
        let failure = failed(report);
        assert_eq!(failure.label, FailureLabel::UNREACHABLE);
        assert_eq!(failure.message, expected);
    }
}

#[tokio::test]
async fn a_program_and_its_files_are_found_beside_the_configuration() {
    let world = World::new();
    fs::write(world.root().join("agent.sh"), "echo \"$1\"").unwrap();
    let agent = world.command(&["sh", "agent.sh", "hello"]);
    let (report, _) = run(&agent, request_for(&[("body", "string")])).await;
    assert_eq!(completed(report).outputs["body"], "hello");
}
