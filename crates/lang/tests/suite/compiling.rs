//! What a plan says, beyond what its report shows.

use std::time::Duration;

use baton_lang::{ParameterInput, check, compile, describe};
use baton_model::batches;
use baton_model::plan::{
    FailurePolicy, GateTimeout, Handoff, HandoffFormat, HookAction, HookPoint, OnCrash, Schedule,
    StageDefaults, StageKind,
};
use baton_model::{Plan, StageId, Value};
use serde_json::json;

const HEAD: &str = "workflow: { id: w, name: W }\n";

fn planned(text: &str, given: &[(String, ParameterInput)]) -> Result<Plan, Vec<String>> {
    let checked = check(text);
    assert!(!checked.has_errors(), "{:?}", checked.diagnostics);
    compile(&checked.definition.unwrap(), text, given)
        .map_err(|mistakes| mistakes.into_iter().map(|found| found.message).collect())
}

fn value(name: &str, value: Value) -> (String, ParameterInput) {
    (name.to_owned(), ParameterInput::Value(value))
}

fn text(name: &str, text: &str) -> (String, ParameterInput) {
    (name.to_owned(), ParameterInput::Text(text.to_owned()))
}

#[test]
fn what_is_left_out_is_filled_in() {
    let text = format!(
        "{HEAD}stages:\n- {{ id: a, name: A, roles: {{ primary: {{ artifact: agent:x }} }} }}\n\
         - {{ id: g, name: G, type: gate, depends_on: [a] }}\n"
    );
    let plan = planned(&text, &[]).unwrap();
    assert_eq!(plan.workflow.version, "1.0.0");
    assert_eq!(plan.workflow.definition_hash.len(), 64);
    assert_eq!(plan.settings.timeout, Some(Duration::from_hours(2)));
    assert_eq!(plan.settings.stages_at_once_max, 3);
    let [agent, gate] = plan.stages.as_slice() else {
        panic!("{plan:?}");
    };
    assert_eq!(agent.timeout, Some(Duration::from_mins(30)));
    assert_eq!(
        (agent.retry.attempts_max, agent.on_crash),
        (2, OnCrash::Resume)
    );
    assert!(
        matches!(&agent.kind, StageKind::Agent(agent) if agent.model.as_deref() == Some("opus"))
    );
    assert_eq!(agent.question_timeout, Some(Duration::from_hours(24)));
    assert_eq!(
        (agent.repairs_max, &agent.handoff),
        (1, &Handoff::default())
    );
    assert_eq!(plan.settings.schedule, Schedule::Eager);
    assert_eq!(plan.stage_defaults, StageDefaults::default());
    assert_eq!((gate.timeout, gate.question_timeout), (None, None));
    let StageKind::Gate(spec) = &gate.kind else {
        panic!("{gate:?}");
    };
    assert_eq!(spec.timeout, Some(Duration::from_hours(24)));
    assert_eq!(spec.on_timeout, GateTimeout::Halt);
}

#[test]
fn a_stage_inherits_what_the_workflow_says() {
    let text = format!(
        "{HEAD}error_policy: {{ on_stage_failure: continue, on_crash: fail, default_retry: {{ max_attempts: 5 }} }}\n\
         config: {{ max_concurrent_stages: 7, timeout: 1d }}\n\
         stages:\n\
         - {{ id: a, name: A, roles: {{ primary: {{ artifact: agent:x }} }}, error_policy: {{ timeout: 90s }} }}\n\
         - {{ id: b, name: B, roles: {{ primary: {{ artifact: agent:x }} }}, \
              error_policy: {{ on_failure: skip_dependents, on_crash: retry, \
              retry: {{ initial_interval: 1m, max_interval: 1h, backoff_multiplier: 3 }} }} }}\n"
    );
    let plan = planned(&text, &[]).unwrap();
    let [a, b] = plan.stages.as_slice() else {
        panic!("{plan:?}");
    };
    assert_eq!(
        (a.on_failure, a.on_crash),
        (FailurePolicy::Continue, OnCrash::Fail)
    );
    assert_eq!(
        (a.retry.attempts_max, a.timeout),
        (5, Some(Duration::from_secs(90)))
    );
    assert_eq!(
        (b.on_failure, b.on_crash),
        (FailurePolicy::SkipDependents, OnCrash::Retry)
    );
    assert_eq!(
        b.retry.attempts_max, 2,
        "a retry block is completed by what is built in"
    );
    assert_eq!(b.retry.interval_max, Duration::from_hours(1));
    assert_eq!(plan.settings.stages_at_once_max, 7);
    assert_eq!(
        (plan.stage_defaults.on_failure, plan.stage_defaults.on_crash),
        (FailurePolicy::Continue, OnCrash::Fail)
    );
    assert_eq!(plan.stage_defaults.retry, a.retry);
}

