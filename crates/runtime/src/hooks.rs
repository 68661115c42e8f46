//! Hooks on their way: carried out beside the run, and their end reported to
//! its actor. Nothing of it changes how the run goes on.

use std::sync::Arc;
use std::time::Duration;

use baton_engine::HookRequest;
use baton_model::plan::HookAction;
use baton_model::{HookKey, Plan};
use tokio_util::sync::CancellationToken;

use crate::actor::Message;
use crate::registry::Shared;

/// Waits before a notice is sent once more. A program is run once only: it
/// may have done half of what it does.
const NOTICE_WAITS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

/// Carries out an action and reports its end.
pub(crate) async fn carry_out(
    shared: Arc<Shared>,
    plan: Arc<Plan>,
    hook: HookRequest,
    abandoned: CancellationToken,
) {
    let ended = tokio::select! {
        biased;
        // Whoever takes up the run does it again.
        () = shared.closing.cancelled() => return,
        () = abandoned.cancelled() => return,
        ended = run(&shared, &plan, &hook) => ended,
    };
    let error = ended.err();
    if error.is_some() {
        note_failure(&hook);
    }
    let (run, hook) = (hook.run, hook.key);
    shared.tell(run, Message::HookEnded { hook, error }).await;
}

/// Says in the log which action failed. Its words, which may be a program's, are
/// in the run's own history alone.
fn note_failure(hook: &HookRequest) {
    let HookKey { point, place, .. } = hook.key;
    let action = match &hook.action {
        Ok(HookAction::Run { .. }) => "run",
        Ok(HookAction::Notify { .. }) => "notify",
        Err(_unsaid) => "unknown",
    };
    let (run, hook) = (hook.run, point.as_str());
    tracing::warn!(%run, hook, place, action, "a hook failed; the events of the run say why");
}

async fn run(shared: &Shared, plan: &Plan, hook: &HookRequest) -> Result<(), String> {
    let action = match &hook.action {
        Ok(action) => action,
        Err(failure) => return Err(failure.to_string()),
    };
    let mut ended = shared.plug.run_hook(plan, hook).await;
    if let HookAction::Notify { .. } = action {
        for wait in NOTICE_WAITS {
            if ended.is_ok() {
                break;
            }
            tokio::time::sleep(wait).await;
            ended = shared.plug.run_hook(plan, hook).await;
        }
    }
    ended
}
