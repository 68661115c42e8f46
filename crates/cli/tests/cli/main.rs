//! Drives the real binary from outside, as people and scripts do.

mod answers;
mod bad_input;
mod cancelling;
mod crashes;
mod data_directory;
mod examples;
mod hostile_agents;
mod leftovers;
mod support;
mod terminals;
mod usage;
