//! The door of `SpecFlow`: what its contract says, through the program itself,
//! with a stand-in for `claude`.

mod answering;
mod bad_input;
mod clocks;
mod codex;
mod door;
mod ending;
mod files;
mod looking;
mod refusals;
mod repeats;
mod restarts;
mod results;
mod rounds;
mod seen_elsewhere;
mod sessions;
mod skills;
mod starting;
mod unreadable;
mod vitals;
