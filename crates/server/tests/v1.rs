//! The v1 API through its router: what is asked, what is answered, and what
//! becomes of bad input.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

#[path = "v1/batches.rs"]
mod batches;
#[path = "v1/changes.rs"]
mod changes;
#[path = "v1/guard.rs"]
mod guard;
#[path = "v1/inbox.rs"]
mod inbox;
#[path = "v1/library.rs"]
mod library;
#[path = "v1/lists.rs"]
mod lists;
#[path = "v1/pages.rs"]
mod pages;
#[path = "v1/runs.rs"]
mod runs;
#[path = "v1/server.rs"]
mod server;
#[path = "v1/streams.rs"]
mod streams;
#[path = "v1/surroundings.rs"]
mod surroundings;
#[path = "v1/texts.rs"]
mod texts;
#[path = "v1/tokens.rs"]
mod tokens;
