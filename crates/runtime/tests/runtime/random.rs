//! Random graphs, agents, faults and a restart: everything ends, and the laws
//! hold. A failure prints its seed last; `BATON_SEED` repeats it alone.

use std::time::Duration;

use baton_model::plan::{FailurePolicy, GateTimeout, OnCrash, PlannedStage, Release};
use baton_model::{FailureLabel, Object, Plan, RunId};
use baton_store::StoreError;
use baton_store::faulty::{Method, Moment};

use crate::agents::{Act, End, Left};
use crate::plans::{attempts, gate_with, given, plan, slot_stage, stage};
use crate::world::{World, cancel, claim, spec};

const N_SEEDS: u64 = 400;

/// Splitmix64: small, and the same everywhere.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (word ^ (word >> 31)) % sides
    }

    pub(crate) fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        let place = usize::try_from(self.roll(choices.len() as u64)).unwrap();
        choices[place].clone()
    }

    fn number(&mut self, sides: u32) -> u32 {
        u32::try_from(self.roll(u64::from(sides))).unwrap()
    }

    pub(crate) fn seconds(&mut self, most: u64) -> Duration {
        Duration::from_secs(self.roll(most + 1))
    }
}

fn random_plan(dice: &mut Dice) -> Plan {
    let n_stages = 1 + dice.roll(9);
    let stages = (0..n_stages)
        .map(|place| random_stage(dice, place))
        .collect();
    let mut plan = plan(stages);
    plan.settings.stages_at_once_max = 1 + dice.number(4);
    plan.settings.timeout = dice.one_in(8).then(|| Duration::from_secs(40));
    plan
}

fn random_stage(dice: &mut Dice, place: u64) -> PlannedStage {
    let names: Vec<String> = (0..place)
        .filter(|_| dice.one_in(3))
        .map(|earlier| format!("s{earlier}"))
        .collect();
    let depends_on: Vec<&str> = names.iter().map(String::as_str).collect();
    let name = format!("s{place}");
    let made = match dice.roll(8) {
        0 => {
            let decides = [
                GateTimeout::AutoApprove,
                GateTimeout::AutoApprove,
                GateTimeout::Reject,
                GateTimeout::Halt,
            ];
            let limit = Some(Duration::from_secs(20));
            gate_with(&name, &depends_on, limit, dice.pick(&decides))
        }
        1..4 => stage(&name, &depends_on),
        _ => slot_stage(&name, &depends_on),
    };
    PlannedStage {
        on_failure: dice.pick(&[
            FailurePolicy::Halt,
            FailurePolicy::Continue,
            FailurePolicy::SkipDependents,
            FailurePolicy::Block,
        ]),
        on_crash: dice.pick(&[OnCrash::Resume, OnCrash::Retry, OnCrash::Fail]),
        release: dice.pick(&[Release::Settled, Release::Passed]),
        retry: attempts(1 + dice.number(3)),
        // Only what has a limit may hang.
        timeout: Some(Duration::from_secs(5 + dice.roll(20))),
        inputs: vec![given("place", &format!("${{{{ {place} }}}}"))],
        condition: dice.one_in(10).then(|| "${{ false }}".to_owned()),
        ..made
    }
}

fn random_end(dice: &mut Dice) -> End {
    match dice.roll(10) {
        0 => End::Fail(FailureLabel::EXIT),
        1 => End::Fail(FailureLabel::AUTH_FAILURE),
        2 => End::Hang,
        3 => End::Panic,
        _ => End::Complete(Object::new()),
    }
}

fn write_scripts(dice: &mut Dice, world: &World) {
    for place in 0..10 {
        let name = format!("s{place}");
        let acts: Vec<Act> = (0..=dice.roll(3))
            .map(|_| {
                let lines = if dice.one_in(3) { dice.number(600) } else { 0 };
                let act = Act::end(random_end(dice)).writing(lines);
                act.taking(dice.seconds(8))
            })
            .collect();
        world.agents.script(&name, acts);
        let left = match dice.roll(3) {
            0 => Left::Nothing,
            _ => Left::Ended(dice.seconds(5), random_end(dice)),
        };
        world.agents.leave(&name, left);
    }
}

fn plan_faults(dice: &mut Dice, world: &World) {
    for _ in 0..dice.roll(20) {
        let method = dice.pick(&[
            Method::Commit,
            Method::Commit,
            Method::Commit,
            Method::CreateRun,
            Method::LoadRun,
            Method::AppendLogs,
            Method::LastLogSeq,
            Method::Logs,
            Method::Steps,
            Method::AcquireLease,
            Method::ClaimRuns,
            Method::ClaimRun,
            Method::TakeWakeups,
        ]);
        let error = dice.pick(&[
            StoreError::Busy("as planned".to_owned()),
            StoreError::Full("as planned".to_owned()),
            StoreError::Unavailable("as planned".to_owned()),
        ]);
        let moment = dice.pick(&[Moment::Before, Moment::After]);
        world.fault(method, 1 + dice.roll(30), moment, error);
    }
}

async fn create(world: &World, dice: &mut Dice, number: u64) -> RunId {
    let plan = random_plan(dice);
    loop {
        let mut spec = spec(plan.clone());
        spec.claims = vec![claim(&number.to_string())];
        spec.seed = dice.roll(u64::MAX);
        match world.create(spec).await {
            Ok(Ok(run) | Err(run)) => return run,
            Err(error) => assert!(error.is_retryable(), "{error}"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn history(seed: u64) {
    let mut dice = Dice::new(seed);
    let mut world = World::with_processes(1 + usize::try_from(dice.roll(3)).unwrap());
    write_scripts(&mut dice, &world);
    plan_faults(&mut dice, &world);
    let mut runs = Vec::new();
    for number in 0..=dice.roll(3) {
        runs.push(create(&world, &mut dice, number).await);
        tokio::time::sleep(dice.seconds(2)).await;
    }
    if dice.one_in(2) {
        tokio::time::sleep(dice.seconds(20)).await;
        world.restart().await;
    }
    if dice.one_in(4) {
        tokio::time::sleep(dice.seconds(10)).await;
        let run = dice.pick(&runs);
        // Too late, or while the store is down: both are answers.
        drop(world.command(run, cancel()).await);
    }
    for run in runs {
        let status = world.end(run).await;
        assert!(status.is_terminal());
    }
    world.stop().await;
}

/// Plays a history for each seed in a time of its own, or for the one of
/// `BATON_SEED` alone.
#[expect(clippy::print_stdout, reason = "a failure prints its seed")]
pub(crate) fn for_each_seed(n_seeds: u64, history: impl AsyncFn(u64)) {
    let alone = std::env::var("BATON_SEED").ok();
    let alone: Option<u64> = alone.map(|seed| seed.parse().unwrap());
    let seeds = alone.map_or(0..n_seeds, |seed| seed..seed + 1);
    for seed in seeds {
        println!("seed {seed}");
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap()
            .block_on(history(seed));
    }
}

#[test]
fn whatever_happens_every_run_ends_and_the_laws_hold() {
    for_each_seed(N_SEEDS, history);
}
