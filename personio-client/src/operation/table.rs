//! Every operation that the client calls, in one table.

use super::ApiVersion::{V1, V2};
use super::Certainty::{Documented, Inferred, Observed, Specified};
use super::{Limits, Operation, Paging, Rate};
use crate::transport::Method;

const fn limits(default: u32, max: u32) -> Limits {
    Limits { default, max }
}

/// The hourly absences of v1 count pages since 2023-08-25; the specification still says records.
const V1_PAGES: Paging = Paging::PageOffset {
    first: 1,
    limits: limits(200, 200),
};
const V1_EMPLOYEES: Rate = Rate::per_minute(300, 15, Rate::SECOND);
const V2_PERSONS: Rate = Rate::per_second(30, 30);
const V2_ABSENCES: Rate = Rate::per_second(10, 10);
const PERSONS_READ: &str = "personio:persons:read";
const ABSENCES_READ: &str = "personio:absences:read";

pub(crate) const V1_LOGIN: Operation = Operation::write("v1.auth", Method::Post, V1, "/auth")
    .rate(Rate::per_minute(60, 10, Rate::MINUTE))
    .repeatable()
    .certainty(Specified);
pub(crate) const V2_LOGIN: Operation =
    Operation::write("v2.auth.token", Method::Post, V2, "/auth/token")
        .rate(Rate::per_minute(150, 20, Rate::MINUTE))
        .repeatable()
        .certainty(Specified);
pub(crate) const V1_LIST_EMPLOYEES: Operation =
    Operation::get("v1.employees.list", V1, "/company/employees")
        .scope("employees:read")
        .pages(Paging::RecordOffset(limits(100, 100)))
        .rate(V1_EMPLOYEES)
        .superseded()
        .certainty(Documented);
pub(crate) const V1_GET_EMPLOYEE: Operation =
    Operation::get("v1.employees.get", V1, "/company/employees/{id}")
        .scope("employees:read")
        .superseded()
        .certainty(Specified);
pub(crate) const V1_EMPLOYEE_ATTRIBUTES: Operation = Operation::get(
    "v1.employees.attributes",
    V1,
    "/company/employees/attributes",
)
.scope("employees:read")
.certainty(Specified);
pub(crate) const V1_ABSENCE_BALANCE: Operation = Operation::get(
    "v1.employees.absence_balance",
    V1,
    "/company/employees/{id}/absences/balance",
)
.scope("absences:read")
.certainty(Specified);
pub(crate) const V1_LIST_TIME_OFF_TYPES: Operation =
    Operation::get("v1.time_off_types.list", V1, "/company/time-off-types")
        .scope("absences:read")
        .pages(Paging::LimitOnly(limits(200, 200)))
        .superseded()
        .certainty(Inferred);
pub(crate) const V1_LIST_TIME_OFFS: Operation =
    Operation::get("v1.time_offs.list", V1, "/company/time-offs")
        .scope("absences:read")
        .pages(V1_PAGES)
        .superseded()
        .certainty(Observed);
pub(crate) const V1_GET_TIME_OFF: Operation =
    Operation::get("v1.time_offs.get", V1, "/company/time-offs/{id}")
        .scope("absences:read")
        .superseded()
        .certainty(Specified);
pub(crate) const V1_LIST_ABSENCE_PERIODS: Operation =
    Operation::get("v1.absence_periods.list", V1, "/company/absence-periods")
        .scope("absences:read")
        .pages(V1_PAGES)
        .superseded()
        .certainty(Documented);
pub(crate) const V1_LIST_ATTENDANCES: Operation =
    Operation::get("v1.attendances.list", V1, "/company/attendances")
        .scope("attendances:read")
        .pages(Paging::RecordOffset(limits(200, 200)))
        .ended()
        .certainty(Specified);