#[test]
fn handoffs_questions_crashes_and_the_schedule_reach_the_plan() {
    let text = format!(
        "{HEAD}config: {{ schedule: batches }}\nstages:\n\
         - id: a\n  name: A\n  roles: {{ primary: {{ artifact: agent:x }} }}\n  \
         error_policy: {{ on_crash: ask, question_timeout: 90m }}\n  \
         handoff: {{ format: markdown, include_run_log: true, summary_prompt: 'In ${{{{ env.N }}}} words.' }}\n"
    );
    let plan = planned(&text, &[]).unwrap();
    assert_eq!(plan.settings.schedule, Schedule::Batches);
    let stage = &plan.stages[0];
    assert_eq!(stage.on_crash, OnCrash::Ask);
    assert_eq!(stage.question_timeout, Some(Duration::from_mins(90)));
    let handoff = Handoff {
        format: HandoffFormat::Markdown,
        include_run_log: true,
        summary_prompt: Some("In ${{ env.N }} words.".to_owned()),
    };
    assert_eq!(stage.handoff, handoff);
}

#[test]
fn hooks_become_actions_in_order() {
    let text = format!(
        "{HEAD}hooks:\n  \
         on_start: {{ notify: 'slack:#a', run: \"say --id '${{{{ run.id }}}} now'\" }}\n  \
         on_complete:\n  - {{ notify: {{ channel: 'slack:#b', message: Done. }} }}\n  \
         - {{ run: [say, 'two words', ''] }}\n"
    );
    let plan = planned(&text, &[]).unwrap();
    let run = |words: &[&str]| HookAction::Run {
        argv: words.iter().map(|word| (*word).to_owned()).collect(),
    };
    let notify = |target: &str, message: Option<&str>| HookAction::Notify {
        target: target.to_owned(),
        message: message.map(str::to_owned),
    };
    assert_eq!(
        plan.hooks.at(HookPoint::OnStart),
        [
            run(&["say", "--id", "${{ run.id }} now"]),
            notify("slack:#a", None)
        ]
    );
    assert_eq!(
        plan.hooks.at(HookPoint::OnComplete),
        [
            notify("slack:#b", Some("Done.")),
            run(&["say", "two words", ""])
        ]
    );
    assert!(plan.hooks.at(HookPoint::OnFailure).is_empty());
}

#[test]
fn parameters_are_coerced_completed_and_all_mistakes_reported() {
    let definition = format!(
        "{HEAD}config:\n  parameters:\n    flag: {{ type: boolean, default: false }}\n    \
         n: {{ type: integer, required: true, description: how many }}\n    \
         list: {{ type: 'array<integer>' }}\n    note: {{ type: string }}\n"
    );
    let plan = planned(
        &definition,
        &[text("n", "3"), text("list", "[1,2]"), text("n", "4")],
    );
    let expected = json!({"flag": false, "n": 4, "list": [1, 2]});
    assert_eq!(Value::Object(plan.unwrap().parameters), expected);
    let plan = planned(
        &definition,
        &[
            value("n", json!(1)),
            value("flag", Value::Null),
            text("note", "true"),
        ],
    );
    let expected = json!({"flag": null, "n": 1, "note": "true"});
    assert_eq!(Value::Object(plan.unwrap().parameters), expected);
    let mistakes = planned(
        &definition,
        &[
            value("n", Value::Null),
            text("flag", "yes"),
            text("nota", "x"),
            value("list", json!(["a"])),
        ],
    );
    assert_eq!(
        mistakes.unwrap_err(),
        [
            "the parameter `nota` is not declared",
            "the parameter `flag`: expected boolean, got string \"yes\"",
            "the parameter `n`: expected integer, got null",
            "the parameter `list`: expected integer, got string \"a\" at [0]",
        ]
    );
}

#[test]
fn parameters_are_bounded_in_depth_however_they_are_given() {
    let definition = format!(
        "{HEAD}config:\n  parameters:\n    o: {{ type: object }}\n    any: {{ type: memory_item }}\n    s: {{ type: string }}\n"
    );
    let json = |depth: usize| {
        format!(
            "{{\"a\":{}{}}}",
            "[".repeat(depth - 1),
            "]".repeat(depth - 1)
        )
    };
    let read = |depth: usize| serde_json::from_str::<Value>(&json(depth)).unwrap();
    let given = |depth: usize| {
        [
            text("o", &json(depth)),
            value("any", read(depth)),
            text("s", &json(10 * depth)),
        ]
    };
    let plan = planned(&definition, &given(64)).unwrap();
    assert_eq!(plan.parameters["o"], read(64));
    assert_eq!(plan.parameters["any"], read(64));
    assert_eq!(plan.parameters["s"], json(640));
    for depth in [65, 125, 126, 127] {
        assert_eq!(
            planned(&definition, &given(depth)).unwrap_err(),
            [
                format!(
                    "the parameter `o`: expected object, \
                     got a value nested {depth} deep, and 64 is the most"
                ),
                format!("the parameter `any` is nested {depth} deep, and 64 is the most"),
            ]
        );
    }
    let typed = planned(&definition, &[value("o", read(65))]).unwrap_err();
    assert_eq!(
        typed,
        ["the parameter `o` is nested 65 deep, and 64 is the most"]
    );
}

