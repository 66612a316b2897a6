//! An employee: an id and a map of attributes, with typed access to the standard ones.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::attribute::{
    AbsenceEntitlement, Attribute, AttributeValue, CostCenter, HolidayCalendar, Money,
    NamedReference, WorkSchedule,
};
use crate::id::EmployeeId;
use crate::redact::redacted_debug;
use crate::value::{Moment, Observed, open_enum};
use crate::wire;

/// An employee with the attributes that the credential may read.
///
/// Employees who left are in the list too; look at [`status`](Self::status). Every accessor is three-valued. A value of unexpected
/// shape counts as not observed, so that it never clears anything; [`unexpected`](Self::unexpected) names it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Employee {
    /// The id, the same as the person id of v2 (inferred).
    pub id: EmployeeId,
    /// All attributes of the answer by their keys, custom ones (`dynamic_...`) included.
    pub attributes: BTreeMap<String, Attribute>,
}

redacted_debug!(Employee { id });

open_enum! {
    /// Where an employee stands; always in English and lower case in practice (observed).
    pub enum EmployeeStatus {
        /// Hired, first day not reached.
        Onboarding = "onboarding",
        /// Employed.
        Active = "active",
        /// Employed but on long leave.
        Leave = "leave",
        /// Left.
        Inactive = "inactive",
    }
}

open_enum! {
    /// Who employs the person.
    pub enum EmploymentType {
        /// The company itself.
        Internal = "internal",
        /// Somebody else: freelancers, agency workers.
        External = "external",
    }
}

open_enum! {
    /// The gender on record.
    pub enum Gender {
        /// Male.
        Male = "male",
        /// Female.
        Female = "female",
        /// Diverse.
        Diverse = "diverse",
    }
}

