//! Random plans, and random things that happen to runs.

use std::time::Duration;

use baton_engine::{Effect, pending_effects};
use baton_model::event::ReusedStage;
use baton_model::plan::{
    FailurePolicy, GateTimeout, Handoff, HandoffFormat, HookAction, InputSpec, OnCrash, OutputSpec,
    PlannedStage, Release, RetryPolicy, Schedule, StageKind,
};
use baton_model::{
    AttemptReport, Command, Completion, Edit, Failure, FailureLabel, Object, Plan, Spent, StageId,
    StepStatus, Value, ValueType,
};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use crate::harness::{Run, answers, asking, gate, id, plan, stage};

/// A random acyclic graph: stage `i` depends on some of the stages before it.
pub(crate) fn graph() -> impl Strategy<Value = Vec<PlannedStage>> {
    vec(any::<u16>(), 1..12).prop_map(|edges| {
        let places = edges.into_iter().enumerate();
        places.map(|(place, edges)| bare(place, edges)).collect()
    })
}

fn bare(place: usize, edges: u16) -> PlannedStage {
    let names: Vec<String> = (0..place)
        .filter(|earlier| (edges >> (earlier % 16)) & 3 == 3)
        .map(|earlier| format!("s{earlier}"))
        .collect();
    let depends_on: Vec<&str> = names.iter().map(String::as_str).collect();
    stage(&format!("s{place}"), &depends_on)
}

/// A random plan, now and then with results of an earlier run for some of the
/// stages that come first.
pub(crate) fn beginnings() -> impl Strategy<Value = (Plan, Vec<ReusedStage>)> {
    let n_reused = prop_oneof![3 => Just(0), 1 => 1..6_usize];
    (plans(), n_reused).prop_map(|(plan, n_reused)| {
        let first = plan.stages.iter().take(n_reused);
        let reused = first.enumerate().map(|(place, planned)| ReusedStage {
            stage: planned.id.clone(),
            outputs: (place % 3 < 2).then(|| [("x".to_owned(), json!(1))].into_iter().collect()),
            text: None,
            summary: None,
        });
        let reused = reused.collect();
        (plan, reused)
    })
}

/// A random plan with everything a plan can hold.
fn plans() -> impl Strategy<Value = Plan> {
    let settings = (
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        0..8_u8,
        1..4_u32,
    );
    (vec(rich(), 1..10), settings).prop_map(|(makers, settings)| {
        let (batches, reopenable, hooks, timed, limit) = settings;
        let places = makers.into_iter().enumerate();
        let mut plan = plan(places.map(|(place, rich)| rich.stage(place)).collect());
        plan.settings.stages_at_once_max = limit;
        plan.settings.reopenable = reopenable;
        plan.settings.timeout = (timed == 0).then(|| Duration::from_mins(5));
        if batches {
            plan.settings.schedule = Schedule::Batches;
        }
        if hooks {
            let notify = HookAction::Notify {
                target: "log:x".to_owned(),
                message: None,
            };
            plan.hooks.on_start = vec![notify.clone()];
            plan.hooks.on_complete = vec![notify.clone(), notify.clone()];
            plan.hooks.on_failure = vec![notify];
        }
        plan
    })
}

/// What a random stage is made from.
#[derive(Clone, Debug)]
struct Rich {
    edges: u16,
    kind: u8,
    policy: u8,
    crash: u8,
    attempts_max: u32,
    condition: u8,
    on_timeout: u8,
    handoff: u8,
    repairs_max: u32,
    timed: bool,
    question_timed: bool,
    has_contract: bool,
}

fn rich() -> impl Strategy<Value = Rich> {
    let numbers = (
        any::<u16>(),
        0..8_u8,
        0..6_u8,
        0..4_u8,
        1..3_u32,
        0..12_u8,
        0..3_u8,
        0..6_u8,
        0..3_u32,
    );
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (numbers, flags).prop_map(|(numbers, (timed, question_timed, has_contract))| {
        let (edges, kind, policy, crash, attempts_max, condition, on_timeout, handoff, repairs_max) =
            numbers;
        Rich {
            edges,
            kind,
            policy,
            crash,
            attempts_max,
            condition,
            on_timeout,
            handoff,
            repairs_max,
            timed,
            question_timed,
            has_contract,
        }
    })
}

