//! What agents do: drawn from the seed and the attempt, so that it does not
//! depend on who asks first.

use std::time::Duration;

use baton_agents::{AttemptRequest, Work};
use baton_model::plan::OutputSpec;
use baton_model::{
    AttemptReport, Completion, Failure, FailureLabel, Inquiry, Object, Plan, Question, Value,
    ValueType,
};
use serde_json::json;

use crate::dice::Dice;
use crate::edits;
use crate::laws::stage::DISPATCH_OUTPUT;
use crate::swarm::Swarm;

/// The longest an agent hangs before it ends by itself.
const HANGS: Duration = Duration::from_mins(4);

/// What an agent does with an attempt.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) takes: Duration,
    pub(crate) report: AttemptReport,
    pub(crate) n_lines: u64,
    /// How long it goes on after it was told to end.
    pub(crate) lingers: Duration,
    /// Whether it goes on when its server does not.
    pub(crate) survives: bool,
    /// When it answers once more, after its end.
    pub(crate) echo_after: Option<Duration>,
}

/// What is drawn for an attempt.
pub(crate) fn script(seed: u64, swarm: &Swarm, request: &AttemptRequest, plan: &Plan) -> Script {
    let key = &request.key;
    let purpose = format!(
        "{}/{}/{}",
        key.idempotency_key(),
        key.dispatch,
        request.turn
    );
    let mut dice = Dice::new(seed, &purpose);
    let habits = &swarm.habits;
    let hangs = dice.per_mille(habits.hangs);
    let takes = dice.time(Duration::ZERO, habits.work_max);
    Script {
        takes: if hangs { HANGS } else { takes },
        report: report(&mut dice, swarm, request, plan),
        n_lines: dice.below(4),
        lingers: dice.time(Duration::ZERO, habits.linger_max),
        survives: dice.per_mille(habits.survives),
        echo_after: dice.per_mille(habits.echoes).then(|| dice.seconds(0, 60)),
    }
}

fn report(dice: &mut Dice, swarm: &Swarm, request: &AttemptRequest, plan: &Plan) -> AttemptReport {
    let habits = &swarm.habits;
    if dice.per_mille(habits.fails) {
        return AttemptReport::Failed(failure(dice));
    }
    let session = dice
        .per_mille(habits.sessions)
        .then(|| format!("session-{}", dice.below(1_000)));
    if dice.per_mille(habits.asks) {
        return AttemptReport::NeedsInput(Inquiry {
            questions: questions(dice),
            session,
        });
    }
    if request.work == Work::Summary {
        let summary = json!({ "summary": "in short", DISPATCH_OUTPUT: request.key.dispatch });
        return AttemptReport::Completed(Completion {
            outputs: object(summary),
            session,
            ..Completion::default()
        });
    }
    let is_wrong = dice.per_mille(habits.wrong);
    let proposed_edits = if dice.per_mille(habits.edits) {
        edits::proposed(dice, plan)
    } else {
        Vec::new()
    };
    AttemptReport::Completed(Completion {
        outputs: outputs(dice, request, is_wrong),
        session,
        text: request.wants_text.then(|| "as I said".to_owned()),
        proposed_edits,
        edits: Ok(Vec::new()),
    })
}

fn failure(dice: &mut Dice) -> Failure {
    let place = dice.count(0, FailureLabel::KNOWN.len() - 1);
    let known = FailureLabel::KNOWN.get(place).cloned();
    let own = || FailureLabel::new("out_of_cheese");
    let label = known.filter(|_| !dice.percent(10)).unwrap_or_else(own);
    Failure::new(label, "as drawn")
}

fn questions(dice: &mut Dice) -> Vec<Question> {
    let n_questions = dice.below(3);
    let question = |number| Question {
        question: format!("what about {number}?"),
        header: Some(format!("q{number}")),
        ..Question::default()
    };
    (0..n_questions).map(question).collect()
}

fn outputs(dice: &mut Dice, request: &AttemptRequest, is_wrong: bool) -> Object {
    let mut outputs = object(json!({ DISPATCH_OUTPUT: request.key.dispatch }));
    for spec in request
        .outputs
        .iter()
        .filter(|spec| spec.name != DISPATCH_OUTPUT)
    {
        outputs.insert(spec.name.clone(), value(dice, spec));
    }
    if is_wrong {
        outputs.insert(DISPATCH_OUTPUT.to_owned(), Value::from("many"));
    }
    outputs
}

fn value(dice: &mut Dice, spec: &OutputSpec) -> Value {
    match spec.value_type {
        ValueType::Boolean => Value::from(dice.percent(50)),
        ValueType::Integer | ValueType::Number => Value::from(dice.below(100)),
        _ => Value::from("something"),
    }
}

/// A map that was written down as one.
pub(crate) fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}
