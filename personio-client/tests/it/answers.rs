//! Answers of Personio about invented people.

use serde_json::{Value, json};

/// An employee of v1 with an id and a first name.
pub(crate) fn employee(id: u64, first_name: &str) -> Value {
    json!({"type": "Employee", "attributes": {
        "id": {"label": "ID", "value": id, "type": "integer", "universal_id": "id"},
        "first_name": {"label": "Vorname", "value": first_name, "type": "standard", "universal_id": "first_name"},
    }})
}

/// Employees with consecutive ids.
pub(crate) fn employees(ids: impl IntoIterator<Item = u64>) -> Vec<Value> {
    ids.into_iter().map(|id| employee(id, "Ilze")).collect()
}

/// A page of v1 that declares a total.
pub(crate) fn v1_page(rows: Vec<Value>, total: u64, total_pages: u64) -> String {
    let metadata = json!({"total_elements": total, "current_page": 1, "total_pages": total_pages});
    json!({"success": true, "metadata": metadata, "offset": 0, "limit": "200", "data": rows})
        .to_string()
}

/// A page of v1 without metadata.
pub(crate) fn bare_v1_page(rows: Vec<Value>) -> String {
    json!({"success": true, "data": rows}).to_string()
}

/// A day-based absence of v1.
pub(crate) fn time_off(id: u64) -> Value {
    json!({"type": "TimeOffPeriod", "attributes": {
        "id": id, "status": "approved",
        "start_date": "2026-08-03T00:00:00+02:00", "end_date": "2026-08-07T00:00:00+02:00",
        "days_count": 5, "half_day_start": 0, "half_day_end": 0,
        "employee": employee(7, "Zofia"),
    }})
}

/// A person of v2.
pub(crate) fn person(id: &str) -> Value {
    json!({"id": id, "first_name": "Maël", "employments": [{"id": format!("employment-of-{id}")}]})
}

/// A page of v2, with a link to the next one or without.
pub(crate) fn v2_page(rows: Vec<Value>, next: Option<&str>) -> String {
    let mut links = json!({"self": {"href": "https://api.personio.de/v2/persons"}});
    if let Some(next) = next {
        links["next"] = json!({"href": next});
    }
    json!({"_data": rows, "_meta": {"links": links}}).to_string()
}
