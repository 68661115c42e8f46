//! Panics of tasks, which nobody who waits for the task's work would hear of.

use std::cell::RefCell;
use std::sync::Once;

thread_local! {
    static FIRST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Watches this thread until it is dropped.
pub(crate) struct Panics(());

/// Begins to watch: whatever panics on this thread from now on is noted.
pub(crate) fn watch() -> Panics {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let is_watched = FIRST.with_borrow_mut(|first| {
                let is_watched = first.is_some();
                if first.as_ref().is_some_and(String::is_empty) {
                    *first = Some(panic.to_string());
                }
                is_watched
            });
            if !is_watched {
                before(panic);
            }
        }));
    });
    FIRST.set(Some(String::new()));
    Panics(())
}

impl Panics {
    /// Ends watching: the first panic since it began.
    pub(crate) fn finish(self) -> Option<String> {
        let first = FIRST.with_borrow(Clone::clone);
        drop(self);
        first.filter(|first| !first.is_empty())
    }
}

impl Drop for Panics {
    fn drop(&mut self) {
        FIRST.set(None);
    }
}
