//! The plainest attempt there is, for unit tests to start from.

use baton_model::{AttemptKey, RunId, StageId};
use uuid::Uuid;

use crate::dispatcher::AttemptRequest;

/// The first turn of the first attempt of a stage without a contract.
pub(crate) fn request() -> AttemptRequest {
    let key = AttemptKey {
        run: RunId::new(Uuid::nil()),
        stage: StageId::new("build").unwrap(),
        iteration: 1,
        attempt: 1,
        dispatch: 1,
    };
    AttemptRequest {
        artifact: "agent:x".to_owned(),
        ..AttemptRequest::bare(key)
    }
}
