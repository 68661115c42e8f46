//! Agents that do what a script says, and write down what they were asked.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use baton_agents::{
    AgentLine, AgentStream, AttemptControl, AttemptRequest, Recovery, SharedDispatcher,
    StageDispatcher,
};
use baton_engine::HookRequest;
use baton_model::plan::{HookAction, Workspace};
use baton_model::{
    AttemptKey, AttemptReport, Completion, Edit, Event, Failure, FailureLabel, Object, Plan, RunId,
    StageId, Value,
};
use baton_runtime::{AgentResolver, Finder, Plug};
use baton_store::{FaultyStore, MemoryStore, RunStore};

/// What an agent does in one attempt.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    pub(crate) lines: u32,
    pub(crate) takes: Duration,
    pub(crate) end: End,
}

/// How it ends.
#[derive(Clone, Debug)]
pub(crate) enum End {
    Complete(Object),
    Fail(FailureLabel),
    /// In just this way.
    Report(AttemptReport),
    /// Works until it is cancelled.
    Hang,
    /// Works until it is cancelled, and takes its time to end then.
    Linger(Duration),
    Panic,
}

/// What is left of an attempt after a crash.
#[derive(Clone, Debug)]
pub(crate) enum Left {
    Nothing,
    /// It had ended like this, or ends like this after a while.
    Ended(Duration, End),
}

impl Act {
    pub(crate) fn complete() -> Self {
        Self::end(End::Complete(Object::new()))
    }

    pub(crate) fn fail(label: FailureLabel) -> Self {
        Self::end(End::Fail(label))
    }

    pub(crate) fn hang() -> Self {
        Self::end(End::Hang)
    }

    pub(crate) fn end(end: End) -> Self {
        Self {
            lines: 0,
            takes: Duration::ZERO,
            end,
        }
    }

    pub(crate) fn taking(self, takes: Duration) -> Self {
        Self { takes, ..self }
    }

    pub(crate) fn writing(self, lines: u32) -> Self {
        Self { lines, ..self }
    }
}

/// What the configuration says of agents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Configuration {
    #[default]
    Sound,
    /// It names nobody.
    Empty,
    Unreadable,
}

/// All agents there are, and what they remember.
pub(crate) struct Agents {
    store: Arc<FaultyStore<MemoryStore>>,
    book: Mutex<Book>,
}

#[derive(Default)]
pub(crate) struct Book {
    /// By stage; the last act is repeated. Without any: complete at once.
    pub(crate) acts: HashMap<String, VecDeque<Act>>,
    pub(crate) left: HashMap<String, Left>,
    pub(crate) configuration: Configuration,
    /// Every call of `run`, in order.
    pub(crate) dispatched: Vec<AttemptKey>,
    /// What each of them was asked.
    pub(crate) requests: Vec<AttemptRequest>,
    /// Every call of `recover`, with the lines it was told are known.
    pub(crate) recovered: Vec<(AttemptKey, u64)>,
    pub(crate) forgotten: Vec<AttemptKey>,
    /// Attempts whose token fired while they worked.
    pub(crate) cancelled: Vec<AttemptKey>,
    /// Dispatches that the log did not tell of when they were made.
    pub(crate) not_durable: Vec<AttemptKey>,
    working: HashMap<RunId, usize>,
    slots_taken: usize,
    pub(crate) slots_taken_max: usize,
    pub(crate) at_once_max: HashMap<RunId, usize>,
    /// Every action of a hook that was carried out.
    pub(crate) hooks: Vec<HookRequest>,
    /// Whether the program `hang` does so; it ends at once when not.
    pub(crate) hooks_hang: bool,
}

impl Agents {
    pub(crate) fn new(store: Arc<FaultyStore<MemoryStore>>) -> Arc<Self> {
        Arc::new(Self {
            store,
            book: Mutex::default(),
        })
    }

    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    /// The script of a stage, in every run.
    pub(crate) fn script(&self, stage: &str, acts: impl IntoIterator<Item = Act>) {
        let acts = acts.into_iter().collect();
        self.book().acts.insert(stage.to_owned(), acts);
    }

    pub(crate) fn leave(&self, stage: &str, left: Left) {
        self.book().left.insert(stage.to_owned(), left);
    }

