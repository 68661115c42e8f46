//! The runtime over a store in memory, with agents that follow a script and a
//! clock that only moves when everybody waits.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may panic"
)]

mod agents;
mod cluster;
mod crash;
mod damage;
mod edits;
mod faults;
mod held_up;
mod hooks;
mod laws;
mod leases;
mod lifecycle;
mod logs;
mod memory;
mod plans;
mod random;
mod servers;
mod sharing;
mod slots;
mod slow;
mod told;
mod turns;
mod world;
