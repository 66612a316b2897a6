use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{
    channel::oneshot::{self, Receiver, Sender},
    future::{FutureExt as _, Shared},
};

/// Asks long work to stop at the next place where nothing is half done.
///
/// All clones are one signal. Once raised, it stays raised.
///
/// ```
/// use sync_core::StopSignal;
///
/// let signal = StopSignal::new();
/// let seen_by_the_work = signal.clone();
/// assert!(!seen_by_the_work.is_raised());
/// signal.raise();
/// assert!(seen_by_the_work.is_raised());
/// ```
#[derive(Clone)]
pub struct StopSignal {
    /// Gone once the signal is raised, which ends the wait of every receiver.
    sender: Arc<Mutex<Option<Sender<()>>>>,
    receiver: Shared<Receiver<()>>,
}

impl StopSignal {
    /// Makes a signal that is not raised.
    pub fn new() -> Self {
        let (sender, receiver) = oneshot::channel();
        Self {
            sender: Arc::new(Mutex::new(Some(sender))),
            receiver: receiver.shared(),
        }
    }

    /// Raises the signal.
    pub fn raise(&self) {
        drop(self.sender().take());
    }

    /// Tells whether the signal is raised.
    pub fn is_raised(&self) -> bool {
        self.sender().is_none()
    }

    /// Waits until the signal is raised.
    pub async fn raised(&self) {
        // Whoever waits holds a sender, so the channel closes only when the signal is raised.
        let _closed = self.receiver.clone().await;
    }

    fn sender(&self) -> MutexGuard<'_, Option<Sender<()>>> {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for StopSignal {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for StopSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StopSignal")
            .field("raised", &self.is_raised())
            .finish()
    }
}
