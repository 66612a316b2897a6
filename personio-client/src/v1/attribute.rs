//! The attribute envelope and what can be inside.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{NaiveDate, Weekday};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Employee;
use crate::id::{CostCenterId, TimeOffTypeId};
use crate::redact::redacted_debug;
use crate::value::{Moment, Observed, open_enum};
use crate::wire;

/// One attribute of an employee, in the envelope in which v1 sends all of them.
///
/// `Debug` shows the key and the kind of value, not the value.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Attribute {
    /// The key, such as `first_name` or `dynamic_42`: stable, and for `dynamic_` ones specific to the account.
    pub key: String,
    /// The name shown to people; customers translate and change it, so it is never a key.
    pub label: Option<String>,
    /// The declared kind; absent in old answers (observed).
    pub kind: Option<AttributeKind>,
    /// The stable id of standard and of system-defined custom attributes, such as `iban`; none for customers' own ones.
    pub universal_id: Option<String>,
    /// The currency of an amount, an ISO 4217 code; beside salaries only.
    pub currency: Option<String>,
    /// The value. Empty texts, lists and objects count as null, because Personio sends them in its place.
    pub value: Observed<AttributeValue>,
}

open_enum! {
    /// The kind of an attribute, as declared.
    pub enum AttributeKind {
        /// Text, or one of the nested objects.
        Standard = "standard",
        /// A date, or for two attributes a time stamp.
        Date = "date",
        /// A whole number.
        Integer = "integer",
        /// A number.
        Decimal = "decimal",
        /// One of several options.
        List = "list",
        /// A URL.
        Link = "link",
        /// Any of several options.
        Tags = "tags",
        /// Text of several lines.
        Multiline = "multiline",
    }
}

/// The value of an attribute, read according to its declared kind.
///
/// A value that does not fit its kind stays [`Text`](Self::Text), [`Number`](Self::Number) or [`Unknown`](Self::Unknown).
/// `Debug` shows which variant it is, not what is inside.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum AttributeValue {
    /// A text, a link or one option of a list.
    Text(String),
    /// A number, exact.
    Number(Decimal),
    /// A yes or no.
    Flag(bool),
    /// A date or time stamp.
    Moment(Moment),
    /// Any of several options.
    Tags(Vec<String>),
    /// A supervisor.
    Employee(Box<Employee>),
    /// A department, team, office or subcompany.
    Reference(NamedReference),
    /// The cost centers with their shares.
    CostCenters(Vec<CostCenter>),
    /// The calendar of public holidays.
    HolidayCalendar(HolidayCalendar),
    /// The present working time.
    WorkSchedule(WorkSchedule),
    /// The yearly entitlements.
    AbsenceEntitlements(Vec<AbsenceEntitlement>),
    /// JSON text in a shape that this version does not know.
    Unknown(String),
}

/// A department, team, office or subcompany, by id and name.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedReference {
    /// What it is: `Department`, `Team`, `Office` or `Subcompany`.
    pub kind: String,
    /// The id, unique among its kind.
    pub id: Option<u64>,
    /// The name.
    pub name: Option<String>,
}

/// A cost center and the share of it that an employee has.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct CostCenter {
    /// The id.
    pub id: CostCenterId,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// The share in percent; all shares of an employee together should be 100.
    #[serde(default, deserialize_with = "wire::optional_decimal")]
    pub percentage: Option<Decimal>,
}

/// A calendar of public holidays; Personio gives its name, not its days.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct HolidayCalendar {
    /// The id.
    pub id: u64,
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// The country, an ISO 3166-1 code of two letters.
    #[serde(default)]
    pub country: Option<String>,
    /// The state within the country, in the words of the account.
    #[serde(default)]
    pub state: Option<String>,
}

/// The present working time of an employee; there is no history.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkSchedule {
    /// The id.
    pub id: u64,
    /// The name, without the blanks that may surround it.
    pub name: Option<String>,
    /// The first day on which it holds, if it is known.
    pub valid_from: Option<NaiveDate>,
    minutes: [Option<u32>; 7],
}

impl WorkSchedule {
    /// Returns the working time of a day of the week in minutes, if it is known.
    pub fn minutes_on(&self, day: Weekday) -> Option<u32> {
        self.minutes[day.num_days_from_monday() as usize]
    }
}

/// How much absence of one type an employee is entitled to.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AbsenceEntitlement {
    /// The type of absence.
    pub id: TimeOffTypeId,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Its category, as in [`TimeOffType::category`](super::TimeOffType::category).
    #[serde(default)]
    pub category: Option<String>,
    /// The entitlement, in days or hours according to the unit of the type.
    #[serde(default, deserialize_with = "wire::optional_decimal")]
    pub entitlement: Option<Decimal>,
}

/// An amount of money. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Money {
    /// The amount in whole units of the currency.
    pub amount: Decimal,
    /// The currency, an ISO 4217 code, if the answer names it.
    pub currency: Option<String>,
}

redacted_debug!(Attribute { key, kind, value });
redacted_debug!(NamedReference { kind, id });
redacted_debug!(CostCenter { id });
redacted_debug!(HolidayCalendar { id });
redacted_debug!(WorkSchedule { id });
redacted_debug!(AbsenceEntitlement { id });
redacted_debug!(Money {});

