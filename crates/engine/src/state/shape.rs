//! The stages of a run as they were at one moment: what is kept to see what
//! an edit has changed.

use std::sync::Arc;

use baton_model::Plan;
use baton_model::plan::PlannedStage;

use crate::state::{RunState, StageIndex};
use crate::topology::Topology;

/// The stages of a run at one moment. Cheap to make.
#[derive(Clone, Debug)]
pub struct Shape {
    plan: Arc<Plan>,
    topology: Arc<Topology>,
}

impl Shape {
    /// Whether the stages of `state` are still these.
    pub fn is_that_of(&self, state: &RunState) -> bool {
        Arc::ptr_eq(&self.plan, &state.plan)
    }

    /// The plan and the batch of the stage at a place; none where there is no
    /// stage, or none any more.
    pub fn stage(&self, index: StageIndex) -> Option<(&PlannedStage, u32)> {
        let planned = self.plan.stages.get(index.get())?;
        let is_there = self.topology.index(&planned.id) == Some(index);
        is_there.then(|| (planned, self.topology.batch(index)))
    }
}

impl RunState {
    /// The stages as they are now.
    pub fn shape(&self) -> Shape {
        Shape {
            plan: Arc::clone(&self.plan),
            topology: Arc::clone(&self.topology),
        }
    }

    /// Every place a stage has, or had.
    pub fn places(&self) -> impl Iterator<Item = StageIndex> + use<> {
        (0..self.stages.len()).map(StageIndex::from_place)
    }
}
