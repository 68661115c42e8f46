//! Which stages can run side by side: the batches of a plan.

use std::collections::BTreeMap;

use crate::plan::PlannedStage;

/// Positions of the stages by batch: each stage in the first batch after all
/// it depends on, in declaration order. Dependencies that do not exist are
/// passed over; stages that wait for each other in a circle are left out.
pub fn batches(stages: &[PlannedStage]) -> Vec<Vec<usize>> {
    let by_id: BTreeMap<_, _> = stages
        .iter()
        .enumerate()
        .map(|(index, stage)| (&stage.id, index))
        .collect();
    let mut dependents = vec![Vec::new(); stages.len()];
    let mut n_waiting_for = vec![0_usize; stages.len()];
    for (index, (stage, waiting)) in stages.iter().zip(&mut n_waiting_for).enumerate() {
        for dependency in stage.depends_on.iter().filter_map(|id| by_id.get(id)) {
            if let Some(dependents) = dependents.get_mut(*dependency) {
                dependents.push(index);
                *waiting += 1;
            }
        }
    }
    let mut batches = Vec::new();
    let mut batch: Vec<_> = (0..stages.len())
        .filter(|index| n_waiting_for.get(*index) == Some(&0))
        .collect();
    while !batch.is_empty() {
        let mut next = Vec::new();
        for dependent in batch
            .iter()
            .filter_map(|index| dependents.get(*index))
            .flatten()
        {
            if let Some(waiting) = n_waiting_for.get_mut(*dependent) {
                *waiting -= 1;
                if *waiting == 0 {
                    next.push(*dependent);
                }
            }
        }
        next.sort_unstable();
        batches.push(std::mem::replace(&mut batch, next));
    }
    batches
}
