//! Laws of edits: a list is taken or refused as a whole, and what was taken can
//! be stored.

use std::sync::LazyLock;

use baton_lang::{check, compile, compile_edits, read_value};
use baton_model::{Edit, Plan, StageId, Value};

/// The run that is edited.
const WORKFLOW: &str = include_str!("../../crates/lang/tests/golden/SWDL-E0407/unknown.yaml");

static PLAN: LazyLock<(Plan, Vec<StageId>)> = LazyLock::new(|| {
    let definition = check(WORKFLOW).definition.expect("it can be read");
    let given = (
        "topic".to_owned(),
        baton_lang::ParameterInput::Text("a".to_owned()),
    );
    let plan = compile(&definition, WORKFLOW, &[given]).expect("it can be planned");
    let live = plan.stages.iter().map(|stage| stage.id.clone()).collect();
    (plan, live)
});

/// Edits a run of three stages by what the text lists.
pub fn hold(text: &str) {
    let Ok(Value::Array(proposed)) = read_value(text) else {
        return;
    };
    let (plan, live) = &*PLAN;
    let made = compile_edits(plan, live, &proposed);
    assert_eq!(made, compile_edits(plan, live, &proposed));
    match made {
        Ok(edits) => {
            assert_eq!(edits.len(), proposed.len(), "an edit was lost");
            let stored = serde_json::to_string(&edits).expect("edits can be stored");
            let read: Vec<Edit> = serde_json::from_str(&stored).expect("and read");
            assert_eq!(read, edits);
        }
        Err(found) => assert!(!found.is_empty(), "refused without a word"),
    }
}
