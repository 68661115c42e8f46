//! What hooks are to do, made from the run's state.

use baton_model::plan::{HookAction, HookPoint};
use baton_model::{ExecutionStatus, Failure, HookKey, RunId};

use crate::request::expression_failure;
use crate::scope::RunScope;
use crate::state::RunState;

/// One action of a hook, ready to be carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct HookRequest {
    /// The run.
    pub run: RunId,
    /// Which action of which hook.
    pub key: HookKey,
    /// What to do, interpolated; or why that cannot be said.
    pub action: Result<HookAction, Failure>,
    /// Where the run stands.
    pub status: ExecutionStatus,
    /// Why it did not complete.
    pub error: Option<String>,
}

/// What these actions are to do.
pub(crate) fn hook_requests<'s>(
    state: &'s RunState,
    keys: impl Iterator<Item = &'s HookKey> + 's,
) -> impl Iterator<Item = HookRequest> + 's {
    keys.filter_map(|key| {
        let actions = state.plan().hooks.at(key.point);
        let action = actions.get(key.place as usize)?;
        Some(HookRequest {
            run: state.id(),
            key: *key,
            action: interpolated(state, key.point, action),
            status: state.status(),
            error: state.error().map(str::to_owned),
        })
    })
}

fn interpolated(
    state: &RunState,
    point: HookPoint,
    action: &HookAction,
) -> Result<HookAction, Failure> {
    let scope = RunScope(state);
    let text = |template: &str| {
        baton_expr::interpolate_text(template, &scope).map_err(|error| {
            expression_failure(&format!("hook `{}`", point.as_str()), &error.to_string())
        })
    };
    match action {
        HookAction::Run { argv } => {
            let words = argv.iter().map(|word| text(word));
            words
                .collect::<Result<_, _>>()
                .map(|argv| HookAction::Run { argv })
        }
        HookAction::Notify { target, message } => Ok(HookAction::Notify {
            target: text(target)?,
            message: message.as_deref().map(text).transpose()?,
        }),
    }
}
