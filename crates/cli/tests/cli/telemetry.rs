//! What a server tells of itself: metrics, logs and traces, as those who read
//! them get it.

mod collector;
mod exposition;
mod logs;
mod metrics;
mod protobuf;
mod traces;
