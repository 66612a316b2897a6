//! A product that lends desks: a kind of record of the host's own, and what absences mean for it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sync_core::{
    Absence, Completeness, Coverage, Desired, Existing, FieldError, FieldName, Fields, Known,
    Place, Record, Snapshot, SourceId, TargetId, Value, Weight, Window, Wish,
    absence::{self, Part, Span},
};

use crate::scene::now;

/// Somebody's desk on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Booking {
    pub(crate) account: TargetId,
    pub(crate) day: NaiveDate,
    pub(crate) part: Part,
    pub(crate) cancelled: bool,
    /// The absences that have taken something of it. Booking the desk again does not forget them.
    pub(crate) released_for: BTreeSet<SourceId>,
}

impl Booking {
    pub(crate) fn new(account: &str, day: NaiveDate, part: Part) -> Self {
        Self {
            account: account.into(),
            day,
            part,
            cancelled: false,
            released_for: BTreeSet::new(),
        }
    }

    /// The product as its adapter reads it: every booking is known by its own id.
    pub(crate) fn row(self, id: &str) -> Existing<Self> {
        Existing::new(id, self).with_external_id(id)
    }
}

const PARTS: [(Part, &str); 3] = [
    (Part::Morning, "morning"),
    (Part::Afternoon, "afternoon"),
    (Part::Full, "full"),
];

impl Record for Booking {
    const KIND: &'static str = "booking";

    fn fields(&self) -> Fields {
        let word = PARTS
            .iter()
            .find(|it| it.0 == self.part)
            .map(|it| it.1.into());
        let released = self.released_for.iter().map(|it| it.as_str().into());
        BTreeMap::from([
            ("account".into(), Known::Value(self.account.as_str().into())),
            ("day".into(), Known::Value(self.day.into())),
            ("part".into(), Known::from_observed(word)),
            ("cancelled".into(), Known::Value(self.cancelled.into())),
            (
                "released_for".into(),
                Known::Value(Value::List(released.collect())),
            ),
        ])
    }

    fn set(&mut self, field: &FieldName, value: Option<&Value>) -> Result<(), FieldError> {
        match (field.as_str(), value) {
            ("part", Some(Value::Text(word))) => {
                let part = PARTS.iter().find(|it| it.1 == word).map(|it| it.0);
                self.part = part.unwrap_or(Part::Full);
            }
            ("cancelled", Some(Value::Bool(cancelled))) => self.cancelled = *cancelled,
            ("released_for", Some(Value::List(ids))) => {
                let ids = ids.iter().filter_map(Value::as_text);
                self.released_for = ids.map(SourceId::from).collect();
            }
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

/// The product's rule: every booking stays as it is, but an absence takes what lies in it, once.
pub(crate) fn desire<'a>(
    absences: impl IntoIterator<Item = (&'a SourceId, &'a Absence)>,
    bookings: &[Existing<Booking>],
    window: &Window,
) -> Desired<Booking> {
    let mut wanted: BTreeMap<TargetId, Booking> = bookings
        .iter()
        .map(|it| (it.id.clone(), it.record.clone()))
        .collect();
    for covered in absence::covered(absences, bookings, window) {
        let booking = wanted.get_mut(&covered.record).expect("it was covered");
        if !booking.released_for.insert(covered.absence) {
            continue;
        }
        match booking.part.without(covered.part) {
            Some(part) => booking.part = part,
            None => booking.cancelled = true,
        }
    }
    let ids = wanted.keys().map(|id| SourceId::new(id.as_str()));
    let coverage = Coverage::Ids(ids.collect());
    let mut snapshot = Snapshot::new(coverage, Completeness::Incomplete(Vec::new()), now());
    for (id, booking) in wanted {
        snapshot.insert(SourceId::new(id.as_str()), booking);
    }
    snapshot.desire(|_, booking| Wish::Present(booking.clone()))
}
