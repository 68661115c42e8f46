//! A file with many mistakes: all of them at once, each where it is.

use baton_lang::check;

/// Each line with a mistake ends with the code that it gets.
const TWELVE: &str = r#"workflow:
  id: 1st-try # SWDL-E0205
  name: Twelve mistakes
  version: "2" # SWDL-E0208
  auhtor: somebody # SWDL-W0203
config:
  timeout: 1.5h # SWDL-E0207
  max_concurrent_stages: many # SWDL-E0201
  parameters:
    pages: { type: int } # SWDL-E0209
    title: { type: string, default: 3 } # SWDL-E0216
stages:
  - id: draft
    name: Draft
    depends_on: [reviw] # SWDL-E0401
    roles: { primary: { artifact: writer } } # SWDL-E0501
    outputs: { text: { type: string } }
  - id: review
    name: Review
    depends_on: [draft]
    condition: "${{ stages.draft.outputs.text > 3 }}" # SWDL-E0312
    roles: { primary: { artifact: "agent:reviewer" } }
    inputs:
      text: { type: integer, source: "${{ stages.draft.outputs.text }}" } # SWDL-E0309
      title: { type: string, source: "${{ parameters.tilte }}" } # SWDL-E0305
"#;

#[test]
fn twelve_mistakes_of_one_file_are_found_at_once() {
    let lines = TWELVE.lines().zip(1..);
    let expected: Vec<(u32, &str)> = lines
        .filter_map(|(line, number)| Some((number, line.split_once("# ")?.1)))
        .collect();
    assert_eq!(expected.len(), 12);
    let found = check(TWELVE).diagnostics;
    let found: Vec<_> = found
        .iter()
        .map(|found| (found.span.unwrap().start.line, found.code))
        .collect();
    assert_eq!(found, expected);
}
