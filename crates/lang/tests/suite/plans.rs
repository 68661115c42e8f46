//! The plans of the repository's examples, as text and as JSON.

use std::fs;

use baton_lang::{Checked, ParameterInput, PlanReport, check, compile, describe};

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
