//! Drives the real binary from outside, as people and scripts do.

#[cfg(test)]
mod agents;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod api;
#[cfg(test)]
mod artifacts;
#[cfg(test)]
mod backups;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod cancelling;
#[cfg(test)]
mod crash_points;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod data_directory;
#[cfg(test)]
mod deep_values;
#[cfg(test)]
mod deployment;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod editing;
#[cfg(test)]
mod events;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod expressions;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod full_places;
#[cfg(test)]
mod holders;
#[cfg(test)]
mod hooks;
#[cfg(test)]
mod hostile_agents;
#[cfg(test)]
mod inboxes;
#[cfg(test)]
mod kill_cycles;
#[cfg(test)]
mod language;
#[cfg(test)]
mod leftovers;
#[cfg(test)]
mod library;
#[cfg(test)]
mod network;
#[cfg(test)]
mod overrides;
#[cfg(test)]
mod pausing;
#[cfg(test)]
mod projects;
#[cfg(test)]
mod questions;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod remote;
#[cfg(test)]
mod rerunning;
#[cfg(test)]
mod reworking;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod small_disks;
#[cfg(test)]
mod specflow;
#[cfg(test)]
mod speckit;
#[cfg(test)]
mod support;
#[cfg(test)]
mod taking_up;
#[cfg(test)]
mod telemetry;
#[cfg(test)]
mod terminals;
#[cfg(test)]
mod usage;
#[cfg(test)]
mod validating;
#[cfg(test)]
mod watching;
