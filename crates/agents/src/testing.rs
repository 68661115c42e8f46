//! The plainest attempt there is, for unit tests to start from.

use std::collections::BTreeMap;

use baton_model::plan::Speech;
use baton_model::{AttemptKey, Object, RunId, StageId};
use uuid::Uuid;

use crate::dispatcher::{AttemptRequest, Work};

/// The first turn of the first attempt of a stage without a contract.
pub(crate) fn request() -> AttemptRequest {
    AttemptRequest {
        key: AttemptKey {
            run: RunId::new(Uuid::nil()),
            stage: StageId::new("build").unwrap(),
            iteration: 1,
            attempt: 1,
            dispatch: 1,
        },
        turn: 1,
        work: Work::Stage,
        artifact: "agent:x".to_owned(),
        model: None,
        tools: Vec::new(),
        instructions: None,
        inputs: Object::new(),
        outputs: Vec::new(),
        parameters: Object::new(),
        env: BTreeMap::new(),
        speech: Speech::Contract,
        session: None,
        session_total: None,
        restarts: 0,
        answers: Object::new(),
        feedback: None,
        handoffs: Vec::new(),
        wants_text: false,
        time_left: None,
        directory: None,
        is_in_project: false,
        seed: 0,
    }
}
