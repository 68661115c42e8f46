//! Calls an agent by process and reports what came back.
