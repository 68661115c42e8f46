//! Stages and what they wait for: ids, dependencies, cycles, ancestors.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::algo::kosaraju_scc;
use petgraph::stable_graph::{NodeIndex, StableDiGraph};

use super::ancestors::{Ancestors, StageSet};
use crate::definition::{Spanned, Stage};
use crate::report::{Place, Report};
use crate::rules;
use crate::suggest;

/// More cycles than this help nobody to mend a graph.
const CYCLES_MAX: usize = 20;

/// Which stage waits for which, by position in the definition.
pub(crate) struct Graph<'d> {
    by_id: BTreeMap<&'d str, usize>,
    dependencies: Vec<Vec<usize>>,
    /// Stages with those they were meant to wait for, where a dependency is
    /// misspelled: who reads from them makes no second mistake.
    supposed: Vec<(usize, usize)>,
    /// Stages of which nobody knows what else they were meant to wait for.
    uncertain: StageSet,
    /// Found out when it is first asked for.
    ancestors: OnceCell<Ancestors>,
}

/// What one stage waits for.
#[derive(Default)]
struct Dependencies {
    /// Each once, without the stage itself.
    known: Vec<usize>,
    /// Those that misspelled ones stand for.
    supposed: Vec<usize>,
    /// Whether there are others that lead nowhere.
    is_uncertain: bool,
}

impl<'d> Graph<'d> {
    /// Reports ids that stand twice and dependencies that lead nowhere.
    pub(super) fn new(stages: &'d [Stage], report: &mut Report<'_>) -> Self {
        let mut by_id = BTreeMap::new();
        for (index, stage) in stages.iter().enumerate() {
            let id = stage.id.value.as_str();
            let first = *by_id.entry(id).or_insert(index);
            let is_wanted = first != index && !report.is_full();
            if let Some(first) = stages.get(first).filter(|_| is_wanted) {
                let at = Place::new(format!("{}.id", stage.path), &stage.id.bytes);
                report.add(rules::e0206::duplicate_stage(at, id, &first.id.bytes));
            }
        }
        let mut graph = Self {
            by_id,
            dependencies: Vec::with_capacity(stages.len()),
            supposed: Vec::new(),
            uncertain: StageSet::of_none(stages.len()),
            ancestors: OnceCell::new(),
        };
        for (index, stage) in stages.iter().enumerate() {
            let found = dependencies_of(stage, &graph.by_id, report);
            graph.dependencies.push(found.known);
            let supposed = found.supposed.into_iter();
            graph.supposed.extend(supposed.map(|other| (index, other)));
            if found.is_uncertain || !stage.depends_on_is_read {
                graph.uncertain.insert(index);
            }
        }
        graph
    }

    pub(super) fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &'d str> {
        self.by_id.keys().copied()
    }

    /// Whether a stage starts only after another has settled, or was most
    /// likely meant to.
    pub(super) fn waits_for(&self, stage: usize, other: usize) -> bool {
        let ancestors = self.ancestors.get_or_init(|| self.ancestors());
        let is_uncertain = self.uncertain.has(stage) || ancestors.hold_any(stage, &self.uncertain);
        is_uncertain || ancestors.hold(stage, other)
    }

    fn ancestors(&self) -> Ancestors {
        let mut dependencies = self.dependencies.clone();
        for (stage, other) in &self.supposed {
            if let Some(dependencies) = dependencies.get_mut(*stage) {
                dependencies.push(*other);
            }
        }
        Ancestors::of(&as_petgraph(&dependencies), &dependencies)
    }

    /// Reports cycles, each with its whole path. Of a cycle that was reported
    /// one edge is dropped, until none is left: every knot is named, without
    /// listing the countless ways around it.
    pub(super) fn report_cycles(&self, stages: &[Stage], report: &mut Report<'_>) {
        let mut graph = as_petgraph(&self.dependencies);
        let mut n_reported = 0;
        loop {
            // Not Tarjan's: it recurses, and a chain of stages may be long.
            let mut knots: Vec<_> = kosaraju_scc(&graph)
                .into_iter()
                .filter(|component| component.len() > 1)
                .filter_map(|component| component.into_iter().min())
                .collect();
            if knots.is_empty() || n_reported >= CYCLES_MAX {
                return;
            }
            knots.sort();
            for start in knots {
                let cycle = shortest_cycle(&graph, start);
                if let (Some(last), true) = (cycle.last(), cycle.len() > 1)
                    && let Some(edge) = graph.find_edge(*last, start)
                {
                    graph.remove_edge(edge);
                }
                report_cycle(&cycle, stages, report);
                n_reported += 1;
            }
        }
    }
}

