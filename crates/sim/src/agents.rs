//! The agents of a simulation, and the dispatchers by which servers call them.
//!
//! An agent is a process of its own: it may outlive its server, it may not
//! hear at once that it is to end, and it may answer again long after anybody
//! wanted to know.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use async_trait::async_trait;
use baton_agents::{
    AgentLine, AgentStream, AttemptControl, AttemptRequest, Recovery, StageDispatcher,
};
use baton_model::{AttemptKey, AttemptReport, Failure, FailureLabel};
use tokio_util::sync::CancellationToken;

use crate::echo::Echoes;
use crate::laws::attempts::Taken;
use crate::machine::Machine;
use crate::scripts::{Script, script};
use crate::swarm::Swarm;
use crate::witness::{MachineId, Witness};

/// How an agent's process ended.
#[derive(Clone, Debug)]
enum End {
    /// With an answer, which lies in its files.
    Answered(AttemptReport),
    /// With its server, and without a trace.
    Killed,
}

/// An agent at work, or what is left of it.
#[derive(Clone, Debug)]
struct Process {
    host: usize,
    n_lines: u64,
    survives: bool,
    /// Tells it to end.
    cancel: CancellationToken,
    end: Arc<OnceLock<End>>,
    /// Fires once there is an end.
    ended: CancellationToken,
}

impl Process {
    fn has_ended(&self) -> bool {
        self.end.get().is_some()
    }

    /// Waits for its end.
    async fn ended(&self) -> End {
        self.ended.cancelled().await;
        self.end.get().cloned().unwrap_or(End::Killed)
    }

    /// Ends it, unless it has ended.
    fn end(&self, end: End) {
        self.end.get_or_init(|| end);
        self.ended.cancel();
    }
}

/// Every agent of a simulation.
#[derive(Debug)]
pub(crate) struct Agents {
    seed: u64,
    swarm: Arc<Swarm>,
    witness: Arc<Witness>,
    echoes: Echoes,
    processes: Mutex<BTreeMap<AttemptKey, Process>>,
}

impl Agents {
    pub(crate) fn new(
        seed: u64,
        swarm: Arc<Swarm>,
        witness: Arc<Witness>,
        echoes: Echoes,
    ) -> Arc<Self> {
        Arc::new(Self {
            seed,
            swarm,
            witness,
            echoes,
            processes: Mutex::default(),
        })
    }

    fn processes(&self) -> MutexGuard<'_, BTreeMap<AttemptKey, Process>> {
        self.processes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Servers on one host find each other's agents.
    fn host_of(&self, machine: MachineId) -> usize {
        if self.swarm.is_one_host {
            0
        } else {
            machine.server
        }
    }

    /// Starts an agent on a machine.
    fn launch(&self, machine: MachineId, request: &AttemptRequest) -> Process {
        let run = request.key.run;
        let plan = self.witness.look(run, baton_engine::RunState::live_plan);
        let script = plan.map(|plan| script(self.seed, &self.swarm, request, &plan));
        let process = Process {
            host: self.host_of(machine),
            n_lines: script.as_ref().map_or(0, |script| script.n_lines),
            survives: script.as_ref().is_some_and(|script| script.survives),
            cancel: CancellationToken::new(),
            end: Arc::default(),
            ended: CancellationToken::new(),
        };
        self.processes()
            .insert(request.key.clone(), process.clone());
        if let Some(script) = script {
            let echoes = self.echoes.clone();
            tokio::spawn(live(process.clone(), script, request.key.clone(), echoes));
        }
        process
    }

    /// What a server finds of an attempt when it looks for it.
    fn find(&self, machine: MachineId, key: &AttemptKey) -> Option<Process> {
        let host = self.host_of(machine);
        let process = self.processes().get(key).cloned();
        process.filter(|process| process.host == host)
    }
}