impl fmt::Debug for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Number(_) => "Number(..)",
            Self::Flag(_) => "Flag(..)",
            Self::Moment(_) => "Moment(..)",
            Self::Tags(_) => "Tags(..)",
            Self::Employee(_) => "Employee(..)",
            Self::Reference(_) => "Reference(..)",
            Self::CostCenters(_) => "CostCenters(..)",
            Self::HolidayCalendar(_) => "HolidayCalendar(..)",
            Self::WorkSchedule(_) => "WorkSchedule(..)",
            Self::AbsenceEntitlements(_) => "AbsenceEntitlements(..)",
            Self::Unknown(_) => "Unknown(..)",
        })
    }
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    label: Option<String>,
    #[serde(default, deserialize_with = "wire::present")]
    value: Option<Box<RawValue>>,
    #[serde(default, rename = "type")]
    kind: Option<AttributeKind>,
    #[serde(default)]
    universal_id: Option<String>,
    #[serde(default)]
    currency: Option<String>,
}

impl Attribute {
    /// Reads an envelope; what is no envelope becomes an attribute of unknown value, so that the others are not lost.
    pub(super) fn read(key: String, raw: &RawValue) -> Self {
        let Ok(envelope) = serde_json::from_str::<Envelope>(raw.get()) else {
            let value = Observed::Value(AttributeValue::Unknown(raw.get().to_owned()));
            return Self {
                key,
                label: None,
                kind: None,
                universal_id: None,
                currency: None,
                value,
            };
        };
        let value = match &envelope.value {
            None => Observed::NotObserved,
            Some(value) => AttributeValue::read(value, envelope.kind.as_ref()),
        };
        Self {
            key,
            label: envelope.label,
            kind: envelope.kind,
            universal_id: envelope.universal_id,
            currency: envelope.currency,
            value,
        }
    }
}

impl AttributeValue {
    fn read(raw: &RawValue, kind: Option<&AttributeKind>) -> Observed<Self> {
        if wire::is_nothing(raw) {
            return Observed::Null;
        }
        let json = raw.get();
        let value = match json.as_bytes()[0] {
            b'"' => serde_json::from_str(json)
                .ok()
                .map(|text| Self::from_text(text, kind)),
            b'{' => Self::from_object(raw),
            b'[' => Self::from_list(raw),
            b't' => Some(Self::Flag(true)),
            b'f' => Some(Self::Flag(false)),
            _ => wire::parse_decimal(raw).map(Self::Number),
        };
        Observed::Value(value.unwrap_or_else(|| Self::Unknown(json.to_owned())))
    }

    fn from_text(text: String, kind: Option<&AttributeKind>) -> Self {
        let typed = match kind {
            Some(AttributeKind::Date) => Moment::parse(&text).map(Self::Moment),
            Some(AttributeKind::Integer | AttributeKind::Decimal) => {
                wire::decimal_from_text(&text).map(Self::Number)
            }
            Some(AttributeKind::Tags) => Some(Self::Tags(wire::tags_from_text(&text))),
            _ => None,
        };
        typed.unwrap_or(Self::Text(text))
    }

    fn from_object(raw: &RawValue) -> Option<Self> {
        let object: Typed = serde_json::from_str(raw.get()).ok()?;
        let attributes = object.attributes.get();
        match object.kind.as_str() {
            "Employee" => serde_json::from_str(raw.get())
                .ok()
                .map(|employee| Self::Employee(Box::new(employee))),
            "HolidayCalendar" => serde_json::from_str(attributes)
                .ok()
                .map(Self::HolidayCalendar),
            "WorkSchedule" => WorkSchedule::read(attributes).map(Self::WorkSchedule),
            _ => {
                let named: Named = serde_json::from_str(attributes).ok()?;
                Some(Self::Reference(NamedReference {
                    kind: object.kind,
                    id: named.id,
                    name: named.name,
                }))
            }
        }
    }

    fn from_list(raw: &RawValue) -> Option<Self> {
        if let Ok(tags) = serde_json::from_str(raw.get()) {
            return Some(Self::Tags(tags));
        }
        let objects: Vec<Typed> = serde_json::from_str(raw.get()).ok()?;
        match objects.first()?.kind.as_str() {
            "CostCenter" => read_all(&objects).map(Self::CostCenters),
            "TimeOffType" => read_all(&objects).map(Self::AbsenceEntitlements),
            _ => None,
        }
    }
}

impl WorkSchedule {
    fn read(attributes: &str) -> Option<Self> {
        let mut members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(attributes).ok()?;
        let id = serde_json::from_str(members.remove("id")?.get()).ok()?;
        let mut text =
            |name: &str| serde_json::from_str::<String>(members.remove(name)?.get()).ok();
        let name = text("name").map(|name| name.trim().to_owned());
        let valid_from = text("valid_from")
            .and_then(|date| Moment::parse(&date))
            .map(|date| date.day());
        let minutes = [
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ]
        .map(|day| text(day).and_then(|duration| minutes(&duration)));
        Some(Self {
            id,
            name,
            valid_from,
            minutes,
        })
    }
}

/// Reads a duration such as `07:30`.
fn minutes(duration: &str) -> Option<u32> {
    let (hours, minutes) = duration.split_once(':')?;
    hours
        .parse::<u32>()
        .ok()?
        .checked_mul(60)?
        .checked_add(minutes.parse().ok()?)
}

fn read_all<T: serde::de::DeserializeOwned>(objects: &[Typed]) -> Option<Vec<T>> {
    objects
        .iter()
        .map(|object| serde_json::from_str(object.attributes.get()).ok())
        .collect()
}

/// A nested object, `{"type": ..., "attributes": {...}}`.
#[derive(Deserialize)]
struct Typed {
    #[serde(rename = "type")]
    kind: String,
    attributes: Box<RawValue>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    id: Option<u64>,
    #[serde(default)]
    name: Option<String>,
}
