//! Absences in HR and in the product's calendar, apart in every way that happens.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveTime};
use proptest::{prelude::*, sample::select};
use sync_core::{
    Absence, AbsencePeriod, AbsencePolicy, Capabilities, Coverage, Desired, Existing, Known,
    Snapshot, SourceId, SyncPolicy, TargetId, Window,
    absence::{self, Approval, FitPolicy, Hours, Label, Span},
};

use crate::{
    scene::{Scene, day, now},
    terms::{self, Reading},
    twist::{LedgerTwist, ledger_twist, settled, several},
};

const FIELDS: &[&str] = &["label", "first_day", "last_day", "hours", "approval"];
const TEXTS: &[&str] = &["label"];
const DROPPABLE: &[&str] = &[
    "label",
    "starts_at_noon",
    "ends_at_noon",
    "hours",
    "last_day",
];

/// Absences, what the product has of them, and the settings.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    entries: Vec<Entry>,
    reading: Reading,
    window: Option<Window>,
    policy_of_absences: AbsencePolicy,
    by_hand: usize,
    capabilities: Capabilities,
    policy: SyncPolicy,
}

#[derive(Clone, Debug)]
struct Entry {
    employee: usize,
    span: SpanKind,
    in_hr: InHr,
    in_product: InProduct,
    in_ledger: LedgerTwist,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpanKind {
    OneDay,
    TwoWeeks,
    HalfDay,
    FromNoonUntilNoon,
    Hours,
    /// Clock times of two days.
    Overnight,
    UntilMidnight,
    /// Ends before it begins; HR does hold such rows.
    Empty,
    OpenEnd,
    OverNewYear,
    /// Days on which clocks are moved in Europe.
    ClockChange,
    LongAgo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InHr {
    Same,
    Newcomer,
    Moved,
    MovedAway,
    Shortened,
    Halved,
    Withdrawn,
    Pending,
    Deleted,
    OtherKind,
    BlankKind,
    NoKind,
    KindWithheld,
    ApprovalUnknown,
    Unreadable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InProduct {
    Same,
    Relabelled,
    LabelNotShown,
    Moved,
    MovedAway,
    Protected,
    Deleted,
}

pub(crate) fn calendar() -> impl Strategy<Value = Calendar> {
    let window = prop_oneof![
        2 => Just(None),
        3 => (0..40_u32, 0..400_u32)
            .prop_map(|(before, after)| Some(Window::around(now().date_naive(), before, after))),
    ];
    (
        several(entry),
        terms::reading(),
        window,
        absence_policy(),
        0..=2_usize,
        terms::capabilities(TEXTS, DROPPABLE),
        prop_oneof![Just(SyncPolicy::for_absences()), terms::policy(FIELDS)],
    )
        .prop_map(
            |(entries, reading, window, policy_of_absences, by_hand, capabilities, policy)| {
                Calendar {
                    entries,
                    reading,
                    window,
                    policy_of_absences,
                    by_hand,
                    capabilities,
                    policy,
                }
            },
        )
}

fn entry() -> impl Strategy<Value = Entry> {
    use InHr::*;
    let span = select(SpanKind::ALL.to_vec());
    let in_hr = prop_oneof![
        3 => Just(Same),
        6 => select(vec![
            Newcomer, Moved, MovedAway, Shortened, Halved, Withdrawn, Pending, Deleted, OtherKind,
            BlankKind, NoKind, KindWithheld, ApprovalUnknown, Unreadable,
        ]),
    ];
    let in_product = prop_oneof![
        5 => Just(InProduct::Same),
        3 => select(vec![
            InProduct::Relabelled, InProduct::LabelNotShown, InProduct::Moved,
            InProduct::MovedAway, InProduct::Protected, InProduct::Deleted,
        ]),
    ];
    (0..6_usize, span, in_hr, in_product, ledger_twist()).prop_map(
        |(employee, span, in_hr, in_product, in_ledger)| Entry {
            employee,
            span,
            in_hr,
            in_product,
            in_ledger,
        },
    )
}

fn absence_policy() -> impl Strategy<Value = AbsencePolicy> {
    let listed = BTreeMap::from([("vacation".to_owned(), "On holiday".to_owned())]);
    let label = select(vec![Label::Absent, Label::Listed(listed), Label::AsInHr]);
    let kinds = select(vec![None, Some(BTreeSet::from(["vacation".to_owned()]))]);
    (label, kinds, any::<bool>()).prop_map(|(label, kinds, pending)| AbsencePolicy {
        kinds,
        label,
        approvals: if pending {
            BTreeSet::from([Approval::Approved, Approval::Pending])
        } else {
            BTreeSet::from([Approval::Approved])
        },
        fit: FitPolicy::default(),
    })
}

impl Calendar {
    pub(crate) fn scene(&self) -> Scene<Absence> {
        self.scene_of(self.in_hr())
    }

    /// The scene in which HR answers with these rows, in this order.
    pub(crate) fn scene_of(&self, rows: Vec<(SourceId, Option<AbsencePeriod>)>) -> Scene<Absence> {
        let before = Snapshot::whole(Coverage::All, self.before(), now());
        let everything = AbsencePolicy {
            kinds: None,
            ..self.policy_of_absences.clone()
        };
        let mut scene = settled(
            absence::desire(&before, &accounts(), &everything),
            &self.capabilities,
        );
        let len = self.entries.len();
        for (index, entry) in self.entries.iter().enumerate() {
            entry.in_product.apply(&source(index), &mut scene.existing);
            entry.in_ledger.apply(
                &source(index),
                &source((index + 1) % len),
                &mut scene.ledger,
                &mut scene.existing,
            );
        }
        for index in 0..self.by_hand {
            let by_hand = Absence {
                account: TargetId::new("account-0"),
                label: Known::Value("Dentist".to_owned()),
                span: Span::days(day(1), day(2)),
                approval: Approval::Approved,
            };
            let id = (1 + index).to_string();
            scene.existing.push(Existing::new(id, by_hand));
        }
        Scene {
            desired: self.desire(rows),
            capabilities: self.capabilities.clone(),
            policy: self.policy.clone(),
            ..scene
        }
    }

    /// What HR says today; `None` for a row that cannot be read.
    pub(crate) fn in_hr(&self) -> Vec<(SourceId, Option<AbsencePeriod>)> {
        let says = |(index, entry): (usize, &Entry)| {
            let row = match entry.in_hr {
                InHr::Deleted => return None,
                InHr::Unreadable => None,
                twist => Some(twist.apply(entry.period())),
            };
            Some((source(index), row))
        };
        self.entries.iter().enumerate().filter_map(says).collect()
    }

    pub(crate) fn policy(&self) -> &AbsencePolicy {
        &self.policy_of_absences
    }

    pub(crate) fn labelled(mut self, label: Label) -> Self {
        self.policy_of_absences.label = label;
        self
    }

    fn before(&self) -> Vec<(SourceId, AbsencePeriod)> {
        let said = |(index, entry): (usize, &Entry)| {
            (entry.in_hr != InHr::Newcomer).then(|| (source(index), entry.period()))
        };
        self.entries.iter().enumerate().filter_map(said).collect()
    }

    /// HR answers with what overlaps the window, and leaves the rest out.
    pub(crate) fn desire(&self, rows: Vec<(SourceId, Option<AbsencePeriod>)>) -> Desired<Absence> {
        let inside = |row: &Option<AbsencePeriod>| {
            row.as_ref()
                .zip(self.window)
                .is_none_or(|(period, window)| {
                    window.overlaps(period.span.first_day, period.span.last_day)
                })
        };
        let rows: Vec<_> = rows.into_iter().filter(|(_, row)| inside(row)).collect();
        let ids: BTreeSet<SourceId> = rows.iter().map(|(id, _)| id.clone()).collect();
        let completeness = self.reading.completeness(ids.len());
        let whole = self.window.map_or(Coverage::All, Coverage::Window);
        let coverage = self.reading.coverage(whole, ids.into_iter());
        let mut snapshot = Snapshot::new(coverage, completeness, now());
        for (id, row) in rows {
            match row {
                Some(period) => snapshot.insert(id, period),
                None => snapshot.insert_unreadable(id),
            }
        }
        absence::desire(&snapshot, &accounts(), &self.policy_of_absences)
    }
}

/// Everybody but the last has an account.
pub(crate) fn accounts() -> BTreeMap<SourceId, TargetId> {
    let account = |index| (employee(index), TargetId::new(format!("account-{index}")));
    (0..5).map(account).collect()
}

fn employee(index: usize) -> SourceId {
    SourceId::new(format!("employee-{index}"))
}

fn source(index: usize) -> SourceId {
    SourceId::new(format!("absence-{index}"))
}

impl Entry {
    fn period(&self) -> AbsencePeriod {
        AbsencePeriod {
            employee: employee(self.employee),
            kind_id: Known::Value("vacation".to_owned()),
            kind_name: Known::Value("Urlaub für Ältere".to_owned()),
            span: self.span.span(),
            approval: Known::Value(Approval::Approved),
        }
    }
}

impl SpanKind {
    pub(crate) const ALL: [Self; 12] = [
        Self::OneDay,
        Self::TwoWeeks,
        Self::HalfDay,
        Self::FromNoonUntilNoon,
        Self::Hours,
        Self::Overnight,
        Self::UntilMidnight,
        Self::Empty,
        Self::OpenEnd,
        Self::OverNewYear,
        Self::ClockChange,
        Self::LongAgo,
    ];

    pub(crate) fn span(self) -> Span {
        let on = |year, month, day| {
            NaiveDate::from_ymd_opt(year, month, day).expect("it is a day of the calendar")
        };
        let at = |hour| NaiveTime::from_hms_opt(hour, 30, 0).expect("it is a time of the day");
        match self {
            Self::OneDay => Span::days(day(3), day(3)),
            Self::TwoWeeks => Span::days(day(-2), day(11)),
            Self::HalfDay => Span::days(day(4), day(4)).from_noon(),
            Self::FromNoonUntilNoon => Span::days(day(4), day(6)).from_noon().until_noon(),
            Self::Hours => Span {
                hours: Some(Hours {
                    from: at(9),
                    to: Some(at(13)),
                    zone: Some("Europe/Lisbon".to_owned()),
                }),
                ..Span::days(day(7), day(7))
            },
            Self::Overnight => Span {
                last_day: Some(day(9)),
                ..Span::hours(day(8), at(22), at(5))
            },
            Self::UntilMidnight => Span::hours(day(10), at(13), NaiveTime::MIN),
            Self::Empty => Span::days(day(5), day(4)),
            Self::OpenEnd => Span {
                last_day: None,
                ..Span::days(day(-30), day(0))
            },
            Self::OverNewYear => Span::days(on(2026, 12, 24), on(2027, 1, 6)),
            Self::ClockChange => Span::days(on(2026, 3, 28), on(2026, 3, 30)).until_noon(),
            Self::LongAgo => Span::days(day(-300), day(-290)),
        }
    }
}

impl InHr {
    fn apply(self, mut period: AbsencePeriod) -> AbsencePeriod {
        match self {
            Self::Same | Self::Newcomer | Self::Deleted | Self::Unreadable => {}
            Self::Moved => period.span = Span::days(day(8), day(9)),
            Self::MovedAway => period.span = Span::days(day(-200), day(-199)),
            Self::Shortened => period.span.last_day = Some(period.span.first_day),
            Self::Halved => period.span = period.span.until_noon(),
            Self::Withdrawn => period.approval = Known::Value(Approval::Rejected),
            Self::Pending => period.approval = Known::Value(Approval::Pending),
            Self::OtherKind => {
                period.kind_id = Known::Value("sick".to_owned());
                period.kind_name = Known::Value("Krankheit".to_owned());
            }
            Self::BlankKind => period.kind_name = Known::Value(" ".to_owned()),
            Self::NoKind => period.kind_name = Known::Cleared,
            Self::KindWithheld => period.kind_name = Known::NotObserved,
            Self::ApprovalUnknown => period.approval = Known::NotObserved,
        }
        period
    }
}

impl InProduct {
    fn apply(self, source: &SourceId, existing: &mut Vec<Existing<Absence>>) {
        let mine = |row: &Existing<Absence>| row.external_id.as_ref() == Some(source);
        if self == Self::Deleted {
            existing.retain(|row| !mine(row));
        }
        for row in existing.iter_mut().filter(|row| mine(row)) {
            let absence = &mut row.record;
            match self {
                Self::Same | Self::Deleted => {}
                Self::Protected => row.protected = true,
                Self::Relabelled => absence.label = Known::Value("Out".to_owned()),
                Self::LabelNotShown => absence.label = Known::NotObserved,
                Self::Moved => absence.span = Span::days(day(1), day(1)).from_noon(),
                Self::MovedAway => absence.span = Span::days(day(-250), day(-249)),
            }
        }
    }
}
