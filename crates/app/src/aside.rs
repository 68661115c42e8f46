//! Work that may take long, done where nobody else waits for it: texts of
//! megabytes, directories on slow disks.

use std::num::NonZeroUsize;
use std::sync::LazyLock;
use std::thread::available_parallelism;
use std::time::Duration;

use baton_model::ErrorCode;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::AppError;

/// Fewer at once, and a single slow directory would hold up all texts.
const AT_ONCE_MIN: usize = 4;

/// Whoever has waited so long for a place is told to come back: what holds the
/// places may be a disk that does not answer.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// As much at once as the machine can do; the rest waits, and holds no thread.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| {
    let processors = available_parallelism().map_or(1, NonZeroUsize::get);
    Semaphore::new(processors.max(AT_ONCE_MIN))
});

/// Does it there. It goes on to its end when nobody waits for it any more.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    let place = take(&PLACES, WAIT_MAX).await?;
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(place);
        done
    });
    done.await.map_err(AppError::internal)
}

async fn take(places: &Semaphore, wait_max: Duration) -> Result<SemaphorePermit<'_>, AppError> {
    let taken = timeout(wait_max, places.acquire()).await.map_err(|_late| {
        let message = "too much is worked on at once, or files cannot be read; try again";
        AppError::new(ErrorCode::Overloaded, message)
    })?;
    taken.map_err(AppError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_waits_for_ever_for_a_place() {
        let places = Semaphore::new(1);
        let place = take(&places, Duration::ZERO).await.unwrap();
        let error = take(&places, Duration::ZERO).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Overloaded);
        drop(place);
        assert!(take(&places, Duration::ZERO).await.is_ok());
    }
}
