//! What an admin request says, and what is wrong with it.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::{Map, Value, json};

use super::super::http::{Answer, Body};

/// Why an admin request was refused; nothing has changed then.
#[derive(Debug)]
pub(crate) struct Problem {
    status: u16,
    pub(crate) field: String,
    pub(crate) message: String,
    allowed: String,
}

impl Problem {
    pub(super) fn bad(field: &str, message: &str, allowed: &str) -> Self {
        Self::new(400, field, message, allowed)
    }

    pub(super) fn not_found(field: &str, message: &str, allowed: &str) -> Self {
        Self::new(404, field, message, allowed)
    }

    /// The machine would not do it.
    pub(super) fn failed(error: &std::io::Error) -> Self {
        Self::new(
            500,
            "state",
            &error.kind().to_string(),
            "a file that can be written",
        )
    }

    fn new(status: u16, field: &str, message: &str, allowed: &str) -> Self {
        Self {
            status,
            field: field.to_owned(),
            message: message.to_owned(),
            allowed: allowed.to_owned(),
        }
    }

    pub(super) fn into_answer(self) -> Answer {
        let error =
            json!({ "field": self.field, "message": self.message, "allowed": self.allowed });
        Answer::new(self.status, Body::Json(json!({ "error": error })))
    }
}

/// The members of the JSON object in a request.
pub(super) struct Input(pub(super) Map<String, Value>);

impl Input {
    /// Reads an object that has no other members than these.
    pub(super) fn read(body: &[u8], known: &[&str]) -> Result<Self, Problem> {
        let input = Self::read_any(body)?;
        input.only(known)?;
        Ok(input)
    }

    /// Reads an object with members of any name.
    pub(super) fn read_any(body: &[u8]) -> Result<Self, Problem> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Problem::bad("body", "it is no object", "a JSON object")),
            Err(_) => Err(Problem::bad("body", "it is no JSON", "a JSON object")),
        }
    }

    pub(super) fn only(&self, known: &[&str]) -> Result<(), Problem> {
        match self.0.keys().find(|name| !known.contains(&name.as_str())) {
            Some(unknown) => Err(Problem::bad(
                unknown,
                "there is no such member",
                &known.join(", "),
            )),
            None => Ok(()),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Problem> {
        self.member(name, "text", Value::as_str)
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        self.member(name, "true or false", Value::as_bool)
    }

    pub(super) fn whole(&self, name: &str) -> Result<Option<u32>, Problem> {
        self.member(name, "a whole number, 0 or more", |value| {
            value.as_u64()?.try_into().ok()
        })
    }

    pub(super) fn signed(&self, name: &str) -> Result<Option<i32>, Problem> {
        self.member(name, "a whole number", |value| {
            value.as_i64()?.try_into().ok()
        })
    }

    pub(super) fn fraction(&self, name: &str) -> Result<Option<f64>, Problem> {
        self.member(name, "a number from 0 to 1", |value| {
            value.as_f64().filter(|share| (0.0..=1.0).contains(share))
        })
    }

    /// An id, as text or as a number.
    pub(super) fn id(&self, name: &str) -> Result<Option<String>, Problem> {
        self.member(name, "an id", |value| match value {
            Value::String(id) => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        })
    }

    pub(super) fn day(&self, name: &str) -> Result<Option<NaiveDate>, Problem> {
        self.member(name, "a day as YYYY-MM-DD", |value| {
            value.as_str()?.parse().ok()
        })
    }

    pub(super) fn time(&self, name: &str) -> Result<Option<NaiveTime>, Problem> {
        self.member(name, "a time as HH:MM", |value| {
            NaiveTime::parse_from_str(value.as_str()?, "%H:%M").ok()
        })
    }

    pub(super) fn instant(&self, name: &str) -> Result<Option<DateTime<Utc>>, Problem> {
        self.member(name, "an instant as 2026-03-09T08:00:00Z", |value| {
            let instant = DateTime::parse_from_rfc3339(value.as_str()?);
            Some(instant.ok()?.to_utc())
        })
    }

    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Problem> {
        self.member(name, "a list of texts or numbers", |value| {
            let texts = value.as_array()?.iter().map(|text| match text {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            });
            texts.collect()
        })
    }

    /// Reads a member; null is as good as left out.
    fn member<'a, T>(
        &'a self,
        name: &str,
        allowed: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value)
                .map(Some)
                .ok_or_else(|| Problem::bad(name, "the value does not fit", allowed)),
        }
    }
}

/// Insists on a member.
pub(super) fn required<T>(given: Option<T>, name: &str, allowed: &str) -> Result<T, Problem> {
    given.ok_or_else(|| Problem::bad(name, "it is missing", allowed))
}
