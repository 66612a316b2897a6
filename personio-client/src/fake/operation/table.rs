//! The one table of the operations: names, rights, habits and handlers.

use super::super::credential::scope;
use super::super::http::Answer;
use super::super::refusal::Refusal;
use super::super::{v1, v2};
use super::{Call, ChangeCall, Handle, Handler, Operation, RequestBody, TokenCall};

/// Where two templates fit a path, the first one wins.
pub(super) static OPERATIONS: [Operation; 34] = {
    use scope::{
        ABSENCES, ABSENCES_WRITE, PERSONS, V1_ABSENCES, V1_ABSENCES_WRITE, V1_ATTENDANCES,
        V1_ATTENDANCES_WRITE, V1_EMPLOYEES, V1_EMPLOYEES_WRITE,
    };
    const fn tokens(
        name: &'static str,
        handle: fn(&mut TokenCall<'_>) -> Result<Answer, Refusal>,
        body: &'static RequestBody,
    ) -> Operation {
        Operation {
            name,
            echoes_token: false,
            handler: Handler::Tokens(handle),
            body: Some(body),
        }
    }
    const fn echoing(
        name: &'static str,
        scope: &'static str,
        handle: fn(&Call<'_>) -> Result<Answer, Refusal>,
    ) -> Operation {
        Operation {
            name,
            echoes_token: true,
            handler: Handler::Resource {
                scope,
                handle: Handle::Read(handle),
            },
            body: None,
        }
    }
    const fn silent(
        name: &'static str,
        scope: &'static str,
        handle: fn(&Call<'_>) -> Result<Answer, Refusal>,
    ) -> Operation {
        Operation {
            name,
            echoes_token: false,
            handler: Handler::Resource {
                scope,
                handle: Handle::Read(handle),
            },
            body: None,
        }
    }
    const fn changing(
        name: &'static str,
        scope: &'static str,
        handle: fn(&mut ChangeCall<'_>) -> Result<Answer, Refusal>,
    ) -> Operation {
        Operation {
            name,
            echoes_token: false,
            handler: Handler::Resource {
                scope,
                handle: Handle::Change(handle),
            },
            body: None,
        }
    }
    const fn echoing_change(
        name: &'static str,
        scope: &'static str,
        handle: fn(&mut ChangeCall<'_>) -> Result<Answer, Refusal>,
    ) -> Operation {
        Operation {
            echoes_token: true,
            ..changing(name, scope, handle)
        }
    }
    [
        tokens(
            "POST /v1/auth",
            v1::auth::authenticate,
            &v1::auth::CREDENTIALS,
        ),
        echoing(
            "GET /v1/company/employees",
            V1_EMPLOYEES,
            v1::employees::list,
        ),
        echoing(
            "GET /v1/company/employees/attributes",
            V1_EMPLOYEES,
            v1::employees::attributes,
        ),
        echoing(
            "GET /v1/company/employees/custom-attributes",
            V1_EMPLOYEES,
            v1::employees::attributes,
        ),
        echoing(
            "GET /v1/company/employees/{id}",
            V1_EMPLOYEES,
            v1::employees::get,
        ),
        echoing(
            "GET /v1/company/employees/{id}/absences/balance",
            V1_ABSENCES,
            v1::time_offs::balance,
        ),
        echoing(
            "GET /v1/company/time-off-types",
            V1_ABSENCES,
            v1::time_offs::types,
        ),
        echoing(
            "GET /v1/company/time-offs",
            V1_ABSENCES,
            v1::time_offs::list,
        ),
        echoing(
            "GET /v1/company/time-offs/{id}",
            V1_ABSENCES,
            v1::time_offs::get,
        ),
        echoing(
            "GET /v1/company/absence-periods",
            V1_ABSENCES,
            v1::absence_periods::list,
        ),
        echoing(
            "GET /v1/company/attendances",
            V1_ATTENDANCES,
            v1::attendances::list,
        ),
        changing(
            "POST /v1/company/attendances",
            V1_ATTENDANCES_WRITE,
            v1::attendances::create,
        )
        .taking(&v1::attendances::CREATE),
        changing(
            "PATCH /v1/company/attendances/{id}",
            V1_ATTENDANCES_WRITE,
            v1::attendances::update,
        )
        .taking(&v1::attendances::UPDATE),
        changing(
            "DELETE /v1/company/attendances/{id}",
            V1_ATTENDANCES_WRITE,
            v1::attendances::delete,
        ),
        echoing_change(
            "POST /v1/company/employees",
            V1_EMPLOYEES_WRITE,
            v1::staff::create,
        )
        .taking(&v1::staff::CREATE),
        echoing_change(
            "PATCH /v1/company/employees/{id}",
            V1_EMPLOYEES_WRITE,
            v1::staff::update,
        )
        .taking(&v1::staff::UPDATE),
        echoing_change(
            "POST /v1/company/time-offs",
            V1_ABSENCES_WRITE,
            v1::booking::book_days,
        )
        .taking(&v1::booking::DAYS),
        echoing_change(
            "DELETE /v1/company/time-offs/{id}",
            V1_ABSENCES_WRITE,
            v1::booking::delete_days,
        ),
        echoing_change(
            "POST /v1/company/absence-periods",
            V1_ABSENCES_WRITE,
            v1::booking::book_hours,
        )
        .taking(&v1::booking::HOURS),
        echoing_change(
            "DELETE /v1/company/absence-periods/{id}",
            V1_ABSENCES_WRITE,
            v1::booking::delete_hours,
        ),
        changing(
            "POST /v2/absence-periods",
            ABSENCES_WRITE,
            v2::booking::create,
        )
        .taking(&v2::booking::CREATE),
        changing(
            "PATCH /v2/absence-periods/{id}",
            ABSENCES_WRITE,
            v2::booking::update,
        )
        .taking(&v2::booking::UPDATE),
        changing(
            "DELETE /v2/absence-periods/{id}",
            ABSENCES_WRITE,
            v2::booking::delete,
        ),
        tokens("POST /v2/auth/token", v2::auth::token, &v2::auth::TOKEN),
        tokens("POST /v2/auth/revoke", v2::auth::revoke, &v2::auth::REVOKE),
        silent("GET /v2/persons", PERSONS, v2::persons::list),
        silent("GET /v2/persons/{id}", PERSONS, v2::persons::get),
        silent(
            "GET /v2/persons/{person_id}/employments",
            PERSONS,
            v2::employments::list,
        ),
        silent(
            "GET /v2/persons/{person_id}/employments/{id}",
            PERSONS,
            v2::employments::get,
        ),
        silent("GET /v2/absence-types", ABSENCES, v2::absence_types::list),
        silent(
            "GET /v2/absence-types/{id}",
            ABSENCES,
            v2::absence_types::get,
        ),
        silent(
            "GET /v2/absence-periods",
            ABSENCES,
            v2::absence_periods::list,
        ),
        silent(
            "GET /v2/absence-periods/{id}",
            ABSENCES,
            v2::absence_periods::get,
        ),
        silent(
            "GET /v2/absence-periods/{id}/breakdowns",
            ABSENCES,
            v2::absence_periods::breakdowns,
        ),
    ]
};
