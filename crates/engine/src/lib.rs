//! Given a run and a command, what happens.
