//! Projects: directories that runs belong to.

use baton_model::Timestamp;

/// A registered project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectRow {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Absolute path of its directory; no two projects have the same.
    pub path: String,
    /// Who registered it.
    pub created_by: String,
    /// When it was registered.
    pub created_at: Timestamp,
}
