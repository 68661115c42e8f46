//! Moves runs: load, decide, commit, perform.
