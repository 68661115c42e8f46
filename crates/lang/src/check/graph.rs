//! Stages and what they wait for: ids, dependencies, cycles, ancestors.

use std::collections::{BTreeMap, VecDeque};

use petgraph::algo::kosaraju_scc;
use petgraph::stable_graph::{NodeIndex, StableDiGraph};

use crate::codes;
use crate::definition::{Spanned, Stage};
use crate::report::{Finding, Report};

/// More cycles than this help nobody to mend a graph.
const CYCLES_MAX: usize = 20;

/// Which stage waits for which, by position in the definition.
pub(crate) struct Graph<'d> {
    by_id: BTreeMap<&'d str, usize>,
    dependencies: Vec<Vec<usize>>,
}

impl<'d> Graph<'d> {
    /// Reports ids that stand twice and dependencies that lead nowhere.
    pub(super) fn new(stages: &'d [Stage], report: &mut Report<'_>) -> Self {
        let mut by_id = BTreeMap::new();
        for (index, stage) in stages.iter().enumerate() {
            let id = stage.id.value.as_str();
            let first = *by_id.entry(id).or_insert(index);
            if let Some(first) = stages.get(first).filter(|_| first != index) {
                let message = format!("there are two stages with the id `{id}`");
                let path = format!("{}.id", stage.path);
                report.add(
                    Finding::new(&codes::DUPLICATE_STAGE, path, &stage.id.bytes, message)
                        .help("give one of them another id".to_owned())
                        .label(&first.id.bytes, "first here"),
                );
            }
        }
        let dependencies = stages
            .iter()
            .map(|stage| dependencies_of(stage, &by_id, report))
            .collect();
        Self {
            by_id,
            dependencies,
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &'d str> {
        self.by_id.keys().copied()
    }

    /// For every stage, whether `stage` waits for it, directly or through
    /// others.
    pub(super) fn ancestors(&self, stage: usize) -> Vec<bool> {
        let mut ancestors = vec![false; self.dependencies.len()];
        let mut pending = vec![stage];
        while let Some(index) = pending.pop() {
            for &dependency in self.dependencies.get(index).into_iter().flatten() {
                if let Some(seen) = ancestors.get_mut(dependency)
                    && !*seen
                {
                    *seen = true;
                    pending.push(dependency);
                }
            }
        }
        ancestors
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
    for (position, dependency) in stage.depends_on.iter().enumerate() {
        let id = dependency.value.as_str();
        let path = format!("{}.depends_on[{position}]", stage.path);
        let bytes = &dependency.bytes;
        if id == stage.id.value {
            let message = format!("the stage `{id}` depends on itself");
            report.add(
                Finding::new(&codes::SELF_DEPENDENCY, path, bytes, message)
                    .help("remove it from `depends_on`".to_owned()),
            );
            continue;
        }
        let Some(&index) = by_id.get(id) else {
            let message = format!(
                "`{}` depends on `{id}`, which does not exist",
                stage.id.value
            );
            let others = by_id
                .keys()
                .copied()
                .filter(|other| *other != stage.id.value);
            let help = report.suggest(id, others);
            let finding = Finding::new(&codes::UNKNOWN_DEPENDENCY, path, bytes, message);
            report.add(finding.help(help));
            continue;
        };
        if found.contains(&index) {
            let message = format!("`{id}` is listed twice");
            report.add(Finding::new(
                &codes::REPEATED_DEPENDENCY,
                path,
                bytes,
                message,
            ));
            continue;
        }
        found.push(index);
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
        .chain([first])
        .map(|stage| stage.id.value.as_str())
        .collect();
    let message = format!("stages wait for each other: {}", ids.join(" -> "));
    let path = format!("{}.depends_on", first.path);
    let closing = members.last().and_then(|last| entry(first, last));
    let place = closing.unwrap_or(&first.id);
    let finding = Finding::new(&codes::CYCLE, path, &place.bytes, message)
        .help("remove one of these dependencies".to_owned());
    let waits = members.iter().zip(members.iter().skip(1));
    let finding = waits.fold(finding, |finding, (before, after)| {
        let place = entry(after, before).unwrap_or(&after.id);
        let message = format!("`{}` waits for `{}`", after.id.value, before.id.value);
        finding.label(&place.bytes, message)
    });
    report.add(finding);
}

/// Where a stage names one that it depends on.
fn entry<'s>(stage: &'s Stage, dependency: &Stage) -> Option<&'s Spanned<String>> {
    let id = &dependency.id.value;
    stage.depends_on.iter().find(|entry| entry.value == *id)
}
