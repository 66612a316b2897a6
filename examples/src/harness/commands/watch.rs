use std::{collections::BTreeSet, process::ExitCode, sync::Arc};

use async_trait::async_trait;
use sync_core::{
    StopSignal,
    runner::{Job, Runner},
    schedule::{Run, RunOutcome, TimetableState},
};

use super::sync::stop_on_signals;
use crate::say::{say, tell};
use crate::{
    harness::{Area, Connection, Failure, Product, Result, Silent},
    protocol::Ending,
};

/// Syncs by the timetable until somebody stops it.
pub(super) async fn run<P: Product>(
    connection: Connection<P>,
    areas: &BTreeSet<Area>,
) -> Result<ExitCode> {
    let runner = connection.watch(areas.clone()).await?;
    let handle = runner.handle();
    let stop = stop_on_signals();
    tokio::spawn(async move {
        stop.raised().await;
        handle.shut_down();
    });
    for area in runner.handle().status().areas {
        let next = area.next.map(|due| due.at.to_rfc3339());
        say!("{} next at {}", area.area, next.unwrap_or_default());
    }
    runner.run().await;
    say!("Stopped. `{} watch` goes on from here.", P::NAME);
    Ok(ExitCode::SUCCESS)
}

impl<P: Product> Connection<P> {
    /// Gets ready to sync areas by the timetable of the policy, from where an earlier watch ended.
    ///
    /// # Errors
    ///
    /// When the policy has no timetable, and when the database does not answer.
    pub async fn watch(self, areas: BTreeSet<Area>) -> Result<Runner> {
        let timetable = self.setup.policy.timetable().ok_or_else(|| {
            Failure::usage("schedule: the policy has no such section, so nothing runs by itself")
        })?;
        let timetable = timetable.clone().for_connection(&self.setup.label);
        let state = self.schedule().await?;
        let clock = Arc::new(self.setup.clock.clone());
        let job = Arc::new(Watching {
            connection: self,
            areas,
        });
        Ok(Runner::new(timetable, state, job, clock))
    }

    async fn schedule(&self) -> Result<TimetableState> {
        let text: Option<Option<String>> =
            sqlx::query_scalar("SELECT schedule FROM sync_connection WHERE label = ?")
                .bind(&self.setup.label)
                .fetch_optional(&self.database.pool)
                .await?;
        match text.flatten() {
            Some(text) => Ok(serde_json::from_str(&text)?),
            None => Ok(TimetableState::default()),
        }
    }

    async fn keep_schedule(&self, state: &TimetableState) -> Result<()> {
        sqlx::query("UPDATE sync_connection SET schedule = ? WHERE label = ?")
            .bind(serde_json::to_string(state)?)
            .bind(&self.setup.label)
            .execute(&self.database.pool)
            .await?;
        Ok(())
    }
}

/// Runs what is due.
struct Watching<P> {
    connection: Connection<P>,
    areas: BTreeSet<Area>,
}

#[async_trait]
impl<P: Product> Job for Watching<P> {
    async fn run(&self, run: &Run, stop: &StopSignal) -> RunOutcome {
        let Ok(area) = run.area.as_str().parse::<Area>() else {
            tell!("error: the timetable runs {}, which is no area", run.area);
            return RunOutcome::Failed;
        };
        if !self.areas.contains(&area) {
            return RunOutcome::Succeeded;
        }
        let only = BTreeSet::from([area]);
        match self
            .connection
            .sync_kind(&only, run.kind, &[], stop, &Silent)
            .await
        {
            Ok(outcome) => {
                let at = self
                    .connection
                    .setup
                    .clock
                    .now()
                    .format("%Y-%m-%d %H:%M:%S");
                say!(
                    "{at} {} run of {}: {}",
                    run.kind,
                    run.area,
                    outcome.ending()
                );
                for line in outcome.summary().lines() {
                    say!("  {line}");
                }
                match outcome.ending() {
                    Ending::Stopped => RunOutcome::Stopped,
                    Ending::Failed => RunOutcome::Failed,
                    _ => RunOutcome::Succeeded,
                }
            }
            Err(failure) => {
                tell!("error: {} run of {}: {failure}", run.kind, run.area);
                RunOutcome::Failed
            }
        }
    }

    async fn save(&self, state: &TimetableState) {
        if let Err(failure) = self.connection.keep_schedule(state).await {
            tell!("error: cannot keep the state of the timetable: {failure}");
        }
    }
}