impl Rich {
    fn stage(self, place: usize) -> PlannedStage {
        let mut planned = bare(place, self.edges);
        if self.kind == 0 {
            let Ok(StageKind::Gate(mut spec)) = Ok::<_, ()>(gate("g", &[]).kind) else {
                unreachable!("a gate was made")
            };
            spec.timeout = self.timed.then(|| Duration::from_mins(1));
            spec.on_timeout = [
                GateTimeout::Halt,
                GateTimeout::AutoApprove,
                GateTimeout::Reject,
            ][usize::from(self.on_timeout)];
            planned.kind = StageKind::Gate(spec);
        }
        if self.kind == 1 {
            planned.release = Release::Passed;
        }
        planned.on_failure = [
            FailurePolicy::Halt,
            FailurePolicy::Continue,
            FailurePolicy::SkipDependents,
            FailurePolicy::Block,
            FailurePolicy::Continue,
            FailurePolicy::SkipDependents,
        ][usize::from(self.policy)];
        planned.on_crash =
            [OnCrash::Resume, OnCrash::Retry, OnCrash::Fail, OnCrash::Ask][usize::from(self.crash)];
        planned.retry = RetryPolicy {
            attempts_max: self.attempts_max,
            ..RetryPolicy::default()
        };
        planned.timeout = self.timed.then(|| Duration::from_secs(10));
        planned.question_timeout = self.question_timed.then(|| Duration::from_secs(20));
        planned.repairs_max = self.repairs_max;
        planned.condition = match self.condition {
            0 => Some("${{ false }}".to_owned()),
            1 => Some("${{ stages.s0.status == 'success' }}".to_owned()),
            2 => Some("${{ parameters.missing > 1 }}".to_owned()),
            3 => Some("${{ true }}".to_owned()),
            _ => None,
        };
        planned.handoff = self.handoff();
        if self.has_contract {
            planned.outputs = vec![integer("x")];
        }
        if let Some(before) = planned.depends_on.first() {
            planned.inputs = vec![InputSpec {
                name: "y".to_owned(),
                value_type: ValueType::Integer,
                source: Some(output_of(before)),
                required: self.has_contract && self.edges.is_multiple_of(4),
            }];
        }
        planned
    }

    fn handoff(&self) -> Handoff {
        let format = [
            HandoffFormat::Structured,
            HandoffFormat::Markdown,
            HandoffFormat::Raw,
        ][usize::from(self.handoff % 3)];
        Handoff {
            format,
            include_run_log: self.handoff == 2,
            summary_prompt: (self.handoff >= 4).then(|| "Condense it.".to_owned()),
        }
    }
}

fn output_of(before: &StageId) -> String {
    format!("${{{{ stages.{before}.outputs.x }}}}")
}

fn integer(name: &str) -> OutputSpec {
    OutputSpec {
        name: name.to_owned(),
        value_type: ValueType::Integer,
        required: true,
        default: Value::Null,
        description: None,
    }
}

/// Something that may happen to a run; which stage it meets is said by a
/// number beside it.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    Start,
    StartAnything,
    Complete { is_right: bool, has_session: bool },
    CompleteWithEdits(Vec<Change>),
    Fail(FailureLabel),
    Ask,
    Late,
    Lose,
    Spend,
    Wait,
    Approve,
    Reject,
    Answer(&'static str),
    Pause,
    Resume,
    Reopen,
    Bring,
    Edit(Vec<Change>),
    Hook,
    Cancel,
}

/// An edit of a random stage.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Insert { name: u8, after: u8 },
    Update { which: u8, after: u8 },
    Delete { which: u8 },
}

pub(crate) fn happenings() -> impl Strategy<Value = Vec<(Happening, u8)>> {
    let completion =
        any::<(bool, bool)>().prop_map(|(is_right, has_session)| Happening::Complete {
            is_right,
            has_session,
        });
    let happy = Happening::Complete {
        is_right: true,
        has_session: true,
    };
    let one = prop_oneof![
        20 => Just(Happening::Start),
        12 => Just(happy),
        8 => completion,
        2 => vec(change(), 1..4).prop_map(Happening::CompleteWithEdits),
        6 => prop_oneof![
            2 => Just(FailureLabel::EXIT), 1 => Just(FailureLabel::AUTH_FAILURE), 1 => Just(FailureLabel::TIMEOUT)
        ].prop_map(Happening::Fail),
        6 => Just(Happening::Ask),
        2 => Just(Happening::Late),
        6 => Just(Happening::Lose),
        6 => Just(Happening::Spend),
        8 => Just(Happening::Wait),
        4 => Just(Happening::Approve),
        1 => Just(Happening::Reject),
        4 => prop_oneof![2 => Just("run again"), 1 => Just("give up"), 1 => Just("blue")]
            .prop_map(Happening::Answer),
        2 => Just(Happening::Pause),
        3 => Just(Happening::Resume),
        6 => Just(Happening::Reopen),
        4 => Just(Happening::Bring),
        4 => vec(change(), 1..4).prop_map(Happening::Edit),
        2 => Just(Happening::Hook),
        1 => Just(Happening::Cancel),
        1 => Just(Happening::StartAnything),
    ];
    vec((one, any::<u8>()), 0..70)
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => (0..6_u8, any::<u8>()).prop_map(|(name, after)| Change::Insert { name, after }),
        2 => any::<(u8, u8)>().prop_map(|(which, after)| Change::Update { which, after }),
        1 => any::<u8>().prop_map(|which| Change::Delete { which }),
    ]
}

