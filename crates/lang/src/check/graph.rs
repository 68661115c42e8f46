//! Stages and what they wait for: ids, dependencies, cycles, ancestors.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::algo::kosaraju_scc;
use petgraph::stable_graph::{NodeIndex, StableDiGraph};

use super::ancestors::Ancestors;
use crate::definition::{Spanned, Stage};
use crate::report::{Place, Report};
use crate::rules;

/// More cycles than this help nobody to mend a graph.
const CYCLES_MAX: usize = 20;

/// Which stage waits for which, by position in the definition.
pub(crate) struct Graph<'d> {
    by_id: BTreeMap<&'d str, usize>,
    dependencies: Vec<Vec<usize>>,
    /// Found out when it is first asked for.
    ancestors: OnceCell<Ancestors>,
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
        let dependencies = stages
            .iter()
            .map(|stage| dependencies_of(stage, &by_id, report))
            .collect();
        Self {
            by_id,
            dependencies,
            ancestors: OnceCell::new(),
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &'d str> {
        self.by_id.keys().copied()
    }

    /// Whether a stage starts only after another has settled.
    pub(super) fn waits_for(&self, stage: usize, other: usize) -> bool {
        let ancestors = self
            .ancestors
            .get_or_init(|| Ancestors::of(&self.as_petgraph(), &self.dependencies));
        ancestors.holds(stage, other)
    }

    /// Reports cycles, each with its whole path. Of a cycle that was reported
    /// one edge is dropped, until none is left: every knot is named, without
    /// listing the countless ways around it.
    pub(super) fn report_cycles(&self, stages: &[Stage], report: &mut Report<'_>) {
        let mut graph = self.as_petgraph();
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

    fn as_petgraph(&self) -> StableDiGraph<(), ()> {
        let mut graph = StableDiGraph::new();
        for _stage in &self.dependencies {
            graph.add_node(());
        }
        for (stage, dependencies) in self.dependencies.iter().enumerate() {
            for &dependency in dependencies {
                graph.add_edge(NodeIndex::new(dependency), NodeIndex::new(stage), ());
            }
        }
        graph
    }
}

/// The dependencies that exist, each once, without the stage itself.
fn dependencies_of(
    stage: &Stage,
    by_id: &BTreeMap<&str, usize>,
    report: &mut Report<'_>,
) -> Vec<usize> {
    let mut found = Vec::new();
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
            let others = by_id.keys().copied().filter(|other| *other != own);
            let similar = report.suggest(id, others);
            report.add(rules::e0401::unknown_dependency(at(), (own, id), similar));
            continue;
        };
        if known.insert(index) {
            found.push(index);
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
