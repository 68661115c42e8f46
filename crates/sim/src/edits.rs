//! Edits of a run's stages, sensible and not.

use baton_model::plan::PlannedStage;
use baton_model::{Edit, Plan, StageId, Value};
use serde_json::json;

use crate::dice::Dice;
use crate::plans;

/// A list of edits for the stages as they are now. About half of them can be
/// applied.
pub(crate) fn edits(dice: &mut Dice, plan: &Plan) -> Vec<Edit> {
    let n_edits = dice.count(1, 2);
    (0..n_edits).filter_map(|_| edit(dice, plan)).collect()
}

fn edit(dice: &mut Dice, plan: &Plan) -> Option<Edit> {
    let stage = dice.pick(&plan.stages)?.clone();
    Some(match dice.below(10) {
        0..=5 => insert(dice, plan),
        6 | 7 => Edit::Update {
            stage: Box::new(updated(dice, plan, &stage)),
        },
        8 => Edit::Delete { stage: stage.id },
        // There is one of that name.
        _ => Edit::Insert {
            stage: Box::new(stage),
        },
    })
}

fn insert(dice: &mut Dice, plan: &Plan) -> Edit {
    let name = format!("x{}", dice.below(40));
    let mut stage = plans::stage(dice, &name, &plan.stages);
    if dice.percent(10) {
        stage.depends_on.extend(StageId::new("nobody").ok());
    }
    Edit::Insert {
        stage: Box::new(stage),
    }
}

/// A stage with other rules; now and then it comes to wait for itself.
fn updated(dice: &mut Dice, plan: &Plan, stage: &PlannedStage) -> PlannedStage {
    let others: Vec<PlannedStage> = plan
        .stages
        .iter()
        .filter(|other| other.id != stage.id || dice.percent(5))
        .cloned()
        .collect();
    plans::stage(dice, stage.id.as_str(), &others)
}

/// Edits as agents write them; now and then there is no sense in it.
pub(crate) fn proposed(dice: &mut Dice, plan: &Plan) -> Vec<Value> {
    if dice.percent(10) {
        return vec![json!({ "what": "else" })];
    }
    let written = edits(dice, plan).iter().map(serde_json::to_value).collect();
    let written: Result<Vec<Value>, _> = written;
    written.unwrap_or_default()
}

/// Makes edits of what an agent wrote.
pub(crate) fn compiled(proposed: &[Value]) -> Result<Vec<Edit>, String> {
    let edits = proposed.iter().cloned().map(serde_json::from_value);
    edits
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())
}
