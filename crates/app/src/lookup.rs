//! Finds the run a person means by part of its id.

use baton_model::{ErrorCode, RunId};

use crate::{App, AppError};

/// Shortest part of an id that is looked up.
const DIGITS_MIN: usize = 4;

impl App {
    /// The run whose id is, begins with, or ends with `text`.
    pub async fn find_run(&self, text: &str) -> Result<RunId, AppError> {
        if let Ok(run) = text.parse() {
            return Ok(run);
        }
        let fragment: String = text
            .chars()
            .filter(|letter| *letter != '-')
            .collect::<String>()
            .to_lowercase();
        if text.contains(['/', '.']) {
            let message = format!("there is no file `{text}`, and it is no run id either");
            return Err(AppError::new(ErrorCode::NotFound, message));
        }
        let is_hex = fragment.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex || !(DIGITS_MIN..=32).contains(&fragment.len()) {
            let message = format!(
                "`{text}` is not a run id: give the whole id, or at least {DIGITS_MIN} hex digits \
                 from its beginning or its end"
            );
            return Err(AppError::new(ErrorCode::NotFound, message));
        }
        match *self.store.runs_like(&fragment).await? {
            [run] => Ok(run),
            [] => Err(AppError::new(
                ErrorCode::NotFound,
                format!("no run with id `{text}`"),
            )),
            ref several => {
                let ids: Vec<String> = several.iter().map(RunId::to_string).collect();
                let message = format!("`{text}` fits several runs: {}", ids.join(", "));
                Err(AppError::new(ErrorCode::IllegalState, message))
            }
        }
    }
}
