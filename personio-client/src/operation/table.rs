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
const ABSENCES_WRITE: &str = "personio:absences:write";
const ATTENDANCES_READ: &str = "personio:attendances:read";
const ATTENDANCES_WRITE: &str = "personio:attendances:write";
const ORG_UNITS_READ: &str = "personio:org-units:read";
const LEGAL_ENTITIES_READ: &str = "personio:legal-entities:read";

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
pub(crate) const V1_CREATE_EMPLOYEE: Operation = Operation::write(
    "v1.employees.create",
    Method::Post,
    V1,
    "/company/employees",
)
.scope("employees:write")
.superseded()
.certainty(Specified);
pub(crate) const V1_UPDATE_EMPLOYEE: Operation = Operation::write(
    "v1.employees.update",
    Method::Patch,
    V1,
    "/company/employees/{id}",
)
.scope("employees:write")
.superseded()
.certainty(Specified);
pub(crate) const V1_PROFILE_PICTURE: Operation = Operation::get(
    "v1.employees.profile_picture",
    V1,
    "/company/employees/{id}/profile-picture/{width}",
)
.scope("employees:read")
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
pub(crate) const V1_CREATE_TIME_OFF: Operation = Operation::write(
    "v1.time_offs.create",
    Method::Post,
    V1,
    "/company/time-offs",
)
.scope("absences:write")
.superseded()
.certainty(Specified);
pub(crate) const V1_DELETE_TIME_OFF: Operation = Operation::write(
    "v1.time_offs.delete",
    Method::Delete,
    V1,
    "/company/time-offs/{id}",
)
.scope("absences:write")
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

pub(crate) const V2_CREATE_ABSENCE_PERIOD: Operation = Operation::write(
    "v2.absence_periods.create",
    Method::Post,
    V2,
    "/absence-periods",
)
.scope(ABSENCES_WRITE)
.rate(V2_ABSENCES)
.certainty(Documented);
pub(crate) const V2_UPDATE_ABSENCE_PERIOD: Operation = Operation::write(
    "v2.absence_periods.update",
    Method::Patch,
    V2,
    "/absence-periods/{id}",
)
.scope(ABSENCES_WRITE)
.rate(V2_ABSENCES)
.certainty(Documented);
pub(crate) const V2_DELETE_ABSENCE_PERIOD: Operation = Operation::write(
    "v2.absence_periods.delete",
    Method::Delete,
    V2,
    "/absence-periods/{id}",
)
.scope(ABSENCES_WRITE)
.rate(V2_ABSENCES)
.certainty(Inferred);
pub(crate) const V2_LIST_ATTENDANCE_PERIODS: Operation =
    Operation::get("v2.attendance_periods.list", V2, "/attendance-periods")
        .scope(ATTENDANCES_READ)
        .pages(Paging::Cursor(limits(100, 100)))
        .certainty(Documented);
pub(crate) const V2_GET_ATTENDANCE_PERIOD: Operation =
    Operation::get("v2.attendance_periods.get", V2, "/attendance-periods/{id}")
        .scope(ATTENDANCES_READ)
        .certainty(Documented);
pub(crate) const V2_CREATE_ATTENDANCE_PERIOD: Operation = Operation::write(
    "v2.attendance_periods.create",
    Method::Post,
    V2,
    "/attendance-periods",
)
.scope(ATTENDANCES_WRITE)
.certainty(Documented);
pub(crate) const V2_UPDATE_ATTENDANCE_PERIOD: Operation = Operation::write(
    "v2.attendance_periods.update",
    Method::Patch,
    V2,
    "/attendance-periods/{id}",
)
.scope(ATTENDANCES_WRITE)
.certainty(Documented);
pub(crate) const V2_DELETE_ATTENDANCE_PERIOD: Operation = Operation::write(
    "v2.attendance_periods.delete",
    Method::Delete,
    V2,
    "/attendance-periods/{id}",
)
.scope(ATTENDANCES_WRITE)
.certainty(Documented);
/// The header for beta operations does no harm on those that have left beta (observed), and some accounts may still need it.
pub(crate) const V2_LIST_ORG_UNITS: Operation =
    Operation::get("v2.org_units.list", V2, "/org-units")
        .scope(ORG_UNITS_READ)
        .pages(Paging::Cursor(limits(100, 100)))
        .beta()
        .certainty(Observed);
pub(crate) const V2_GET_ORG_UNIT: Operation =
    Operation::get("v2.org_units.get", V2, "/org-units/{id}")
        .scope(ORG_UNITS_READ)
        .certainty(Documented);
pub(crate) const V2_LIST_LEGAL_ENTITIES: Operation =
    Operation::get("v2.legal_entities.list", V2, "/legal-entities")
        .scope(LEGAL_ENTITIES_READ)
        .pages(Paging::Cursor(limits(100, 100)))
        .certainty(Documented);
pub(crate) const V2_GET_LEGAL_ENTITY: Operation =
    Operation::get("v2.legal_entities.get", V2, "/legal-entities/{id}")
        .scope(LEGAL_ENTITIES_READ)
        .certainty(Documented);
/// The name of the right is a guess of another client.
pub(crate) const V2_LIST_COST_CENTERS: Operation =
    Operation::get("v2.cost_centers.list", V2, "/cost-centers")
        .scope("personio:cost-centers:read")
        .pages(Paging::Cursor(limits(100, 100)))
        .beta()
        .certainty(Observed);
/// The name of the right is not known; this one is made after the others.
pub(crate) const V2_LIST_WORKPLACES: Operation =
    Operation::get("v2.workplaces.list", V2, "/workplaces")
        .scope("personio:workplaces:read")
        .pages(Paging::Cursor(limits(100, 100)))
        .beta()
        .certainty(Observed);

/// Every operation that this crate calls by itself, in the order of the documentation.
pub const ENDPOINTS: &[Operation] = &[
    V1_LOGIN,
    V1_LIST_EMPLOYEES,
    V1_GET_EMPLOYEE,
    V1_EMPLOYEE_ATTRIBUTES,
    V1_ABSENCE_BALANCE,
    V1_CREATE_EMPLOYEE,
    V1_UPDATE_EMPLOYEE,
    V1_PROFILE_PICTURE,
    V1_LIST_TIME_OFF_TYPES,
    V1_LIST_TIME_OFFS,
    V1_GET_TIME_OFF,
    V1_CREATE_TIME_OFF,
    V1_DELETE_TIME_OFF,
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
    V2_CREATE_ABSENCE_PERIOD,
    V2_UPDATE_ABSENCE_PERIOD,
    V2_DELETE_ABSENCE_PERIOD,
    V2_LIST_ATTENDANCE_PERIODS,
    V2_GET_ATTENDANCE_PERIOD,
    V2_CREATE_ATTENDANCE_PERIOD,
    V2_UPDATE_ATTENDANCE_PERIOD,
    V2_DELETE_ATTENDANCE_PERIOD,
    V2_LIST_ORG_UNITS,
    V2_GET_ORG_UNIT,
    V2_LIST_LEGAL_ENTITIES,
    V2_GET_LEGAL_ENTITY,
    V2_LIST_COST_CENTERS,
    V2_LIST_WORKPLACES,
];
