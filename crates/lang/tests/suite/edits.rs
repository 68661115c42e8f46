//! Live edits: what a list of good ones becomes, and that nothing panics.

use std::fs;
use std::time::Duration;

use baton_lang::{ParameterInput, check, compile, compile_edits, compile_edits_text};
use baton_model::plan::{FailurePolicy, HandoffFormat, OnCrash, PlannedStage, StageKind};
use baton_model::{Edit, Plan, Severity, StageId, Value};
use proptest::prelude::*;
use serde_json::json;

use super::{cases, examples_directory, ids, render, tests_directory};

const TEXT: &str = r#"
workflow: { id: w, name: W }
config: { parameters: { topic: { type: string }, depth: { type: integer, default: 3 } } }
error_policy: { on_stage_failure: continue, on_crash: ask, default_retry: { max_attempts: 5 } }
hooks: { on_failure: { run: "page ${{ parameters.topic }}" } }
stages:
  - id: a
    name: A
    roles: { primary: { artifact: "agent:x" } }
    outputs: { text: { type: string } }
  - { id: g, name: G, type: gate, depends_on: [a] }
  - id: z
    name: Z
    depends_on: [g]
    roles: { primary: { artifact: "agent:x" } }
"#;

fn planned(text: &str, given: &[(String, ParameterInput)]) -> Plan {
    compile(&check(text).definition.unwrap(), text, given).unwrap()
}

#[track_caller]
fn edited(plan: &Plan, live: &[StageId], proposed: &[Value]) -> Vec<Edit> {
    compile_edits(plan, live, proposed).unwrap_or_else(|found| panic!("{}", render(&found)))
}

/// Code and path of everything that is wrong.
#[track_caller]
fn refused(plan: &Plan, live: &[StageId], proposed: &[Value]) -> Vec<(&'static str, String)> {
    let found = compile_edits(plan, live, proposed).unwrap_err();
    for found in &found {
        assert!(found.span.is_none() && found.labels.is_empty(), "{found:?}");
    }
    found
        .into_iter()
        .map(|found| (found.code, found.path))
        .collect()
}

fn agent(id: &str) -> Value {
    json!({ "id": id, "name": id, "roles": { "primary": { "artifact": "agent:x" } } })
}

#[test]
fn gaps_are_filled_from_the_plan_and_from_what_is_built_in() {
    let plan = planned(TEXT, &[]);
    assert_eq!(plan.stage_defaults.on_crash, OnCrash::Ask);
    let edits = edited(
        &plan,
        &ids(&plan),
        &[json!({ "type": "insert", "stage": agent("b") })],
    );
    let [Edit::Insert { stage }] = edits.as_slice() else {
        panic!("{edits:?}");
    };
    let PlannedStage {
        timeout,
        retry,
        on_failure,
        on_crash,
        question_timeout,
        repairs_max,
        ..
    } = stage.as_ref();
    assert_eq!(*timeout, Some(Duration::from_mins(30)));
    assert_eq!(*question_timeout, Some(Duration::from_hours(24)));
    assert_eq!((retry.attempts_max, *repairs_max), (5, 1));
    assert_eq!(
        (*on_failure, *on_crash),
        (FailurePolicy::Continue, OnCrash::Ask)
    );
    assert!(
        matches!(&stage.kind, StageKind::Agent(agent) if agent.model.as_deref() == Some("opus"))
    );
}

#[test]
fn an_edit_says_the_same_as_a_file() {
    let text = r#"
workflow: { id: w, name: W }
stages:
  - id: a
    name: A
    condition: "1 == 1 && run.id != ''"
    roles: { primary: { artifact: "agent:x", model: haiku, instructions: "Do." }, tools: ["mcp:t"] }
    inputs: { i: { type: string, source: "x", required: false } }
    outputs: { o: { type: integer, default: 2, description: A number } }
    error_policy: { timeout: 5m, question_timeout: 1h, on_failure: skip_dependents, on_crash: fail }
    handoff: { format: raw, include_run_log: true, summary_prompt: Short. }
"#;
    let plan = planned(text, &[]);
    let stage = json!({
        "id": "a", "name": "A", "condition": "1 == 1 && run.id != ''",
        "roles": {
            "primary": { "artifact": "agent:x", "model": "haiku", "instructions": "Do." },
            "tools": ["mcp:t"],
        },
        "inputs": { "i": { "type": "string", "source": "x", "required": false } },
        "outputs": { "o": { "type": "integer", "default": 2, "description": "A number" } },
        "error_policy": {
            "timeout": "5m", "question_timeout": "1h",
            "on_failure": "skip_dependents", "on_crash": "fail",
        },
        "handoff": { "format": "raw", "include_run_log": true, "summary_prompt": "Short." },
    });
    let edits = edited(
        &plan,
        &ids(&plan),
        &[json!({ "type": "update", "stage": stage })],
    );
    let [Edit::Update { stage }] = edits.as_slice() else {
        panic!("{edits:?}");
    };
    assert_eq!(stage.as_ref(), &plan.stages[0]);
    assert_eq!(stage.handoff.format, HandoffFormat::Raw);
}

