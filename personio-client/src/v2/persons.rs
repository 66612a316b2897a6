//! Persons.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::filter::Filters;
use super::reference::Reference;
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::Result;
use crate::id::{EmploymentId, PersonId};
use crate::operation::{V2_GET_PERSON, V2_LIST_PERSONS};
use crate::pager::{Pager, RawPage};
use crate::redact::redacted_debug;
use crate::value::{Moment, Observed, open_enum};
use crate::wire;

/// The calls for persons; see [`V2::persons`](super::V2::persons).
#[derive(Clone, Copy, Debug)]
pub struct Persons<'a> {
    client: &'a Client,
}

impl<'a> Persons<'a> {
    pub(super) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Lists persons, those who left included. Sends nothing yet.
    pub fn list(self, request: ListPersons) -> Pager<Person> {
        let limit = request.limit;
        Pager::new(self.client, request.endpoint(), limit, |person| {
            person.id.to_string()
        })
    }

    /// Returns one person.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is none with this id; otherwise any [`Error`](crate::Error).
    pub async fn get(self, id: &PersonId) -> Result<Person> {
        super::fetch(self.client, Endpoint::new(V2_GET_PERSON).path_parameter(id)).await
    }
}

/// Selects persons; all filters must fit.
#[derive(Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct ListPersons {
    limit: Option<u32>,
    filters: Filters,
}

redacted_debug!(ListPersons { limit });

impl ListPersons {
    /// Selects all persons.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many persons a page has, 1 to 50; 50 by default.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Selects persons by id.
    pub fn ids(mut self, ids: &[PersonId]) -> Self {
        self.filters.set_ids("id", ids);
        self
    }

    /// Selects the person with this mail address.
    pub fn email(mut self, email: impl Into<String>) -> Self {
        self.filters.set("email", email);
        self
    }

    /// Selects persons by status.
    pub fn status(mut self, status: &PersonStatus) -> Self {
        self.filters.set("status", status.to_string());
        self
    }

    /// Selects persons who changed after this day.
    ///
    /// The live service took plain days only when it was tried in 2025 (observed), so this is the careful form: go back one day and
    /// remove what comes twice. Whether a change of an employment counts is not documented.
    pub fn updated_after_day(mut self, day: NaiveDate) -> Self {
        self.filters.set("updated_at.gt", day.to_string());
        self
    }

    /// Selects persons who changed after this point in time: the specified form, but see
    /// [`updated_after_day`](Self::updated_after_day).
    pub fn updated_after(mut self, time: DateTime<Utc>) -> Self {
        self.filters.set_time("updated_at.gt", time);
        self
    }

    fn endpoint(self) -> Endpoint<RawPage> {
        self.filters.add_to(Endpoint::new(V2_LIST_PERSONS))
    }
}

/// A person, with the attributes that the credential may read.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Person {
    /// The id, the same digits as the employee id of v1 (inferred).
    pub id: PersonId,
    /// The mail address.
    #[serde(default, deserialize_with = "wire::observed")]
    pub email: Observed<String>,
    /// The first name.
    #[serde(default, deserialize_with = "wire::observed")]
    pub first_name: Observed<String>,
    /// The last name.
    #[serde(default, deserialize_with = "wire::observed")]
    pub last_name: Observed<String>,
    /// The name by which the person is called, in examples a full name.
    #[serde(default, deserialize_with = "wire::observed")]
    pub preferred_name: Observed<String>,
    /// The gender on record.
    #[serde(default, deserialize_with = "wire::observed")]
    pub gender: Observed<Gender>,
    /// The URL of the picture; it needs the token of this credential to load.
    #[serde(default, rename = "profile_picture", deserialize_with = "picture")]
    pub profile_picture_url: Observed<String>,
    /// Derived from the latest employment (specified).
    #[serde(default, deserialize_with = "wire::observed")]
    pub status: Observed<PersonStatus>,
    /// Custom attributes.
    #[serde(default, deserialize_with = "wire::list")]
    pub custom_attributes: Vec<CustomAttribute>,
    /// The ids of the employments; usually one, several after a rehire or a move between legal entities.
    #[serde(default, deserialize_with = "employments")]
    pub employments: Observed<Vec<EmploymentId>>,
    /// When the record was made, UTC.
    #[serde(default, deserialize_with = "wire::observed")]
    pub created_at: Observed<Moment>,
    /// When the record was changed, UTC.
    #[serde(default, deserialize_with = "wire::observed")]
    pub updated_at: Observed<Moment>,
}

redacted_debug!(Person { id });

impl Person {
    /// Returns a custom attribute by its global id, such as `IBAN`, or else by its id, such as `dynamic_305`.
    pub fn custom_attribute(&self, global_id_or_id: &str) -> Option<&CustomAttribute> {
        let attributes = &self.custom_attributes;
        let by_global_id = attributes
            .iter()
            .find(|attribute| attribute.global_id.as_deref() == Some(global_id_or_id));
        by_global_id.or_else(|| {
            attributes
                .iter()
                .find(|attribute| attribute.id == global_id_or_id)
        })
    }
}

