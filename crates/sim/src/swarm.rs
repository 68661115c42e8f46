//! What a simulation is like. Each seed first draws which faults and habits
//! exist at all, and then how frequent they are: a world in which everything
//! goes wrong at once never comes to the places where one thing does.

use std::time::Duration;

use baton_store::LeaseTerm;

use crate::dice::Dice;

/// How often something happens; zero when it does not exist in this world.
pub(crate) type PerMille = u32;

/// A fault that strikes one call of the store, counted over all servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strike {
    /// Which call, from 1.
    pub nth: u64,
    /// What happens to it.
    pub blow: Blow,
}

/// What happens to a call of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    /// It fails, and nothing was changed.
    Refused,
    /// It takes effect, and its answer is an error.
    Unanswered,
    /// The server dies before it.
    DiesBefore,
    /// The server dies after it took effect.
    DiesAfter,
}

impl Blow {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Refused,
        Self::Unanswered,
        Self::DiesBefore,
        Self::DiesAfter,
    ];
}

/// What happens to calls of the store.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallFaults {
    pub(crate) refused: PerMille,
    pub(crate) unanswered: PerMille,
    pub(crate) dies_before: PerMille,
    pub(crate) dies_after: PerMille,
    pub(crate) delayed: PerMille,
    pub(crate) delay_max: Duration,
    /// Some calls come so late that the lease of who made them has ended.
    pub(crate) held_up: PerMille,
    pub(crate) hold_max: Duration,
    /// Every call takes up to this long, before and after it takes effect.
    pub(crate) latency_max: Duration,
    pub(crate) news_lost: PerMille,
}

/// How long it takes on average until something happens; None: it never does.
pub(crate) type Every = Option<Duration>;

/// What happens to servers.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerFaults {
    pub(crate) crash: Every,
    pub(crate) restart: Every,
    pub(crate) pause: Every,
    pub(crate) clock_jump: Every,
    pub(crate) outage: Every,
    pub(crate) cut_off: Every,
    /// How far a wall clock may be off.
    pub(crate) skew_max: Duration,
}

/// How agents behave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Habits {
    pub(crate) fails: PerMille,
    pub(crate) wrong: PerMille,
    pub(crate) asks: PerMille,
    pub(crate) edits: PerMille,
    pub(crate) hangs: PerMille,
    pub(crate) sessions: PerMille,
    pub(crate) survives: PerMille,
    pub(crate) echoes: PerMille,
    pub(crate) hook_fails: PerMille,
    pub(crate) work_max: Duration,
    pub(crate) linger_max: Duration,
}

/// What people do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crowd {
    /// Commands for each run while faults happen.
    pub(crate) commands_max: usize,
    pub(crate) pause: PerMille,
    pub(crate) cancel: PerMille,
    pub(crate) reopen: PerMille,
    pub(crate) edit: PerMille,
}

/// A world.
#[derive(Clone, Debug)]
pub(crate) struct Swarm {
    pub(crate) n_servers: usize,
    pub(crate) term: LeaseTerm,
    pub(crate) lease: Duration,
    pub(crate) processes_max: usize,
    pub(crate) n_runs: usize,
    pub(crate) stages_max: usize,
    /// How long faults happen.
    pub(crate) storm: Duration,
    /// Whether all servers are on one machine, so that one finds the attempts
    /// of another.
    pub(crate) is_one_host: bool,
    pub(crate) calls: CallFaults,
    pub(crate) servers: ServerFaults,
    pub(crate) habits: Habits,
    pub(crate) crowd: Crowd,
    pub(crate) strike: Option<Strike>,
}

const LEASE_MIN: Duration = Duration::from_secs(6);
const LEASE_MAX: Duration = Duration::from_secs(30);

impl Swarm {
    /// The world of a seed.
    pub(crate) fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed, "swarm");
        let n_servers = dice.count(1, 3);
        let lease = dice.time(LEASE_MIN, LEASE_MAX);
        let term = if n_servers == 1 && dice.percent(60) {
            LeaseTerm::Exclusive
        } else {
            LeaseTerm::For(lease)
        };
        let calls = CallFaults {
            held_up: held_up(seed, term),
            hold_max: 2 * lease,
            ..call_faults(&mut dice)
        };
        Self {
            n_servers,
            term,
            lease,
            processes_max: dice.count(1, 6),
            n_runs: dice.count(1, 4),
            stages_max: dice.count(2, 12),
            storm: dice.seconds(20, 150),
            is_one_host: dice.percent(50),
            calls,
            servers: server_faults(&mut dice, term),
            habits: habits(&mut dice),
            crowd: crowd(&mut dice),
            strike: None,
        }
    }

    /// The same world without any fault but one.
    pub(crate) fn struck(seed: u64, strike: Option<Strike>) -> Self {
        let world = Self::of(seed);
        Self {
            n_runs: 1,
            stages_max: 4,
            storm: Duration::from_secs(40),
            calls: CallFaults::default(),
            servers: ServerFaults::default(),
            strike,
            ..world
        }
    }

    /// How much later something may be stored than it was decided, and how
    /// far apart two clocks may be.
    pub(crate) fn slack(&self) -> Duration {
        let pause = self
            .servers
            .pause
            .map_or(Duration::ZERO, |_| 4 * self.lease);
        let hold = match self.calls.held_up {
            0 => Duration::ZERO,
            _ => self.calls.hold_max,
        };
        let call = hold + self.calls.delay_max + 2 * self.calls.latency_max;
        2 * self.servers.skew_max + CALLS_OF_A_DECISION * call + pause
    }
}

