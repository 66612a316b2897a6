use async_trait::async_trait;
use chrono::TimeDelta;
use sync_core::{Coverage, Snapshot, SnapshotRequest, Source, SourceError, SourceId, TimeEntry};

use super::{PersonioSource, found, instant, source_error};
use crate::{
    AttendancePeriodId, Observed,
    v2::{AttendanceApproval, AttendanceKind, AttendancePeriod, ListAttendancePeriods},
};

#[async_trait]
impl Source<TimeEntry> for PersonioSource {
    /// Reads the periods of work; each is an entry without a break, since breaks are periods of their own between them.
    ///
    /// An entry is finished when its period has an end, and verified when it is confirmed: both at the time of its last change,
    /// because Personio tells no other. One that was rejected is no time worked and counts as missing.
    async fn snapshot(
        &self,
        request: &SnapshotRequest,
    ) -> Result<Snapshot<TimeEntry>, SourceError> {
        let taken_at = self.client.inner.clock.now();
        let list = match &request.coverage {
            Coverage::All => ListAttendancePeriods::new(),
            Coverage::Window(window) => ListAttendancePeriods::new()
                .from(window.from())
                .to(window.to()),
            Coverage::ChangedSince(since) => {
                // In which zone the filter is read is not documented.
                let earlier = since.checked_sub_signed(TimeDelta::hours(26));
                ListAttendancePeriods::new().updated_from(earlier.unwrap_or(*since))
            }
            Coverage::Ids(ids) => {
                let ids = ids.iter().map(|id| AttendancePeriodId::new(id.as_str()));
                ListAttendancePeriods::new().ids(&ids.collect::<Vec<_>>())
            }
        };
        let periods = self.client.v2().attendance_periods();
        let listing = periods.list(list).collect().await;
        let listing = listing.map_err(source_error("attendances"))?;
        let mut snapshot = self.begin(&request.coverage, &listing, Vec::new(), taken_at);
        for period in &listing.records {
            let id = SourceId::new(period.id.as_str());
            match time_entry(period) {
                Some(entry) => snapshot.insert(id, entry),
                None => snapshot.confirm_missing(id),
            }
        }
        self.look_up(&mut snapshot, &request.known, |id| async move {
            let id = AttendancePeriodId::new(id.as_str());
            let period = found(periods.get(&id).await)?;
            Ok(period.as_ref().and_then(time_entry))
        })
        .await;
        Ok(snapshot)
    }
}

/// Returns the entry that a period is; a break is none, nor is what was rejected.
fn time_entry(period: &AttendancePeriod) -> Option<TimeEntry> {
    let approval = period.approval_status();
    if period.kind == AttendanceKind::Break
        || approval == Observed::Value(&AttendanceApproval::Rejected)
    {
        return None;
    }
    let changed_at = instant(&period.updated_at).or_else(|| instant(&period.created_at));
    let is_confirmed = approval == Observed::Value(&AttendanceApproval::Confirmed);
    Some(TimeEntry {
        person: SourceId::new(period.person_id.as_str()),
        starts_at: period.starts_at,
        ends_at: period.ends_at,
        break_minutes: 0,
        finished_at: period.ends_at.and(changed_at),
        verified_at: changed_at.filter(|_| is_confirmed),
    })
}
