//! What HR says of an absence, and what the product may see of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::{
    Desired, FieldError, FieldName, Fields, Known, Snapshot, SourceId, TargetId, Value, Window,
    Wish,
    desired::{BlockReason, EndReason},
    record::{MatchKey, Record, Weight},
    scope::ScopeReason,
};

/// The days, half days or hours of an absence, in the local time of the person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first day of absence.
    pub first_day: NaiveDate,
    /// The last day of absence, inclusive; `None` while the end is open.
    pub last_day: Option<NaiveDate>,
    /// The person is still there on the morning of the first day.
    pub starts_at_noon: bool,
    /// The person is back on the afternoon of the last day.
    pub ends_at_noon: bool,
    /// The hours, for an absence of less than whole or half days.
    pub hours: Option<Hours>,
}

/// Clock times of an absence by the hour: from a time on the first day to a time on the last day.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// When the absence begins, local time.
    pub from: NaiveTime,
    /// When the absence ends, local time, exclusive; midnight is the end of the last day, written
    /// 24:00. `None` while the end is open.
    pub to: Option<NaiveTime>,
    /// The zone of both times by its IANA name, where HR says so.
    pub zone: Option<String>,
}

impl Span {
    /// Spans whole days, both inclusive.
    pub fn days(first_day: NaiveDate, last_day: NaiveDate) -> Self {
        Self {
            first_day,
            last_day: Some(last_day),
            starts_at_noon: false,
            ends_at_noon: false,
            hours: None,
        }
    }

    /// Begins at noon of the first day.
    #[must_use]
    pub fn from_noon(self) -> Self {
        Self {
            starts_at_noon: true,
            ..self
        }
    }

    /// Ends at noon of the last day.
    #[must_use]
    pub fn until_noon(self) -> Self {
        Self {
            ends_at_noon: true,
            ..self
        }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Span(..)")
    }
}

impl fmt::Debug for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hours(..)")
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-", self.from.format("%H:%M"))?;
        match self.to {
            Some(NaiveTime::MIN) => f.write_str("24:00")?,
            Some(to) => write!(f, "{}", to.format("%H:%M"))?,
            None => {}
        }
        match &self.zone {
            Some(zone) => write!(f, " {zone}"),
            None => Ok(()),
        }
    }
}

impl Hours {
    /// Reads the form that `Display` writes, such as `09:00-13:30 Europe/Berlin` or `14:00-24:00`.
    pub fn from_text(text: &str) -> Option<Self> {
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
        let (times, zone) = match text.split_once(' ') {
            Some((times, zone)) => (times, Some(zone.to_owned())),
            None => (text, None),
        };
        let (from, to) = times.split_once('-')?;
        let to = match to {
            "" => None,
            "24:00" => Some(NaiveTime::MIN),
            to => Some(time(to)?),
        };
        Some(Self {
            from: time(from)?,
            to,
            zone,
        })
    }
}

/// An absence as HR knows it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct AbsencePeriod {
    /// The person who is absent.
    pub employee: SourceId,
    /// The type of absence, by its identifier in HR.
    pub kind_id: Known<String>,
    /// The type of absence, by its name in HR. May reveal a reason for absence.
    pub kind_name: Known<String>,
    /// When the person is absent.
    pub span: Span,
    /// Where the request stands; not observed when HR uses a word that nobody knows.
    pub approval: Known<Approval>,
}

impl fmt::Debug for AbsencePeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbsencePeriod")
            .field("employee", &self.employee)
            .finish_non_exhaustive()
    }
}

/// Where a request for absence stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// It counts.
    Approved,
    /// It waits.
    Pending,
    /// It was refused or taken back.
    Rejected,
}

impl Approval {
    /// Returns the word that stands in the field `approval`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Pending => "pending",
            Self::Rejected => "rejected",
        }
    }

    /// Reads the field `approval`.
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Approved, Self::Pending, Self::Rejected]
            .into_iter()
            .find(|it| it.as_str() == text)
    }
}

