//! Findings in the forms that other programs read.

use std::fs;

use serde_json::Value;

use crate::support::World;

const BAD: &str = "workflow: { id: a, name: A, colour: red }
stages:
  - id: a
    name: A
    type: gate
    depends_on: [b]
  - id: b
    name: B
    type: gate
    depends_on: [a, c]
";

fn world() -> World {
    let world = World::new();
    world.file("bad, very.yaml", BAD);
    world.file("good.yaml", "workflow: { id: a, name: A }\nstages: []\n");
    world
}

const FILES: [&str; 4] = ["validate", "bad, very.yaml", "good.yaml", "missing.yaml"];

/// The schema of SARIF 2.1.0 as its authors publish it.
fn sarif_schema() -> jsonschema::Validator {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/sarif-2.1.0.schema.json"
    );
    let text = fs::read_to_string(file).unwrap();
    // As it is published, a bracket too many keeps it from being a pattern.
    let schema: Value = serde_json::from_str(&text.replace("{2}]?$", "{2}?$")).unwrap();
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

#[test]
fn a_sarif_log_is_what_its_schema_says() {
    let world = world();
    let log = world
        .baton(&[&FILES[..], &["--format", "sarif"]].concat())
        .exits(4)
        .json();
    let mistakes: Vec<String> = sarif_schema()
        .iter_errors(&log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(mistakes, [""; 0]);
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3, "{log:#}");
    for result in results {
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[rule]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "bad%2C%20very.yaml");
    }
    let of = |code: &str| {
        results
            .iter()
            .find(|result| result["ruleId"] == code)
            .unwrap()
    };
    let unknown = of("SWDL-E0401");
    assert_eq!(unknown["level"], "error");
    let region = &unknown["locations"][0]["physicalLocation"]["region"];
    let place = ["startLine", "startColumn", "endLine", "endColumn"].map(|name| &region[name]);
    assert_eq!(place, [10, 21, 10, 22]);
    assert_eq!(of("SWDL-W0203")["level"], "warning");
    let circle = of("SWDL-E0403");
    assert_eq!(circle["relatedLocations"][0]["id"], 0);
    assert!(circle["relatedLocations"][0]["message"]["text"].is_string());
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let unread = invocation["toolExecutionNotifications"][0]["message"]["text"].as_str();
    assert!(unread.unwrap().contains("missing.yaml"));
}

#[test]
fn a_log_without_findings_is_one_too() {
    let world = world();
    let log = world
        .baton(&["validate", "good.yaml", "--format", "sarif"])
        .exits(0)
        .json();
    assert!(sarif_schema().is_valid(&log), "{log:#}");
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 0);
}

#[test]
fn annotations_are_one_line_for_each_finding() {
    let world = world();
    let answer = world
        .baton(&[&FILES[..], &["--format", "github"]].concat())
        .exits(4);
    let lines: Vec<&str> = answer.stdout.lines().collect();
    assert_eq!(lines.len(), 4, "{}", answer.stdout);
    assert!(
        lines[0].starts_with(
            "::warning file=bad%2C very.yaml,line=1,col=29,endLine=1,endColumn=35,title=SWDL-W0203::"
        ),
        "{}",
        lines[0]
    );
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("::error file=missing.yaml::cannot read"))
    );
}

#[test]
fn the_document_has_a_place_for_everything() {
    let world = world();
    for arguments in [["--format", "json"], ["-o", "json"]] {
        let report = world
            .baton(&[&FILES[..], &arguments].concat())
            .exits(4)
            .json();
        let files = report["files"].as_array().unwrap();
        assert_eq!(files.len(), 3);
        let found = files[0]["diagnostics"].as_array().unwrap();
        let unknown = found
            .iter()
            .find(|found| found["code"] == "SWDL-E0401")
            .unwrap();
        assert_eq!(unknown["severity"], "error");
        assert_eq!(unknown["category"], "dag");
        assert_eq!(unknown["path"], "stages[1].depends_on[1]");
        assert_eq!(unknown["span"]["start"]["line"], 10);
        assert_eq!(unknown["span"]["end"]["column"], 22);
        assert!(unknown["message"].is_string() && unknown["labels"].is_array());
    }
    let yaml = world
        .baton(&[&FILES[..], &["--format", "yaml"]].concat())
        .exits(4)
        .yaml();
    assert_eq!(yaml["files"].as_array().unwrap().len(), 3);
    let human = world
        .baton(&[&FILES[..], &["--format", "human"]].concat())
        .exits(4);
    human.stdout_says("3 files: 1 valid, 2 invalid (2 errors, 1 warning)");
}
