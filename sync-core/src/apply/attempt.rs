use std::{sync::PoisonError, time::Duration};

use futures::{FutureExt as _, future, pin_mut};

use super::run::Run;
use crate::{
    Change, Record,
    causes::with_causes,
    target::{Applied, ErrorClass, TargetError},
};

/// What a target says to one change.
pub(super) type Answer = Result<Applied, TargetError>;

impl<R: Record> Run<'_, R> {
    /// Asks the target, and asks again about what it cannot do now.
    pub(super) async fn attempt(&self, changes: &[Change<R>]) -> Vec<Answer> {
        let mut answers = self.ask(changes).await;
        let mut wait = self.options.wait;
        for _ in 1..self.options.attempts.get() {
            let late: Vec<(usize, Option<Duration>)> = answers
                .iter()
                .enumerate()
                .filter_map(|(index, answer)| match answer.as_ref().err()?.class() {
                    ErrorClass::Later(delay) => Some((index, delay)),
                    _ => None,
                })
                .collect();
            let asked = late.iter().filter_map(|(_, delay)| *delay).max();
            let pause = asked.unwrap_or_default().max(wait);
            if late.is_empty() || !self.wait(pause).await {
                break;
            }
            // Somebody else may have taken the lease over meanwhile, and then nothing may be asked again.
            if !self.commit(&[]).await {
                break;
            }
            wait = wait.saturating_mul(2);
            let again: Vec<Change<R>> = late
                .iter()
                .map(|(index, _)| changes[*index].clone())
                .collect();
            for ((index, _), answer) in late.into_iter().zip(self.ask(&again).await) {
                answers[index] = answer;
            }
        }
        answers
    }

    /// Waits, if the run still has the patience and nobody stops it. Tells whether to go on.
    async fn wait(&self, pause: Duration) -> bool {
        if self.is_stopped() {
            return false;
        }
        {
            let mut waited = self.waited.lock().unwrap_or_else(PoisonError::into_inner);
            let total = waited.saturating_add(pause);
            if total > self.options.patience {
                return false;
            }
            *waited = total;
        }
        let sleep = self.clock.sleep(pause);
        match self.options.stop {
            None => sleep.await,
            Some(stop) => {
                let raised = stop.raised().fuse();
                pin_mut!(raised);
                future::select(sleep, raised).await;
            }
        }
        !self.is_stopped()
    }

    /// Hands a batch to the target, and returns one answer for each change.
    async fn ask(&self, changes: &[Change<R>]) -> Vec<Answer> {
        // Some classes are a matter of the ledger alone; a batch holds one class, so all are or none is.
        let adopted = |change: &Change<R>| match &change.target {
            Some(target) if change.class().is_internal() => Some(Ok(Applied {
                target: target.clone(),
                version: change.expected_version.clone(),
            })),
            _ => None,
        };
        if let Some(adopted) = changes.iter().map(adopted).collect() {
            return adopted;
        }
        let answers = self.target.apply(changes).await;
        let fatal = |answer: &&Answer| {
            let error = answer.as_ref().err();
            error.is_some_and(|error| error.class() == ErrorClass::Stop)
        };
        if let Some(Err(error)) = answers.iter().find(fatal) {
            self.stop(with_causes(error));
        }
        if answers.len() == changes.len() {
            return answers;
        }
        // Nobody can tell which answer belongs to which change.
        let in_doubt = |_: &Change<R>| {
            Err(TargetError::new(ErrorClass::Unknown).because(format!(
                "{} answers to {} changes",
                answers.len(),
                changes.len()
            )))
        };
        changes.iter().map(in_doubt).collect()
    }
}
