//! Stand-ins for programs that are agents, so that everything around them can
//! be tested without an account, a network or a bill.
//!
//! For tests only: nothing that is shipped depends on this package. A package
//! that needs a stand-in makes a program of one line,
//! `fn main() -> ExitCode { baton_testkit::stand_in::main() }`, as an example,
//! because examples may use what only tests need, and are built with them.

#![warn(missing_docs)]

pub mod ledger;
pub mod stand_in;
