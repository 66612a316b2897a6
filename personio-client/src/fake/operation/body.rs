//! What the documentation allows the body of a request to hold.

use serde_json::{Map, Value};

/// A documented body, under one of these media types.
pub(crate) struct RequestBody {
    pub(crate) media_types: &'static [&'static str],
    content: Field,
}

pub(crate) const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A field of a body or of an object in it.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    shape: Shape,
    nullable: bool,
}

#[derive(Clone, Copy)]
enum Shape {
    Text,
    Whole,
    Number,
    Flag,
    /// Text by names that the company chooses.
    Texts,
    TextList,
    Object(&'static [Field]),
    Rows(&'static [Field]),
    /// An object of which nothing more is known.
    Open,
}

/// Why a body is not as documented.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// The way to the field, `attendances[0].break`.
    pub(crate) field: String,
    /// What is allowed instead, to be read after the field.
    pub(crate) why: String,
}

impl RequestBody {
    /// An object with these fields.
    pub(crate) const fn object(
        media_types: &'static [&'static str],
        fields: &'static [Field],
    ) -> Self {
        Self {
            media_types,
            content: Field::object(BODY, fields),
        }
    }

    /// A bare list of objects with these fields.
    pub(crate) const fn rows(
        media_types: &'static [&'static str],
        fields: &'static [Field],
    ) -> Self {
        Self {
            media_types,
            content: Field::rows(BODY, fields),
        }
    }

    /// An object whose fields are unknown, or none at all.
    pub(crate) const fn unknown(media_types: &'static [&'static str]) -> Self {
        Self {
            media_types,
            content: Field::new(BODY, Shape::Open),
        }
    }

    pub(crate) fn may_be_missing(&self) -> bool {
        matches!(self.content.shape, Shape::Open)
    }

    /// Says what in a body is not as documented, if anything.
    pub(crate) fn misfit(&self, body: &Value) -> Option<Misfit> {
        match (self.content.shape, body) {
            (Shape::Object(fields), Value::Object(members)) => misfit_in("", fields, members),
            _ => self.content.misfit(BODY, body),
        }
    }

    /// The body that a form stands for, in which everything is text.
    pub(crate) fn read(&self, form: &Value) -> Value {
        self.content.read(form)
    }
}

/// How a misfit calls the body itself.
const BODY: &str = "body";

impl Field {
    pub(crate) const fn text(name: &'static str) -> Self {
        Self::new(name, Shape::Text)
    }

    pub(crate) const fn whole(name: &'static str) -> Self {
        Self::new(name, Shape::Whole)
    }

    pub(crate) const fn number(name: &'static str) -> Self {
        Self::new(name, Shape::Number)
    }

    pub(crate) const fn flag(name: &'static str) -> Self {
        Self::new(name, Shape::Flag)
    }

    pub(crate) const fn texts(name: &'static str) -> Self {
        Self::new(name, Shape::Texts)
    }

    pub(crate) const fn text_list(name: &'static str) -> Self {
        Self::new(name, Shape::TextList)
    }

    pub(crate) const fn object(name: &'static str, fields: &'static [Self]) -> Self {
        Self::new(name, Shape::Object(fields))
    }

    pub(crate) const fn rows(name: &'static str, fields: &'static [Self]) -> Self {
        Self::new(name, Shape::Rows(fields))
    }

    /// Allows null too.
    pub(crate) const fn or_null(self) -> Self {
        Self {
            nullable: true,
            ..self
        }
    }

    const fn new(name: &'static str, shape: Shape) -> Self {
        Self {
            name,
            shape,
            nullable: false,
        }
    }

    fn misfit(&self, path: &str, value: &Value) -> Option<Misfit> {
        if value.is_null() && self.nullable {
            return None;
        }
        let fits = match (self.shape, value) {
            (Shape::Object(fields), Value::Object(members)) => {
                return misfit_in(path, fields, members);
            }
            (Shape::Rows(fields), Value::Array(rows)) => {
                return rows.iter().enumerate().find_map(|(place, row)| {
                    let path = format!("{path}[{place}]");
                    match row {
                        Value::Object(members) => misfit_in(&path, fields, members),
                        _ => Some(Misfit::wrong(path, "an object")),
                    }
                });
            }
            (Shape::Texts, Value::Object(members)) => members.values().all(Value::is_string),
            (Shape::TextList, Value::Array(texts)) => texts.iter().all(Value::is_string),
            (Shape::Open, value) => value.is_object(),
            (Shape::Text, value) => value.is_string(),
            (Shape::Whole, value) => value.is_i64() || value.is_u64(),
            (Shape::Number, value) => value.is_number(),
            (Shape::Flag, value) => value.is_boolean(),
            _ => false,
        };
        let or_null = if self.nullable { " or null" } else { "" };
        (!fits).then(|| Misfit::wrong(path.to_owned(), &format!("{}{or_null}", self.shape.told())))
    }