fn as_petgraph(dependencies: &[Vec<usize>]) -> StableDiGraph<(), ()> {
    let mut graph = StableDiGraph::new();
    for _stage in dependencies {
        graph.add_node(());
    }
    for (stage, dependencies) in dependencies.iter().enumerate() {
        for &dependency in dependencies {
            graph.add_edge(NodeIndex::new(dependency), NodeIndex::new(stage), ());
        }
    }
    graph
}

fn dependencies_of(
    stage: &Stage,
    by_id: &BTreeMap<&str, usize>,
    report: &mut Report<'_>,
) -> Dependencies {
    let mut found = Dependencies::default();
    let mut known = BTreeSet::new();
    let own = stage.id.value.as_str();
    for (position, dependency) in stage.depends_on.iter().enumerate() {
        if report.is_full() {
            break;
        }
        let id = dependency.value.as_str();
        let at = || {
            let path = format!("{}.depends_on[{position}]", stage.path);
            Place::new(path, &dependency.bytes)
        };
        if id == own {
            report.add(rules::e0402::self_dependency(at(), id));
            continue;
        }
        let Some(&index) = by_id.get(id) else {
            let others = || by_id.keys().copied().filter(|other| *other != own);
            let similar = report.nearest(id, others(), by_id.len());
            let help = match similar {
                Some(similar) => Some(suggest::did_you_mean(similar)),
                None => suggest::listed(others()),
            };
            report.add(rules::e0401::unknown_dependency(at(), (own, id), help));
            match similar.and_then(|similar| by_id.get(similar)) {
                Some(index) => found.supposed.push(*index),
                None => found.is_uncertain = true,
            }
            continue;
        };
        if known.insert(index) {
            found.known.push(index);
        } else {
            report.add(rules::w0406::repeated_dependency(at(), id));
        }
    }
    found
}

/// The shortest way from `start` back to it, without naming it again.
fn shortest_cycle(graph: &StableDiGraph<(), ()>, start: NodeIndex) -> Vec<NodeIndex> {
    let mut came_from = BTreeMap::new();
    let mut pending = VecDeque::from([start]);
    while let Some(node) = pending.pop_front() {
        let mut next: Vec<_> = graph.neighbors(node).collect();
        next.sort();
        for neighbor in next {
            if neighbor == start {
                return path_back(&came_from, start, node);
            }
            if let std::collections::btree_map::Entry::Vacant(vacant) = came_from.entry(neighbor) {
                vacant.insert(node);
                pending.push_back(neighbor);
            }
        }
    }
    vec![start]
}

fn path_back(
    came_from: &BTreeMap<NodeIndex, NodeIndex>,
    start: NodeIndex,
    end: NodeIndex,
) -> Vec<NodeIndex> {
    let mut path = vec![end];
    let mut node = end;
    while node != start {
        let Some(previous) = came_from.get(&node) else {
            break;
        };
        node = *previous;
        path.push(node);
    }
    path.reverse();
    path
}

fn report_cycle(cycle: &[NodeIndex], stages: &[Stage], report: &mut Report<'_>) {
    let members: Vec<_> = cycle
        .iter()
        .filter_map(|node| stages.get(node.index()))
        .collect();
    let Some(first) = members.first() else {
        return;
    };
    let ids: Vec<_> = members
        .iter()
        .map(|stage| stage.id.value.as_str())
        .collect();
    let closing = members.last().and_then(|last| entry(first, last));
    let at = Place::new(
        format!("{}.depends_on", first.path),
        &closing.unwrap_or(&first.id).bytes,
    );
    let waits = members.iter().zip(members.iter().skip(1));
    let waits = waits.map(|(before, after)| &entry(after, before).unwrap_or(&after.id).bytes);
    report.add(rules::e0403::cycle(at, &ids, waits));
}

/// Where a stage names one that it depends on.
fn entry<'s>(stage: &'s Stage, dependency: &Stage) -> Option<&'s Spanned<String>> {
    let id = &dependency.id.value;
    stage.depends_on.iter().find(|entry| entry.value == *id)
}