    /// How often a stage was handed to its agent.
    pub(crate) fn n_dispatched(&self, stage: &str) -> usize {
        let book = self.book();
        book.dispatched
            .iter()
            .filter(|key| key.stage.as_str() == stage)
            .count()
    }

    /// Stages in the order of their dispatches.
    pub(crate) fn order(&self) -> Vec<String> {
        let book = self.book();
        book.dispatched
            .iter()
            .map(|key| key.stage.as_str().to_owned())
            .collect()
    }

    /// How many lines an attempt of a stage writes in all.
    fn lines_of(&self, key: &AttemptKey) -> u32 {
        let book = self.book();
        let acts = book.acts.get(key.stage.as_str());
        acts.and_then(|acts| acts.front())
            .map_or(0, |act| act.lines)
    }

    async fn is_durable(&self, key: &AttemptKey) -> bool {
        let rows = self.store.inner().load_run(key.run).await.unwrap().events;
        let mut latest_first = rows
            .iter()
            .rev()
            .map(|row| serde_json::from_str::<Event>(&row.body).unwrap());
        let last_start = latest_first.find_map(|event| match event {
            Event::StageStarted {
                stage, dispatch, ..
            }
            | Event::StageRestarted {
                stage, dispatch, ..
            }
            | Event::StageRepairing {
                stage, dispatch, ..
            }
            | Event::StageSummarizing {
                stage, dispatch, ..
            } => (stage == key.stage).then_some(dispatch),
            _ => None,
        });
        last_start == Some(key.dispatch)
    }

    async fn play(&self, key: &AttemptKey, act: Act, control: &AttemptControl) -> AttemptReport {
        let lingers = match act.end {
            End::Linger(lingers) => lingers,
            End::Complete(_) | End::Fail(_) | End::Report(_) | End::Hang | End::Panic => {
                Duration::ZERO
            }
        };
        let work = async {
            say(key, 0..act.lines, control).await;
            tokio::time::sleep(act.takes).await;
            match act.end {
                End::Complete(outputs) => AttemptReport::Completed(Completion {
                    outputs,
                    ..Completion::default()
                }),
                End::Report(report) => report,
                End::Fail(label) => AttemptReport::Failed(Failure::new(label, "as scripted")),
                End::Hang | End::Linger(_) => std::future::pending().await,
                End::Panic => panic!("as scripted"),
            }
        };
        tokio::select! {
            biased;
            () = control.cancel.cancelled() => {
                self.book().cancelled.push(key.clone());
                tokio::time::sleep(lingers).await;
                AttemptReport::Failed(Failure::new(FailureLabel::CANCELLED, "told to end"))
            }
            report = work => report,
        }
    }
}

async fn say(key: &AttemptKey, numbers: std::ops::Range<u32>, control: &AttemptControl) {
    for number in numbers {
        let line = AgentLine {
            stream: AgentStream::Stderr,
            text: format!("{}.{} line {number}", key.stage, key.dispatch),
        };
        control.lines.send(line).await.unwrap();
    }
}

/// An agent; all of them share one book.
struct Agent {
    agents: Arc<Agents>,
    needs_slot: bool,
}

/// Counts an attempt as working for as long as it lives.
struct Working<'a>(&'a Agent, RunId);

impl<'a> Working<'a> {
    fn new(agent: &'a Agent, run: RunId) -> Self {
        let mut book = agent.agents.book();
        let at_once = book.working.entry(run).or_default();
        *at_once += 1;
        let at_once = *at_once;
        let most = book.at_once_max.entry(run).or_default();
        *most = at_once.max(*most);
        if agent.needs_slot {
            book.slots_taken += 1;
            book.slots_taken_max = book.slots_taken_max.max(book.slots_taken);
        }
        Self(agent, run)
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        let mut book = self.0.agents.book();
        *book.working.get_mut(&self.1).unwrap() -= 1;
        book.slots_taken -= usize::from(self.0.needs_slot);
    }
}

#[async_trait]
impl StageDispatcher for Agent {
    fn needs_slot(&self) -> bool {
        self.needs_slot
    }

