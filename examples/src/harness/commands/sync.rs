use std::{collections::BTreeSet, process::ExitCode};

use sync_core::{Digest, Report, StopSignal};

use super::{SHOWN, plan::how_to_approve};
use crate::say::{say, tell};
use crate::{
    harness::{Area, Connection, Decision, Product, Result, Show},
    protocol::Ending,
};

/// Syncs once, and shows each plan and what became of it.
pub(super) async fn run<P: Product>(
    connection: &Connection<P>,
    areas: &BTreeSet<Area>,
    approve: &[String],
) -> Result<ExitCode> {
    let approve: Vec<Digest> = approve.iter().map(Digest::new).collect();
    let stop = stop_on_signals();
    let outcome = connection.sync(areas, &approve, &stop, &Screen).await?;
    for line in &outcome.observations {
        say!("{line}");
    }
    for (area, why) in &outcome.failures {
        tell!("error: {area} failed: {why}");
    }
    if outcome.stopped {
        say!("Stopped. The same command goes on from here.");
    }
    if let Some(text) = how_to_approve::<P>(&outcome, &connection.setup.again) {
        say!("{text}");
    }
    Ok(match outcome.ending() {
        Ending::Done => ExitCode::SUCCESS,
        Ending::Partial | Ending::Stopped | Ending::Failed => ExitCode::from(3),
    })
}

/// Returns a signal that the first Ctrl-C raises, and so does whoever ends services. The second one ends the process.
pub(super) fn stop_on_signals() -> StopSignal {
    let stop = StopSignal::new();
    let raised = stop.clone();
    tokio::spawn(async move {
        told_to_stop().await;
        tell!("stopping after the change at hand; press Ctrl-C again to stop at once");
        raised.raise();
        told_to_stop().await;
        std::process::exit(130);
    });
    stop
}

async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut ended) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = ended.recv() => {}
            }
            return;
        }
    }
    drop(tokio::signal::ctrl_c().await);
}

/// Shows a run on standard output, with names: whoever runs this is the administrator.
struct Screen;

impl Show for Screen {
    fn planned(&self, decision: &dyn Decision) {
        say!("{}", decision.text(SHOWN));
    }

    fn reported(&self, report: &Report) {
        say!("  => {report}\n");
    }
}
