//! The cases that every store must pass.

use super::empty_store_with_clock;

baton_store::conformance_tests!(empty_store_with_clock);
