//! How many stages of a run stand where, without looking at them.

use super::RunState;

/// How many stages stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Have not ended; the others are among them.
    pub open: u32,
    /// Are with an agent.
    pub running: u32,
    /// Are gates that wait for a decision.
    pub gates: u32,
    /// Wait for answers.
    pub questions: u32,
}

impl RunState {
    /// How many of its stages stand where.
    pub fn tally(&self) -> Tally {
        let many = |count| u32::try_from(count).unwrap_or(u32::MAX);
        let queues = &self.queues;
        Tally {
            open: queues.open,
            running: many(queues.running.len()),
            gates: many(queues.gates.len()),
            questions: many(queues.questions.len()),
        }
    }
}