#[test]
fn a_list_counts_as_a_whole_whatever_its_order() {
    let plan = planned(TEXT, &[]);
    let mut last = agent("last");
    last["depends_on"] = json!(["middle"]);
    last["inputs"] = json!({ "t": { "type": "string", "source": "${{ stages.a.outputs.text }}" } });
    let mut middle = agent("middle");
    middle["depends_on"] = json!(["a"]);
    let proposed = [
        json!({ "type": "insert", "stage": last }),
        json!({ "type": "delete", "stage_id": "g" }),
        json!({ "type": "insert", "stage": middle }),
    ];
    let edits = edited(&plan, &ids(&plan), &proposed);
    let named: Vec<_> = edits.iter().map(|edit| edit.stage().as_str()).collect();
    assert_eq!(named, ["last", "g", "middle"]);
    assert!(edited(&plan, &ids(&plan), &[]).is_empty());
}

#[test]
fn a_deleted_stage_is_not_there_and_its_id_is_free() {
    let plan = planned(TEXT, &[]);
    let live = [StageId::new("a").unwrap(), StageId::new("z").unwrap()];
    let insert = |stage: Value| json!({ "type": "insert", "stage": stage });
    // `z` still names `g` in its dependencies; that counts no more.
    let again = edited(&plan, &live, &[insert(agent("g"))]);
    let mut twice = plan.clone();
    let [Edit::Insert { stage }] = again.as_slice() else {
        panic!("{again:?}");
    };
    twice.stages.push(PlannedStage::clone(stage));
    let g = json!({ "type": "update", "stage": agent("g") });
    assert_eq!(edited(&twice, &ids(&plan), &[g]).len(), 1);
    let mut reader = agent("b");
    reader["depends_on"] = json!(["g"]);
    let delete = |id: &str| json!({ "type": "delete", "stage_id": id });
    let wrong = refused(&plan, &live, &[insert(reader), delete("nobody")]);
    let expected = [
        ("SWDL-E0401", "edits[0].stage.depends_on[0]".to_owned()),
        ("SWDL-E0407", "edits[1]".to_owned()),
    ];
    assert_eq!(wrong, expected);
}

#[test]
fn a_list_may_come_again() {
    let mut plan = planned(TEXT, &[]);
    let mut b = agent("b");
    b["depends_on"] = json!(["a"]);
    let list = [
        json!({ "type": "insert", "stage": b }),
        json!({ "type": "delete", "stage_id": "g" }),
    ];
    let first = edited(&plan, &ids(&plan), &list);
    let Some(Edit::Insert { stage }) = first.first() else {
        panic!("{first:?}");
    };
    plan.stages.push(PlannedStage::clone(stage));
    let live: Vec<StageId> = ids(&plan)
        .into_iter()
        .filter(|id| id.as_str() != "g")
        .collect();
    assert_eq!(edited(&plan, &live, &list), first);
    let loose = json!({ "type": "insert", "stage": agent("b") });
    assert_eq!(
        edited(&plan, &live, &[loose]).len(),
        1,
        "as the engine sees it"
    );
}

#[test]
fn parameters_that_the_plan_has_or_reads_are_known() {
    let plan = planned(TEXT, &[]);
    let with = |source: &str| {
        let mut stage = agent("b");
        stage["inputs"] = json!({ "i": { "type": "string", "source": source } });
        [json!({ "type": "insert", "stage": stage })]
    };
    // `topic` was not given, but a hook reads it.
    edited(
        &plan,
        &ids(&plan),
        &with("${{ parameters.topic }} ${{ parameters.depth }}"),
    );
    let wrong = refused(&plan, &ids(&plan), &with("${{ parameters.topix }}"));
    assert_eq!(
        wrong,
        [("SWDL-E0305", "edits[0].stage.inputs.i.source".to_owned())]
    );
}

#[test]
fn what_would_be_a_warning_in_a_file_refuses_an_edit() {
    let plan = planned(TEXT, &[]);
    let mut stage = agent("b");
    stage["dependson"] = json!(["a"]);
    stage["x-note"] = json!("free");
    let wrong = refused(
        &plan,
        &ids(&plan),
        &[json!({ "type": "insert", "stage": stage })],
    );
    assert_eq!(
        wrong,
        [("SWDL-W0203", "edits[0].stage.dependson".to_owned())]
    );
}