    async fn run(&self, request: AttemptRequest, control: AttemptControl) -> AttemptReport {
        let key = request.key.clone();
        let _working = Working::new(self, key.run);
        let is_durable = self.agents.is_durable(&key).await;
        let act = {
            let mut book = self.agents.book();
            book.dispatched.push(key.clone());
            book.requests.push(request);
            if !is_durable {
                book.not_durable.push(key.clone());
            }
            match book.acts.get_mut(key.stage.as_str()) {
                Some(acts) if acts.len() > 1 => acts.pop_front(),
                Some(acts) => acts.front().cloned(),
                None => None,
            }
        };
        let act = act.unwrap_or_else(Act::complete);
        self.agents.play(&key, act, &control).await
    }

    async fn recover(
        &self,
        request: AttemptRequest,
        control: AttemptControl,
        lines_known: u64,
    ) -> Recovery {
        let key = request.key;
        let _working = Working::new(self, key.run);
        let left = {
            let mut book = self.agents.book();
            book.recovered.push((key.clone(), lines_known));
            book.left.get(key.stage.as_str()).cloned()
        };
        match left {
            None | Some(Left::Nothing) => Recovery::Lost,
            Some(Left::Ended(takes, end)) => {
                let known = u32::try_from(lines_known).unwrap();
                let lines = self.agents.lines_of(&key);
                say(&key, known..lines.max(known), &control).await;
                let act = Act::end(end).taking(takes);
                Recovery::Settled(self.agents.play(&key, act, &control).await)
            }
        }
    }

    async fn forget(&self, key: &AttemptKey) {
        self.agents.book().forgotten.push(key.clone());
    }
}

/// Knows `agent:free` and `agent:slot`.
pub(crate) struct Resolver(pub(crate) Arc<Agents>);

impl AgentResolver for Resolver {
    fn resolve(&self, _workspace: &Workspace, artifact: &str) -> Result<SharedDispatcher, Failure> {
        let is_known = self.0.book().configuration == Configuration::Sound;
        let needs_slot = match artifact {
            "agent:free" if is_known => false,
            "agent:slot" if is_known => true,
            other => {
                let words = format!("nobody is called {other}");
                return Err(Failure::new(FailureLabel::EXIT, words));
            }
        };
        Ok(self.agent(needs_slot))
    }

    fn finder(&self, workspace: &Workspace, artifact: &str, begun: &AttemptKey) -> Finder {
        let (configuration, left) = {
            let book = self.0.book();
            let left = book.left.get(begun.stage.as_str()).cloned();
            (book.configuration, left)
        };
        if let Some(Left::Ended(..)) = left {
            return Finder::Dispatcher(self.agent(true));
        }
        match (configuration, self.resolve(workspace, artifact)) {
            (_, Ok(agent)) => Finder::Dispatcher(agent),
            (Configuration::Unreadable, Err(failure)) => Finder::Unknown(failure),
            (Configuration::Sound | Configuration::Empty, Err(_)) => Finder::Nobody,
        }
    }
}

impl Resolver {
    fn agent(&self, needs_slot: bool) -> SharedDispatcher {
        Arc::new(Agent {
            agents: Arc::clone(&self.0),
            needs_slot,
        })
    }
}

#[async_trait]
impl Plug for Resolver {
    /// Agents here write edits as the engine takes them.
    fn compile_edits(
        &self,
        _plan: &Plan,
        _live: &[StageId],
        proposed: &[Value],
    ) -> Result<Vec<Edit>, String> {
        let edits = proposed.iter().cloned().map(serde_json::from_value);
        edits
            .collect::<Result<_, _>>()
            .map_err(|error| error.to_string())
    }

    /// Only the program `false` fails, and only `hang` hangs.
    async fn run_hook(&self, _plan: &Plan, hook: &HookRequest) -> Result<(), String> {
        self.0.book().hooks.push(hook.clone());
        match &hook.action {
            Ok(HookAction::Run { argv }) if argv == &["false"] => Err("it failed".to_owned()),
            Ok(HookAction::Run { argv }) if argv == &["hang"] && self.0.book().hooks_hang => {
                std::future::pending().await
            }
            Ok(_) | Err(_) => Ok(()),
        }
    }
}
