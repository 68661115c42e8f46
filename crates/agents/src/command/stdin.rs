//! The JSON document a program reads on its standard input.

use baton_model::plan::OutputSpec;
use baton_model::{Object, RunId, StageId};
use serde::Serialize;

use crate::dispatcher::AttemptRequest;

#[derive(Serialize)]
struct Document<'a> {
    run_id: RunId,
    stage_id: &'a StageId,
    attempt: u32,
    idempotency_key: String,
    instructions: Option<&'a str>,
    inputs: &'a Object,
    /// The contract: what must come back.
    outputs: &'a [OutputSpec],
    /// Null until context is packed for stages.
    context: Option<&'a str>,
    parameters: &'a Object,
    session_id: Option<&'a str>,
    /// By question; empty, for nothing has been asked.
    answers: Object,
}

/// The document for one attempt.
pub(super) fn document(request: &AttemptRequest) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Document {
        run_id: request.key.run,
        stage_id: &request.key.stage,
        attempt: request.key.attempt,
        idempotency_key: request.key.idempotency_key(),
        instructions: request.instructions.as_deref(),
        inputs: &request.inputs,
        outputs: &request.outputs,
        context: None,
        parameters: &request.parameters,
        session_id: request.session.as_deref(),
        answers: Object::new(),
    })
}
