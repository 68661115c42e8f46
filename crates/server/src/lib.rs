//! The doors of Baton: each translates between its wire and the use cases of
//! `baton-app`, and decides nothing.
//!
//! In this release there is one door, the v1 API. It is served on the socket of
//! the data directory, where file permissions say who may come in, and on TCP,
//! where [a guard](http::guard) does.

#![warn(missing_docs)]

mod cut;
pub mod http;
pub mod listen;

pub use http::v1;
