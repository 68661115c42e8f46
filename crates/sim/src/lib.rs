//! Whole servers in one thread: the real runtime and engine, several of them
//! on one store in memory, with virtual time, scripted agents and people, and
//! every fault there is. One seed leads to everything, so whatever breaks a
//! law can be made to do it again.
//!
//! [`simulate`] runs a seed. What must hold is in [`laws`]; what goes wrong, in
//! `connection` (calls of the store) and `nemesis` (servers, clocks, outages).
//! Deliberately absent: SQL, processes, HTTP. They have tests of their own.

#![warn(missing_docs)]

mod agents;
mod connection;
mod dice;
mod echo;
mod edits;
mod fleet;
pub mod laws;
mod machine;
mod nemesis;
mod panics;
mod people;
mod plans;
mod plug;
mod scripts;
mod standstill;
mod swarm;
mod time;
mod trace;
mod witness;
mod world;

pub use swarm::{Blow, Strike};
pub use trace::Keep;
pub use world::{Report, simulate, simulate_strike};
