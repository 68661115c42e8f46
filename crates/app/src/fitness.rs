//! Whether this process can do its work.

use crate::App;
use crate::error::AppError;

impl App {
    /// Asks the store for next to nothing.
    pub async fn check_store(&self) -> Result<(), AppError> {
        self.store.open_runs(None, 1).await?;
        Ok(())
    }

    /// Whether this process has the right to work on runs.
    pub fn may_work(&self) -> bool {
        self.runtime.may_work()
    }
}
