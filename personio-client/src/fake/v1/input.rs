//! Bodies of v1 requests: JSON, or a form with brackets in its names.

use serde_json::{Map, Value, json};

use super::super::http::Request;

/// A body, whatever it came as.
pub(super) struct Body(Value);

impl Body {
    pub(super) fn read(request: &Request) -> Self {
        let json = serde_json::from_slice(&request.body).ok();
        Self(json.unwrap_or_else(|| from_form(&request.body)))
    }

    pub(super) fn value(&self) -> &Value {
        &self.0
    }

    /// The rows of a list.
    pub(super) fn rows(&self, name: &str) -> Vec<Value> {
        self.0[name].as_array().cloned().unwrap_or_default()
    }
}

/// Reads `a=1`, `a[b]=1` and `a[][b]=1`; a row ends where one of its names comes again.
pub(crate) fn from_form(form: &[u8]) -> Value {
    let mut members = Map::new();
    for (name, value) in url::form_urlencoded::parse(form).into_owned() {
        let Some((list, rest)) = name.split_once('[') else {
            members.insert(name, value.into());
            continue;
        };
        let inner = rest.trim_start_matches(']').trim_matches(['[', ']']);
        let is_row = rest.starts_with(']');
        let place = members
            .entry(list)
            .or_insert_with(|| if is_row { json!([]) } else { json!({}) });
        match place {
            Value::Array(rows) => {
                if rows.last().is_none_or(|row| row.get(inner).is_some()) {
                    rows.push(json!({}));
                }
                if let Some(row) = rows.last_mut() {
                    row[inner] = value.into();
                }
            }
            Value::Object(members) => drop(members.insert(inner.to_owned(), value.into())),
            _ => {}
        }
    }
    Value::Object(members)
}

pub(super) fn text<'a>(row: &'a Value, name: &str) -> Option<&'a str> {
    row[name].as_str()
}

/// Reads a whole number, from text too.
pub(super) fn number(row: &Value, name: &str) -> Option<u32> {
    match &row[name] {
        Value::String(digits) => digits.parse().ok(),
        value => value.as_u64()?.try_into().ok(),
    }
}

/// Reads a boolean in its three spellings.
pub(super) fn flag(row: &Value, name: &str) -> Option<bool> {
    match &row[name] {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => match text.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        Value::Number(number) => Some(number.as_u64()? == 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_reads_as_the_same_json() {
        let form = b"skip_approval=true&attendances[][employee]=1&attendances[]break=5\
            &attendances[][employee]=2&employee[first_name]=Ada";
        assert_eq!(
            from_form(form),
            json!({
                "skip_approval": "true",
                "attendances": [{ "employee": "1", "break": "5" }, { "employee": "2" }],
                "employee": { "first_name": "Ada" },
            })
        );
    }
}
