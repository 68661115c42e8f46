//! Counters, gauges and histograms as atomics, and the text in which
//! Prometheus reads them.
//!
//! Whoever counts owns its cells and knows their labels; counting is one or two
//! atomic additions, without a lock, a look-up or an allocation. Nothing is
//! registered anywhere: a [`Source`] writes what it has when it is asked.
//! Deliberately absent: who asks, and who may.

#![warn(missing_docs)]

mod cells;
mod page;

pub use cells::{Counter, Gauge, Histogram, Timings};
pub use page::{CONTENT_TYPE, Histograms, Label, Page, Samples};

/// Something that has metrics.
pub trait Source: Send + Sync {
    /// Writes every metric it has. What is asked for must not grow with what
    /// has been counted so far.
    fn write(&self, page: &mut Page);
}
