//! Answers that come once more, by another way than the first time and long
//! after: they must change nothing.

use std::sync::{Arc, Mutex, PoisonError};

use baton_engine::Outcome;
use baton_model::{AttemptKey, AttemptReport, Command};

use crate::dice::Dice;
use crate::fleet::Fleet;
use crate::laws::{Law, hold};

/// Carries late answers to whichever server is there.
#[derive(Clone, Debug)]
pub(crate) struct Echoes {
    fleet: Arc<Fleet>,
    dice: Arc<Mutex<Dice>>,
}

impl Echoes {
    pub(crate) fn new(fleet: Arc<Fleet>, dice: Dice) -> Self {
        Self {
            fleet,
            dice: Arc::new(Mutex::new(dice)),
        }
    }

    /// Answers an attempt again, unless that would be the first answer.
    pub(crate) async fn answer_again(&self, key: &AttemptKey, report: AttemptReport) {
        let witness = self.fleet.witness();
        let (run, dispatch) = (key.run, key.dispatch);
        if witness.is_current(run, &key.stage, dispatch) {
            return;
        }
        let server = {
            let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
            self.fleet.some_server(&mut dice)
        };
        let Some(server) = server else {
            return;
        };
        let answer = Command::SettleAttempt {
            stage: key.stage.clone(),
            dispatch,
            report,
        };
        let outcome = server.command(run, answer).await;
        let is_taken = matches!(outcome, Some(Ok(Outcome::Accepted)));
        witness.judge(hold(!is_taken, Law::Honest, || {
            format!("a late answer of `{}` {dispatch} was taken", key.stage)
        }));
    }
}
