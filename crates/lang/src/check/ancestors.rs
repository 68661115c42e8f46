//! Which stages wait for which, directly or through others, for all of them at
//! once.

use petgraph::algo::kosaraju_scc;
use petgraph::stable_graph::StableDiGraph;

/// A set of stages, a bit for each.
#[derive(Clone)]
pub(super) struct StageSet(Vec<u64>);

impl StageSet {
    pub(super) fn of_none(n_stages: usize) -> Self {
        Self(vec![0; n_stages.div_ceil(64)])
    }

    pub(super) fn insert(&mut self, stage: usize) {
        if let Some(word) = self.0.get_mut(stage / 64) {
            *word |= 1 << (stage % 64);
        }
    }

    pub(super) fn has(&self, stage: usize) -> bool {
        let word = self.0.get(stage / 64);
        word.is_some_and(|word| word >> (stage % 64) & 1 == 1)
    }

    fn add(&mut self, others: &Self) {
        for (word, more) in self.0.iter_mut().zip(&others.0) {
            *word |= more;
        }
    }

    fn meets(&self, others: &Self) -> bool {
        let mut words = self.0.iter().zip(&others.0);
        words.any(|(word, other)| word & other != 0)
    }
}

/// For every stage, those that it waits for.
pub(super) struct Ancestors {
    /// Stages that wait for each other wait for the same ones.
    knot_of: Vec<usize>,
    of_knots: Vec<StageSet>,
}

impl Ancestors {
    /// `graph` has an edge from each stage to those that depend on it.
    pub(super) fn of(graph: &StableDiGraph<(), ()>, dependencies: &[Vec<usize>]) -> Self {
        let n_stages = dependencies.len();
        let mut ancestors = Self {
            // None of the knots that there will be.
            knot_of: vec![usize::MAX; n_stages],
            of_knots: Vec::new(),
        };
        // Those that depend come first in the order that petgraph gives.
        for knot in kosaraju_scc(graph).into_iter().rev() {
            let members = || knot.iter().map(|node| node.index());
            let mut set = StageSet::of_none(n_stages);
            for stage in members() {
                for dependency in dependencies.get(stage).into_iter().flatten() {
                    ancestors.add_with_its_own(&mut set, *dependency);
                }
            }
            for stage in members() {
                if let Some(knot_of) = ancestors.knot_of.get_mut(stage) {
                    *knot_of = ancestors.of_knots.len();
                }
            }
            ancestors.of_knots.push(set);
        }
        ancestors
    }

    /// Whether a stage starts only after another has settled.
    pub(super) fn hold(&self, stage: usize, ancestor: usize) -> bool {
        self.of_stage(stage).is_some_and(|set| set.has(ancestor))
    }

    /// Whether a stage starts only after one of several others has settled.
    pub(super) fn hold_any(&self, stage: usize, others: &StageSet) -> bool {
        self.of_stage(stage).is_some_and(|set| set.meets(others))
    }

    /// None while its knot is not known yet.
    fn of_stage(&self, stage: usize) -> Option<&StageSet> {
        let knot = self.knot_of.get(stage)?;
        self.of_knots.get(*knot)
    }

    fn add_with_its_own(&self, set: &mut StageSet, stage: usize) {
        if set.has(stage) {
            return;
        }
        set.insert(stage);
        // What a dependency inside the same knot waits for is added there.
        if let Some(own) = self.of_stage(stage) {
            set.add(own);
        }
    }
}
