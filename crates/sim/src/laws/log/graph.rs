//! The laws of a run's graph: batches, and edits while it goes on.

use std::collections::{BTreeMap, BTreeSet};

use baton_model::{Edit, StageId, StepStatus};

use super::{Law, Lawful, LogModel, Stage, hold};

impl LogModel {
    /// The batch of a stage, from 0: the longest way to it.
    pub(super) fn batch_of(&self, stage: &StageId) -> u32 {
        self.batches().get(stage).copied().unwrap_or(0)
    }

    /// The first batch with a stage that has not ended and can still begin.
    pub(super) fn first_open_batch(&self) -> Option<u32> {
        let batches = self.batches();
        let blocking = self.blocking(&batches);
        let open = self
            .stages
            .iter()
            .filter(|(id, stage)| !stage.status.is_terminal() && !blocking.contains(*id));
        open.filter_map(|(id, _)| batches.get(id).copied()).min()
    }

    /// The stages of that batch that have not ended.
    pub(super) fn unfinished_batch(&self) -> BTreeSet<StageId> {
        let first = self.first_open_batch();
        let open = self
            .stages
            .iter()
            .filter(|(id, stage)| !stage.status.is_terminal() && Some(self.batch_of(id)) == first);
        open.map(|(id, _)| id.clone()).collect()
    }

    /// Stages that nobody who depends on them can ever begin after, as things
    /// stand: not ended well enough, or unable to begin themselves.
    fn blocking(&self, batches: &BTreeMap<StageId, u32>) -> BTreeSet<StageId> {
        let mut in_order: Vec<(&StageId, &Stage)> = self.stages.iter().collect();
        in_order.sort_by_key(|(id, _)| batches.get(*id));
        let mut blocking = BTreeSet::new();
        for (id, stage) in in_order {
            let waits = stage.status == StepStatus::Pending && stage.attempt == 0;
            let mut before = stage.planned.depends_on.iter();
            let is_blocked = waits && before.any(|id| blocking.contains(id));
            let is_closed =
                matches!(stage.status, StepStatus::Failed | StepStatus::TimedOut) && stage.was_open;
            let has_ended_badly = stage.status.is_terminal() && !stage.has_settled();
            if is_blocked || is_closed || has_ended_badly {
                blocking.insert(id.clone());
            }
        }
        blocking
    }

    /// The batch of every stage that is not part of a circle.
    fn batches(&self) -> BTreeMap<StageId, u32> {
        let mut batches = BTreeMap::new();
        for _ in 0..self.stages.len() {
            let mut found = Vec::new();
            for (id, stage) in self
                .stages
                .iter()
                .filter(|(id, _)| !batches.contains_key(*id))
            {
                let before = stage.planned.depends_on.iter().map(|id| batches.get(id));
                let before: Option<Vec<u32>> = before.map(Option::<&u32>::copied).collect();
                if let Some(before) = before {
                    let batch = before.iter().max().map_or(0, |last| last + 1);
                    found.push((id.clone(), batch));
                }
            }
            if found.is_empty() {
                break;
            }
            batches.extend(found);
        }
        batches
    }

    /// A list of edits, which must make sense as a whole.
    pub(super) fn edit(&mut self, edits: &[Edit]) -> Lawful {
        let mut deleted = BTreeSet::new();
        for edit in edits {
            let id = edit.stage();
            match (edit, self.stages.get(id)) {
                (Edit::Insert { stage }, None) => {
                    self.stages
                        .insert(id.clone(), Stage::new(stage.as_ref().clone()));
                }
                (Edit::Update { stage }, Some(present)) if present.is_untouched() => {
                    self.stages
                        .insert(id.clone(), Stage::new(stage.as_ref().clone()));
                }
                (Edit::Delete { .. }, Some(present)) if present.is_untouched() => {
                    self.stages.remove(id);
                    if let Some(pause) = &mut self.pause {
                        pause.finishes.remove(id);
                    }
                    deleted.insert(id.clone());
                }
                (_, present) => {
                    let status = present.map(|stage| stage.status);
                    return hold(false, Law::Semantics, || {
                        format!("an edit of `{id}`, which is {status:?}")
                    });
                }
            }
        }
        deleted.retain(|id| !self.stages.contains_key(id));
        for stage in self.stages.values_mut() {
            stage.planned.depends_on.retain(|id| !deleted.contains(id));
        }
        hold(
            self.batches().len() == self.stages.len(),
            Law::Semantics,
            || "an edit leaves a circle, or a stage that waits for nobody".to_owned(),
        )
    }
}
