//! Drives the real binary from outside, as people and scripts do.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod cancelling;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod data_directory;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod hostile_agents;
#[cfg(test)]
mod leftovers;
#[cfg(test)]
mod support;
#[cfg(test)]
mod terminals;
#[cfg(test)]
mod usage;
