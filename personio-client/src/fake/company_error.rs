//! Why the company could not do what it was told.

use super::number::{AbsenceNumber, AttendanceNumber, EmployeeNumber, ProjectNumber};

/// Why the company could not do what it was told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompanyError {
    /// There is no such employee, or no longer.
    #[error("the company has no employee {0}")]
    UnknownEmployee(EmployeeNumber),
    /// There is no such absence, or no longer.
    #[error("the company has no absence {0}")]
    UnknownAbsence(AbsenceNumber),
    /// There is no absence type of this name; [`Company::absence_types`](super::Company::absence_types) lists them.
    #[error("the company has no absence type `{0}`")]
    UnknownAbsenceType(String),
    /// There is no department, team, office, ... of this name.
    #[error("the company has no {kind} `{name}`")]
    UnknownUnit {
        /// What was looked for.
        kind: &'static str,
        /// The name that was given.
        name: String,
    },
    /// There is no such attribute, or it cannot be set.
    #[error("the attribute `{0}` does not exist or cannot be set")]
    UnknownAttribute(String),
    /// The unit would lie below itself.
    #[error("a unit cannot lie below itself")]
    BelowItself,
    /// The value has the wrong type for the attribute.
    #[error("the value given for `{key}` does not fit: {expected} expected")]
    UnfitValue {
        /// The key of the attribute.
        key: String,
        /// What would have fitted.
        expected: &'static str,
    },
    /// Somebody else has this e-mail address.
    #[error("another employee has this e-mail address")]
    EmailTaken,
    /// The end lies before the start, or both halves of a single day are taken off.
    #[error("the absence takes no time")]
    EmptyAbsence,
    /// Hours were booked on a type in days.
    #[error("hours cannot be booked on an absence type in days")]
    HoursOnDailyType,
    /// There is no such attendance, or no longer.
    #[error("the company has no attendance {0}")]
    UnknownAttendance(AttendanceNumber),
    /// There is no such project, or no longer.
    #[error("the company has no project {0}")]
    UnknownProject(ProjectNumber),
    /// The end of the attendance does not lie after its start.
    #[error("the attendance takes no time")]
    EmptyAttendance,
    /// The person is at work at that time already.
    #[error("the attendance overlaps attendance {0}")]
    AttendanceOverlap(AttendanceNumber),
    /// The person is absent at that time already.
    #[error("the absence overlaps absence {0}")]
    Overlap(AbsenceNumber),
}