/// Declares accessors that only differ in name.
macro_rules! accessors {
    ($reader:ident -> $type:ty: $( $(#[$doc:meta])* $name:ident; )+) => {
        $( $(#[$doc])* pub fn $name(&self) -> Observed<$type> { self.$reader(stringify!($name)) } )+
    };
}

impl Employee {
    accessors! { text -> &str:
        /// Returns the first name.
        first_name;
        /// Returns the last name.
        last_name;
        /// Returns the name by which the person is called, in examples a full name.
        preferred_name;
        /// Returns the mail address; some records have none.
        email;
        /// Returns the job title.
        position;
        /// Returns how the employment ended, in the words of the account.
        termination_type;
        /// Returns why the employment ended, in the words of the account.
        termination_reason;
        /// Returns what the fixed salary is paid for: `monthly`, `yearly`.
        fix_salary_interval;
        /// Returns the URL of the picture; it needs the token of this credential to load.
        profile_picture;
    }

    accessors! { day -> NaiveDate:
        /// Returns the first day of work.
        hire_date;
        /// Returns the last day of a limited contract.
        contract_end_date;
        /// Returns the last day of employment.
        termination_date;
        /// Returns the last day of work, which may be before the end of employment.
        last_working_day;
        /// Returns the last day of probation.
        probation_period_end;
    }

    accessors! { moment -> Moment:
        /// Returns when the record was made.
        created_at;
        /// Returns when the record was last changed; not every change moves it (observed).
        last_modified_at;
    }

    accessors! { reference -> &NamedReference:
        /// Returns the legal entity.
        subcompany;
        /// Returns the workplace.
        office;
        /// Returns the department.
        department;
        /// Returns the team.
        team;
    }

    accessors! { money -> Money:
        /// Returns the fixed salary per [`fix_salary_interval`](Self::fix_salary_interval).
        fix_salary;
        /// Returns the pay per hour.
        hourly_salary;
    }

    /// Returns where the employee stands.
    pub fn status(&self) -> Observed<EmployeeStatus> {
        self.text("status").map(EmployeeStatus::from)
    }

    /// Returns who employs the person.
    pub fn employment_type(&self) -> Observed<EmploymentType> {
        self.text("employment_type").map(EmploymentType::from)
    }

    /// Returns the gender on record.
    pub fn gender(&self) -> Observed<Gender> {
        self.text("gender").map(Gender::from)
    }

    /// Returns the supervisor, with those attributes that the credential may read.
    pub fn supervisor(&self) -> Observed<&Self> {
        self.typed("supervisor", |value| match value {
            AttributeValue::Employee(supervisor) => Some(&**supervisor),
            _ => None,
        })
    }

    /// Returns the hours per week; some accounts show 1 for everybody (observed).
    pub fn weekly_working_hours(&self) -> Observed<Decimal> {
        self.number("weekly_working_hours")
    }

    /// Returns the cost centers; null means that there are none.
    pub fn cost_centers(&self) -> Observed<&[CostCenter]> {
        self.typed("cost_centers", |value| match value {
            AttributeValue::CostCenters(centers) => Some(centers.as_slice()),
            _ => None,
        })
    }

    /// Returns the yearly entitlements to absence; null means that there are none.
    pub fn absence_entitlement(&self) -> Observed<&[AbsenceEntitlement]> {
        self.typed("absence_entitlement", |value| match value {
            AttributeValue::AbsenceEntitlements(entitlements) => Some(entitlements.as_slice()),
            _ => None,
        })
    }

    /// Returns the calendar of public holidays.
    pub fn holiday_calendar(&self) -> Observed<&HolidayCalendar> {
        self.typed("holiday_calendar", |value| match value {
            AttributeValue::HolidayCalendar(calendar) => Some(calendar),
            _ => None,
        })
    }

    /// Returns the present working time.
    pub fn work_schedule(&self) -> Observed<&WorkSchedule> {
        self.typed("work_schedule", |value| match value {
            AttributeValue::WorkSchedule(schedule) => Some(schedule),
            _ => None,
        })
    }

    /// Returns an attribute by its key, such as `dynamic_42`; `None` if the answer does not hold it.
    pub fn attribute(&self, key: &str) -> Option<&Attribute> {
        self.attributes.get(key)
    }

    /// Returns an attribute by its universal id, such as `iban`, or else by its key.
    pub fn resolve(&self, universal_id_or_key: &str) -> Option<&Attribute> {
        let has_universal_id =
            |attribute: &&Attribute| attribute.universal_id.as_deref() == Some(universal_id_or_key);
        let by_key = self.attributes.get(universal_id_or_key);
        by_key
            .filter(has_universal_id)
            .or_else(|| self.attributes.values().find(has_universal_id))
            .or(by_key)
    }

    /// Returns the keys of attributes whose value has a shape that this version does not know.
    pub fn unexpected(&self) -> impl Iterator<Item = &str> {
        self.attributes
            .values()
            .filter_map(|attribute| match attribute.value {
                Observed::Value(AttributeValue::Unknown(_)) => Some(attribute.key.as_str()),
                _ => None,
            })
    }

    fn typed<'a, T>(
        &'a self,
        name: &str,
        read: impl FnOnce(&'a AttributeValue) -> Option<T>,
    ) -> Observed<T> {
        let Some(attribute) = self.resolve(name) else {
            return Observed::NotObserved;
        };
        attribute
            .value
            .as_ref()
            .and_then(|value| read(value).map_or(Observed::NotObserved, Observed::Value))
    }

    fn text(&self, name: &str) -> Observed<&str> {
        self.typed(name, |value| match value {
            AttributeValue::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    fn moment(&self, name: &str) -> Observed<Moment> {
        self.typed(name, |value| match value {
            AttributeValue::Moment(moment) => Some(*moment),
            // Old answers do not declare the kind.
            AttributeValue::Text(text) => Moment::parse(text),
            _ => None,
        })
    }

    fn day(&self, name: &str) -> Observed<NaiveDate> {
        self.moment(name).map(|moment| moment.day())
    }

    fn number(&self, name: &str) -> Observed<Decimal> {
        self.typed(name, |value| match value {
            AttributeValue::Number(number) => Some(*number),
            // The hours per week are a number in a text.
            AttributeValue::Text(text) => wire::decimal_from_text(text),
            _ => None,
        })
    }

    fn reference(&self, name: &str) -> Observed<&NamedReference> {
        self.typed(name, |value| match value {
            AttributeValue::Reference(reference) => Some(reference),
            _ => None,
        })
    }

    fn money(&self, name: &str) -> Observed<Money> {
        let currency = self
            .resolve(name)
            .and_then(|attribute| attribute.currency.clone());
        self.number(name).map(|amount| Money { amount, currency })
    }
}

impl<'de> Deserialize<'de> for Employee {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        let attributes: BTreeMap<String, Attribute> = wire
            .attributes
            .into_iter()
            .map(|(key, raw)| (key.clone(), Attribute::read(key, &raw)))
            .collect();
        let id = match attributes.get("id").map(|attribute| &attribute.value) {
            Some(Observed::Value(AttributeValue::Number(id))) => u64::try_from(*id).ok(),
            Some(Observed::Value(AttributeValue::Text(id))) => id.trim().parse().ok(),
            _ => None,
        };
        let id = id
            .ok_or_else(|| serde::de::Error::custom("expected an attribute `id` made of digits"))?;
        Ok(Self {
            id: EmployeeId::new(id),
            attributes,
        })
    }
}

#[derive(Deserialize)]
struct Wire {
    attributes: BTreeMap<String, Box<RawValue>>,
}
