//! Edits of a run's stages: what the plan is after them, or why they are
//! refused.
//!
//! A list of edits is looked at as a whole: what counts is the end, so a
//! child may be inserted before its parent. Only stages nothing was done for
//! may change or go.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use baton_model::plan::{PlannedStage, STAGES_MAX};
use baton_model::{Edit, StageId};
use indexmap::IndexMap;

use crate::state::{RunState, StageIndex};
use crate::topology::Topology;

/// How many stages edits can give a run over its whole life. A stage that was
/// deleted keeps its place, so that is more than may be there at once; and it
/// is bounded, so that edits that delete and insert cannot make a run grow for
/// ever.
const PLACES_MAX: usize = 2 * STAGES_MAX;

/// What a list of edits does to a run's stages.
#[derive(Debug)]
pub(crate) struct Edited {
    /// Stages that are other than they were, and those that are new, in order
    /// of their places.
    pub(crate) stages: Vec<(StageIndex, PlannedStage)>,
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
        let mut replaced: Vec<&PlannedStage> = self
            .removed
            .iter()
            .filter(|index| index.get() < state.stages.len())
            .map(|index| state.planned(*index))
            .collect();
        for (index, stage) in &self.stages {
            let is_same = if index.get() < state.stages.len() {
                state.planned(*index) == stage || self.removed.contains(index)
            } else if self.removed.contains(index) {
                true
            } else {
                // As good as one that was taken out in the same list.
                let twin = replaced.iter().position(|other| *other == stage);
                twin.map(|place| replaced.swap_remove(place)).is_some()
            };
            if !is_same {
                return false;
            }
        }
        replaced.is_empty()
    }
}

/// Those of `edits` that change something, as changes of the stages there are
/// now. What was done before is no news, so that a list may come again: a
/// stage that is there as it is to be, and one that was deleted. A stage that
/// is still as `agent` wrote it is updated where it inserts it differently.
///
/// Edits of a stage that the list names more than once are left as they are.
pub(crate) fn news_in(state: &RunState, edits: &[Edit], agent: Option<&str>) -> Vec<Edit> {
    let mut n_times: BTreeMap<&StageId, u32> = BTreeMap::new();
    for edit in edits {
        *n_times.entry(edit.stage()).or_default() += 1;
    }
    let news = edits.iter().filter_map(|edit| {
        if n_times.get(edit.stage()) == Some(&1) {
            news_of(state, edit, agent)
        } else {
            Some(edit.clone())
        }
    });
    news.collect()
}

fn news_of(state: &RunState, edit: &Edit, agent: Option<&str>) -> Option<Edit> {
    let Some(index) = state.index(edit.stage()) else {
        let is_done = matches!(edit, Edit::Delete { stage } if was_there(state, stage));
        return (!is_done).then(|| edit.clone());
    };
    let (planned, entry) = (state.planned(index), state.stage(index));
    match edit {
        Edit::Insert { stage } | Edit::Update { stage } if **stage == *planned => None,
        Edit::Insert { stage } => {
            let is_own = agent.is_some() && entry.written_by.as_deref() == agent;
            let stage = stage.clone();
            Some(if is_own && entry.is_untouched() {
                Edit::Update { stage }
            } else {
                Edit::Insert { stage }
            })
        }
        Edit::Update { .. } | Edit::Delete { .. } => Some(edit.clone()),
    }
}

/// Whether the run had a stage of this name once.
fn was_there(state: &RunState, stage: &StageId) -> bool {
    state.plan.stages.iter().any(|planned| planned.id == *stage)
}

struct Draft<'s> {
    stages: Vec<Cow<'s, PlannedStage>>,
    /// Where each name that the edits speak of stands now; None: nowhere.
    places: IndexMap<StageId, Option<StageIndex>>,
    removed: BTreeSet<StageIndex>,
}

impl<'s> Draft<'s> {
    fn of(state: &'s RunState) -> Self {
        Self {
            stages: state.plan.stages.iter().map(Cow::Borrowed).collect(),
            places: IndexMap::new(),
            removed: BTreeSet::new(),
        }
    }

    fn place(&self, state: &RunState, stage: &StageId) -> Option<StageIndex> {
        match self.places.get(stage) {
            Some(place) => *place,
            None => state.index(stage),
        }
    }

    fn edit(&mut self, state: &RunState, edit: &Edit) -> Result<(), EditError> {
        match edit {
            Edit::Insert { stage } => {
                let index = StageIndex::from_place(self.stages.len());
                if self.place(state, &stage.id).is_some() {
                    return Err(EditError::Present(stage.id.clone()));
                }
                if index.get() >= PLACES_MAX {
                    let words = format!(
                        "a run can have had at most {PLACES_MAX} stages, deleted ones included"
                    );
                    return Err(EditError::BadGraph(words));
                }
                self.places.insert(stage.id.clone(), Some(index));
                self.stages.push(Cow::Owned(PlannedStage::clone(stage)));
            }
            Edit::Update { stage } => {
                let index = self.changeable(state, &stage.id)?;
                if let Some(place) = self.stages.get_mut(index.get()) {
                    *place = Cow::Owned(PlannedStage::clone(stage));
                }
            }
            Edit::Delete { stage } => {
                let index = self.changeable(state, stage)?;
                self.places.insert(stage.clone(), None);
                self.removed.insert(index);
            }
        }
        Ok(())
    }

    /// The place of a stage that nothing was done for yet.
    fn changeable(&self, state: &RunState, stage: &StageId) -> Result<StageIndex, EditError> {
        let index = self
            .place(state, stage)
            .ok_or_else(|| EditError::Absent(stage.clone()))?;
        let is_new = index.get() >= state.stages.len();
        if is_new || state.stage(index).is_untouched() {
            Ok(index)
        } else {
            Err(EditError::Started(stage.clone()))
        }
    }

    fn finish(mut self, state: &RunState) -> Result<Edited, EditError> {
        self.forget_deleted();
        let is_there = |index: StageIndex| {
            let was_there = index.get() >= state.stages.len() || state.is_there(index);
            was_there && !self.removed.contains(&index)
        };
        let stages = || self.stages.iter().map(Cow::as_ref);
        let topology =
            Topology::new(stages, is_there).map_err(|bad| EditError::BadGraph(bad.to_string()))?;
        let places = self.stages.into_iter().enumerate();
        let stages = places.filter_map(|(place, stage)| match stage {
            Cow::Owned(stage) => Some((StageIndex::from_place(place), stage)),
            Cow::Borrowed(_) => None,
        });
        Ok(Edited {
            stages: stages.collect(),
            topology,
            removed: self.removed,
        })
    }

    /// Who depended on a deleted stage depends on it no more.
    fn forget_deleted(&mut self) {
        let is_gone = |id: &StageId| self.places.get(id) == Some(&None);
        if self.removed.is_empty() {
            return;
        }
        for stage in &mut self.stages {
            if stage.depends_on.iter().any(is_gone) {
                stage.to_mut().depends_on.retain(|id| !is_gone(id));
            }
        }
    }
}