#[test]
fn a_definition_with_errors_does_not_compile() {
    for (stage, message) in [
        ("{ id: a, name: A }", "has no `roles`"),
        ("{ id: a, name: A, type: fan_out }", "reserved"),
        (
            "{ id: a, name: A, roles: { primary: { artifact: agent:x } }, inputs: { i: { type: str } } }",
            "type of `i` is not known",
        ),
        (
            "{ id: a, name: A, roles: { primary: { artifact: agent:x } }, depends_on: [''] }",
            "must not be empty",
        ),
    ] {
        let text = format!("{HEAD}stages:\n- {stage}\n");
        let definition = check(&text).definition.unwrap();
        let mistakes = compile(&definition, &text, &[]).unwrap_err();
        assert!(mistakes[0].message.contains(message), "{mistakes:?}");
    }
}

#[test]
fn batches_keep_the_declared_order_and_leave_circles_out() {
    let text = format!("{HEAD}stages:\n- {{ id: a, name: A, type: gate }}\n");
    let stage = planned(&text, &[]).unwrap().stages.remove(0);
    let with = |id: &str, depends_on: &[&str]| {
        let mut stage = stage.clone();
        stage.id = StageId::new(id).unwrap();
        stage.depends_on = depends_on
            .iter()
            .map(|id| StageId::new(id).unwrap())
            .collect();
        stage
    };
    let stages = [
        with("d", &["c", "a"]),
        with("c", &[]),
        with("b", &["a"]),
        with("a", &["nowhere"]),
        with("x", &["y"]),
        with("y", &["x"]),
    ];
    assert_eq!(batches(&stages), [vec![1, 3], vec![0, 2]]);
    assert!(batches(&[]).is_empty());
}

#[test]
fn an_empty_workflow_plans_to_nothing() {
    let checked = check(HEAD);
    let definition = checked.definition.unwrap();
    let plan = compile(&definition, HEAD, &[]).unwrap();
    let report = describe(&definition, &plan, &checked.diagnostics);
    assert_eq!(
        report.to_text(),
        "Workflow: W v1.0.0\nParameters: (none)\n\nExecution Plan:\n\nEstimated total time: 0m"
    );
}

#[test]
fn plans_quote_parameters_and_list_findings() {
    let text = format!(
        "{HEAD}config:\n  parameters:\n    a: {{ type: string, default: \"it's\" }}\n    \
         b: {{ type: string, default: \"'\\\"\\n\\t\\r\\\\\\a\" }}\n    \
         c: {{ type: object, default: {{ k: [1, null, true] }} }}\n    \
         d: {{ type: boolean, default: false }}\n\
         stages:\n- {{ id: s, name: S, type: gate, tpye: x, gate: {{ timeout: 90m }} }}\ncontext: {{}}\n"
    );
    let checked = check(&text);
    let definition = checked.definition.unwrap();
    let plan = compile(&definition, &text, &[]).unwrap();
    let shown = describe(&definition, &plan, &checked.diagnostics).to_text();
    for line in [
        r#"Parameters: a="it's", b='\'"\n\t\r\\\u{7}', c={'k': [1, None, True]}, d=False"#,
        "      Timeout: 90m",
        "Estimated total time: 0m (approval gates excluded: s 90m)",
        "  [warn] [schema] stage='s' field='tpye' unknown key `tpye`",
        "  [warn] [schema] field='context' the context block is read, but not in effect yet",
    ] {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
}

#[test]
fn plans_show_hooks_handoffs_and_the_schedule_where_they_are_not_the_usual() {
    let text = format!(
        "{HEAD}config: {{ schedule: batches }}\n\
         hooks: {{ on_start: {{ run: [say, 'two words', '', \"it's\"], notify: 'slack:#a' }} }}\n\
         stages:\n\
         - id: a\n  name: A\n  roles: {{ primary: {{ artifact: agent:x }} }}\n  \
         handoff: {{ include_run_log: true, summary_prompt: Short. }}\n\
         - id: b\n  name: B\n  roles: {{ primary: {{ artifact: agent:x }} }}\n  \
         handoff: {{ format: structured }}\n"
    );
    let checked = check(&text);
    let definition = checked.definition.unwrap();
    let plan = compile(&definition, &text, &[]).unwrap();
    let report = describe(&definition, &plan, &checked.diagnostics);
    let shown = report.to_text();
    for line in [
        "\nSchedule: batches\n",
        "      Handoff: structured, with its log, with a summary\n",
        "Hooks:\n  on_start: run say 'two words' '' \"it's\"\n  on_start: notify slack:#a",
    ] {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
    assert_eq!(shown.matches("Handoff:").count(), 1, "{shown}");
    let json = report.to_json();
    assert_eq!(json["schedule"], "batches");
    let [a, b] = json["batches"][0]["stages"].as_array().unwrap().as_slice() else {
        panic!("{json}");
    };
    let handoff =
        json!({ "format": "structured", "include_run_log": true, "summary_prompt": "Short." });
    assert_eq!((&a["handoff"], &b["handoff"]), (&handoff, &Value::Null));
}
