//! Work that may take long, done where nobody else waits for it: texts of
//! megabytes, directories on slow disks.

use std::num::NonZeroUsize;
use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;

use crate::AppError;

/// Fewer at once, and a single slow directory would hold up all texts.
const AT_ONCE_MIN: usize = 4;

/// As much at once as the machine can do; the rest waits, and holds no thread.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| {
    let processors = available_parallelism().map_or(1, NonZeroUsize::get);
    Semaphore::new(processors.max(AT_ONCE_MIN))
});

/// Does it there. It goes on to its end when nobody waits for it any more.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    let place = PLACES.acquire().await.map_err(AppError::internal)?;
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(place);
        done
    });
    done.await.map_err(AppError::internal)
}
