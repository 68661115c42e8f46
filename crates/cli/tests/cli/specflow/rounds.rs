//! Runs that ask more than once, and what their agent is told each time.

use serde_json::json;

use super::door::{Door, record_of};
use crate::support::eventually;

#[test]
fn each_round_is_told_all_answers_so_far() {
    let door = Door::open();
    door.skill("flow.ask", "questions");
    let id = door.start("flow.ask");
    door.until_waiting(&id);
    // The last line is one for the stand-in.
    let more = "and more\nstand-in: asks-more";
    let first = json!({ "Colour": "red", "Size": "3", "_followup": more });
    record_of(&door.post("answer", &json!({ "id": id, "answers": first })));
    // The stream begins with the first round, so the second is looked for.
    eventually("it asks again", || {
        door.status(&id)["status"] == "waiting_for_input"
    });
    let asked = door.status(&id);
    let questions = asked["output"]["questions"].as_array().unwrap();
    assert_eq!(questions[0]["multiSelect"], true, "{asked:#}");
    assert_eq!(
        questions[0]["options"][0],
        json!({ "label": "S", "description": "" })
    );
    assert!(questions[1].get("header").is_none());

    let second = json!({ "Sizes": "S,L", "q1": "a name", "Colour": "blue", "_followup": "done" });
    let answer = record_of(&door.post("answer", &json!({ "id": id, "answers": second })));
    let all = json!({
        "Colour": "blue", "Size": "3", "_followup": "done", "Sizes": "S,L", "q1": "a name",
    });
    assert_eq!(answer["answers"], all);
    let ended = door.until_ended(&id);
    assert_eq!(ended["status"], "completed", "{ended:#}");
    assert_eq!(ended["answers"], all);
    assert_eq!(ended["sessionId"], asked["sessionId"]);

    let starts = door.stand_ins.starts();
    assert_eq!(starts.len(), 3);
    let last = &starts[2].prompt;
    for line in [
        "- Colour: blue\n",
        "- Size: 3\n",
        "- Sizes: S,L\n",
        "- q1: a name\n",
        "- _followup: done\n",
    ] {
        assert!(last.contains(line), "{line:?} is not in {last}");
    }
    assert!(!last.contains("Colour: red"), "{last}");
}

#[test]
fn a_session_goes_on_with_the_flags_that_it_does_not_remember() {
    let door = Door::open();
    door.skill("flow.ask", "questions");
    let id = door.start("flow.ask");
    let session = door.until_waiting(&id)["sessionId"].clone();
    let body = json!({ "id": id, "answers": { "Colour": "red" } });
    record_of(&door.post("answer", &body));
    door.until_ended(&id);
    let arguments = &door.stand_ins.starts()[1].arguments;
    let resume = format!("--resume={}", session.as_str().unwrap());
    for flag in [
        "-p",
        "--dangerously-skip-permissions",
        "--disallowedTools=AskUserQuestion",
        &resume,
    ] {
        assert!(arguments.iter().any(|one| one == flag), "{arguments:?}");
    }
    let is_schema = |one: &String| one.starts_with("--json-schema={");
    assert!(arguments.iter().any(is_schema), "{arguments:?}");
}