/// An absence in the product's calendar.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Absence {
    /// The account of the person who is absent.
    pub account: TargetId,
    /// What the product shows as the reason. Not observed when it follows the type's name and HR
    /// does not show that name; the product then keeps what it has, or shows "absent".
    pub label: Known<String>,
    /// When the person is absent.
    pub span: Span,
    /// Where the request stands.
    pub approval: Approval,
}

impl fmt::Debug for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Absence")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// The names of the fields of an [`Absence`].
pub mod field {
    use crate::FieldName;

    /// The account of the person who is absent.
    pub const ACCOUNT: FieldName = FieldName::literal("account");
    /// What the product shows as the reason.
    pub const LABEL: FieldName = FieldName::literal("label");
    /// The first day.
    pub const FIRST_DAY: FieldName = FieldName::literal("first_day");
    /// The last day, inclusive; empty while the end is open.
    pub const LAST_DAY: FieldName = FieldName::literal("last_day");
    /// Whether it begins at noon of the first day.
    pub const STARTS_AT_NOON: FieldName = FieldName::literal("starts_at_noon");
    /// Whether it ends at noon of the last day.
    pub const ENDS_AT_NOON: FieldName = FieldName::literal("ends_at_noon");
    /// The hours as text, see [`Hours`](super::Hours); empty for whole and half days.
    pub const HOURS: FieldName = FieldName::literal("hours");
    /// Where the request stands.
    pub const APPROVAL: FieldName = FieldName::literal("approval");
}

impl Record for Absence {
    const KIND: &'static str = "absence";

    fn fields(&self) -> Fields {
        let span = &self.span;
        let hours = span
            .hours
            .as_ref()
            .map(|hours| Value::from(hours.to_string()));
        BTreeMap::from([
            (field::ACCOUNT, Known::Value(self.account.as_str().into())),
            (
                field::LABEL,
                self.label.as_ref().map(|label| label.as_str().into()),
            ),
            (field::FIRST_DAY, Known::Value(span.first_day.into())),
            (
                field::LAST_DAY,
                Known::from_observed(span.last_day.map(Value::from)),
            ),
            (
                field::STARTS_AT_NOON,
                Known::Value(span.starts_at_noon.into()),
            ),
            (field::ENDS_AT_NOON, Known::Value(span.ends_at_noon.into())),
            (field::HOURS, Known::from_observed(hours)),
            (field::APPROVAL, Known::Value(self.approval.as_str().into())),
        ])
    }

    fn set(&mut self, field: &FieldName, value: Option<&Value>) -> Result<(), FieldError> {
        let form = |expected| FieldError::Form {
            kind: Self::KIND,
            field: field.clone(),
            expected,
        };
        let text = || value.and_then(Value::as_text).ok_or_else(|| form("text"));
        let flag = || {
            value
                .and_then(Value::as_bool)
                .ok_or_else(|| form("yes or no"))
        };
        let date = |value: &Value| value.as_date().ok_or_else(|| form("a date"));
        match field.as_str() {
            "account" => self.account = text()?.into(),
            "label" => {
                let label = value.map(|_| text()).transpose()?;
                self.label = Known::from_observed(label.map(str::to_owned));
            }
            "first_day" => self.span.first_day = date(value.ok_or_else(|| form("a date"))?)?,
            "last_day" => self.span.last_day = value.map(date).transpose()?,
            "starts_at_noon" => self.span.starts_at_noon = flag()?,
            "ends_at_noon" => self.span.ends_at_noon = flag()?,
            "hours" => {
                let expected = "hours such as 09:00-13:30 Europe/Berlin";
                let hours = |value: &Value| {
                    value
                        .as_text()
                        .and_then(Hours::from_text)
                        .ok_or_else(|| form(expected))
                };
                self.span.hours = value.map(hours).transpose()?;
            }
            "approval" => {
                self.approval = Approval::from_text(text()?)
                    .ok_or_else(|| form("one of approved, pending, rejected"))?;
            }
            _ => {
                return Err(FieldError::Unknown {
                    kind: Self::KIND,
                    field: field.clone(),
                });
            }
        }
        Ok(())
    }

    /// An absence is never recognised by its content: one that was entered by hand stays what it is.
    fn match_keys(&self) -> Vec<MatchKey> {
        Vec::new()
    }

