//! The one table of the operations: names, rights, habits and handlers.

use super::super::credential::scope;
use super::super::http::Answer;
use super::super::refusal::Refusal;
use super::super::v2::input::APPROVAL;
use super::super::v2::query::PAGING;
use super::super::{v1, v2};
use super::{Call, ChangeCall, Handler, Operation, RequestBody, TokenCall, changing, reading};

pub(super) static OPERATIONS: [Operation; 60] = {
    use scope::{
        ABSENCES, ABSENCES_WRITE, ATTENDANCES, ATTENDANCES_WRITE, COST_CENTERS, LEGAL_ENTITIES,
        ORG_UNITS, PERSONS, PROJECTS, PROJECTS_WRITE, RECRUITING, REPORTS, V1_ABSENCES,
        V1_ABSENCES_WRITE, V1_ATTENDANCES, V1_ATTENDANCES_WRITE, V1_EMPLOYEES, V1_EMPLOYEES_WRITE,
        WORKPLACES,
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
            parameters: &[],
            body: Some(body),
        }
    }
    const fn echoing(
        name: &'static str,
        scope: &'static str,
        handle: fn(&Call<'_>) -> Result<Answer, Refusal>,
    ) -> Operation {
        Operation {
            echoes_token: true,
            ..reading(name, scope, handle)
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
        )
        .asking(v1::auth::PARAMETERS),
        echoing(
            "GET /v1/company/employees",
            V1_EMPLOYEES,
            v1::employees::list,
        )
        .asking(v1::employees::PARAMETERS),
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
        reading(
            "GET /v1/company/employees/{id}/profile-picture",
            V1_EMPLOYEES,
            v1::pictures::get,
        ),
        reading(
            "GET /v1/company/employees/{id}/profile-picture/{width}",
            V1_EMPLOYEES,
            v1::pictures::get,
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
        )
        .asking(v1::time_offs::TYPE_PARAMETERS),
        echoing(
            "GET /v1/company/time-offs",
            V1_ABSENCES,
            v1::time_offs::list,
        )
        .asking(v1::time_offs::PARAMETERS),
        echoing(
            "GET /v1/company/time-offs/{id}",
            V1_ABSENCES,
            v1::time_offs::get,
        ),
        echoing(
            "GET /v1/company/absence-periods",
            V1_ABSENCES,
            v1::absence_periods::list,
        )
        .asking(v1::absence_periods::PARAMETERS),
        echoing(
            "GET /v1/company/attendances",
            V1_ATTENDANCES,
            v1::attendances::list,
        )
        .asking(v1::attendances::PARAMETERS),
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
        )
        .asking(APPROVAL),
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
        .asking(APPROVAL)
        .taking(&v2::booking::CREATE),
        changing(
            "PATCH /v2/absence-periods/{id}",
            ABSENCES_WRITE,
            v2::booking::update,
        )
        .asking(APPROVAL)
        .taking(&v2::booking::UPDATE),
        changing(
            "DELETE /v2/absence-periods/{id}",
            ABSENCES_WRITE,
            v2::booking::delete,
        ),
        tokens("POST /v2/auth/token", v2::auth::token, &v2::auth::TOKEN),
        tokens("POST /v2/auth/revoke", v2::auth::revoke, &v2::auth::REVOKE),
        reading("GET /v2/persons", PERSONS, v2::persons::list).asking(v2::persons::PARAMETERS),
        reading("GET /v2/persons/{id}", PERSONS, v2::persons::get),
        reading(
            "GET /v2/persons/{person_id}/employments",
            PERSONS,
            v2::employments::list,
        )
        .asking(v2::employments::PARAMETERS),
        reading(
            "GET /v2/persons/{person_id}/employments/{id}",
            PERSONS,
            v2::employments::get,
        ),
        reading("GET /v2/absence-types", ABSENCES, v2::absence_types::list).asking(PAGING),
        reading(
            "GET /v2/absence-types/{id}",
            ABSENCES,
            v2::absence_types::get,
        ),
        reading(
            "GET /v2/absence-periods",
            ABSENCES,
            v2::absence_periods::list,
        )
        .asking(v2::absence_periods::PARAMETERS),
        reading(
            "GET /v2/absence-periods/{id}",
            ABSENCES,
            v2::absence_periods::get,
        ),
        reading(
            "GET /v2/absence-periods/{id}/breakdowns",
            ABSENCES,
            v2::absence_periods::breakdowns,
        )
        .asking(PAGING),
        changing(
            "POST /v2/attendance-periods",
            ATTENDANCES_WRITE,
            v2::attendance_periods::create,
        )
        .asking(APPROVAL)
        .taking(&v2::attendance_periods::CREATE),
        changing(
            "PATCH /v2/attendance-periods/{id}",
            ATTENDANCES_WRITE,
            v2::attendance_periods::update,
        )
        .asking(APPROVAL)
        .taking(&v2::attendance_periods::UPDATE),
        changing(
            "DELETE /v2/attendance-periods/{id}",
            ATTENDANCES_WRITE,
            v2::attendance_periods::delete,
        ),
        reading(
            "GET /v2/attendance-periods",
            ATTENDANCES,
            v2::attendance_periods::list,
        )
        .asking(v2::attendance_periods::PARAMETERS),
        reading(
            "GET /v2/attendance-periods/{id}",
            ATTENDANCES,
            v2::attendance_periods::get,
        ),
        reading("GET /v2/org-units", ORG_UNITS, v2::org_units::list)
            .asking(v2::org_units::PARAMETERS),
        reading("GET /v2/org-units/{id}", ORG_UNITS, v2::org_units::get)
            .asking(&["type", "include_parent_chain"]),
        reading(
            "GET /v2/legal-entities",
            LEGAL_ENTITIES,
            v2::legal_entities::list,
        )
        .asking(v2::legal_entities::PARAMETERS),
        reading(
            "GET /v2/legal-entities/{id}",
            LEGAL_ENTITIES,
            v2::legal_entities::get,
        ),
        reading(
            "GET /v2/cost-centers",
            COST_CENTERS,
            v2::named_units::cost_centers,
        )
        .asking(v2::named_units::PARAMETERS),
        reading(
            "GET /v2/workplaces",
            WORKPLACES,
            v2::named_units::workplaces,
        )
        .asking(v2::named_units::PARAMETERS),
        reading(
            "GET /v2/recruiting/applications",
            RECRUITING,
            v2::nothing::list,
        )
        .asking(v2::nothing::APPLICATIONS),
        reading(
            "GET /v2/recruiting/candidates",
            RECRUITING,
            v2::nothing::list,
        )
        .asking(PAGING),
        reading("GET /v2/recruiting/jobs", RECRUITING, v2::nothing::list).asking(PAGING),
        reading(
            "GET /v2/recruiting/categories",
            RECRUITING,
            v2::nothing::list,
        )
        .asking(PAGING),
        reading("GET /v2/reports", REPORTS, v2::nothing::list).asking(PAGING),
        reading("GET /v2/projects", PROJECTS, v2::projects::list).asking(v2::projects::PARAMETERS),
        reading("GET /v2/projects/{id}", PROJECTS, v2::projects::get).asking(&["include"]),
        reading(
            "GET /v2/projects/{id}/members",
            PROJECTS,
            v2::project_members::list,
        )
        .asking(PAGING),
        changing("POST /v2/projects", PROJECTS_WRITE, v2::projects::create)
            .taking(&v2::projects::CREATE),
        changing(
            "PATCH /v2/projects/{id}",
            PROJECTS_WRITE,
            v2::projects::update,
        )
        .taking(&v2::projects::UPDATE),
        changing(
            "DELETE /v2/projects/{id}",
            PROJECTS_WRITE,
            v2::projects::delete,
        ),
        changing(
            "POST /v2/projects/{id}/members",
            PROJECTS_WRITE,
            v2::project_members::add,
        )
        .taking(&v2::project_members::MEMBERS),
        changing(
            "DELETE /v2/projects/{id}/members",
            PROJECTS_WRITE,
            v2::project_members::remove,
        )
        .taking(&v2::project_members::MEMBERS),
    ]
};
