//! One method per use case, for every door alike.
//!
//! Knows nothing of HTTP or terminals, and of files only where projects keep
//! [overrides] and [artifacts]. A method checks what it is given, asks the
//! runtime or the store, and answers in plain types; each door puts them into
//! its own words.

#![warn(missing_docs)]

pub mod answers;
pub mod artifacts;
pub mod changes;
mod checked;
pub mod definitions;
pub mod error;
pub mod gates;
pub mod history;
pub mod lookup;
pub mod overrides;
pub mod page;
pub mod runs;
pub mod suggest;
pub mod watch;

use std::sync::Arc;

use baton_runtime::{AgentResolver, Runtime};
use baton_store::Store;

use crate::checked::SoundDefinitions;

pub use error::AppError;
pub use runs::{RunDetail, RunList, StartRun, Started};

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Name that is recorded with what they do.
    pub name: String,
}

impl Caller {
    /// Whoever sits at this machine.
    pub const LOCAL: &str = "local";

    /// The caller when nobody has to say who they are.
    pub fn local() -> Self {
        Self {
            name: Self::LOCAL.to_owned(),
        }
    }
}

/// All use cases. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) runtime: Runtime,
    pub(crate) resolver: Arc<dyn AgentResolver>,
    pub(crate) known: Arc<SoundDefinitions>,
}

impl App {
    /// Puts the use cases on a store and a runtime.
    pub fn new(store: Arc<dyn Store>, runtime: Runtime, resolver: Arc<dyn AgentResolver>) -> Self {
        Self {
            store,
            runtime,
            resolver,
            known: Arc::default(),
        }
    }
}

/// The rows use cases answer with, under the names the doors know.
pub mod rows {
    pub use baton_store::{
        ExecutionFilter, ExecutionRow, LogFilter, LogLine, StepRow, StoredEvent, Trigger,
    };
}