/// The life of an agent's process.
async fn live(process: Process, script: Script, key: AttemptKey, echoes: Echoes) {
    let answer = tokio::select! {
        biased;
        _ = process.ended() => return,
        () = process.cancel.cancelled() => {
            tokio::time::sleep(script.lingers).await;
            AttemptReport::Failed(Failure::new(FailureLabel::CANCELLED, "told to end"))
        }
        () = tokio::time::sleep(script.takes) => script.report,
    };
    process.end(End::Answered(answer.clone()));
    if let Some(after) = script.echo_after {
        tokio::time::sleep(after).await;
        echoes.answer_again(&key, answer).await;
    }
}

/// The way of one server to its agents.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    pub(crate) agents: Arc<Agents>,
    pub(crate) machine: Arc<Machine>,
    pub(crate) takes_slot: bool,
}

/// Attends to an attempt; when nobody does any more, an agent that cannot live
/// without its server is gone.
struct Attendance<'d> {
    dispatcher: &'d Dispatcher,
    key: &'d AttemptKey,
    process: Process,
}

impl Drop for Attendance<'_> {
    fn drop(&mut self) {
        if !self.process.survives {
            self.process.end(End::Killed);
        }
        if self.process.has_ended() {
            let machine = self.dispatcher.machine.id;
            self.dispatcher.agents.witness.ends(machine, self.key);
        }
    }
}

impl Dispatcher {
    fn begin(&self, key: &AttemptKey, taken: Taken, control: &AttemptControl) {
        let slots_max = self.agents.swarm.processes_max;
        let takes_slot = self.takes_slot && !control.cancel.is_cancelled();
        let slots_max = takes_slot.then_some(slots_max);
        let witness = &self.agents.witness;
        witness.begins(self.machine.id, key, taken, slots_max);
    }

    /// Waits for the end of an agent, and tells it when it is to end.
    async fn attend(
        &self,
        key: &AttemptKey,
        process: Process,
        control: &AttemptControl,
        n_lines_known: u64,
    ) -> End {
        let attendance = Attendance {
            dispatcher: self,
            key,
            process,
        };
        let process = &attendance.process;
        for number in n_lines_known..process.n_lines {
            let text = format!("{} {} line {number}", key.stage, key.dispatch);
            let line = AgentLine {
                stream: AgentStream::Stderr,
                text,
            };
            // Nobody may listen any more.
            drop(control.lines.send(line).await);
        }
        let told_to_end = async {
            control.cancel.cancelled().await;
            self.machine.gate().await;
            process.cancel.cancel();
            std::future::pending::<()>().await;
        };
        let end = tokio::select! {
            biased;
            end = process.ended() => end,
            () = told_to_end => End::Killed,
        };
        self.agents.witness.ends(self.machine.id, key);
        self.machine.gate().await;
        end
    }
}

#[async_trait]
impl StageDispatcher for Dispatcher {
    fn needs_slot(&self) -> bool {
        self.agents.witness.step();
        self.takes_slot
    }

    async fn run(&self, request: AttemptRequest, control: AttemptControl) -> AttemptReport {
        self.machine.gate().await;
        self.begin(&request.key, Taken::Dispatched, &control);
        let process = self.agents.launch(self.machine.id, &request);
        match self.attend(&request.key, process, &control, 0).await {
            End::Answered(report) => report,
            End::Killed => AttemptReport::Failed(Failure::new(FailureLabel::CRASH, "it is gone")),
        }
    }

    async fn recover(
        &self,
        request: AttemptRequest,
        control: AttemptControl,
        lines_known: u64,
    ) -> Recovery {
        self.machine.gate().await;
        let key = &request.key;
        self.begin(key, Taken::Recovered, &control);
        let Some(process) = self.agents.find(self.machine.id, key) else {
            self.agents.witness.ends(self.machine.id, key);
            return Recovery::Lost;
        };
        match self.attend(key, process, &control, lines_known).await {
            End::Answered(report) => Recovery::Settled(report),
            End::Killed => Recovery::Lost,
        }
    }

    async fn forget(&self, key: &AttemptKey) {
        self.machine.gate().await;
        if self.agents.find(self.machine.id, key).is_some() {
            if !self.machine.was_stopped() {
                self.agents.witness.forgotten(self.machine.id, key);
            }
            self.agents.processes().remove(key);
        }
    }
}
