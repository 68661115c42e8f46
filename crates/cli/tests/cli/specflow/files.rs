//! The file of each run, and records that other services have left.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::door::{Door, record_of, refused};

#[test]
fn the_file_of_a_run_follows_it() {
    let door = Door::open();
    door.skill("flow.ask", "questions");
    let id = door.start("flow.ask");
    assert!(door.file(&id).exists());
    let mut expected = door.until_waiting(&id);
    expected.as_object_mut().unwrap().remove("execution");
    door.until_filed(&id, "waiting_for_input");
    assert_eq!(door.filed(&id), expected);
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(door.file(&id)), 0o600);
    assert_eq!(mode(door.records()), 0o700);
    let body = json!({ "id": id, "answers": { "Colour": "red" } });
    record_of(&door.post("answer", &body));
    assert_eq!(door.filed(&id)["answers"]["Colour"], "red");
    door.until_ended(&id);
    door.until_filed(&id, "completed");
    let names = fs::read_dir(door.records()).unwrap();
    assert_eq!(names.count(), 1, "nothing else is left there");
}

/// Whoever reads the file meanwhile never finds half of it.
#[test]
fn a_file_is_whole_at_every_moment() {
    let door = Door::open();
    door.skill("flow.chatty", "chatty 300");
    let id = door.start("flow.chatty");
    let is_over = AtomicBool::new(false);
    let file = door.file(&id);
    let n_reads = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut n_reads = 0;
            while !is_over.load(Ordering::Relaxed) {
                let text = fs::read(&file).unwrap();
                let record: Value = serde_json::from_slice(&text).unwrap();
                assert_eq!(record["id"], id);
                n_reads += 1;
            }
            n_reads
        });
        door.until_ended(&id);
        is_over.store(true, Ordering::Relaxed);
        reader.join().unwrap()
    });
    assert!(n_reads > 0);
}

#[test]
fn records_of_other_services_are_shown_and_never_taken_over() {
    let door = Door::open();
    let id = "01993e6c-2d9a-4cc0-a0b1-000000000001";
    let record = json!({
        "id": id, "projectId": "shop", "skill": "/flow.old", "status": "waiting_for_input",
        "output": { "status": "needs_input", "questions": [
            { "question": "Which?", "options": [{ "label": "only a label" }] },
        ], "artifacts": [{ "path": "a", "action": "deleted" }] },
        "answers": {}, "logs": [], "stdout": "", "stderr": "", "costUsd": 0.25,
        "startedAt": "2026-01-18T10:00:00.000Z", "updatedAt": "2026-01-18T10:00:01.000Z",
        "timeoutMs": 600_000,
    });
    fs::create_dir_all(door.records()).unwrap();
    fs::write(door.file(id), record.to_string()).unwrap();
    for (name, text) in [
        ("01993e6c-2d9a-4cc0-a0b1-000000000002.json", "{\"id\": "),
        (
            "01993e6c-2d9a-4cc0-a0b1-000000000003.json",
            &*record.to_string(),
        ),
        ("notes.json", "{}"),
    ] {
        fs::write(door.records().join(name), text).unwrap();
    }
    assert_eq!(record_of(&door.get(&format!("status?id={id}"))), record);
    assert_eq!(door.listed(""), [id]);
    assert_eq!(door.listed("?projectId=shop"), [id]);
    assert_eq!(door.listed("?projectId=other"), [""; 0]);
    door.skill("flow.ok", "");
    let own = door.start("flow.ok");
    door.until_ended(&own);
    assert_eq!(door.listed(""), [&*own, id]);
    let answer = door.post("answer", &json!({ "id": id, "answers": {} }));
    let words = "Cannot answer workflow in waiting_for_input state";
    refused(&answer, 400, words);
    let cancelled = door.cancel(&format!("id={id}"));
    assert_eq!(cancelled.status, 400, "{cancelled:?}");
    let text = fs::read_to_string(door.file(id)).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), record);
    assert_eq!(door.world().n_runs(), 1);
    fs::remove_file(door.file(id)).unwrap();
    assert_eq!(door.listed(""), [&*own]);
}
