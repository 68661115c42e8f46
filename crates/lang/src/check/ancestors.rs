//! Which stages wait for which, directly or through others, for all of them at
//! once.

use petgraph::algo::kosaraju_scc;
use petgraph::stable_graph::StableDiGraph;

/// A set of stages, a bit for each.
type Set = Vec<u64>;

/// For every stage, those that it waits for.
pub(super) struct Ancestors {
    /// Stages that wait for each other wait for the same ones.
    knot_of: Vec<usize>,
    of_knots: Vec<Set>,
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
            let mut set = vec![0; n_stages.div_ceil(64)];
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
    pub(super) fn holds(&self, stage: usize, ancestor: usize) -> bool {
        let set = self
            .knot_of
            .get(stage)
            .and_then(|knot| self.of_knots.get(*knot));
        set.is_some_and(|set| has(set, ancestor))
    }

    fn add_with_its_own(&self, set: &mut Set, stage: usize) {
        // What a dependency inside the same knot waits for is added there.
        let known = self
            .knot_of
            .get(stage)
            .and_then(|knot| self.of_knots.get(*knot));
        if has(set, stage) {
            return;
        }
        if let Some(word) = set.get_mut(stage / 64) {
            *word |= 1 << (stage % 64);
        }
        for (word, more) in set.iter_mut().zip(known.into_iter().flatten()) {
            *word |= more;
        }
    }
}

fn has(set: &Set, stage: usize) -> bool {
    set.get(stage / 64)
        .is_some_and(|word| word >> (stage % 64) & 1 == 1)
}
