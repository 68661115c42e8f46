//! People: they start runs, decide, answer, change their minds, and ask again
//! when they get no answer, through whichever server is there.

mod words;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baton_engine::Outcome;
use baton_model::{Command, RunId, StepStatus};
use baton_runtime::{NewRunSpec, RuntimeError};
use baton_store::{Claim, Trigger};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::dice::Dice;
use crate::fleet::Fleet;
use crate::laws::{Law, hold};
use crate::plans;

/// How often somebody asks again who got no answer.
const TRIES_MAX: u32 = 4;

/// How often somebody looks whether there is anything to say.
const LOOKS_MAX: u32 = 4;

/// What came of somebody's word.
#[derive(Clone, Debug)]
struct Word {
    run: RunId,
    by: String,
    is_taken: bool,
}

/// All people of a simulation.
#[derive(Debug)]
pub(crate) struct People {
    seed: u64,
    fleet: Arc<Fleet>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    words: Vec<Word>,
    n_people: u32,
}

impl People {
    pub(crate) fn new(seed: u64, fleet: Arc<Fleet>) -> Arc<Self> {
        Arc::new(Self {
            seed,
            fleet,
            known: Mutex::default(),
        })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everybody does what they came for.
    pub(crate) fn come(self: &Arc<Self>) -> JoinSet<()> {
        let mut visits = JoinSet::new();
        for number in 0..self.fleet.network.swarm.n_runs {
            visits.spawn(Arc::clone(self).visit(number));
        }
        visits
    }

    /// Somebody starts a run, and others come to have a say.
    async fn visit(self: Arc<Self>, number: usize) {
        let mut dice = Dice::new(self.seed, &format!("person {number}"));
        let swarm = &self.fleet.network.swarm;
        tokio::time::sleep(dice.time(Duration::ZERO, swarm.storm / 2)).await;
        let run = self.create(&mut dice, number).await;
        let mut guests = JoinSet::new();
        for guest in 0..dice.count(0, swarm.crowd.commands_max) {
            let dice = Dice::new(self.seed, &format!("guest {number} {guest}"));
            guests.spawn(Arc::clone(&self).say_something(run, dice));
        }
        guests.join_all().await;
    }

    /// Creates a run, however often that takes.
    async fn create(&self, dice: &mut Dice, number: usize) -> RunId {
        let plan = plans::plan(dice, self.fleet.network.swarm.stages_max);
        let witness = self.fleet.witness();
        let mut tried = Vec::new();
        let mut repeats = dice.small(0, 1);
        loop {
            let id = RunId::new(Uuid::from_u64_pair(dice.number(), dice.number()));
            let Some(server) = self.fleet.some_server(dice) else {
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            };
            tried.push(id);
            let claim = Claim {
                scope: "idempotency".to_owned(),
                key: format!("run {number}"),
            };
            let spec = NewRunSpec {
                id,
                plan: plan.clone(),
                definition: None,
                workflow_id: None,
                seed: dice.number(),
                created_by: format!("person {number}"),
                trigger: Trigger::Api,
                claims: vec![claim],
                rerun_of: None,
                reused: Vec::new(),
                project_runs_max: None,
            };
            let answer = server.create_run(spec).await;
            let told = told(answer.as_ref());
            let name = |id: &RunId| tried.iter().position(|tried| tried == id);
            witness.trace.line(
                &format_args!("person {number}"),
                format_args!("starts run {number}, try {:?}: {told}", name(&id)),
            );
            if let Some(Ok(Ok(run) | Err(run))) = answer {
                witness.judge(hold(tried.contains(&run), Law::Acknowledged, || {
                    format!("run {number} is somebody else's")
                }));
                witness.judge(hold(witness.is_stored(run), Law::Acknowledged, || {
                    format!("run {number} was acknowledged, and is not stored")
                }));
                if repeats == 0 {
                    return run;
                }
                repeats -= 1;
            }
            tokio::time::sleep(dice.seconds(0, 4)).await;
        }
    }

    /// Somebody asks for something at some time during the storm.
    async fn say_something(self: Arc<Self>, run: RunId, mut dice: Dice) {
        let storm = self.fleet.network.swarm.storm;
        tokio::time::sleep(dice.time(Duration::ZERO, storm * 2 / 3)).await;
        for _ in 0..LOOKS_MAX {
            let by = self.somebody();
            let crowd = &self.fleet.network.swarm.crowd;
            let said = words::say(&mut dice, crowd, self.fleet.witness(), run, &by);
            if let Some(command) = said {
                self.tell(run, by, command, &mut dice).await;
                return;
            }
            tokio::time::sleep(dice.seconds(0, 5)).await;
        }
    }

    /// Does what the run waits for, once nothing goes wrong any more.
    pub(crate) async fn tend(self: Arc<Self>, run: RunId, mut dice: Dice) {
        let by = self.somebody();
        let needed = words::needed(&mut dice, self.fleet.witness(), run, &by);
        if let Some(command) = needed {
            self.tell(run, by, command, &mut dice).await;
        }
    }

    /// Whether a run waits for people.
    pub(crate) fn is_awaited(&self, run: RunId) -> bool {
        let witness = self.fleet.witness();
        let waits = [StepStatus::WaitingForApproval, StepStatus::WaitingForInput];
        let is_paused = witness.is_paused(run);
        let mut waits = waits.into_iter();
        is_paused || waits.any(|status| !witness.stages_that_are(run, status).is_empty())
    }

    fn somebody(&self) -> String {
        let mut known = self.known();
        known.n_people += 1;
        format!("p{}", known.n_people)
    }

    /// Gives a command, and again while nobody says what came of it.
    async fn tell(&self, run: RunId, by: String, command: Command, dice: &mut Dice) {
        let witness = self.fleet.witness();
        let mut may_be_taken = false;
        for _ in 0..TRIES_MAX {
            let Some(server) = self.fleet.some_server(dice) else {
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            };
            let name = witness.name_of(run);
            witness.trace.line(
                &by,
                format_args!("asks {} for {command:?} of {name}", server.machine.id),
            );
            let answer = server.command(run, command.clone()).await;
            let told = told(answer.as_ref());
            witness.trace.line(&by, format_args!("hears {told}"));
            match answer {
                Some(Ok(outcome)) => {
                    if outcome == Outcome::Accepted {
                        self.note(run, &by, &command, true);
                    }
                    return;
                }
                Some(Err(RuntimeError::Rejected(_))) => {
                    if !may_be_taken {
                        self.note(run, &by, &command, false);
                    }
                    return;
                }
                Some(Err(_)) | None if words::may_be_repeated(&command) => {
                    may_be_taken = true;
                    tokio::time::sleep(dice.seconds(0, 3)).await;
                }
                Some(Err(_)) | None => return,
            }
        }
    }

    fn note(&self, run: RunId, by: &str, command: &Command, is_taken: bool) {
        let word = Word {
            run,
            by: words::as_heard(command, by),
            is_taken,
        };
        self.judge(&word);
        self.known().words.push(word);
    }

    fn judge(&self, word: &Word) {
        let witness = self.fleet.witness();
        let is_heard = witness.has_heard(word.run, &word.by);
        witness.judge(hold(is_heard == word.is_taken, Law::Acknowledged, || {
            let told = if word.is_taken { "taken" } else { "refused" };
            let is = if is_heard { "is" } else { "is not" };
            format!("what {} said was {told}, and {is} in the log", word.by)
        }));
    }

    /// What was told people must still be true.
    pub(crate) fn judge_all(&self) {
        let words = self.known().words.clone();
        for word in &words {
            self.judge(word);
        }
    }
}

/// An answer in few words, without anything that differs between two runs of
/// one seed.
fn told<T: std::fmt::Debug>(answer: Option<&Result<T, RuntimeError>>) -> String {
    match answer {
        None => "nothing".to_owned(),
        Some(Ok(outcome)) => format!("{outcome:?}"),
        Some(Err(error)) => format!("no: {error}"),
    }
}
