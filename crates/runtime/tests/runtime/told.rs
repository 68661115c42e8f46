//! What an observer is told: every event once and in order, and moves of runs
//! that add up to where they stand.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use baton_model::{Event, ExecutionStatus, Recorded, RunId};
use baton_runtime::Observer;
use baton_runtime::observe::{AttemptEnd, Committed, Standing};
use baton_store::faulty::{Method, Moment};

use crate::agents::Act;
use crate::plans::{diamond, gate, plan, stage};
use crate::world::{World, approve, busy};

/// Remembers all it is told.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    events: BTreeMap<RunId, Vec<Recorded>>,
    /// How many runs stand there now.
    standing: BTreeMap<ExecutionStatus, i64>,
    /// Open, running, gates, questions.
    stages: [i64; 4],
    attempts: Vec<String>,
}

impl Memory {
    fn add(&mut self, standing: Option<Standing>, sign: i64) {
        let Some(Standing { status, stages }) = standing else {
            return;
        };
        *self.standing.entry(status).or_default() += sign;
        let numbers = [stages.open, stages.running, stages.gates, stages.questions];
        for (sum, number) in self.stages.iter_mut().zip(numbers) {
            *sum += sign * i64::from(number);
        }
    }
}

impl Observer for Told {
    fn committed(&self, news: &Committed<'_>) {
        let last = news.events.last().unwrap().seq;
        assert_eq!(news.state.version(), last, "the state holds all of them");
        let run = news.state.id();
        self.with(|memory| {
            let told = memory.events.entry(run).or_default();
            told.extend_from_slice(news.events);
        });
    }

    fn moved(&self, from: Option<Standing>, to: Option<Standing>) {
        self.with(|memory| {
            memory.add(from, -1);
            memory.add(to, 1);
        });
    }

    fn attempt_ended(&self, end: &AttemptEnd<'_>) {
        let line = format!("{} {} {:?}", end.key.stage, end.adapter, end.took);
        self.with(|memory| memory.attempts.push(line));
    }
}

impl Told {
    fn with<T>(&self, look: impl FnOnce(&mut Memory) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Nothing is told twice, in another order, or that is not in the log.
    /// What a process made durable while it ended is told by nobody.
    pub(crate) fn check(&self, run: RunId, log: &[Recorded]) {
        let told = self.with(|memory| memory.events.get(&run).cloned().unwrap_or_default());
        let mut left = log.iter();
        for event in &told {
            assert!(left.any(|stored| stored == event), "{event:?} of {run}");
        }
    }

    fn events(&self, run: RunId) -> Vec<&'static str> {
        let names = |events: &Vec<Recorded>| events.iter().map(|it| it.event.name()).collect();
        self.with(|memory| memory.events.get(&run).map(names).unwrap_or_default())
    }

    fn standing(&self) -> Vec<(ExecutionStatus, i64)> {
        let there = |(status, count): (&ExecutionStatus, &i64)| (*status, *count);
        self.with(|memory| {
            let standing = memory.standing.iter().map(there);
            standing.filter(|(_, count)| *count != 0).collect()
        })
    }
}

#[tokio::test(start_paused = true)]
async fn every_event_is_told_once_also_of_commits_whose_answer_got_lost() {
    for nth in 1..=12 {
        let world = World::new();
        let moments = [Moment::Before, Moment::After];
        for (place, moment) in moments.into_iter().enumerate() {
            world.fault(Method::Commit, nth + place as u64, moment, busy());
        }
        let run = world.run(diamond()).await;
        assert_eq!(world.end(run).await, ExecutionStatus::Completed);
        world.settle().await;
        let stored = world.events(run).await;
        let stored: Vec<_> = stored.iter().map(Event::name).collect();
        assert_eq!(world.told.events(run), stored, "fault at {nth}");
        assert_eq!(world.told.standing(), [(ExecutionStatus::Completed, 1)]);
        assert_eq!(world.told.with(|memory| memory.stages), [0; 4]);
    }
}

#[tokio::test(start_paused = true)]
async fn moves_add_up_also_across_leaving_memory() {
    let world = World::new();
    let run = world
        .run(plan(vec![gate("check", &[]), stage("after", &["check"])]))
        .await;
    world.run(plan(vec![gate("check", &[])])).await;
    world.settle().await;
    let waiting = ExecutionStatus::WaitingForApproval;
    assert_eq!(world.told.standing(), [(waiting, 2)]);
    assert_eq!(world.told.with(|memory| memory.stages), [3, 0, 2, 0]);
    assert_eq!(world.runtime.runs_in_memory(), 0);
    world.command(run, approve("check")).await.unwrap();
    world.end(run).await;
    world.settle().await;
    let ended = ExecutionStatus::Completed;
    assert_eq!(world.told.standing(), [(waiting, 1), (ended, 1)]);
    assert_eq!(world.told.with(|memory| memory.stages), [1, 0, 1, 0]);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_each_attempt_is_told_with_the_time_it_took() {
    let world = World::new();
    let takes = std::time::Duration::from_secs(3);
    world.agents.script("a", [Act::complete().taking(takes)]);
    let run = world.run(plan(vec![stage("a", &[])])).await;
    world.end(run).await;
    let attempts = world.told.with(|memory| memory.attempts.clone());
    assert_eq!(attempts, ["a other Some(3s)"]);
}
