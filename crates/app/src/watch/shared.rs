//! What watchers share: a thousand of them at the same place ask the store once.
//!
//! A page is known by where it begins and by the news it was read after. The
//! first watcher that wants it reads it, the others wait for that. A watcher
//! that has been told of something newer asks for another page, so nobody is
//! ever handed one that was read too early. Whoever knows of something newer
//! without having been told reads alone.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use baton_model::{ErrorCode, RunId};
use baton_runtime::Progress;
use tokio::sync::{OnceCell, watch};

use super::all::Happened;
use super::{News, PageOfRun};
use crate::AppError;

/// Pages of one source that are kept for watchers that are a little later.
const PAGES_KEPT: usize = 4;

/// Whoever reads more at once catches up, and is alone at its place.
const KEPT_ITEMS_MAX: usize = 32;

/// Fewer sources than this are never looked through for those that have gone.
const SWEEP_MIN: usize = 64;

/// What was read from a place on.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    /// Whether it is all there was.
    pub(super) is_whole: bool,
}

/// What all its watchers share: news of type `V`, and pages that begin at `K`.
pub(super) struct Source<V, K, T> {
    news: watch::Receiver<V>,
    recent: Mutex<VecDeque<Kept<V, K, T>>>,
}

type Kept<V, K, T> = ((K, V), SharedPage<T>);
type SharedPage<T> = Arc<OnceCell<Arc<Page<T>>>>;

impl<V: Copy + PartialEq, K: Copy + PartialEq, T> Source<V, K, T> {
    fn new(news: watch::Receiver<V>) -> Self {
        let recent = Mutex::default();
        Self { news, recent }
    }

    async fn page<F>(
        &self,
        known: (K, V),
        read: impl FnOnce() -> F,
    ) -> Result<Arc<Page<T>>, AppError>
    where
        F: Future<Output = Result<Page<T>, AppError>>,
    {
        let shared = self.shared(known);
        let read = || async { read().await.map(Arc::new) };
        let page = Arc::clone(shared.get_or_try_init(read).await?);
        if page.items.len() > KEPT_ITEMS_MAX {
            self.recent().retain(|(kept, _)| *kept != known);
        }
        Ok(page)
    }

    fn shared(&self, known: (K, V)) -> SharedPage<T> {
        let mut recent = self.recent();
        if let Some((_, page)) = recent.iter().find(|(kept, _)| *kept == known) {
            return Arc::clone(page);
        }
        if recent.len() == PAGES_KEPT {
            recent.pop_front();
        }
        let page = SharedPage::default();
        recent.push_back((known, Arc::clone(&page)));
        page
    }

    fn recent(&self) -> std::sync::MutexGuard<'_, VecDeque<Kept<V, K, T>>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a read has found something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Something,
    Nothing,
}

/// One watcher of a source: how much of it has been read and handed out.
pub(super) struct Reader<V, K, T> {
    source: Arc<Source<V, K, T>>,
    news: watch::Receiver<V>,
    page: Option<Arc<Page<T>>>,
    /// How many items of the page have been handed out.
    n_handed: usize,
    /// The news up to which everything was read.
    read_up_to: Option<V>,
}

impl<V: Copy + PartialEq, K: Copy + PartialEq, T: Clone> Reader<V, K, T> {
    pub(super) fn new(source: Arc<Source<V, K, T>>) -> Self {
        Self {
            news: source.news.clone(),
            source,
            page: None,
            n_handed: 0,
            read_up_to: None,
        }
    }

    /// The next item that was read already.
    pub(super) fn next_read(&mut self) -> Option<T> {
        let item = self.page.as_ref()?.items.get(self.n_handed).cloned();
        match item {
            Some(_) => self.n_handed += 1,
            None => self.page = None,
        }
        item
    }

    /// Reads from a place on, unless that cannot find anything.
    pub(super) async fn read<F>(
        &mut self,
        begin: K,
        read: impl FnOnce() -> F,
    ) -> Result<Found, AppError>
    where
        F: Future<Output = Result<Page<T>, AppError>>,
    {
        let news = *self.news.borrow_and_update();
        if self.read_up_to == Some(news) {
            return Ok(Found::Nothing);
        }
        let page = self.source.page((begin, news), read).await?;
        self.read_up_to = page.is_whole.then_some(news);
        if page.items.is_empty() {
            return Ok(Found::Nothing);
        }
        (self.page, self.n_handed) = (Some(page), 0);
        Ok(Found::Something)
    }

    /// Reads past what is shared, which may have been read too early.
    pub(super) async fn read_alone(
        &mut self,
        read: impl Future<Output = Result<Page<T>, AppError>>,
    ) -> Result<Found, AppError> {
        let page = read.await?;
        if page.items.is_empty() {
            return Ok(Found::Nothing);
        }
        (self.page, self.n_handed) = (Some(Arc::new(page)), 0);
        Ok(Found::Something)
    }

