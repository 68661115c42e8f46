//! Random workflows: parallel branches, retries, conditions and gates.

use std::fmt::Write;
use std::fs;

use super::ledger::KEEPS_LEDGER;
use super::{Dice, World};

/// Agents that work at the same time, at most.
const STAGES_AT_ONCE: u64 = 4;

#[derive(Clone, Debug)]
pub(crate) struct Dag {
    pub(crate) stages: Vec<Stage>,
}

#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) id: String,
    pub(crate) depends_on: Vec<String>,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An agent works.
    Agent {
        /// So many of its attempts fail.
        n_failures: u64,
        /// Its first result is wrong and mended in its session.
        is_repaired: bool,
        /// What becomes of an attempt that dies.
        on_crash: OnCrash,
    },
    /// Its condition is false.
    Skipped,
    /// Somebody is asked.
    Gate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnCrash {
    Resume,
    Retry,
}

impl Dag {
    /// A workflow of so many stages. Each depends on some before it.
    pub(crate) fn random(dice: &mut Dice, n_stages: u64) -> Self {
        let mut stages: Vec<Stage> = Vec::new();
        for number in 0..n_stages {
            let depends_on = stages
                .iter()
                .filter(|_| dice.below(3) == 0)
                .map(|stage| stage.id.clone())
                .collect();
            let kind = match dice.below(10) {
                0 => Kind::Gate,
                1 => Kind::Skipped,
                throw => Kind::Agent {
                    n_failures: u64::from(throw == 2),
                    is_repaired: matches!(throw, 3 | 4),
                    on_crash: if throw == 5 {
                        OnCrash::Retry
                    } else {
                        OnCrash::Resume
                    },
                },
            };
            stages.push(Stage {
                id: format!("s{number}"),
                depends_on,
                kind,
            });
        }
        Self { stages }
    }

    /// Puts `w.yaml` and its agents into a world.
    pub(crate) fn furnish(&self, world: &World) {
        world.file("w.yaml", self.yaml());
        world.agents(&[("worker", KEEPS_LEDGER)]);
        for stage in &self.stages {
            let Kind::Agent {
                n_failures,
                is_repaired,
                ..
            } = stage.kind
            else {
                continue;
            };
            if n_failures > 0 {
                let path = world.root().join(format!("fail-{}", stage.id));
                fs::write(path, format!("{n_failures}\n")).unwrap();
            }
            if is_repaired {
                fs::write(world.root().join(format!("repair-{}", stage.id)), "").unwrap();
            }
        }
    }

    fn yaml(&self) -> String {
        let mut yaml = format!(
            "workflow: {{ id: random, name: Random, version: \"1.0.0\" }}\n\
             config:\n  max_concurrent_stages: {STAGES_AT_ONCE}\n  \
             parameters: {{ never: {{ type: boolean, default: false }} }}\nstages:\n"
        );
        for stage in &self.stages {
            let Stage { id, depends_on, .. } = stage;
            write!(
                yaml,
                "  - id: {id}\n    name: {id}\n    depends_on: {depends_on:?}\n"
            )
            .unwrap();
            yaml.push_str(&stage.more_yaml());
        }
        yaml
    }
}

impl Stage {
    fn more_yaml(&self) -> String {
        let agent = "    roles: { primary: { artifact: \"agent:worker\" } }\n    \
                     outputs: { text: { type: string } }\n";
        match self.kind {
            Kind::Gate => "    type: gate\n    gate: { message: \"Go on?\" }\n".to_owned(),
            Kind::Skipped => {
                format!("    condition: \"${{{{ parameters.never }}}}\"\n{agent}")
            }
            Kind::Agent { on_crash, .. } => {
                let on_crash = match on_crash {
                    OnCrash::Resume => "resume",
                    OnCrash::Retry => "retry",
                };
                format!(
                    "{agent}    error_policy:\n      on_crash: {on_crash}\n      \
                     retry: {{ max_attempts: 50, initial_interval: \"0s\", max_interval: \"0s\" }}\n"
                )
            }
        }
    }
}
