//! Version 1 of the API: employees with all their attributes, absences, and attendances.

mod absence_periods;
mod attendance;
mod attendances;
mod attribute;
mod employee;
mod employees;
mod new_attendance;
mod new_employee;
mod new_time_off;
mod picture;
mod time_off_types;
mod time_offs;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

pub use absence_periods::{
    AbsencePeriod, AbsencePeriods, AbsenceTypeReference, DayBreakdown, ListAbsencePeriods,
};
pub use attendance::{Attendance, AttendanceStatus};
pub use attendances::{Approval, Attendances, ListAttendances};
pub use attribute::{
    AbsenceEntitlement, Attribute, AttributeKind, AttributeValue, CostCenter, HolidayCalendar,
    Money, NamedReference, WorkSchedule,
};
pub use employee::{Employee, EmployeeStatus, EmploymentType, Gender};
pub use employees::{AbsenceBalance, AttributeDefinition, Employees, ListEmployees};
pub use new_attendance::{AttendanceChange, AttendanceRefusal, NewAttendance};
pub use new_employee::{EmployeeChange, NewEmployee, WrittenEmployee};
pub use new_time_off::NewTimeOff;
pub use picture::ProfilePicture;
pub use time_off_types::{AbsenceUnit, ListTimeOffTypes, TimeOffType, TimeOffTypes};
pub use time_offs::{AbsenceStatus, ListTimeOffs, TimeOff, TimeOffTypeReference, TimeOffs};

use crate::answer;
use crate::client::Client;
use crate::endpoint::Endpoint;
use crate::error::{Error, Result};
use crate::wire;

/// The calls of version 1; see [`Client::v1`].
#[derive(Clone, Copy, Debug)]
pub struct V1<'a> {
    client: &'a Client,
}

impl<'a> V1<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Returns the calls for employees and their attributes.
    pub fn employees(self) -> Employees<'a> {
        Employees::new(self.client)
    }

    /// Returns the calls for types of absence, day-based and hour-based ones.
    pub fn time_off_types(self) -> TimeOffTypes<'a> {
        TimeOffTypes::new(self.client)
    }

    /// Returns the calls for day-based absences.
    pub fn time_offs(self) -> TimeOffs<'a> {
        TimeOffs::new(self.client)
    }

    /// Returns the calls for attendances, whose end Personio announced for 2026-08-30 (documented).
    pub fn attendances(self) -> Attendances<'a> {
        Attendances::new(self.client)
    }

    /// Returns the calls for hour-based absences.
    pub fn absence_periods(self) -> AbsencePeriods<'a> {
        AbsencePeriods::new(self.client)
    }
}

/// An answer that holds one record, or several that are not paged.
#[derive(Deserialize)]
pub(crate) struct Answer {
    #[serde(rename = "success", default, deserialize_with = "wire::success")]
    _success: (),
    data: Box<RawValue>,
}

/// Sends the request and reads `data`.
async fn fetch<T: DeserializeOwned>(client: &Client, endpoint: Endpoint<Answer>) -> Result<T> {
    let answer = client.execute(&endpoint).await?;
    answer::read_record(&answer.data, "data").map_err(|error| error.during(&endpoint.operation))
}

/// Sends the request and reads `data`, which may also be a list of one (observed on time-offs).
async fn fetch_one<T: DeserializeOwned>(client: &Client, endpoint: Endpoint<Answer>) -> Result<T> {
    let answer = client.execute(&endpoint).await?;
    let record = if answer.data.get().starts_with('[') {
        answer::read_record::<Vec<Box<RawValue>>>(&answer.data, "data").and_then(|records| {
            <[_; 1]>::try_from(records)
                .map(|[record]| record)
                .map_err(|_| Error::decode("data", "expected one record"))
        })
    } else {
        Ok(answer.data)
    };
    record
        .and_then(|record| answer::read_record(&record, "data"))
        .map_err(|error| error.during(&endpoint.operation))
}

/// The most ids that one request may carry: longer URLs have been refused with 431 (inferred).
const MAX_IDS: usize = 50;

/// Adds a repeated parameter, and a problem if it is repeated too often.
fn with_ids<T>(
    mut endpoint: Endpoint<T>,
    name: &str,
    ids: &[impl std::fmt::Display],
) -> (Endpoint<T>, Option<Error>) {
    let problem = (ids.len() > MAX_IDS).then(|| {
        Error::invalid_request(format!(
            "{} ids in one request, split them into groups of {MAX_IDS}",
            ids.len()
        ))
    });
    for id in ids {
        endpoint = endpoint.query(name, id);
    }
    (endpoint, problem)
}
