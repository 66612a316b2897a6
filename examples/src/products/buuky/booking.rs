//! A desk that somebody has booked, and what absences mean for it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sync_core::{
    Absence, Completeness, Coverage, Desired, Existing, FieldError, FieldName, Fields, Known,
    Place, Record, Snapshot, SourceId, TargetId, Value, Weight, Window, Wish,
    absence::{self, Approval, Part, Span},
};

/// Somebody's desk on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Booking {
    /// Whose desk it is.
    pub(super) account: TargetId,
    /// The day.
    pub(super) day: NaiveDate,
    /// The part of the day.
    pub(super) part: Part,
    /// Nobody needs the desk any more.
    pub(super) cancelled: bool,
    /// It must stay, whatever happens (B5).
    pub(super) blocker: bool,
    /// The absences that have taken something of it. Booking the desk again does not forget them, so that each takes
    /// a desk at most once.
    pub(super) released_for: BTreeSet<SourceId>,
}

/// The words for parts of a day.
pub(super) const PARTS: [(Part, &str); 3] = [
    (Part::Morning, "morning"),
    (Part::Afternoon, "afternoon"),
    (Part::Full, "full"),
];

/// Returns the word for a part of a day.
pub(super) fn word(part: Part) -> &'static str {
    let found = PARTS.iter().find(|it| it.0 == part);
    found.map_or("full", |it| it.1)
}

/// Returns the part of a day that a word stands for.
pub(super) fn part(word: &str) -> Option<Part> {
    PARTS.iter().find(|it| it.1 == word).map(|it| it.0)
}

impl Booking {
    /// Gives back what an absence covers, unless it did so before.
    fn release(&mut self, absence: &SourceId, covered: Part) {
        if self.blocker || !self.released_for.insert(absence.clone()) {
            return;
        }
        match self.part.without(covered) {
            Some(rest) => self.part = rest,
            None => self.cancelled = true,
        }
    }
}

impl Record for Booking {
    const KIND: &'static str = "booking";

    fn fields(&self) -> Fields {
        let released = self.released_for.iter().map(|it| it.as_str().into());
        BTreeMap::from([
            ("account".into(), Known::Value(self.account.as_str().into())),
            ("day".into(), Known::Value(self.day.into())),
            ("part".into(), Known::Value(word(self.part).into())),
            ("cancelled".into(), Known::Value(self.cancelled.into())),
            ("blocker".into(), Known::Value(self.blocker.into())),
            (
                "released_for".into(),
                Known::Value(Value::List(released.collect())),
            ),
        ])
    }

    fn set(&mut self, field: &FieldName, value: Option<&Value>) -> Result<(), FieldError> {
        let form = |expected| FieldError::form::<Self>(field, expected);
        match (field.as_str(), value) {
            ("part", value) => {
                let part = value.and_then(Value::as_text).and_then(part);
                self.part = part.ok_or_else(|| form("one of full, morning, afternoon"))?;
            }
            ("cancelled", value) => {
                let cancelled = value.and_then(Value::as_bool);
                self.cancelled = cancelled.ok_or_else(|| form("yes or no"))?;
            }
            ("released_for", Some(Value::List(ids))) => {
                let ids = ids.iter().filter_map(Value::as_text);
                self.released_for = ids.map(SourceId::from).collect();
            }
            ("released_for", _) => return Err(form("a list of absences")),
            _ => return Err(FieldError::unknown::<Self>(field)),
        }
        Ok(())
    }

    fn overlaps(&self, window: &Window) -> bool {
        window.overlaps(self.day, Some(self.day))
    }

    /// A booking that is cancelled takes up no time.
    fn place(&self) -> Option<Place> {
        let day = Span::days(self.day, self.day);
        let span = match self.part {
            Part::Morning => day.until_noon(),
            Part::Afternoon => day.from_noon(),
            Part::Full => day,
        };
        let account = self.account.clone();
        (!self.cancelled).then_some(Place { account, span })
    }

    /// Taking a desk away must pass the guard, together with the note for which absence it was.
    fn weight(_: &FieldName, _: &Known<Value>, _: Option<&Value>) -> Weight {
        Weight::Locks
    }

    fn lock() -> Option<Vec<(FieldName, Value)>> {
        Some(vec![("cancelled".into(), true.into())])
    }
}

/// The product's rule: every booking stays as it is, but an absence takes what lies in it, once. What carries a
/// blocker stays (B5), and so does what is over.
pub(super) fn desire(
    absences: &Desired<Absence>,
    bookings: Vec<Existing<Booking>>,
    (today, now): (NaiveDate, DateTime<Utc>),
) -> Desired<Booking> {
    let mut ahead = bookings;
    ahead.retain(|it| it.record.day >= today);
    let released = released(absences, &ahead);
    let ids = ahead.iter().map(|it| SourceId::new(it.id.as_str()));
    let coverage = Coverage::Ids(ids.collect());
    let mut snapshot = Snapshot::new(coverage, Completeness::Incomplete(Vec::new()), now);
    for Existing { id, mut record, .. } in ahead {
        for (absence, part) in released.get(&id).into_iter().flatten() {
            record.release(absence, *part);
        }
        snapshot.insert(SourceId::new(id.as_str()), record);
    }
    snapshot.desire(|_, booking| Wish::Present(booking.clone()))
}

/// Returns what each absence that counts takes of which booking.
fn released(
    absences: &Desired<Absence>,
    bookings: &[Existing<Booking>],
) -> BTreeMap<TargetId, Vec<(SourceId, Part)>> {
    let approved = absences.wishes.iter().filter_map(|(id, wish)| match wish {
        Wish::Present(absence) if absence.approval == Approval::Approved => Some((id, absence)),
        _ => None,
    });
    let days = bookings.iter().map(|it| it.record.day);
    let window = days.clone().min().zip(days.max());
    let window = window.and_then(|(first, last)| Window::new(first, last).ok());
    let covered = window.map(|window| absence::covered(approved, bookings, &window));
    let mut released: BTreeMap<TargetId, Vec<(SourceId, Part)>> = BTreeMap::new();
    for covered in covered.unwrap_or_default() {
        let of_booking = released.entry(covered.record).or_default();
        of_booking.push((covered.absence, covered.part));
    }
    released
}
