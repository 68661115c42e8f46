//! What every store is measured by: one case, one function, one test.
