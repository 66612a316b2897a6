//! Requests whose answers are compared with the files.

mod v1;
mod v2;

use personio_client::fake::{AbsenceNumber, AbsenceTypeNumber, AbsenceUnit, FakePersonio};
use serde_json::Value;

use super::super::caller::Caller;
use super::files::Schema;

/// A request and where to find the schema of its answer.
pub(super) struct Sample {
    pub(super) operation: &'static str,
    pub(super) path: String,
    body: Option<Body>,
    pub(super) status: u16,
    pub(super) schema: Schema,
}

enum Body {
    Json(Value),
    Form(Vec<(&'static str, &'static str)>),
}

/// At least one request to each operation whose answer has a schema, in an order in which they can be sent: what is
/// written comes after what is read, v2 reads what v1 has written, and a webhook tells what both have.
pub(super) fn samples(fake: &FakePersonio) -> Vec<Sample> {
    let mut samples = v1::reads(fake);
    samples.extend(v2::reads(fake));
    samples.extend(v2::registrations());
    samples.extend(v1::writes(fake));
    samples.extend(v2::writes(fake));
    samples
}

impl Sample {
    /// A request without a body; the file knows the path under a name of its own.
    fn of(
        operation: &'static str,
        path: impl Into<String>,
        status: u16,
        file: &'static str,
        path_in_file: &'static str,
    ) -> Self {
        let method = match operation.split_once(' ').unwrap().0 {
            "GET" => "get",
            "POST" => "post",
            "PATCH" => "patch",
            _ => "delete",
        };
        Self {
            operation,
            path: path.into(),
            body: None,
            status,
            schema: Schema {
                file,
                path: path_in_file,
                method,
            },
        }
    }

    fn asking(mut self, query: &str) -> Self {
        self.path = format!("{}?{query}", self.path);
        self
    }

    fn sending(mut self, body: Value) -> Self {
        self.body = Some(Body::Json(body));
        self
    }

    fn sending_form(mut self, form: Vec<(&'static str, &'static str)>) -> Self {
        self.body = Some(Body::Form(form));
        self
    }

    pub(super) fn request(&self, caller: &Caller) -> reqwest::RequestBuilder {
        let (method, _) = self.operation.split_once(' ').unwrap();
        let request = caller.call(method.parse().unwrap(), &self.path);
        match &self.body {
            None => request,
            Some(Body::Json(body)) => request.json(body),
            Some(Body::Form(form)) => request.form(form),
        }
    }
}

fn type_in(fake: &FakePersonio, unit: AbsenceUnit) -> AbsenceTypeNumber {
    fake.company(|company| {
        let mut types = company.absence_types();
        types.find(|it| it.unit() == unit).unwrap().number()
    })
}

/// The first absence of a type in days.
fn first_time_off(fake: &FakePersonio) -> AbsenceNumber {
    fake.company(|company| {
        let daily = |number| {
            let mut types = company.absence_types();
            types.any(|kind| kind.number() == number && kind.unit() == AbsenceUnit::Day)
        };
        company
            .absences()
            .find(|absence| daily(absence.absence_type()))
            .unwrap()
            .number()
    })
}
