//! The stand-in for agents as a program, for the tests of this package.

use std::process::ExitCode;

fn main() -> ExitCode {
    baton_testkit::stand_in::main()
}
