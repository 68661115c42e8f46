//! Real programs under the real shim: results, process trees, and what a
//! second server finds after the first one was killed. Hooks, too, and notices
//! to a real listener.
//!
//! Nothing here sleeps. Scripts and tests meet at named pipes, whose opening
//! blocks until both sides are there; ends are seen by the attempt's own report.

#[cfg(test)]
mod assistants;
#[cfg(test)]
mod encrypted;
#[cfg(test)]
mod hooks;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod results;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod support;
#[cfg(test)]
mod trees;
