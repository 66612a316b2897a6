use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use sync_core::{
    Coverage, Employee, FieldName, Gap, Known, Snapshot, SnapshotRequest, Source, SourceError,
    SourceId, Value,
};

use super::{PersonioSource, found, source_error};
use crate::{
    EmployeeId, Moment, Observed,
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

/// Attributes that are declared as dates, but are points in time.
const TIME_STAMPS: [&str; 2] = ["created_at", LAST_CHANGE];
const LAST_CHANGE: &str = "last_modified_at";

#[async_trait]
impl Source<Employee> for PersonioSource {
    /// Reads all employees with every attribute that the credential may read, leavers included.
    ///
    /// Beside an attribute that names another object stands its id, such as `department.id` or `supervisor.id`.
    /// `absence_entitlement` is a sum of days, and beside it stands each type's own, such as `absence_entitlement.17`.
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
                if let Some(at) = changed_at(employee) {
                    snapshot.note_change(id.clone(), at);
                }
                let read = self.with_amounts(employee).await;
                snapshot.insert(id, read.map_err(source_error("absence balances"))?);
            }
        }
        self.look_up(&mut snapshot, &request.known, |id| async move {
            let Ok(number) = id.as_str().parse() else {
                return Err(crate::Error::invalid_request(
                    "an employee id is made of digits",
                ));
            };
            let id = EmployeeId::new(number);
            match found(self.client.v1().employees().get(id).await)? {
                Some(employee) => self.with_amounts(&employee).await.map(Some),
                None => Ok(None),
            }
        })
        .await;
        Ok(snapshot)
    }
}

/// Returns when Personio last changed somebody; `None` where the credential may not read that.
fn changed_at(employee: &v1::Employee) -> Option<DateTime<Utc>> {
    match &employee.attributes.get(LAST_CHANGE)?.value {
        Observed::Value(AttributeValue::Moment(moment)) => Some(moment.instant()?.to_utc()),
        _ => None,
    }
}

/// Asks for more than is needed: in which zone Personio reads the moment is not documented, and some changes
/// are reported late (observed).
fn changed_since(since: DateTime<Utc>) -> ListEmployees {
    let earlier = since.checked_sub_signed(TimeDelta::hours(26));
    ListEmployees::new().updated_since(earlier.unwrap_or(since).naive_utc())
}

pub(super) fn employee_of(employee: &v1::Employee) -> Employee {
    let mut attributes = BTreeMap::new();
    for (key, attribute) in &employee.attributes {
        let id_key = || FieldName::new(format!("{key}.id"));
        let (label, id) = match &attribute.value {
            Observed::NotObserved => continue,
            Observed::Null => (Known::Cleared, Some(Known::Cleared)),
            Observed::Value(AttributeValue::Moment(moment))
                if TIME_STAMPS.contains(&key.as_str()) =>
            {
                (time_stamp(moment), None)
            }
            Observed::Value(value) => value_of(value),
        };
        if let Some(id) = id.filter(|_| LINKED.contains(&key.as_str())) {
            attributes.insert(id_key(), id);
        }
        attributes.insert(FieldName::new(key.clone()), label);
    }
    Employee { attributes }
}

/// Returns a point in time as text in UTC, such as `2026-03-02T08:15:00Z`; one without a zone was not observed.
fn time_stamp(moment: &Moment) -> Known<Value> {
    moment.instant().map_or(Known::NotObserved, |instant| {
        let utc = instant.to_utc();
        Known::Value(utc.to_rfc3339_opts(SecondsFormat::Secs, true).into())
    })
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
