//! What concerns a run that is followed and outlives the connection to one
//! server: how far was read, what is to be asked, and whether the user leaves.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::pin::pin;

use serde_json::{Value, json};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;

use crate::render::progress::{Progress, View};

/// What outlives the connection to one server.
pub(super) struct News {
    pub(super) interrupts: Interrupts,
    /// How far the run's stream was read.
    pub(super) place: String,
    /// What no server is known to have taken: paths below the run, and bodies.
    pub(super) unsent: VecDeque<(String, Value)>,
    /// When that is asked again, after it could not be taken.
    pub(super) again_at: Option<Instant>,
}

impl News {
    /// None yet; from here on Ctrl+C and SIGTERM are taken note of.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupts: Interrupts::listen()?,
            place: "0.0".to_owned(),
            unsent: VecDeque::new(),
            again_at: None,
        })
    }

    pub(super) fn ask(&mut self, what: String, body: Value) {
        self.unsent.push_back((what, body));
    }

    /// The first interrupt asks for the run's end, the second leaves it; says
    /// which.
    pub(super) fn interrupt(&mut self, n_interrupts: u32, view: &mut View) -> ControlFlow<()> {
        if n_interrupts > 1 {
            return ControlFlow::Break(());
        }
        view.note("cancelling; press Ctrl+C again to leave the run as it is");
        self.ask("cancel".to_owned(), json!({ "reason": "interrupted" }));
        ControlFlow::Continue(())
    }

    /// Waits for an answer, which may never come; None when the user leaves.
    pub(super) async fn unless_left<T>(
        &mut self,
        view: &mut View,
        answer: impl Future<Output = T>,
    ) -> Option<T> {
        let mut answer = pin!(answer);
        loop {
            tokio::select! {
                answer = &mut answer => return Some(answer),
                n_interrupts = self.interrupts.next() => {
                    if self.interrupt(n_interrupts, view).is_break() {
                        return None;
                    }
                }
            }
        }
    }
}

/// Ctrl+C and SIGTERM, counted. SIGTERM parks at once.
pub(super) struct Interrupts {
    pressed: Signal,
    terminated: Signal,
    count: u32,
}

impl Interrupts {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            pressed: signal(SignalKind::interrupt())?,
            terminated: signal(SignalKind::terminate())?,
            count: 0,
        })
    }

    pub(super) async fn next(&mut self) -> u32 {
        self.count += tokio::select! {
            _ = self.pressed.recv() => 1,
            _ = self.terminated.recv() => 2,
        };
        self.count
    }
}
