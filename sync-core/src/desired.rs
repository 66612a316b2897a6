use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Completeness, Coverage, Digest, Notice, SourceId, Window, scope::ScopeReason};

/// What the product should have according to HR and the policy: one wish per record of the source.
#[derive(Clone, Debug)]
pub struct Desired<R> {
    /// The wish for each record.
    pub wishes: BTreeMap<SourceId, Wish<R>>,
    /// Which part of the source was asked for.
    pub coverage: Coverage,
    /// Whether that part is known to be whole.
    pub completeness: Completeness,
    /// Known records of which the source itself said that it has none; see [`Snapshot::confirm_missing`](crate::Snapshot::confirm_missing).
    pub confirmed_missing: BTreeSet<SourceId>,
    /// When the source was read.
    pub taken_at: DateTime<Utc>,
    /// Records that are not over as far as anybody can see, with the ends that cannot be ruled out. Whoever
    /// was locked because of one of them stays locked.
    pub doubtful_ends: BTreeMap<SourceId, BTreeSet<EndReason>>,
    /// Who is to be invited, once.
    pub invites: BTreeMap<SourceId, Invite>,
    /// The days that the product is kept for. A record that lies outside on both sides is left alone,
    /// whatever was asked for. Set from [`Coverage::Window`], or by [`within`](Self::within).
    pub window: Option<Window>,
    /// Records of the source may have been split into [parts](SourceId::part). A part without a wish
    /// of its own follows what became of the whole.
    pub has_parts: bool,
    /// What a person should know about single records.
    pub notices: Vec<Notice>,
    /// The fingerprint of the settings from which the wishes follow, such as scope and mapping. When it
    /// changes, whatever takes something away is held once.
    pub settings: Option<Digest>,
}

/// An invitation that the policy wants sent to the person of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// What the product sends, in its own words.
    pub template: String,
    /// The time has come; before it, the invitation waits.
    pub is_due: bool,
}

impl<R> Desired<R> {
    /// Lets only those take part of whom the host says yes, by a rule of its own. What is over stays over.
    #[must_use]
    pub fn only(mut self, mut takes_part: impl FnMut(&SourceId) -> bool) -> Self {
        for (source, wish) in &mut self.wishes {
            if matches!(wish, Wish::Present(_)) && !takes_part(source) {
                *wish = Wish::OutOfScope(ScopeReason::NotSelected);
                self.invites.remove(source);
            }
        }
        self
    }

    /// Keeps the product for these days only, also when the source was asked for single records.
    #[must_use]
    pub fn within(self, window: Window) -> Self {
        Self {
            window: Some(window),
            ..self
        }
    }

    /// Notes the settings from which the wishes follow.
    pub(crate) fn under(self, settings: &impl Serialize) -> Self {
        let text = serde_json::to_string(settings).expect("settings are plain data");
        Self {
            settings: Some(Digest::of(&text)),
            ..self
        }
    }
}

/// What HR and the policy want of one record.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish<R> {
    /// The product should have it, like this.
    Present(R),
    /// HR says that it is over.
    Ended(EndReason),
    /// It exists in HR, but does not take part.
    OutOfScope(ScopeReason),
    /// It exists in HR, but nothing can be decided about it; whatever the product has stays.
    Blocked(BlockReason),
}

/// Why a record is over, as HR itself says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EndReason {
    /// The employee is inactive.
    Inactive,
    /// The last day of work has passed.
    LastDayPassed,
    /// The last day of the contract has passed.
    ContractOver,
    /// The employee was to begin, and HR has emptied the first day of work.
    NoFirstDay,
    /// The absence was rejected or withdrawn, or is no longer approved.
    NotApproved,
    /// Rounded down, nothing is left of it.
    TooShort,
    /// It has moved out of the window, and the product takes nothing outside.
    OutsideWindow,
    /// The whole no longer reaches this part.
    PartOver,
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inactive => "inactive in HR",
            Self::LastDayPassed => "the last day of work has passed",
            Self::ContractOver => "the last day of the contract has passed",
            Self::NoFirstDay => "has no first day of work any more",
            Self::NotApproved => "not approved in HR",
            Self::TooShort => "too short to be shown",
            Self::OutsideWindow => "outside the window",
            Self::PartOver => "the whole no longer reaches this part",
        })
    }
}

/// Why nothing can be decided about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BlockReason {
    /// The answer held the record in a form that could not be read.
    Unreadable,
    /// The status was not observed, or is a word that nobody knows.
    StatusUnknown,
    /// A last day of work has passed, and the first was not observed: the last may be that of an employment
    /// before, since the status does not say that it is over.
    FirstDayUnknown,
    /// An attribute that decides who takes part was not observed.
    ScopeUnknown,
    /// It ends when it begins, or before.
    NoTime,
    /// Its hours are in a time zone that nobody knows.
    UnknownZone,
    /// It is finer than the product can hold, and the policy rounds nothing.
    TooFine,
    /// It has no end, and the product needs one.
    OpenEnd,
    /// It goes on into another year, and must be split first.
    CrossesYear,
    /// It would become a record for each of more than ten years.
    TooManyYears,
    /// The product has no type of the same wording.
    NoNamesake,
    /// The time entry is still open, or open again.
    NotFinished,
    /// The time entry has changed so recently that it may change again.
    TooRecent,
    /// It was verified too long after the day that it is about.
    VerifiedLate,
}

impl fmt::Display for BlockReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "HR sent it in a form that cannot be read",
            Self::StatusUnknown => "HR does not say its status, or in an unknown word",
            Self::FirstDayUnknown => {
                "its last day has passed, and HR does not show whether it has begun again"
            }
            Self::ScopeUnknown => "HR does not show the attribute that decides who takes part",
            Self::NoTime => "it ends when it begins, or before",
            Self::UnknownZone => "its hours are in an unknown time zone",
            Self::TooFine => "it is finer than the product can hold",
            Self::OpenEnd => "it has no end, which the product needs",
            Self::CrossesYear => "it goes on into another year and must be split first",
            Self::TooManyYears => "it touches more than ten years, each of which would be a record",
            Self::NoNamesake => "the product has no type of the same wording",
            Self::NotFinished => "the time entry is still open",
            Self::TooRecent => "the time entry has only just changed",
            Self::VerifiedLate => "it was verified too late",
        })
    }
}