    /// Waits for news after those of the last read.
    pub(super) async fn wait(&mut self) -> Result<(), AppError> {
        let changed = self.news.changed().await;
        changed.map_err(|_closed| AppError::new(ErrorCode::Unavailable, "Baton is shutting down"))
    }
}

pub(super) type SourceOfRun = Source<Progress, PageOfRun, News>;
pub(super) type SourceOfAll = Source<u64, u64, Happened>;

/// The sources that somebody watches.
#[derive(Default)]
pub(crate) struct Watched {
    runs: Mutex<Runs>,
    all: Mutex<Weak<SourceOfAll>>,
}

#[derive(Default)]
struct Runs {
    by_id: HashMap<RunId, Weak<SourceOfRun>>,
    /// As many make it worth while to look for those that have gone.
    sweep_at: usize,
}

impl Watched {
    /// The source of a run; `news` begins one when nobody watches the run.
    pub(super) fn run(
        &self,
        run: RunId,
        news: impl FnOnce() -> watch::Receiver<Progress>,
    ) -> Arc<SourceOfRun> {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(source) = runs.by_id.get(&run).and_then(Weak::upgrade) {
            return source;
        }
        if runs.by_id.len() >= runs.sweep_at.max(SWEEP_MIN) {
            runs.by_id.retain(|_, source| source.strong_count() > 0);
            runs.sweep_at = 2 * runs.by_id.len();
        }
        let source = Arc::new(Source::new(news()));
        runs.by_id.insert(run, Arc::downgrade(&source));
        source
    }

    /// The source of all runs together.
    pub(super) fn all(&self, news: impl FnOnce() -> watch::Receiver<u64>) -> Arc<SourceOfAll> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(source) = all.upgrade() {
            return source;
        }
        let source = Arc::new(Source::new(news()));
        *all = Arc::downgrade(&source);
        source
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures_util::future::join_all;
    use tokio::task::yield_now;
    use uuid::Uuid;

    use super::*;

    const WATCHERS: usize = 100;

    /// A store of numbers that counts how often it is read.
    struct Numbers {
        last: Cell<u64>,
        n_reads: Cell<u32>,
    }

    impl Numbers {
        async fn read(&self, after: u64) -> Result<Page<u64>, AppError> {
            self.n_reads.set(self.n_reads.get() + 1);
            let found: Vec<_> = (after + 1..=self.last.get()).take(3).collect();
            yield_now().await;
            let is_whole = found.len() < 3;
            let items = found;
            Ok(Page { items, is_whole })
        }
    }

    /// Hands out everything up to `last`, waiting for it.
    async fn follow(source: Arc<Source<u64, u64, u64>>, numbers: &Numbers, last: u64) -> Vec<u64> {
        let mut reader = Reader::new(source);
        let mut seen = Vec::new();
        while seen.last() != Some(&last) {
            if let Some(number) = reader.next_read() {
                seen.push(number);
                continue;
            }
            let after = seen.last().copied().unwrap_or(0);
            let found = reader.read(after, || numbers.read(after)).await.unwrap();
            if found == Found::Nothing {
                reader.wait().await.unwrap();
            }
        }
        seen
    }

    #[tokio::test]
    async fn a_hundred_watchers_read_once_and_miss_nothing() {
        let numbers = Numbers {
            last: Cell::new(0),
            n_reads: Cell::new(0),
        };
        let (news, received) = watch::channel(0);
        let source = Arc::new(Source::new(received));
        let watchers = (0..WATCHERS).map(|_| follow(Arc::clone(&source), &numbers, 50));
        let writer = async {
            for last in 1..=50 {
                numbers.last.set(last);
                // Sometimes two at once.
                if last % 5 != 0 || last == 50 {
                    news.send_replace(last);
                    for _ in 0..4 {
                        yield_now().await;
                    }
                }
            }
        };
        let (seen, ()) = futures_util::future::join(join_all(watchers), writer).await;
        for seen in seen {
            assert!(seen.into_iter().eq(1..=50));
        }
        let n_reads = numbers.n_reads.get();
        assert!(n_reads <= 60, "{n_reads} reads");
    }

    #[test]
    fn sources_that_nobody_watches_do_not_pile_up() {
        let watched = Watched::default();
        let run = |number| RunId::new(Uuid::from_u128(number));
        let (_news, received) = watch::channel(Progress::default());
        let stays = watched.run(run(0), || received.clone());
        for number in 1..10_000 {
            drop(watched.run(run(number), || received.clone()));
        }
        assert!(watched.runs.lock().unwrap().by_id.len() <= SWEEP_MIN);
        let again = watched.run(run(0), || panic!("somebody watches it"));
        assert!(Arc::ptr_eq(&stays, &again));
    }
}
