//! The storage contract, and what every store is measured by.
//!
//! [`contract`] says what a store must do, [`memory`] does it without a disk,
//! [`faulty`] fails on purpose, [`conformance`] proves the contract for any
//! store. A store interprets nothing: which status follows which event is
//! decided by the engine and handed over.

#![warn(missing_docs)]

pub mod attention;
pub mod check;
pub mod conformance;
pub mod contract;
pub mod error;
pub mod execution_list;
pub mod faulty;
pub mod lease;
pub mod memory;
pub mod project;
pub mod rows;
pub mod token;
pub mod workflow;

pub use attention::{Attention, OpenRun};
pub use contract::{
    Created, EVENT_PAGE_BYTES, FullStore, ProjectCreated, ProjectStore, RunQuery, RunStore, Store,
    TokenCreated, TokenStore, WorkflowCreated, WorkflowStore, WorkflowUpdated,
};
pub use error::StoreError;
pub use execution_list::{
    DamagedRow, ExecutionFilter, ExecutionPage, ExecutionSort, PageBefore, PageKey,
};
pub use faulty::FaultyStore;
pub use lease::{Lease, LeaseClock, LeaseTerm, ServerId, SystemLeaseClock};
pub use memory::MemoryStore;
pub use project::ProjectRow;
pub use rows::{
    Claim, Commit, ExecutionRow, ExecutionUpdate, LogFilter, LogLine, LogStream, NewRun,
    OrderedEvent, StepRow, StepUpdate, StoredEvent, StoredLog, Trigger, WholeExecution,
};
pub use token::{Scope, TokenHash, TokenRow};
pub use workflow::{
    DamagedWorkflow, LastExecution, NewWorkflow, SortOrder, SortValue, WorkflowFacts,
    WorkflowFilter, WorkflowPage, WorkflowPlace, WorkflowRow, WorkflowSort, WorkflowStatus,
    WorkflowUpdate,
};
