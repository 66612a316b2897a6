use std::time::Duration;

use crate::{
    Change, Effect, Record,
    causes::with_causes,
    target::{Applied, ErrorClass, TargetError},
};

use super::run::Run;

impl<R: Record> Run<'_, R> {
    /// Asks the target, and asks again about what it cannot do now.
    pub(super) async fn attempt(&self, changes: &[Change<R>]) -> Vec<Result<Applied, TargetError>> {
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
            if late.is_empty() || self.is_stopped() {
                break;
            }
            let asked = late
                .iter()
                .filter_map(|(_, delay)| *delay)
                .max()
                .unwrap_or_default();
            self.clock.sleep(asked.max(wait)).await;
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

    /// Hands a batch to the target, and returns one answer for each change.
    async fn ask(&self, changes: &[Change<R>]) -> Vec<Result<Applied, TargetError>> {
        // Adoptions are a matter of the ledger alone; a batch holds one class, so all are or none is.
        let adopted = |change: &Change<R>| match (&change.effect, &change.target) {
            (Effect::Adopt, Some(target)) => Some(Ok(Applied {
                target: target.clone(),
                version: change.expected_version.clone(),
            })),
            _ => None,
        };
        if let Some(adopted) = changes.iter().map(adopted).collect() {
            return adopted;
        }
        let mut answers = self.target.apply(changes).await;
        // A target that answers too little leaves the rest in doubt.
        answers.resize_with(changes.len(), || Err(TargetError::new(ErrorClass::Unknown)));
        let fatal = |error: &&TargetError| error.class() == ErrorClass::Stop;
        if let Some(error) = answers
            .iter()
            .filter_map(|answer| answer.as_ref().err())
            .find(fatal)
        {
            self.stop(with_causes(error));
        }
        answers
    }
}
