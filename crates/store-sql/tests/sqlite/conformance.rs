//! The cases that every store must pass.

use super::empty_store;

baton_store::conformance_tests!(empty_store);
