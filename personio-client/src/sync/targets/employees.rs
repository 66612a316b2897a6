use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use sync_core::{
    Access, Account, Applied, Capabilities, Change, Class, Effect, ErrorClass, Existing, FieldName,
    Known, ReadRequest, Record as _, TargetError, TargetSystem, Value, account::field,
};

use super::super::employees::employee_of;
use super::{creation_failure, explained, failure, refused, texts};
use crate::{
    Client, EmployeeId, Observed,
    v1::{self, EmployeeChange, EmployeeStatus, Gender, ListEmployees, NewEmployee},
};

/// Creates employees in Personio, for products in which people are entered first. Nothing else: employees are never changed, locked
/// or deleted through it.
///
/// The fields of an account go to the attributes of the same name: `email`, `first_name`, `last_name`, `preferred_name`,
/// `gender`, `position`, `subcompany`, `department`, `office` (the last three by name), `hire_date`, `weekly_working_hours`,
/// `status`, `supervisor_id`, and custom ones such as `dynamic_42`. [`field`](Self::field) gives them other names. The
/// access of an account is not written.
///
/// Personio keeps no id of the product beside an employee, so after a lost answer the employee is found by the address, which
/// is unique in Personio. What Personio has against the input is told as it says it.
#[derive(Clone, Debug)]
pub struct PersonioEmployees {
    client: Client,
    /// The names of the product's fields, and the attributes that they go to.
    attributes: BTreeMap<FieldName, String>,
}

/// What can be written, beside custom attributes.
const WRITABLE: [&str; 13] = [
    "email",
    "first_name",
    "last_name",
    "preferred_name",
    "gender",
    "position",
    "subcompany",
    "department",
    "office",
    "hire_date",
    "weekly_working_hours",
    "status",
    "supervisor_id",
];

impl PersonioEmployees {
    /// Creates employees through a client.
    pub fn new(client: Client) -> Self {
        let attributes = WRITABLE.map(|name| (FieldName::new(name), name.to_owned()));
        Self {
            client,
            attributes: attributes.into(),
        }
    }

    /// Lets a field of the product go to an attribute of another name, such as `role` to `position`.
    #[must_use]
    pub fn field(mut self, field: impl Into<FieldName>, attribute: &str) -> Self {
        self.attributes.retain(|_, known| known != attribute);
        self.attributes.insert(field.into(), attribute.to_owned());
        self
    }

    fn existing(&self, employee: &v1::Employee) -> Existing<Account> {
        let read = employee_of(employee);
        let attribute = |name: &str| read.get(&FieldName::new(name.to_owned()));
        let mut account = Account::default();
        for (field, name) in &self.attributes {
            let known = match name.as_str() {
                "supervisor_id" => attribute("supervisor.id"),
                name => attribute(name),
            };
            account = account.with_known(field.clone(), shown(name, known));
        }
        if let Observed::Value(status) = employee.status() {
            let access = match status {
                EmployeeStatus::Inactive => Access::Locked,
                EmployeeStatus::Onboarding => Access::Staged,
                _ => Access::Active,
            };
            account = account.with(field::ACCESS, access.as_str());
        }
        Existing::new(employee.id.to_string(), account)
    }

    async fn create(&self, account: &Account) -> Result<Applied, TargetError> {
        let new = self.written(account)?;
        let sent = texts(account);
        let created = self.client.v1().employees().create(new).await;
        match created {
            Ok(created) => {
                if !created.ignored.is_empty() {
                    tracing::warn!(
                        employee = %created.id,
                        "Personio ignored {} names of units that it does not have",
                        created.ignored.len()
                    );
                }
                Ok(Applied::to(created.id.to_string()))
            }
            Err(error) if error.is_invalid_request() && self.is_there(account).await => {
                Err(explained(ErrorClass::Conflict, error, &sent))
            }
            Err(error) => Err(creation_failure(error, &sent)),
        }
    }

