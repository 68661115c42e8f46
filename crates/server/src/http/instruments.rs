//! What a server counts, and what it says of itself to whoever watches it.

use std::sync::Arc;

use baton_metrics::{Page, Source};

use super::health::Readiness;
use super::requests::Requests;

/// The instruments of one process, shared by all its doors.
#[derive(Clone, Default)]
pub struct Instruments {
    pub(super) requests: Arc<Requests>,
    pub(super) readiness: Readiness,
    sources: Vec<Arc<dyn Source>>,
}

impl Instruments {
    /// Instruments that show these metrics besides those of the doors, for a
    /// process that says itself when it is ready.
    pub fn new(sources: Vec<Arc<dyn Source>>) -> Self {
        Self {
            requests: Arc::default(),
            readiness: Readiness::starting(),
            sources,
        }
    }

    /// Where the process says how far it is.
    pub fn readiness(&self) -> &Readiness {
        &self.readiness
    }

    /// All metrics, as Prometheus reads them.
    pub(super) fn page(&self) -> String {
        let mut page = Page::default();
        for source in &self.sources {
            source.write(&mut page);
        }
        self.requests.write(&mut page);
        page.into_text()
    }
}
