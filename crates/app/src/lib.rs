//! One method per use case, for every door alike.
//!
//! Knows nothing of HTTP or terminals, and of files only where [projects] are
//! and keep [overrides] and [artifacts]. A method checks what it is given, asks the
//! runtime or the store, and answers in plain types; each door puts them into
//! its own words.

#![warn(missing_docs)]

pub mod access;
pub mod answers;
pub mod artifacts;
mod aside;
pub mod attempts;
pub mod batch;
pub mod builtin;
pub mod changes;
mod checked;
pub mod definitions;
pub mod error;
pub mod fitness;
pub mod gates;
pub mod history;
pub mod inbox;
pub mod invoke;
pub mod library;
pub mod live_edits;
pub mod lookup;
mod numbers;
pub mod overrides;
pub mod page;
pub mod project_runs;
pub mod projects;
pub mod references;
mod regular_file;
mod repeats;
pub mod rounds;
pub mod runs;
pub mod settings;
pub mod stored;
pub mod suggest;
pub mod texts;
pub mod tokens;
pub mod watch;

use std::path::Path;
use std::sync::Arc;

use baton_runtime::{AgentResolver, Runtime};
use baton_store::FullStore;

use crate::access::{Authentication, KnownTokens};
use crate::artifacts::Roots;
use crate::checked::SoundDefinitions;
use crate::inbox::KnownWaiting;
use crate::numbers::Numbers;
use crate::project_runs::KnownRuns;
use crate::settings::Effective;
use crate::watch::Watched;

pub use access::Caller;
pub use error::AppError;
pub use runs::{Made, RunDetail, RunList, StartRun, Started};

/// What is switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// Whether there are workflows at all.
    pub workflow_engine: bool,
}

impl Default for Features {
    fn default() -> Self {
        Self {
            workflow_engine: true,
        }
    }
}

/// All use cases. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) store: Arc<dyn FullStore>,
    pub(crate) runtime: Runtime,
    pub(crate) resolver: Arc<dyn AgentResolver>,
    pub(crate) known: Arc<SoundDefinitions>,
    pub(crate) numbers: Arc<Numbers>,
    pub(crate) roots: Arc<Roots>,
    features: Features,
    authentication: Authentication,
    pub(crate) tokens: Arc<KnownTokens>,
    pub(crate) watched: Arc<Watched>,
    pub(crate) known_runs: Arc<KnownRuns>,
    pub(crate) known_waiting: Arc<KnownWaiting>,
    effective: Arc<Effective>,
}

impl App {
    /// Puts the use cases on a store and a runtime.
    pub fn new(
        store: Arc<dyn FullStore>,
        runtime: Runtime,
        resolver: Arc<dyn AgentResolver>,
    ) -> Self {
        Self {
            store,
            runtime,
            resolver,
            known: Arc::default(),
            numbers: Arc::default(),
            roots: Arc::default(),
            features: Features::default(),
            authentication: Authentication::default(),
            tokens: Arc::default(),
            watched: Arc::default(),
            known_runs: Arc::default(),
            known_waiting: Arc::default(),
            effective: Arc::default(),
        }
    }

    /// The same with other features switched on.
    #[must_use]
    pub fn with_features(self, features: Features) -> Self {
        Self { features, ..self }
    }

    /// What is switched on.
    pub const fn features(&self) -> Features {
        self.features
    }

    /// The home directory of whoever runs this process.
    pub fn home(&self) -> Option<&Path> {
        self.roots.home.as_deref()
    }

    /// The same, with directories in which artifacts may lie besides those of
    /// a run's project.
    #[must_use]
    pub fn with_roots(self, roots: Roots) -> Self {
        Self {
            roots: Arc::new(roots),
            ..self
        }
    }
}

/// The rows use cases answer with, under the names the doors know.
pub mod rows {
    pub use baton_store::{
        ExecutionFilter, ExecutionRow, ExecutionSort, LastExecution, LogFilter, LogLine, Scope,
        SortOrder, StepRow, StoredEvent, TokenRow, Trigger, WorkflowFacts, WorkflowRow,
        WorkflowSort, WorkflowStatus,
    };
}
