//! What happens to servers, their clocks and the store, until the storm is
//! over.

use std::sync::Arc;
use std::time::Duration;

use crate::dice::Dice;
use crate::fleet::{Fleet, Server};
use crate::swarm::Every;

/// The shortest a stop or an outage lasts.
const SHORT: Duration = Duration::from_millis(200);
/// The longest the store is away.
const OUTAGE_MAX: Duration = Duration::from_secs(40);

/// One kind of misfortune.
#[derive(Clone, Copy, Debug)]
enum Misfortune {
    Crash,
    Restart,
    Pause,
    ClockJump,
    Outage,
    CutOff,
}

impl Misfortune {
    const ALL: [Self; 6] = [
        Self::Crash,
        Self::Restart,
        Self::Pause,
        Self::ClockJump,
        Self::Outage,
        Self::CutOff,
    ];

    const fn purpose(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Restart => "restart",
            Self::Pause => "pause",
            Self::ClockJump => "clock jump",
            Self::Outage => "outage",
            Self::CutOff => "cut off",
        }
    }

    fn every(self, fleet: &Fleet) -> Every {
        let faults = &fleet.network.swarm.servers;
        match self {
            Self::Crash => faults.crash,
            Self::Restart => faults.restart,
            Self::Pause => faults.pause,
            Self::ClockJump => faults.clock_jump,
            Self::Outage => faults.outage,
            Self::CutOff => faults.cut_off,
        }
    }
}

/// Has everything happen that this world knows.
pub(crate) fn unleash(seed: u64, fleet: &Arc<Fleet>) {
    for misfortune in Misfortune::ALL {
        if let Some(interval) = misfortune.every(fleet) {
            let dice = Dice::new(seed, misfortune.purpose());
            let fleet = Arc::clone(fleet);
            tokio::spawn(happen(misfortune, interval, fleet, dice));
        }
    }
}

async fn happen(what: Misfortune, interval: Duration, fleet: Arc<Fleet>, mut dice: Dice) {
    loop {
        let wait = dice.time(Duration::ZERO, 2 * interval);
        tokio::time::sleep(wait).await;
        if fleet.network.weather.is_calm() {
            return;
        }
        let Some(victim) = fleet.some_server(&mut dice) else {
            continue;
        };
        match what {
            Misfortune::Crash => {
                fleet
                    .witness()
                    .trace
                    .line(&victim.machine.id, format_args!("dies"));
                victim.machine.die();
            }
            Misfortune::Restart => fleet.leave(&victim).await,
            Misfortune::Pause => pause(&fleet, &victim, &mut dice).await,
            Misfortune::ClockJump => jump(&fleet, &victim, &mut dice),
            Misfortune::Outage => outage(&fleet, &mut dice).await,
            Misfortune::CutOff => cut_off(&fleet, &victim, &mut dice).await,
        }
    }
}

async fn pause(fleet: &Fleet, victim: &Server, dice: &mut Dice) {
    let time = dice.time(SHORT, 3 * fleet.network.swarm.lease);
    let id = &victim.machine.id;
    fleet
        .witness()
        .trace
        .line(id, format_args!("stops for {time:?}"));
    victim.machine.stop();
    tokio::time::sleep(time).await;
    victim.machine.go_on();
    fleet.witness().trace.line(id, format_args!("goes on"));
}

fn jump(fleet: &Fleet, victim: &Server, dice: &mut Dice) {
    let most = fleet.network.swarm.servers.skew_max;
    let micros = i64::try_from(dice.time(Duration::ZERO, most).as_micros()).unwrap_or(0);
    let micros = if dice.percent(50) { micros } else { -micros };
    let id = &victim.machine.id;
    fleet
        .witness()
        .trace
        .line(id, format_args!("its clock is {micros} µs off"));
    if let Some(clock) = fleet.clocks.get(id.server) {
        clock.set_off_by(micros);
    }
}

async fn outage(fleet: &Fleet, dice: &mut Dice) {
    let time = dice.time(SHORT, OUTAGE_MAX);
    let (weather, trace) = (&fleet.network.weather, &fleet.witness().trace);
    trace.line(&"store", format_args!("is away for {time:?}"));
    weather.set_out(true);
    tokio::time::sleep(time).await;
    weather.set_out(false);
}

async fn cut_off(fleet: &Fleet, victim: &Server, dice: &mut Dice) {
    let time = dice.time(SHORT, 3 * fleet.network.swarm.lease);
    let id = &victim.machine.id;
    fleet
        .witness()
        .trace
        .line(id, format_args!("is cut off for {time:?}"));
    victim.machine.set_cut_off(true);
    tokio::time::sleep(time).await;
    victim.machine.set_cut_off(false);
}

/// Mends whatever is broken. Clocks stay as wrong as they are.
pub(crate) fn calm_down(fleet: &Fleet) {
    fleet
        .witness()
        .trace
        .line(&"--", format_args!("the storm is over"));
    fleet.network.weather.calm_down();
    for server in fleet.all() {
        server.machine.go_on();
        server.machine.set_cut_off(false);
    }
}
