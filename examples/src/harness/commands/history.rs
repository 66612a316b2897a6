use std::process::ExitCode;

use chrono::{Days, NaiveDate, NaiveTime};

use super::print_json;
use crate::harness::{Connection, Product, Result, arguments::DataFormat};
use crate::say::say;

/// Shows past runs and their changes, newest first.
pub(super) async fn run<P: Product>(
    connection: &Connection<P>,
    since: Option<NaiveDate>,
    format: DataFormat,
) -> Result<ExitCode> {
    let kept = connection.setup.policy.settings().history_days;
    let oldest = connection.today() - Days::new(kept.into());
    let since = since.unwrap_or(oldest).and_time(NaiveTime::MIN).and_utc();
    let runs = connection.protocol.since(since).await?;
    if format == DataFormat::Json {
        print_json(&runs)?;
        return Ok(ExitCode::SUCCESS);
    }
    if runs.is_empty() {
        say!("No run since {}.", since.date_naive());
    }
    for run in runs {
        let end = run.finished_at.as_deref().unwrap_or("…");
        say!(
            "#{} {} – {end}  {}  ({})",
            run.id,
            run.started_at,
            run.outcome,
            run.areas
        );
        for line in run.summary.lines() {
            say!("    {line}");
        }
        for change in run.changes {
            let target = change.target.map(|id| format!(" → {id}"));
            say!(
                "      {} {} {}{}: {}",
                change.kind,
                change.class,
                change.source,
                target.unwrap_or_default(),
                change.fate
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}
