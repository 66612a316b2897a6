use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sync_core::{
    Coverage, Employee, FieldName, Gap, Known, Snapshot, SnapshotRequest, Source, SourceError,
    SourceId, Value,
};

use super::{PersonioSource, source_error};
use crate::{
    EmployeeId, Observed,
    v1::{self, AttributeValue, ListEmployees},
};

/// Attributes that hold another object; its id goes beside it under `<name>.id`.
const LINKED: [&str; 6] = [
    "supervisor",
    "subcompany",
    "office",
    "department",
    "team",
    "cost_centers",
];

#[async_trait]
impl Source<Employee> for PersonioSource {
    /// Reads all employees with every attribute that the credential may read, leavers included.
    async fn snapshot(&self, request: &SnapshotRequest) -> Result<Snapshot<Employee>, SourceError> {
        let taken_at = self.client.inner.clock.now();
        let employees = self.client.v1().employees();
        // Some credentials may not list their attributes (observed). Without the list, nobody can
        // tell an attribute that was withdrawn from one that is gone, so nothing may be concluded
        // from what is missing.
        let doubts = match employees.attributes().await {
            Ok(_) => Vec::new(),
            Err(error) if error.is_forbidden() => {
                vec![Gap::Other(
                    "the credential may not list the attributes that it may read".to_owned(),
                )]
            }
            Err(error) => return Err(source_error("the readable attributes")(error)),
        };
        let list = match &request.coverage {
            Coverage::ChangedSince(since) => changed_since(*since),
            // v1 has no filter by id.
            _ => ListEmployees::new(),
        };
        let listing = employees
            .list(list)
            .collect()
            .await
            .map_err(source_error("employees"))?;
        let mut snapshot = self.begin(&request.coverage, &listing, doubts, taken_at);
        for employee in &listing.records {
            let id = SourceId::new(employee.id.to_string());
            let is_asked_for = match &request.coverage {
                Coverage::Ids(ids) => ids.contains(&id),
                Coverage::All | Coverage::Window(_) | Coverage::ChangedSince(_) => true,
            };
            if is_asked_for {
                snapshot.insert(id, employee_of(employee));
            }
        }
        self.look_up(&mut snapshot, &request.known, |id| async move {
            let Ok(number) = id.as_str().parse() else {
                return Err(crate::Error::invalid_request(
                    "an employee id is made of digits",
                ));
            };
            let found = self
                .client
                .v1()
                .employees()
                .get(EmployeeId::new(number))
                .await?;
            Ok(employee_of(&found))
        })
        .await;
        Ok(snapshot)
    }
}

/// Asks for more than is needed: in which zone Personio reads the moment is not documented, and some changes
/// are reported late (observed).
fn changed_since(since: DateTime<Utc>) -> ListEmployees {
    let earlier = since.checked_sub_signed(TimeDelta::hours(26));
    ListEmployees::new().updated_since(earlier.unwrap_or(since).naive_utc())
}

fn employee_of(employee: &v1::Employee) -> Employee {
    let mut attributes = BTreeMap::new();
    for (key, attribute) in &employee.attributes {
        let id_key = || FieldName::new(format!("{key}.id"));
        let (label, id) = match &attribute.value {
            Observed::NotObserved => continue,
            Observed::Null => (Known::Cleared, Some(Known::Cleared)),
            Observed::Value(value) => value_of(value),
        };
        if let Some(id) = id.filter(|_| LINKED.contains(&key.as_str())) {
            attributes.insert(id_key(), id);
        }
        attributes.insert(FieldName::new(key.clone()), label);
    }
    Employee { attributes }
}

/// Returns the value as a product wants it, and the id of a linked object.
///
/// A value in a shape that nobody knows was not observed: it must not clear anything.
fn value_of(value: &AttributeValue) -> (Known<Value>, Option<Known<Value>>) {
    let text = |text: &str| Known::Value(Value::from(text));
    match value {
        AttributeValue::Text(value) => (text(value), None),
        AttributeValue::Number(number) => (Known::Value((*number).into()), None),
        AttributeValue::Flag(flag) => (Known::Value((*flag).into()), None),
        AttributeValue::Moment(moment) => (Known::Value(moment.day().into()), None),
        AttributeValue::Tags(tags) => {
            let tags = tags.iter().map(|tag| Value::from(tag.as_str())).collect();
            (Known::Value(Value::List(tags)), None)
        }
        AttributeValue::Employee(employee) => {
            let id = employee.id.to_string();
            (text(&id), Some(text(&id)))
        }
        AttributeValue::Reference(reference) => (
            reference.name.as_deref().map_or(Known::NotObserved, text),
            reference.id.map(|id| text(&id.to_string())),
        ),
        AttributeValue::CostCenters(centers) => {
            let names = centers.iter().filter_map(|center| center.name.as_deref());
            let ids = centers
                .iter()
                .map(|center| Value::from(center.id.to_string()));
            (
                Known::Value(Value::List(names.map(Value::from).collect())),
                Some(Known::Value(Value::List(ids.collect()))),
            )
        }
        AttributeValue::HolidayCalendar(calendar) => (
            calendar.name.as_deref().map_or(Known::NotObserved, text),
            None,
        ),
        _ => (Known::NotObserved, None),
    }
}