/// What a decision may wait for until it is stored: lines of logs, a reading
/// and a commit, and the last two again after a conflict.
const CALLS_OF_A_DECISION: u32 = 5;

/// A rate that exists in every other world.
fn perhaps(dice: &mut Dice, low: PerMille, high: PerMille) -> PerMille {
    let rate = dice.small(low, high);
    if dice.percent(50) { rate } else { 0 }
}

/// Something that happens in some worlds, every so many seconds.
fn every(dice: &mut Dice, percent: u32, low: u64, high: u64) -> Every {
    let interval = dice.seconds(low, high);
    dice.percent(percent).then_some(interval)
}

/// How many calls of a world come too late. Drawn on its own, so that worlds
/// without such calls stay what they were before there were any.
fn held_up(seed: u64, term: LeaseTerm) -> PerMille {
    let mut dice = Dice::new(seed, "held up");
    let rate = dice.small(5, 60);
    if term != LeaseTerm::Exclusive && dice.percent(25) {
        rate
    } else {
        0
    }
}

fn call_faults(dice: &mut Dice) -> CallFaults {
    let millis = |millis| Duration::from_millis(millis);
    let delayed = perhaps(dice, 5, 50);
    let delay_max = dice.time(millis(100), millis(8_000));
    let latency_max = dice.time(millis(1), millis(60));
    let is_quiet = dice.percent(25);
    let faults = CallFaults {
        refused: perhaps(dice, 2, 80),
        unanswered: perhaps(dice, 2, 60),
        dies_before: perhaps(dice, 1, 12),
        dies_after: perhaps(dice, 1, 12),
        delayed,
        delay_max: if delayed > 0 {
            delay_max
        } else {
            Duration::ZERO
        },
        latency_max: if dice.percent(60) {
            latency_max
        } else {
            Duration::ZERO
        },
        news_lost: [0, 200, 1_000].get(dice.count(0, 2)).copied().unwrap_or(0),
        ..CallFaults::default()
    };
    if is_quiet {
        CallFaults::default()
    } else {
        faults
    }
}

fn server_faults(dice: &mut Dice, term: LeaseTerm) -> ServerFaults {
    let has_lease = term != LeaseTerm::Exclusive;
    let skew_max = dice.seconds(1, 90);
    let clock_jump = every(dice, 25, 5, 40);
    ServerFaults {
        crash: every(dice, 50, 5, 60),
        restart: every(dice, 25, 10, 60),
        pause: every(dice, 40, 10, 60).filter(|_| has_lease),
        clock_jump,
        outage: every(dice, 30, 10, 60),
        cut_off: every(dice, 30, 10, 60).filter(|_| has_lease),
        skew_max: clock_jump.map_or(Duration::ZERO, |_| skew_max),
    }
}

fn habits(dice: &mut Dice) -> Habits {
    Habits {
        fails: perhaps(dice, 20, 400),
        wrong: perhaps(dice, 20, 300),
        asks: perhaps(dice, 20, 300),
        edits: perhaps(dice, 20, 250),
        hangs: perhaps(dice, 20, 200),
        sessions: perhaps(dice, 200, 1_000),
        survives: [0, 500, 1_000].get(dice.count(0, 2)).copied().unwrap_or(0),
        echoes: perhaps(dice, 50, 500),
        hook_fails: perhaps(dice, 50, 400),
        work_max: dice.seconds(1, 25),
        linger_max: dice.time(Duration::ZERO, Duration::from_millis(5_500)),
    }
}

fn crowd(dice: &mut Dice) -> Crowd {
    Crowd {
        commands_max: dice.count(0, 24),
        pause: perhaps(dice, 50, 250),
        cancel: perhaps(dice, 10, 120),
        reopen: perhaps(dice, 50, 350),
        edit: perhaps(dice, 50, 350),
    }
}