pub(crate) const V1_CREATE_ATTENDANCES: Operation = Operation::write(
    "v1.attendances.create",
    Method::Post,
    V1,
    "/company/attendances",
)
.scope("attendances:write")
.ended()
.certainty(Specified);
pub(crate) const V1_UPDATE_ATTENDANCE: Operation = Operation::write(
    "v1.attendances.update",
    Method::Patch,
    V1,
    "/company/attendances/{id}",
)
.scope("attendances:write")
.ended()
.certainty(Specified);
pub(crate) const V1_DELETE_ATTENDANCE: Operation = Operation::write(
    "v1.attendances.delete",
    Method::Delete,
    V1,
    "/company/attendances/{id}",
)
.scope("attendances:write")
.ended()
.certainty(Specified);
pub(crate) const V2_LIST_PERSONS: Operation = Operation::get("v2.persons.list", V2, "/persons")
    .scope(PERSONS_READ)
    .pages(Paging::Cursor(limits(50, 50)))
    .rate(V2_PERSONS)
    .certainty(Specified);
pub(crate) const V2_GET_PERSON: Operation = Operation::get("v2.persons.get", V2, "/persons/{id}")
    .scope(PERSONS_READ)
    .certainty(Specified);
pub(crate) const V2_LIST_EMPLOYMENTS: Operation = Operation::get(
    "v2.employments.list",
    V2,
    "/persons/{person_id}/employments",
)
.scope(PERSONS_READ)
.pages(Paging::Cursor(limits(50, 50)))
.certainty(Specified);
pub(crate) const V2_GET_EMPLOYMENT: Operation = Operation::get(
    "v2.employments.get",
    V2,
    "/persons/{person_id}/employments/{id}",
)
.scope(PERSONS_READ)
.certainty(Specified);
pub(crate) const V2_LIST_ABSENCE_TYPES: Operation =
    Operation::get("v2.absence_types.list", V2, "/absence-types")
        .scope(ABSENCES_READ)
        .pages(Paging::Cursor(limits(100, 100)))
        .certainty(Documented);
pub(crate) const V2_GET_ABSENCE_TYPE: Operation =
    Operation::get("v2.absence_types.get", V2, "/absence-types/{id}")
        .scope(ABSENCES_READ)
        .certainty(Documented);
pub(crate) const V2_LIST_ABSENCE_PERIODS: Operation =
    Operation::get("v2.absence_periods.list", V2, "/absence-periods")
        .scope(ABSENCES_READ)
        .pages(Paging::Cursor(limits(100, 100)))
        .rate(V2_ABSENCES)
        .certainty(Documented);
pub(crate) const V2_GET_ABSENCE_PERIOD: Operation =
    Operation::get("v2.absence_periods.get", V2, "/absence-periods/{id}")
        .scope(ABSENCES_READ)
        .rate(V2_ABSENCES)
        .certainty(Documented);

/// Every operation that this crate calls by itself, in the order of the documentation.
pub const ENDPOINTS: &[Operation] = &[
    V1_LOGIN,
    V1_LIST_EMPLOYEES,
    V1_GET_EMPLOYEE,
    V1_EMPLOYEE_ATTRIBUTES,
    V1_ABSENCE_BALANCE,
    V1_LIST_TIME_OFF_TYPES,
    V1_LIST_TIME_OFFS,
    V1_GET_TIME_OFF,
    V1_LIST_ABSENCE_PERIODS,
    V1_LIST_ATTENDANCES,
    V1_CREATE_ATTENDANCES,
    V1_UPDATE_ATTENDANCE,
    V1_DELETE_ATTENDANCE,
    V2_LOGIN,
    V2_LIST_PERSONS,
    V2_GET_PERSON,
    V2_LIST_EMPLOYMENTS,
    V2_GET_EMPLOYMENT,
    V2_LIST_ABSENCE_TYPES,
    V2_GET_ABSENCE_TYPE,
    V2_LIST_ABSENCE_PERIODS,
    V2_GET_ABSENCE_PERIOD,
];