/// The edit meant by a change, in the run as it is.
fn edit(run: &Run, change: &Change) -> Edit {
    let stages: Vec<&PlannedStage> = run.state.stages().map(|(_, planned, _)| planned).collect();
    let some = |pick: u8| stages.get(usize::from(pick) % stages.len().max(1));
    let after = |pick: u8| match some(pick) {
        Some(before) if pick % 16 < 15 => before.id.clone(),
        Some(_) | None => id("nowhere"),
    };
    match change {
        Change::Insert { name, after: pick } => {
            let depends_on = after(*pick);
            let inserted = stage(&format!("n{name}"), &[depends_on.as_str()]);
            Edit::Insert {
                stage: Box::new(inserted),
            }
        }
        Change::Update { which, after: pick } => {
            let mut updated = some(*which).map_or_else(|| stage("gone", &[]), |it| (*it).clone());
            let before = after(*pick);
            // What it is given comes from a stage before it, as the language
            // makes sure of: no other one is started anew together with it.
            for input in &mut updated.inputs {
                input.source = Some(output_of(&before));
            }
            updated.depends_on = vec![before];
            updated.condition = (pick % 3 == 0).then(|| "${{ true }}".to_owned());
            Edit::Update {
                stage: Box::new(updated),
            }
        }
        Change::Delete { which } => Edit::Delete {
            stage: some(*which).map_or_else(|| id("gone"), |it| it.id.clone()),
        },
    }
}

/// The command a happening comes to, unless there is nothing it could meet.
/// `Wait` is none: it moves the clock.
pub(crate) fn command(run: &Run, happening: &Happening, pick: u8) -> Option<Command> {
    match happening {
        Happening::Wait => None,
        Happening::Start
        | Happening::StartAnything
        | Happening::Late
        | Happening::Lose
        | Happening::Spend
        | Happening::Complete { .. }
        | Happening::CompleteWithEdits(_)
        | Happening::Fail(_)
        | Happening::Ask => command_of_shell(run, happening, pick),
        Happening::Approve
        | Happening::Reject
        | Happening::Answer(_)
        | Happening::Pause
        | Happening::Resume
        | Happening::Reopen
        | Happening::Bring
        | Happening::Edit(_)
        | Happening::Cancel => command_of_person(run, happening, pick),
        Happening::Hook => due_hook(run),
    }
}

fn command_of_shell(run: &Run, happening: &Happening, pick: u8) -> Option<Command> {
    if let Happening::Start = happening {
        let stages = run.startable();
        return Some(Command::StartStages { stages });
    }
    if let Happening::StartAnything = happening {
        let all = run.state.stages().map(|(_, planned, _)| planned.id.clone());
        let all: Vec<StageId> = all.chain([id("nowhere")]).collect();
        let stages = all.iter().chain(&all).cloned().collect();
        return Some(Command::StartStages { stages });
    }
    if let Happening::Late = happening {
        let stage = pick_stage(run, pick, |_| true)?;
        let dispatch = run.dispatch_of(&stage).saturating_sub(1);
        return Some(Command::SettleAttempt {
            stage,
            dispatch,
            report: completed(true, true, Vec::new()),
        });
    }
    let stage = pick_stage(run, pick, |status| status == StepStatus::Running)?;
    let dispatch = run.dispatch_of(&stage);
    if let Happening::Lose = happening {
        return Some(Command::LoseAttempt { stage, dispatch });
    }
    if let Happening::Spend = happening {
        return Some(Command::RecordSpent {
            stage,
            dispatch,
            spent: Spent::default(),
        });
    }
    let report = match happening {
        Happening::Complete {
            is_right,
            has_session,
        } => completed(*is_right, *has_session, Vec::new()),
        Happening::CompleteWithEdits(changes) => completed(true, true, edits(run, changes)),
        Happening::Fail(label) => AttemptReport::Failed(Failure::new(label.clone(), "it broke")),
        _ => asking("Which colour?"),
    };
    Some(Command::SettleAttempt {
        stage,
        dispatch,
        report,
    })
}

