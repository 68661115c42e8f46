//! Notices: a small JSON document, posted to the URL behind a target.

use baton_model::RunId;
use baton_model::plan::HookPoint;
use serde::Serialize;

use super::{HookCall, HookError, HookRunner};

/// What is posted. Chat services show `text` and pass over the rest.
#[derive(Debug, Serialize)]
struct Notice<'a> {
    text: String,
    run_id: RunId,
    workflow: &'a str,
    status: &'static str,
    hook: &'static str,
}

impl HookRunner {
    pub(super) async fn notify(
        &self,
        target: &str,
        message: Option<&str>,
        call: &HookCall,
    ) -> Result<(), HookError> {
        let Some(destination) = self.targets.get(target) else {
            let target = target.to_owned();
            return Err(HookError::UnknownTarget { target });
        };
        let notice = Notice {
            text: message.map_or_else(|| what_happened(call), str::to_owned),
            run_id: call.run,
            workflow: &call.workflow,
            status: call.status.as_str(),
            hook: call.key.point.as_str(),
        };
        let document = serde_json::to_vec(&notice)
            .map_err(|error| HookError::Machine("write the notice", error.into()))?;
        let sent = self.egress.post_json(destination, document).await;
        sent.map_err(|error| HookError::unsent(target, &error))
    }
}

/// The text of a notice whose author gave none.
fn what_happened(call: &HookCall) -> String {
    let verb = match call.key.point {
        HookPoint::OnStart => "has started",
        HookPoint::OnComplete => "has completed",
        HookPoint::OnFailure => "has failed",
    };
    let why = call
        .error
        .as_ref()
        .map(|error| format!(": {error}"))
        .unwrap_or_default();
    format!("{} {verb} (run {}){why}", call.workflow, call.run)
}
