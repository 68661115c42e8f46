//! Edits of a run's stages: what the plan is after them, or why they are
//! refused.
//!
//! A list of edits is looked at as a whole: what counts is the end, so a
//! child may be inserted before its parent. Only stages nothing was done for
//! may change or go.

use std::collections::BTreeSet;
use std::sync::Arc;

use baton_model::plan::PlannedStage;
use baton_model::{Edit, Plan, StageId};
use indexmap::IndexMap;

use crate::state::{RunState, StageIndex};
use crate::topology::Topology;

/// How many stages, deleted ones included, edits can give a run, so that they
/// cannot make it grow without bound.
const STAGES_MAX: usize = 20_000;

/// A run's stages after a list of edits.
#[derive(Debug)]
pub(crate) struct Edited {
    pub(crate) plan: Arc<Plan>,
    pub(crate) topology: Topology,
    /// Stages that are there no more; their places stay.
    pub(crate) removed: BTreeSet<StageIndex>,
}

/// Why a list of edits is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// An insert names a stage that is there.
    #[error("there is a stage `{0}` already")]
    Present(StageId),
    /// An update or delete names a stage that is not there.
    #[error("there is no stage `{0}`")]
    Absent(StageId),
    /// Something was done for the stage already.
    #[error("stage `{0}` has started and cannot be changed any more")]
    Started(StageId),
    /// The stages could not run as they would be.
    #[error("{0}")]
    BadGraph(String),
}

/// The stages after `edits`.
pub(crate) fn edit(state: &RunState, edits: &[Edit]) -> Result<Edited, EditError> {
    let mut draft = Draft::of(state);
    for edit in edits {
        draft.edit(state, edit)?;
    }
    draft.finish(state)
}

impl Edited {
    /// Whether the stages are what they were, whatever was done and undone.
    pub(crate) fn changes_nothing(&self, state: &RunState) -> bool {
        let is_there = |place: usize| {
            let index = StageIndex::from_place(place);
            let is_new = place >= state.stages.len();
            (is_new || state.is_there(index)) && !self.removed.contains(&index)
        };
        let stages = self.plan.stages.iter().enumerate();
        let after = stages.filter(|(place, _)| is_there(*place));
        let before = state.stages().map(|(_, planned, _)| planned);
        after.map(|(_, planned)| planned).eq(before)
    }
}

/// Whether `edits` would leave everything as it is.
pub(crate) fn changes_nothing(state: &RunState, edits: &[Edit]) -> bool {
    edits.iter().all(|edit| match edit {
        Edit::Update { stage } => state
            .index(&stage.id)
            .is_some_and(|index| state.planned(index) == stage.as_ref()),
        Edit::Insert { .. } | Edit::Delete { .. } => false,
    })
}

struct Draft {
    stages: Vec<PlannedStage>,
    places: IndexMap<StageId, StageIndex>,
    removed: BTreeSet<StageIndex>,
    deleted: BTreeSet<StageId>,
}

impl Draft {
    fn of(state: &RunState) -> Self {
        Self {
            stages: state.plan.stages.clone(),
            places: state
                .stages()
                .map(|(index, planned, _)| (planned.id.clone(), index))
                .collect(),
            removed: BTreeSet::new(),
            deleted: BTreeSet::new(),
        }
    }

    fn edit(&mut self, state: &RunState, edit: &Edit) -> Result<(), EditError> {
        match edit {
            Edit::Insert { stage } => {
                let index = StageIndex::from_place(self.stages.len());
                if self.places.contains_key(&stage.id) {
                    return Err(EditError::Present(stage.id.clone()));
                }
                if index.get() >= STAGES_MAX {
                    let words = format!("edits can give a run at most {STAGES_MAX} stages");
                    return Err(EditError::BadGraph(words));
                }
                self.places.insert(stage.id.clone(), index);
                self.stages.push(PlannedStage::clone(stage));
            }
            Edit::Update { stage } => {
                let index = self.changeable(state, &stage.id)?;
                if let Some(place) = self.stages.get_mut(index.get()) {
                    *place = PlannedStage::clone(stage);
                }
            }
            Edit::Delete { stage } => {
                let index = self.changeable(state, stage)?;
                self.places.swap_remove(stage);
                self.removed.insert(index);
                self.deleted.insert(stage.clone());
            }
        }
        Ok(())
    }

    /// The place of a stage that nothing was done for yet.
    fn changeable(&self, state: &RunState, stage: &StageId) -> Result<StageIndex, EditError> {
        let index = *self
            .places
            .get(stage)
            .ok_or_else(|| EditError::Absent(stage.clone()))?;
        let is_new = index.get() >= state.stages.len();
        if is_new || state.stage(index).is_untouched() {
            Ok(index)
        } else {
            Err(EditError::Started(stage.clone()))
        }
    }

    fn finish(mut self, state: &RunState) -> Result<Edited, EditError> {
        let is_removed = |index: StageIndex| {
            let was_there = index.get() >= state.stages.len() || state.is_there(index);
            !was_there || self.removed.contains(&index)
        };
        // Who depended on a deleted stage depends on it no more.
        for stage in &mut self.stages {
            let is_gone = |id: &StageId| self.deleted.contains(id) && !self.places.contains_key(id);
            stage.depends_on.retain(|dependency| !is_gone(dependency));
        }
        let topology = Topology::new(&self.stages, |index| !is_removed(index))
            .map_err(|bad| EditError::BadGraph(bad.to_string()))?;
        let plan = Plan {
            stages: self.stages,
            ..Plan::clone(&state.plan)
        };
        Ok(Edited {
            plan: Arc::new(plan),
            topology,
            removed: self.removed,
        })
    }
}
