//! How busy the runtime is.

use baton_metrics::{Page, Source};
use baton_runtime::Runtime;

/// The metrics of a runtime.
pub(super) struct Work(Runtime);

impl Work {
    pub(super) fn of(runtime: &Runtime) -> Self {
        Self(runtime.clone())
    }
}

impl Source for Work {
    fn write(&self, page: &mut Page) {
        let slots = self.0.slots();
        page.gauge(
            "baton_runs_in_memory",
            "Runs that are in memory, because something is to be done for them.",
        )
        .value(&[], self.0.runs_in_memory());
        page.gauge(
            "baton_process_slots",
            "Processes of agents that may work at once: `limits.processes`.",
        )
        .value(&[], slots.max);
        page.gauge(
            "baton_process_slots_taken",
            "Processes of agents that work now.",
        )
        .value(&[], slots.taken);
        page.gauge(
            "baton_process_slots_queue",
            "Starts of stages that wait for a process slot.",
        )
        .value(&[], slots.waiting);
        page.gauge(
            "baton_may_work",
            "Whether this process has the right to work on runs.",
        )
        .value(&[], u8::from(self.0.may_work()));
    }
}
