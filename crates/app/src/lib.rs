//! One method per use case, transport-free.