    /// The value that the text of a form stands for, or the text itself where it stands for none.
    fn read(&self, text: &Value) -> Value {
        let given = text.as_str().unwrap_or_default();
        let read = match self.shape {
            Shape::Whole | Shape::Number => {
                given.parse::<serde_json::Number>().ok().map(Value::Number)
            }
            Shape::Flag => given.parse().ok().map(Value::Bool),
            Shape::Object(fields) => text.as_object().map(|members| read_all(fields, members)),
            Shape::Rows(fields) => text.as_array().map(|rows| {
                let rows = rows.iter().filter_map(Value::as_object);
                rows.map(|members| read_all(fields, members)).collect()
            }),
            Shape::Text | Shape::Texts | Shape::TextList | Shape::Open => None,
        };
        read.unwrap_or_else(|| text.clone())
    }
}

impl Shape {
    fn told(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Whole => "a whole number",
            Self::Number => "a number",
            Self::Flag => "true or false",
            Self::Texts => "an object of texts",
            Self::TextList => "a list of texts",
            Self::Object(_) | Self::Open => "an object",
            Self::Rows(_) => "a list of objects",
        }
    }
}

impl Misfit {
    fn wrong(field: String, allowed: &str) -> Self {
        let why = format!("must be {allowed}");
        Self { field, why }
    }
}

fn misfit_in(path: &str, fields: &[Field], members: &Map<String, Value>) -> Option<Misfit> {
    members.iter().find_map(|(name, value)| {
        let path = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        match fields.iter().find(|field| field.name == name) {
            Some(field) => field.misfit(&path, value),
            None => {
                let known: Vec<_> = fields.iter().map(|field| field.name).collect();
                let why = format!("is not documented, only: {}", known.join(", "));
                Some(Misfit { field: path, why })
            }
        }
    })
}

fn read_all(fields: &[Field], members: &Map<String, Value>) -> Value {
    let read = members.iter().map(|(name, text)| {
        let field = fields.iter().find(|field| field.name == name);
        let value = field.map_or_else(|| text.clone(), |field| field.read(text));
        (name.clone(), value)
    });
    Value::Object(read.collect())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    const SHIFTS: RequestBody = RequestBody::object(
        &[JSON, FORM],
        &[
            Field::rows(
                "shifts",
                &[
                    Field::whole("person"),
                    Field::text("comment").or_null(),
                    Field::flag("paid"),
                ],
            ),
            Field::object("place", &[Field::texts("names"), Field::number("width")]),
        ],
    );

    #[rstest]
    #[case(json!({}), None)]
    #[case(json!({ "shifts": [{ "person": 7, "comment": null, "paid": true }] }), None)]
    #[case(json!({ "place": { "names": { "de": "Kantine" }, "width": 2.5 } }), None)]
    #[case(json!({ "shift": [] }), Some("shift is not documented, only: shifts, place"))]
    #[case(json!({ "shifts": [{}, { "wage": 7 }] }),
        Some("shifts[1].wage is not documented, only: person, comment, paid"))]
    #[case(json!({ "shifts": [{ "person": "7" }] }), Some("shifts[0].person must be a whole number"))]
    #[case(json!({ "shifts": [{ "person": null }] }), Some("shifts[0].person must be a whole number"))]
    #[case(json!({ "shifts": [{ "comment": 7 }] }), Some("shifts[0].comment must be text or null"))]
    #[case(json!({ "shifts": [{ "paid": 1 }] }), Some("shifts[0].paid must be true or false"))]
    #[case(json!({ "shifts": [7] }), Some("shifts[0] must be an object"))]
    #[case(json!({ "shifts": {} }), Some("shifts must be a list of objects"))]
    #[case(json!({ "place": { "names": { "de": 1 } } }), Some("place.names must be an object of texts"))]
    #[case(json!([]), Some("body must be an object"))]
    fn a_misfit_is_told_with_its_place(#[case] body: Value, #[case] expected: Option<&str>) {
        let misfit = SHIFTS.misfit(&body);
        let told = misfit.map(|misfit| format!("{} {}", misfit.field, misfit.why));
        assert_eq!(told.as_deref(), expected);
    }

    #[rstest]
    #[case(json!([]), None)]
    #[case(json!([{ "name": "Ada" }]), None)]
    #[case(json!([{}, { "wage": 7 }]), Some("body[1].wage is not documented, only: name"))]
    #[case(json!([7]), Some("body[0] must be an object"))]
    #[case(json!({ "name": "Ada" }), Some("body must be a list of objects"))]
    fn a_body_may_be_a_bare_list(#[case] body: Value, #[case] expected: Option<&str>) {
        let people = RequestBody::rows(&[JSON], const { &[Field::text("name")] });
        let misfit = people.misfit(&body);
        let told = misfit.map(|misfit| format!("{} {}", misfit.field, misfit.why));
        assert_eq!(told.as_deref(), expected);
    }

    #[rstest]
    #[case(json!({ "shifts": [{ "person": "7", "paid": "true" }], "place": { "width": "2.5" } }), None)]
    #[case(json!({ "shifts": [{ "paid": "1" }] }), Some("shifts[0].paid must be true or false"))]
    #[case(json!({ "shifts": [{ "person": "Ada" }] }), Some("shifts[0].person must be a whole number"))]
    fn a_form_is_judged_by_what_its_texts_stand_for(
        #[case] form: Value,
        #[case] expected: Option<&str>,
    ) {
        let misfit = SHIFTS.misfit(&SHIFTS.read(&form));
        let told = misfit.map(|misfit| format!("{} {}", misfit.field, misfit.why));
        assert_eq!(told.as_deref(), expected);
    }
}
