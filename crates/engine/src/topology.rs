//! Who depends on whom, as flat arrays: built when a run is created and
//! whenever its stages are edited.

use baton_model::StageId;
use baton_model::plan::PlannedStage;
use indexmap::IndexMap;

use crate::state::StageIndex;

/// The dependency graph of the stages that are there, by stage index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Topology {
    /// Looked up for every command and event: a tree of ten thousand names is
    /// too slow.
    places: IndexMap<StageId, StageIndex>,
    /// `dependents[starts[i]..starts[i + 1]]` depend on stage `i`.
    starts: Vec<u32>,
    dependents: Vec<StageIndex>,
    /// How many distinct stages each stage depends on.
    dependency_counts: Vec<u32>,
    /// The batch of each stage, from 0: the longest way to it.
    batches: Vec<u32>,
    /// All stages, batch by batch.
    by_batch: Vec<StageIndex>,
}

/// Why stages are not a graph that can run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadGraph {
    #[error("stage `{0}` is there twice")]
    Duplicate(StageId),
    #[error("stage `{stage}` depends on `{dependency}`, which is not in the plan")]
    Unknown { stage: StageId, dependency: StageId },
    #[error("the stages wait for each other in a circle")]
    Cycle,
}

impl Topology {
    /// The graph of those of `stages` that are there; the others keep their
    /// place but have neither name nor edges.
    pub(crate) fn new<'s, Stages>(
        stages: impl Fn() -> Stages,
        is_there: impl Fn(StageIndex) -> bool,
    ) -> Result<Self, BadGraph>
    where
        Stages: ExactSizeIterator<Item = &'s PlannedStage>,
    {
        let n_stages = stages().len();
        let live = || indexed(stages()).filter(|(index, _)| is_there(*index));
        let places = places(live(), n_stages)?;
        let mut edges = Vec::new();
        for (to, stage) in live() {
            for dependency in &stage.depends_on {
                let from = places.get(dependency).ok_or_else(|| BadGraph::Unknown {
                    stage: stage.id.clone(),
                    dependency: dependency.clone(),
                })?;
                edges.push((*from, to));
            }
        }
        edges.sort_unstable();
        edges.dedup();
        let mut starts = vec![0_u32; n_stages + 1];
        for (from, _) in &edges {
            if let Some(start) = starts.get_mut(from.get() + 1) {
                *start += 1;
            }
        }
        let mut n_before = 0;
        for start in &mut starts {
            n_before += *start;
            *start = n_before;
        }
        let mut dependency_counts = vec![0_u32; n_stages];
        for count in edges.iter().map(|(_, to)| to.get()) {
            if let Some(count) = dependency_counts.get_mut(count) {
                *count += 1;
            }
        }
        let mut topology = Self {
            places,
            starts,
            dependents: edges.into_iter().map(|(_, to)| to).collect(),
            dependency_counts,
            batches: Vec::new(),
            by_batch: Vec::new(),
        };
        (topology.batches, topology.by_batch) = topology.levels(n_stages)?;
        Ok(topology)
    }

    pub(crate) fn index(&self, stage: &StageId) -> Option<StageIndex> {
        self.places.get(stage).copied()
    }

    pub(crate) fn index_of_name(&self, stage: &str) -> Option<StageIndex> {
        self.places.get(stage).copied()
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

    /// Every stage that depends on `stage`, however far away, in order.
    pub(crate) fn all_dependents(&self, stage: StageIndex) -> Vec<StageIndex> {
        let mut found = std::collections::BTreeSet::new();
        let mut frontier = vec![stage];
        while let Some(stage) = frontier.pop() {
            for dependent in self.dependents(stage) {
                if found.insert(*dependent) {
                    frontier.push(*dependent);
                }
            }
        }
        found.into_iter().collect()
    }

    /// How many distinct stages `stage` depends on.
    pub(crate) fn n_dependencies(&self, stage: StageIndex) -> u32 {
        self.dependency_counts
            .get(stage.get())
            .copied()
            .unwrap_or(0)
    }

    /// The batch of `stage`, from 0.
    pub(crate) fn batch(&self, stage: StageIndex) -> u32 {
        self.batches.get(stage.get()).copied().unwrap_or(0)
    }

    /// The stages of the batches from `first` to `last`, batch by batch.
    pub(crate) fn members(&self, first: u32, last: u32) -> &[StageIndex] {
        let before = |limit: u32| {
            self.by_batch
                .partition_point(|index| self.batch(*index) < limit)
        };
        self.by_batch
            .get(before(first)..before(last.saturating_add(1)))
            .unwrap_or_default()
    }

    /// The batch of each stage, and the stages batch by batch: whoever comes
    /// first to the head of the queue is in the earlier batch.
    fn levels(&self, n_stages: usize) -> Result<(Vec<u32>, Vec<StageIndex>), BadGraph> {
        let mut waiting = self.dependency_counts.clone();
        let mut levels = vec![0_u32; n_stages];
        let mut queue: Vec<usize> = (0..n_stages)
            .filter(|place| waiting.get(*place) == Some(&0))
            .collect();
        let mut n_reached = 0;
        while let Some(place) = queue.get(n_reached).copied() {
            n_reached += 1;
            let next = levels.get(place).copied().unwrap_or(0) + 1;
            for dependent in self.dependents(StageIndex::from_place(place)) {
                let place = dependent.get();
                if let (Some(level), Some(waiting)) =
                    (levels.get_mut(place), waiting.get_mut(place))
                {
                    *level = next.max(*level);
                    *waiting -= 1;
                    if *waiting == 0 {
                        queue.push(place);
                    }
                }
            }
        }
        if n_reached == n_stages {
            let by_batch = queue.into_iter().map(StageIndex::from_place).collect();
            Ok((levels, by_batch))
        } else {
            Err(BadGraph::Cycle)
        }
    }
}

fn indexed<'s>(
    stages: impl Iterator<Item = &'s PlannedStage>,
) -> impl Iterator<Item = (StageIndex, &'s PlannedStage)> {
    stages
        .enumerate()
        .map(|(place, stage)| (StageIndex::from_place(place), stage))
}

fn places<'s>(
    stages: impl Iterator<Item = (StageIndex, &'s PlannedStage)>,
    n_stages: usize,
) -> Result<IndexMap<StageId, StageIndex>, BadGraph> {
    let mut places = IndexMap::with_capacity(n_stages);
    for (index, stage) in stages {
        if places.insert(stage.id.clone(), index).is_some() {
            return Err(BadGraph::Duplicate(stage.id.clone()));
        }
    }
    Ok(places)
}