fn command_of_person(run: &Run, happening: &Happening, pick: u8) -> Option<Command> {
    let (by, reason) = ("ann".to_owned(), None);
    let with = |status: StepStatus| pick_stage(run, pick, |it| it == status);
    Some(match happening {
        Happening::Approve => Command::ApproveGate {
            stage: with(StepStatus::WaitingForApproval)?,
            iteration: None,
            by,
            reason,
            details: Object::new(),
        },
        Happening::Reject => Command::RejectGate {
            stage: with(StepStatus::WaitingForApproval)?,
            iteration: None,
            by,
            reason,
            details: Object::new(),
        },
        Happening::Answer(words) => Command::AnswerStage {
            stage: with(StepStatus::WaitingForInput)?,
            dispatch: None,
            answers: answers("colour", words),
            by,
        },
        Happening::Pause => Command::PauseRun { by, reason },
        Happening::Resume => Command::ResumeRun { by },
        Happening::Reopen => Command::ReopenStage {
            stage: pick_stage(run, pick, |_| true)?,
            at_gate: None,
            feedback: Some("again".to_owned()),
            details: Object::new(),
            by,
        },
        Happening::Bring => Command::CompleteStage {
            stage: pick_stage(run, pick, |status| !status.is_terminal())?,
            iteration: None,
            outputs: Object::from_iter([("x".to_owned(), json!("whatever"))]),
            by,
        },
        Happening::Edit(changes) => Command::EditGraph {
            edits: edits(run, changes),
            by,
            reason,
        },
        _ => Command::CancelRun { by, reason },
    })
}

fn edits(run: &Run, changes: &[Change]) -> Vec<Edit> {
    changes.iter().map(|change| edit(run, change)).collect()
}

fn pick_stage(run: &Run, pick: u8, fits: impl Fn(StepStatus) -> bool) -> Option<StageId> {
    let fitting: Vec<&StageId> = run
        .state
        .stages()
        .filter(|(.., stage)| fits(stage.status))
        .map(|(_, planned, _)| &planned.id)
        .collect();
    let place = usize::from(pick).checked_rem(fitting.len())?;
    Some(fitting[place].clone())
}

/// A result that fits every contract here, or none.
pub(crate) fn completed(is_right: bool, has_session: bool, edits: Vec<Edit>) -> AttemptReport {
    let outputs = if is_right {
        json!({ "x": 1, "summary": "short" })
    } else {
        json!({ "x": "one" })
    };
    let Value::Object(outputs) = outputs else {
        unreachable!("an object was written")
    };
    AttemptReport::Completed(Completion {
        outputs,
        session: has_session.then(|| "s-1".to_owned()),
        edits: Ok(edits),
        ..Completion::default()
    })
}

fn due_hook(run: &Run) -> Option<Command> {
    let effects = pending_effects(&run.state).into_iter();
    let mut hooks = effects.filter_map(|effect| match effect {
        Effect::RunHook(hook) => Some(Command::FinishHook {
            hook: hook.key,
            error: Some("nobody is there".to_owned()),
        }),
        Effect::Dispatch(_) | Effect::CancelAttempt { .. } => None,
    });
    hooks.next()
}

/// Drives a run to its end: answers everything, waits for every timer.
pub(crate) fn finish(run: &mut Run) {
    for _ in 0..10_000 {
        run.finish_hooks();
        if run.state.status().is_terminal() {
            return;
        }
        run.resume();
        run.start();
        if let Some(stage) = pick_stage(run, 0, |status| status == StepStatus::Running) {
            run.settle(stage.as_str(), completed(true, false, Vec::new()));
        } else if let Some(stage) = pick_stage(run, 0, |it| it == StepStatus::WaitingForApproval) {
            run.approve(stage.as_str());
        } else if let Some(stage) = pick_stage(run, 0, |it| it == StepStatus::WaitingForInput) {
            run.answer(stage.as_str(), "colour", "run again");
        } else if !run.wait() {
            run.start();
        }
    }
    panic!("the run never ends: {}", run.summary());
}