#[test]
fn too_many_stages_are_refused() {
    let plan = planned(TEXT, &[]);
    let insert = |index: usize| {
        let stage = json!({ "id": format!("s{index}"), "name": "S", "type": "gate" });
        json!({ "type": "insert", "stage": stage })
    };
    let proposed: Vec<_> = (0..19_998).map(insert).collect();
    let wrong = refused(&plan, &ids(&plan), &proposed);
    assert_eq!(wrong, [("SWDL-E0220", "edits".to_owned())]);
}

#[test]
fn stages_that_have_nothing_to_do_with_an_edit_are_not_reported() {
    let text = fs::read_to_string(examples_directory().join("full.yaml")).unwrap();
    let given = [("ticket_no", "1"), ("service", "s")]
        .map(|(name, text)| (name.to_owned(), ParameterInput::Text(text.to_owned())));
    let plan = planned(&text, &given);
    for stage in &plan.stages {
        let id = stage.id.as_str();
        let gate = json!({ "id": id, "name": "N", "type": "gate", "depends_on": stage.depends_on });
        let proposed = [json!({ "type": "update", "stage": gate })];
        let wrong = compile_edits(&plan, &ids(&plan), &proposed).err();
        for found in wrong.into_iter().flatten() {
            let broken = found.path.strip_prefix("stages.").unwrap();
            let (broken, _) = broken.split_once('.').unwrap();
            let reader = plan.stages.iter().find(|stage| stage.id.as_str() == broken);
            let reader = format!("{:?}", reader.unwrap());
            assert!(reader.contains(&format!("stages.{id}.")), "{found:?}");
        }
    }
}

