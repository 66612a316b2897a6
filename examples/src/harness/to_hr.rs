//! The way back: absences that the product leads, and hours that people worked, with Personio as the product.
//!
//! It is the same engine. The source is a table of the product, the accounts are the people of HR, and what is created
//! there is remembered like anything else: at most once, also after a lost answer.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use sync_core::{
    Absence, AbsencePeriod, Account, Attendance, BlockReason, Coverage, Ledger as _, LedgerWrite,
    Policy, Record as _, Snapshot, SnapshotRequest, SourceId, TargetId, TargetSystem, TimeEntry,
    Watermark, Window, Wish, absence, attendance,
};

use super::{Connection, Product, Result, Work, work::Mode};

impl<P: Product> Connection<P> {
    /// Sends the product's absences to HR.
    pub(super) async fn absences_to_hr(
        &self,
        work: &mut Work<'_>,
        policy: &Policy,
        target: &dyn TargetSystem<Absence>,
    ) -> Result<()> {
        let Some(source) = self.product.own_absences() else {
            return Ok(());
        };
        let rules = policy.absences();
        let window = policy.settings().absences.window.on(work.today());
        let coverage = window.map_or(Coverage::All, Coverage::Window);
        let absences: Snapshot<AbsencePeriod> = work
            .read(source, target, &rules.sync, coverage, "absences")
            .await?;
        let desired = absence::desire(&absences, &self.people_of_users().await?, &rules.desire);
        let desired = absence::fit(desired, &HELD_BY_HR, &rules.desire.fit);
        work.carry_out(target, &rules.sync, &desired).await?;
        self.tell_what_was_sent::<Absence>(work).await
    }

    /// Sends the product's time entries to HR, from those of the first days before the first run on.
    pub(super) async fn attendances_to_hr(
        &self,
        work: &mut Work<'_>,
        policy: &Policy,
        target: &dyn TargetSystem<Attendance>,
    ) -> Result<()> {
        let Some(source) = self.product.time_entries() else {
            return Ok(());
        };
        let rules = policy.attendances();
        let began = self.ledger.load(Attendance::KIND).await?.watermark;
        let window = match began {
            Some(began) => since(began, work),
            None => rules.desire.first_window(work.today()),
        };
        let known = work
            .known(target, &rules.sync, &Coverage::Window(window))
            .await?;
        let request = SnapshotRequest::new(Coverage::All, known);
        let entries: Snapshot<TimeEntry> = source.snapshot(&request).await?;
        let people = self.people_of_users().await?;
        let mut desired = attendance::desire(&entries, &people, &rules.desire, work.now());
        // What was verified too late lies before the window as a rule; for some days it is reported all the same.
        let days = TimeDelta::days(policy.settings().retry.for_days.into());
        let lately = work.now() - days;
        desired.wishes.retain(|id, wish| {
            let Some(entry) = entries.records().get(id) else {
                return true;
            };
            let last_day = entry.ends_at.unwrap_or(entry.starts_at).date();
            let is_late = matches!(wish, Wish::Blocked(BlockReason::VerifiedLate));
            window.overlaps(entry.starts_at.date(), Some(last_day))
                || request.known.contains(id)
                || is_late && entry.verified_at >= Some(lately)
        });
        desired.coverage = Coverage::Window(window);
        let desired = desired.within(window);
        work.carry_out(target, &rules.sync, &desired).await?;
        if let (Mode::Sync(syncing), None) = (work.mode, began) {
            let first = window.from().and_time(NaiveTime::MIN).and_utc();
            let begin = [LedgerWrite::Watermark(Watermark::new(first))];
            syncing.lease.commit(Attendance::KIND, &begin).await?;
        }
        self.tell_what_was_sent::<Attendance>(work).await
    }

    /// Returns which person of HR each user of the product is.
    async fn people_of_users(&self) -> Result<BTreeMap<SourceId, TargetId>> {
        let accounts = self.ledger.load(Account::KIND).await?.targets();
        let turned = accounts
            .into_iter()
            .map(|(person, user)| (SourceId::new(user.as_str()), TargetId::new(person.as_str())));
        Ok(turned.collect())
    }

    async fn tell_what_was_sent<R: sync_core::Record>(&self, work: &Work<'_>) -> Result<()> {
        if work.is_test() {
            return Ok(());
        }
        let sent = self.ledger.load(R::KIND).await?.targets();
        self.product.sent(work.area, &sent).await
    }
}

/// From the beginning of the connection until today.
fn since(began: Watermark, work: &Work<'_>) -> Window {
    let first: DateTime<Utc> = began.at();
    let days = (work.today() - first.date_naive()).num_days();
    Window::around(work.today(), u32::try_from(days).unwrap_or_default(), 0)
}

/// HR keeps absences as fine as the product.
const HELD_BY_HR: absence::Granularity = absence::Granularity {
    grain: absence::Grain::Hours,
    open_ends: true,
};