    /// Tells whether somebody has the address, who is then found by the next plan.
    async fn is_there(&self, account: &Account) -> bool {
        let Some(email) = account.text(&field::EMAIL) else {
            return false;
        };
        let list = ListEmployees::new().email(email);
        let listing = self.client.v1().employees().list(list).collect().await;
        listing.is_ok_and(|listing| !listing.records.is_empty())
    }

    /// Personio itself says what is missing: what the account lacks is sent empty.
    fn written(&self, account: &Account) -> Result<NewEmployee, TargetError> {
        let mut required = BTreeMap::from([("email", ""), ("first_name", ""), ("last_name", "")]);
        let fields = account.fields();
        let mut change = EmployeeChange::new();
        for (field, known) in &fields {
            let Known::Value(value) = known else { continue };
            if *field == field::ACCESS {
                continue;
            }
            let name = self
                .attributes
                .get(field)
                .map_or(field.as_str(), String::as_str);
            let form = |expected| refused(format!("{field}: expected {expected}"));
            if let Some(place) = required.get_mut(name) {
                *place = value.as_text().ok_or_else(|| form("text"))?;
                continue;
            }
            let text = || value.as_text().ok_or_else(|| form("text"));
            change = match name {
                "preferred_name" => change.preferred_name(text()?),
                "gender" => change.gender(&Gender::from(text()?)),
                "position" => change.position(text()?),
                "subcompany" => change.subcompany(text()?),
                "department" => change.department(text()?),
                "office" => change.office(text()?),
                "status" => change.status(&EmployeeStatus::from(text()?)),
                "hire_date" => change.hire_date(day(value).ok_or_else(|| form("a date"))?),
                "weekly_working_hours" => {
                    change.weekly_working_hours(number(value).ok_or_else(|| form("a number"))?)
                }
                "supervisor_id" => {
                    let id = value.to_string().parse().map(EmployeeId::new);
                    change.supervisor(Some(id.map_err(|_| form("the id of an employee"))?))
                }
                custom if custom.starts_with("dynamic_") => {
                    change.custom(custom, value.to_string())
                }
                _ => {
                    return Err(refused(format!(
                        "{field}: Personio cannot be sent such a field"
                    )));
                }
            };
        }
        let [email, first_name, last_name] = ["email", "first_name", "last_name"]
            .map(|name| required.get(name).copied().unwrap_or_default());
        Ok(NewEmployee::new(email, first_name, last_name, change))
    }
}

#[async_trait]
impl TargetSystem<Account> for PersonioEmployees {
    fn capabilities(&self) -> Capabilities {
        Class::ALL
            .into_iter()
            .filter(|class| *class != Class::Create)
            .fold(Capabilities::all(), Capabilities::without)
            .without_external_ids()
    }

    async fn read(&self, _: &ReadRequest) -> Result<Vec<Existing<Account>>, TargetError> {
        let list = self.client.v1().employees().list(ListEmployees::new());
        let listing = list.collect().await.map_err(|error| failure(error, &[]))?;
        let employees = listing.records.iter();
        Ok(employees.map(|employee| self.existing(employee)).collect())
    }

    async fn apply(&self, changes: &[Change<Account>]) -> Vec<Result<Applied, TargetError>> {
        let mut answers = Vec::with_capacity(changes.len());
        for change in changes {
            answers.push(match &change.effect {
                Effect::Create(account) => self.create(account).await,
                _ => Err(ErrorClass::NotSupported.into()),
            });
        }
        answers
    }
}

/// Returns an attribute in the form in which it is written: hours come as text and are a number (observed).
fn shown(name: &str, known: Known<&Value>) -> Known<Value> {
    match (name, known) {
        ("weekly_working_hours", Known::Value(value)) => {
            number(value).map_or(Known::NotObserved, |hours| Known::Value(hours.into()))
        }
        (_, known) => known.map(Clone::clone),
    }
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn day(value: &Value) -> Option<NaiveDate> {
    let text = || value.as_text()?.trim().parse().ok();
    value.as_date().or_else(text)
}
