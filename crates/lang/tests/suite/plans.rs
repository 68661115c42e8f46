//! The plans of the repository's examples, as text and as JSON.

use std::fs;

use baton_lang::{Checked, GraphForm, ParameterInput, PlanReport, check, compile, describe};

use super::{examples_directory, expect_file, render, tests_directory};

fn text_of(name: &str) -> String {
    fs::read_to_string(examples_directory().join(name)).unwrap()
}

fn plan_of(name: &str, given: &[(&str, &str)]) -> PlanReport {
    let text = text_of(name);
    let Checked {
        definition,
        diagnostics,
    } = check(&text);
    let definition = definition.unwrap();
    let given: Vec<_> = given
        .iter()
        .map(|(name, text)| ((*name).to_owned(), ParameterInput::Text((*text).to_owned())))
        .collect();
    let plan = compile(&definition, &text, &given).unwrap();
    describe(&definition, &plan, &diagnostics)
}

#[track_caller]
fn expect_plan(name: &str, report: &PlanReport) {
    let path = tests_directory().join("examples").join(name);
    expect_file(&path.with_extension("plan.txt"), &report.to_text());
    let json = serde_json::to_string_pretty(&report.to_json()).unwrap();
    expect_file(&path.with_extension("plan.json"), &json);
    for (form, extension) in [
        (GraphForm::Mermaid, "plan.mmd"),
        (GraphForm::Dot, "plan.dot"),
        (GraphForm::Svg, "plan.svg"),
    ] {
        let graph = report.to_graph(form);
        expect_file(&path.with_extension(extension), &graph);
    }
}

#[test]
fn the_minimal_example_plans_without_a_finding() {
    assert!(check(&text_of("minimal.yaml")).diagnostics.is_empty());
    let report = plan_of("minimal.yaml", &[("topic", "cranes")]);
    assert_eq!(report.total_batches, 2);
    expect_plan("minimal.yaml", &report);
}

#[test]
fn the_full_example_plans_to_eight_batches_without_a_finding() {
    let checked = check(&text_of("full.yaml"));
    assert_eq!(render(&checked.diagnostics), "");
    let report = plan_of("full.yaml", &[("ticket_no", "7"), ("service", "ledger")]);
    assert_eq!(report.total_batches, 8);
    assert!(
        report
            .to_text()
            .contains("Estimated total time: 3h 51m (approval gates excluded: ")
    );
    expect_plan("full.yaml", &report);
}

#[test]
fn names_cannot_break_out_of_a_graph() {
    let text = "workflow: { id: w, name: 'a\"; <b>&' }\n\
        stages: [{ id: end, name: '\"]; click <script> #x \\', type: gate }]\n";
    let definition = check(text).definition.unwrap();
    let plan = compile(&definition, text, &[]).unwrap();
    let report = describe(&definition, &plan, &[]);
    assert_eq!(
        report.to_graph(GraphForm::Mermaid),
        "flowchart LR\n  s0{{\"#quot;]; click #lt;script#gt; #35;x \\\"}}\n"
    );
    let dot = report.to_graph(GraphForm::Dot);
    assert!(dot.contains("digraph \"a\\\"; <b>&\" {"), "{dot}");
    assert!(
        dot.contains("[label=\"\\\"]; click <script> #x \\\\\", shape=hexagon]"),
        "{dot}"
    );
    let svg = report.to_graph(GraphForm::Svg);
    assert!(svg.contains("<title>a\"; &lt;b&gt;&amp;</title>"), "{svg}");
    assert!(!svg.contains("<script"), "{svg}");
}