open_enum! {
    /// Where a person stands.
    pub enum PersonStatus {
        /// The latest employment is active, on leave or about to begin.
        Active = "ACTIVE",
        /// The latest employment has ended.
        Inactive = "INACTIVE",
        /// Not said.
        Unspecified = "UNSPECIFIED",
    }
}

open_enum! {
    /// The gender on record.
    pub enum Gender {
        /// Male.
        Male = "MALE",
        /// Female.
        Female = "FEMALE",
        /// Diverse.
        Diverse = "DIVERSE",
        /// Not said.
        Unspecified = "UNSPECIFIED",
    }
}

/// A custom attribute of a person.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct CustomAttribute {
    /// The id, such as `dynamic_305`.
    pub id: String,
    /// The declared kind; specified in capitals, sent in small letters (observed).
    pub kind: Option<CustomAttributeKind>,
    /// The stable id of system-defined attributes, such as `IBAN`.
    pub global_id: Option<String>,
    /// The name shown to people; often missing (observed), then v1 has it in
    /// [`attributes`](crate::v1::Employees::attributes).
    pub label: Option<String>,
    /// The value.
    pub value: Observed<CustomValue>,
}

redacted_debug!(CustomAttribute { id, kind });

open_enum! {
    /// The kind of a custom attribute.
    pub enum CustomAttributeKind {
        /// Text.
        String = "STRING" | "string",
        /// A whole number.
        Int = "INT" | "int",
        /// A number.
        Double = "DOUBLE" | "double",
        /// A date.
        Date = "DATE" | "date",
        /// A yes or no.
        Boolean = "BOOLEAN" | "boolean",
        /// Several texts.
        StringList = "STRING_LIST" | "string_list",
        /// Not said.
        Unspecified = "UNSPECIFIED" | "unspecified",
    }
}

/// The value of a custom attribute, read according to its kind; `Debug` shows the variant only.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum CustomValue {
    /// A text.
    Text(String),
    /// A number, exact.
    Number(Decimal),
    /// A yes or no.
    Flag(bool),
    /// A date.
    Day(NaiveDate),
    /// Several texts.
    Texts(Vec<String>),
    /// JSON text in a shape that this version does not know.
    Unknown(String),
}

impl std::fmt::Debug for CustomValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Number(_) => "Number(..)",
            Self::Flag(_) => "Flag(..)",
            Self::Day(_) => "Day(..)",
            Self::Texts(_) => "Texts(..)",
            Self::Unknown(_) => "Unknown(..)",
        })
    }
}

impl<'de> Deserialize<'de> for CustomAttribute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = WireAttribute::deserialize(deserializer)?;
        let value = match &wire.value {
            None => Observed::NotObserved,
            Some(raw) if wire::is_nothing(raw) => Observed::Null,
            Some(raw) => Observed::Value(CustomValue::read(raw, wire.kind.as_ref())),
        };
        Ok(Self {
            id: wire.id,
            kind: wire.kind,
            global_id: wire.global_id,
            label: wire.label,
            value,
        })
    }
}

impl CustomValue {
    fn read(raw: &RawValue, kind: Option<&CustomAttributeKind>) -> Self {
        let json = raw.get();
        let value = match json.as_bytes()[0] {
            b'"' => serde_json::from_str(json)
                .ok()
                .map(|text| Self::from_text(text, kind)),
            b'[' => serde_json::from_str(json).ok().map(Self::Texts),
            b't' => Some(Self::Flag(true)),
            b'f' => Some(Self::Flag(false)),
            b'{' => None,
            _ => wire::parse_decimal(raw).map(Self::Number),
        };
        value.unwrap_or_else(|| Self::Unknown(json.to_owned()))
    }

    fn from_text(text: String, kind: Option<&CustomAttributeKind>) -> Self {
        let typed = match kind {
            Some(CustomAttributeKind::Date) => {
                Moment::parse(&text).map(|moment| Self::Day(moment.day()))
            }
            Some(CustomAttributeKind::Int | CustomAttributeKind::Double) => {
                wire::decimal_from_text(&text).map(Self::Number)
            }
            Some(CustomAttributeKind::Boolean) => text.parse().ok().map(Self::Flag),
            _ => None,
        };
        typed.unwrap_or(Self::Text(text))
    }
}

#[derive(Deserialize)]
struct WireAttribute {
    id: String,
    #[serde(default, rename = "type")]
    kind: Option<CustomAttributeKind>,
    #[serde(default)]
    global_id: Option<String>,
    #[serde(default)]
    label: Option<String>,
    #[serde(default, deserialize_with = "wire::present")]
    value: Option<Box<RawValue>>,
}

fn picture<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Observed<String>, D::Error> {
    #[derive(Deserialize)]
    struct Picture {
        #[serde(default, deserialize_with = "wire::observed")]
        url: Observed<String>,
    }

    wire::observed::<D, Picture>(deserializer)
        .map(|picture| picture.and_then(|picture| picture.url))
}

/// Reads references as ids; here an empty list is a value, a person without employment.
fn employments<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Observed<Vec<EmploymentId>>, D::Error> {
    let references = Observed::<Vec<Reference<EmploymentId>>>::deserialize(deserializer)?;
    Ok(references.map(|references| {
        references
            .into_iter()
            .map(|reference| reference.id)
            .collect()
    }))
}
