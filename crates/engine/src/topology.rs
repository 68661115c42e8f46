//! Who depends on whom, as flat arrays: built once when a run is created.

use baton_model::plan::PlannedStage;
use baton_model::{StageId, batches};
use indexmap::IndexSet;

use crate::state::StageIndex;

/// The dependency graph of a plan, by stage index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Topology {
    /// In the plan's order, so a place here is a place there. Looked up for
    /// every command and event: a tree of ten thousand names is too slow.
    ids: IndexSet<StageId>,
    /// `dependents[starts[i]..starts[i + 1]]` depend on stage `i`.
    starts: Vec<u32>,
    dependents: Vec<StageIndex>,
}

/// Why a plan's stages are not a graph that can run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadGraph {
    #[error("stage `{0}` is there twice")]
    Duplicate(StageId),
    #[error("stage `{stage}` depends on `{dependency}`, which is not in the plan")]
    Unknown { stage: StageId, dependency: StageId },
    #[error("the stages wait for each other in a circle")]
    Cycle,
    #[error("a plan holds at most {max} stages", max = u32::MAX)]
    TooLarge,
}

impl Topology {
    pub(crate) fn new(stages: &[PlannedStage]) -> Result<Self, BadGraph> {
        let ids = distinct_ids(stages)?;
        let mut edges = Vec::new();
        for (to, stage) in indexed(stages) {
            for dependency in &stage.depends_on {
                let from = ids
                    .get_index_of(dependency)
                    .ok_or_else(|| BadGraph::Unknown {
                        stage: stage.id.clone(),
                        dependency: dependency.clone(),
                    })?;
                edges.push((StageIndex::from_place(from), to));
            }
        }
        edges.sort_unstable();
        edges.dedup();
        let mut starts = Vec::with_capacity(stages.len() + 1);
        for (index, _) in indexed(stages) {
            starts.push(offset(edges.partition_point(|(from, _)| *from < index)));
        }
        starts.push(offset(edges.len()));
        let dependents = edges.into_iter().map(|(_, to)| to).collect();
        Ok(Self {
            ids,
            starts,
            dependents,
        })
    }

    pub(crate) fn index(&self, stage: &StageId) -> Option<StageIndex> {
        self.ids.get_index_of(stage).map(StageIndex::from_place)
    }

    pub(crate) fn index_of_name(&self, stage: &str) -> Option<StageIndex> {
        self.ids.get_index_of(stage).map(StageIndex::from_place)
    }

    /// The stages that name `stage` in their `depends_on`.
    pub(crate) fn dependents(&self, stage: StageIndex) -> &[StageIndex] {
        let bounds = self
            .starts
            .get(stage.get())
            .zip(self.starts.get(stage.get() + 1));
        bounds
            .and_then(|(start, end)| self.dependents.get(*start as usize..*end as usize))
            .unwrap_or_default()
    }

    /// How many distinct stages `stage` waits for.
    pub(crate) fn dependency_counts(&self, n_stages: usize) -> Vec<u32> {
        let mut counts = vec![0; n_stages];
        for dependent in &self.dependents {
            if let Some(count) = counts.get_mut(dependent.get()) {
                *count += 1;
            }
        }
        counts
    }

    /// Refuses circles: stages on one are in no batch.
    pub(crate) fn ensure_acyclic(stages: &[PlannedStage]) -> Result<(), BadGraph> {
        let reached: usize = batches(stages).iter().map(Vec::len).sum();
        if reached == stages.len() {
            Ok(())
        } else {
            Err(BadGraph::Cycle)
        }
    }
}

fn indexed(stages: &[PlannedStage]) -> impl Iterator<Item = (StageIndex, &PlannedStage)> {
    stages
        .iter()
        .enumerate()
        .map(|(place, stage)| (StageIndex::from_place(place), stage))
}

fn distinct_ids(stages: &[PlannedStage]) -> Result<IndexSet<StageId>, BadGraph> {
    if u32::try_from(stages.len()).is_err() {
        return Err(BadGraph::TooLarge);
    }
    let mut ids = IndexSet::with_capacity(stages.len());
    for stage in stages {
        if !ids.insert(stage.id.clone()) {
            return Err(BadGraph::Duplicate(stage.id.clone()));
        }
    }
    Ok(ids)
}

fn offset(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