    fn overlaps(&self, window: &Window) -> bool {
        window.overlaps(self.span.first_day, self.span.last_day)
    }

    /// No change of an absence takes anything away from anybody; an end that becomes open is no
    /// loss of data either.
    fn weight(_: &FieldName, _: &Known<Value>, _: Option<&Value>) -> Weight {
        Weight::Ordinary
    }

    fn lock() -> Option<Vec<(FieldName, Value)>> {
        None
    }
}

/// How absences follow from absence periods.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AbsencePolicy {
    /// Only these types of absence, by identifier or name; `None` means all.
    pub kinds: Option<BTreeSet<String>>,
    /// What the product shows as the reason.
    pub label: Label,
    /// Whether requests that wait for approval are shown.
    pub show_pending: bool,
}

/// What the product shows as the reason of an absence. The default reveals nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// The word "absent" for every type.
    #[default]
    Absent,
    /// A label for each listed type, by identifier or name; "absent" for all others.
    Listed(BTreeMap<String, String>),
    /// The name of the type as HR has it.
    AsInHr,
}

/// What a product shows of an absence whose reason it need not know.
pub const ABSENT: &str = "absent";

/// Decides for every absence period which absence the product should have.
///
/// `accounts` says which account belongs to which employee. Pure: no clock, no settings but the
/// arguments.
pub fn desire(
    snapshot: &Snapshot<AbsencePeriod>,
    accounts: &BTreeMap<SourceId, TargetId>,
    policy: &AbsencePolicy,
) -> Desired<Absence> {
    snapshot
        .desire(|_, period| wish(period, accounts, policy))
        .under(policy)
}

fn wish(
    period: &AbsencePeriod,
    accounts: &BTreeMap<SourceId, TargetId>,
    policy: &AbsencePolicy,
) -> Wish<Absence> {
    let Known::Value(approval) = period.approval else {
        return Wish::Blocked(BlockReason::StatusUnknown);
    };
    match approval {
        Approval::Rejected => return Wish::Ended(EndReason::NotApproved),
        Approval::Pending if !policy.show_pending => return Wish::Ended(EndReason::NotApproved),
        Approval::Pending | Approval::Approved => {}
    }
    let names = || {
        [&period.kind_id, &period.kind_name]
            .into_iter()
            .filter_map(|it| it.as_ref().value())
    };
    let is_unseen = !period.kind_id.is_observed() || !period.kind_name.is_observed();
    if let Some(kinds) = &policy.kinds
        && !names().any(|name| kinds.contains(name))
    {
        return if is_unseen {
            Wish::Blocked(BlockReason::ScopeUnknown)
        } else {
            Wish::OutOfScope(ScopeReason::AbsenceType)
        };
    }
    let Some(account) = accounts.get(&period.employee) else {
        return Wish::OutOfScope(ScopeReason::NoAccount);
    };
    let label = match &policy.label {
        Label::Absent => Known::Value(ABSENT.to_owned()),
        Label::Listed(labels) => {
            match names().find_map(|name| labels.get(name)) {
                Some(label) => Known::Value(label.clone()),
                // What HR does not show may be the very name that is listed.
                None if is_unseen => Known::NotObserved,
                None => Known::Value(ABSENT.to_owned()),
            }
        }
        Label::AsInHr => match &period.kind_name {
            Known::Value(name) if !name.trim().is_empty() => Known::Value(name.clone()),
            Known::Value(_) | Known::Cleared => Known::Value(ABSENT.to_owned()),
            Known::NotObserved => Known::NotObserved,
        },
    };
    Wish::Present(Absence {
        account: account.clone(),
        label,
        span: period.span.clone(),
        approval,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::with_a_zone("09:00-13:30 Europe/Berlin")]
    #[case::without_a_zone("09:00-13:30")]
    #[case::until_midnight("14:00-24:00 Europe/Berlin")]
    #[case::with_an_open_end("14:00-")]
    fn hours_are_read_as_they_are_written(#[case] text: &str) {
        let hours = Hours::from_text(text).expect("hours");
        assert_eq!(hours.to_string(), text);
    }
}
