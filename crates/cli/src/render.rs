//! What people and programs see: documents on standard output, everything
//! else on standard error.

pub(crate) mod agents;
pub(crate) mod diagnostic;
pub(crate) mod document;
pub(crate) mod event;
pub(crate) mod execution;
pub(crate) mod findings;
pub(crate) mod github;
pub(crate) mod inbox;
pub(crate) mod library;
pub(crate) mod log;
pub(crate) mod page;
pub(crate) mod plan;
pub(crate) mod progress;
pub(crate) mod project;
pub(crate) mod question;
pub(crate) mod reference;
pub(crate) mod report;
pub(crate) mod sarif;
pub(crate) mod settings;
pub(crate) mod style;
pub(crate) mod token;
mod usage;
pub(crate) mod workflow;
