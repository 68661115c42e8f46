//! Sends spans to a collector (OTLP over HTTP, protobuf).
//!
//! Runs never wait for it: what does not fit into the queue is dropped and
//! counted, and so is what a collector does not take in time.

mod encode;
mod exporter;
mod settings;
mod span;

pub(super) use exporter::{Exporter, Exporting, no_metrics};
pub(super) use settings::Settings;
pub(super) use span::{Kind, Moment, Span, SpanId};