/// Any JSON, with the words of edits among its keys and texts.
fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "type",
        "stage",
        "stage_id",
        "insert",
        "update",
        "delete",
        "id",
        "name",
        "a",
        "g",
        "z",
        "gate",
        "agent",
        "roles",
        "primary",
        "artifact",
        "agent:x",
        "inputs",
        "outputs",
        "source",
        "depends_on",
        "condition",
        "${{ stages.a.outputs.text }}",
        "error_policy",
        "handoff",
        "${{",
        "1 +",
        "30m",
        "\u{0}",
        "string",
        "required",
        "default",
        "summary_prompt",
        "format",
    ]);
    let text = prop_oneof![words.prop_map(str::to_owned), any::<String>()];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, move |inner| {
        let entries = prop::collection::vec((text.clone(), inner.clone()), 0..8);
        prop_oneof![
            prop::collection::vec(inner, 0..8).prop_map(Value::from),
            entries.prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// An edit that is nearly right: a stage with one key that may be anything.
fn nearly_an_edit() -> impl Strategy<Value = Value> {
    let kinds = prop::sample::select(vec!["insert", "update", "delete"]);
    let stages = prop::sample::select(vec!["a", "g", "z", "new"]);
    let keys = prop::sample::select(vec![
        "id",
        "name",
        "type",
        "depends_on",
        "condition",
        "roles",
        "inputs",
        "outputs",
        "error_policy",
        "handoff",
        "gate",
        "ui",
        "context",
    ]);
    (kinds, stages, keys, any_json()).prop_map(|(kind, id, key, value)| {
        if kind == "delete" {
            return json!({ "type": kind, "stage_id": id });
        }
        let mut stage = agent(id);
        stage[key] = value;
        json!({ "type": kind, "stage": stage })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_json_makes_it_panic(
        proposed in prop::collection::vec(prop_oneof![any_json(), nearly_an_edit()], 0..5),
        n_live in 0..4_usize,
    ) {
        let plan = planned(TEXT, &[]);
        let live = ids(&plan).split_off(3 - n_live.min(3));
        match compile_edits(&plan, &live, &proposed) {
            Ok(edits) => prop_assert_eq!(edits.len(), proposed.len()),
            Err(found) => prop_assert!(!found.is_empty()),
        }
    }
}

#[test]
fn an_edit_is_bounded_in_depth() {
    let plan = planned(TEXT, &[]);
    let with_default = |depth: usize| {
        let mut stage = agent("new");
        let default = (0..depth).fold(json!({}), |inner, _| json!({ "a": inner }));
        stage["outputs"] = json!({ "o": { "type": "object", "default": default } });
        json!({ "type": "insert", "stage": stage })
    };
    // The edit, its stage, the outputs, one of them, and its default.
    assert_eq!(edited(&plan, &ids(&plan), &[with_default(59)]).len(), 1);
    let delete = json!({ "type": "delete", "stage_id": "nobody" });
    let proposed = [delete, with_default(60), with_default(115)];
    let found = compile_edits(&plan, &ids(&plan), &proposed).unwrap_err();
    assert_eq!(
        render(&found),
        "SWDL-E0105 - error edits[1]: the edit is nested 65 deep, and 64 is the most\n\
         SWDL-E0105 - error edits[2]: the edit is nested 120 deep, and 64 is the most\n"
    );
}

/// A list of one edit that gives a stage of a plan what it has.
fn unchanged(stage: &PlannedStage, plan: &Plan) -> String {
    let document = baton_lang::stage_document(stage, &plan.stage_defaults).unwrap();
    serde_saphyr::to_string(&json!([{ "type": "update", "stage": document }])).unwrap()
}

#[test]
fn a_stage_that_is_written_down_is_read_as_itself() {
    let directories = ["golden", "corpus"].map(|name| tests_directory().join(name));
    let folders = directories.iter().flat_map(|directory| cases(directory));
    let files = folders.chain([examples_directory()]);
    let mut n_stages = 0;
    for path in files.flat_map(|folder| cases(&folder)) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let Some(definition) = check(&text)
            .definition
            .filter(|_| !check(&text).has_errors())
        else {
            continue;
        };
        let given = definition.config.parameters.keys();
        let given: Vec<_> = given
            .map(|name| (name.clone(), ParameterInput::Text("1".to_owned())))
            .collect();
        let Ok(plan) = compile(&definition, &text, &given) else {
            continue;
        };
        for stage in &plan.stages {
            let text = unchanged(stage, &plan);
            let stage = Box::new(stage.clone());
            match compile_edits_text(&plan, &ids(&plan), &text) {
                Ok(edits) => assert_eq!(edits, [Edit::Update { stage }], "{text}"),
                // A file may live with a warning; an edit may not.
                Err(found) => assert!(
                    found.iter().all(|one| one.severity != Severity::Error),
                    "{}\n{text}",
                    render(&found)
                ),
            }
            n_stages += 1;
        }
    }
    assert!(n_stages > 100, "{n_stages}");
}

#[test]
fn mistakes_of_a_text_have_their_places() {
    let plan = planned(TEXT, &[]);
    let place = |text: &str| {
        let found = compile_edits_text(&plan, &ids(&plan), text).unwrap_err();
        let places = found.into_iter().map(|found| {
            let start = found.span.map(|span| (span.start.line, span.start.column));
            (found.code, start)
        });
        places.collect::<Vec<_>>()
    };
    assert_eq!(place("- type: [\n"), [("SWDL-E0101", Some((1, 9)))]);
    let twice = "- type: delete\n  stage_id: a\n  stage_id: a\n";
    assert_eq!(place(twice), [("SWDL-E0102", Some((3, 3)))]);
    let found = compile_edits_text(&plan, &ids(&plan), twice).unwrap_err();
    assert_eq!(found[0].path, "edits[0].stage_id");
    let unknown = "- type: update\n  stage:\n    id: nobody\n    name: N\n    roles: { primary: { artifact: \"agent:x\" } }\n";
    assert_eq!(place(unknown), [("SWDL-E0407", Some((3, 9)))]);
}

#[test]
fn what_stands_in_no_text_has_no_place_in_it() {
    let plan = planned(TEXT, &[]);
    let circle = "- type: update\n  stage:\n    id: a\n    name: A\n    depends_on: [z]\n    \
                  roles: { primary: { artifact: \"agent:x\" } }\n    outputs: { text: { type: string } }\n";
    let found = compile_edits_text(&plan, &ids(&plan), circle).unwrap_err();
    assert!(!found.is_empty());
    for found in found {
        assert!(
            found.labels.iter().all(|label| label.span.start.line == 5),
            "{found:#?}"
        );
    }
}

#[test]
fn a_stage_that_no_edit_can_give_is_not_written_down() {
    let plan = planned(TEXT, &[]);
    let gate = plan
        .stages
        .iter()
        .find(|stage| stage.id.as_str() == "g")
        .unwrap();
    let mut patient = gate.clone();
    let StageKind::Gate(spec) = &mut patient.kind else {
        panic!("{patient:?}");
    };
    spec.timeout = None;
    assert_eq!(
        baton_lang::stage_document(&patient, &plan.stage_defaults),
        None
    );
    assert!(baton_lang::stage_document(gate, &plan.stage_defaults).is_some());
}
