//! The door of `SpecFlow`: what its contract says, through the program itself,
//! with a stand-in for `claude`.

mod answering;
mod bad_input;
mod door;
mod ending;
mod files;
mod looking;
mod seen_elsewhere;
mod starting;
