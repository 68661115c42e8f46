//! Rules that concern more than one key: the graph, the expressions, and what
//! this release does not carry out yet.

mod ancestors;
mod declared;
mod effect;
mod expression;
mod graph;
mod input_type;
mod reference;
mod slip;
mod status;
mod types;

use crate::definition::Definition;
use crate::report::Report;

use graph::Graph;

/// Checks everything that reading one key at a time cannot see.
pub(crate) fn check(definition: &Definition, report: &mut Report<'_>) {
    if report.is_full() {
        return;
    }
    let graph = Graph::new(&definition.stages, report);
    graph.report_cycles(&definition.stages, report);
    expression::check(definition, &graph, report);
    effect::check(definition, report);
}
