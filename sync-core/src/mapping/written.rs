//! Rules as they stand in a policy file.

use std::{collections::BTreeMap, fmt};

use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{
        Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor, value::MapAccessDeserializer,
    },
};

use super::Rule;
use crate::{FieldName, Value};

const RULE: &str =
    "the name of an attribute, or a table of one of attribute, constant, template, lookup";

const VALUE: &str =
    "text, a number, true or false, a list of them, or a table such as { date = \"2026-03-02\" }";

/// A rule in its long form.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum LongRule {
    /// The attribute of that name, as it is; the same as the name alone.
    Attribute(FieldName),
    /// Always the same value.
    Constant(Plain),
    /// Text with attributes in braces, such as `{first_name} {last_name}`.
    Template(String),
    /// A table from the attribute's text to a value.
    Lookup {
        /// The attribute whose text is looked up.
        attribute: FieldName,
        /// The value for each text.
        #[cfg_attr(feature = "schema", schemars(extend("minProperties" = 1)))]
        table: BTreeMap<String, Plain>,
        /// The value for any other text; without it, other texts leave the field alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        otherwise: Option<Plain>,
    },
}

impl From<LongRule> for Rule {
    fn from(written: LongRule) -> Self {
        match written {
            LongRule::Attribute(name) => Self::Attribute(name),
            LongRule::Constant(Plain(value)) => Self::Constant(value),
            LongRule::Template(text) => Self::Template(text),
            LongRule::Lookup {
                attribute,
                table,
                otherwise,
            } => Self::Lookup {
                attribute,
                table: table.into_iter().map(|(text, it)| (text, it.0)).collect(),
                otherwise: otherwise.map(|it| it.0),
            },
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Rule {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Rule".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": format!("Where one field of the account comes from: {RULE}."),
            "anyOf": [
                { "type": "string", "minLength": 1 },
                generator.subschema_for::<LongRule>(),
            ],
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Plain {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let form = |key: &str| {
            schemars::json_schema!({
                "type": "object",
                "properties": { key: { "type": "string" } },
                "required": [key],
                "additionalProperties": false,
            })
        };
        schemars::json_schema!({
            "description": format!("A value of a field: {VALUE}."),
            "anyOf": [
                { "type": ["string", "number", "boolean"] },
                { "type": "array", "items": generator.subschema_for::<Self>() },
                form("date"),
                form("number"),
            ],
        })
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match self.clone() {
            Self::Attribute(name) => return name.serialize(serializer),
            Self::Constant(value) => LongRule::Constant(Plain(value)),
            Self::Template(text) => LongRule::Template(text),
            Self::Lookup {
                attribute,
                table,
                otherwise,
            } => LongRule::Lookup {
                attribute,
                table: table
                    .into_iter()
                    .map(|(text, it)| (text, Plain(it)))
                    .collect(),
                otherwise: otherwise.map(Plain),
            },
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RuleVisitor)
    }
}

struct RuleVisitor;

impl<'de> Visitor<'de> for RuleVisitor {
    type Value = Rule;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(RULE)
    }

    fn visit_str<E>(self, name: &str) -> Result<Rule, E> {
        Ok(Rule::Attribute(FieldName::new(name)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Rule, A::Error> {
        let rule = LongRule::deserialize(MapAccessDeserializer::new(&mut map))?;
        match map.next_key::<IgnoredAny>()? {
            None => Ok(rule.into()),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

/// A value without the name of its form, where that is plain to see.
#[derive(Clone)]
struct Plain(Value);

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Value::Text(text) => serializer.serialize_str(text),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::List(values) => {
                serializer.collect_seq(values.iter().map(|value| Self(value.clone())))
            }
            Value::Number(number) if number.scale() == 0 => match number.to_i64() {
                Some(number) => serializer.serialize_i64(number),
                None => self.0.serialize(serializer),
            },
            Value::Number(_) | Value::Date(_) => self.0.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlainVisitor)
    }
}

struct PlainVisitor;

impl<'de> Visitor<'de> for PlainVisitor {
    type Value = Plain;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(VALUE)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Plain, E> {
        Ok(Plain(value.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Plain, E> {
        Ok(Plain(Decimal::from(number).into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Plain, E> {
        Ok(Plain(Decimal::from(number).into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Plain, E> {
        let number = Decimal::try_from(number);
        let number = number.map_err(|_| E::invalid_value(Unexpected::Other("number"), &self))?;
        Ok(Plain(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Plain, E> {
        Ok(Plain(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Plain, A::Error> {
        let mut values = Vec::new();
        while let Some(Plain(value)) = items.next_element()? {
            values.push(value);
        }
        Ok(Plain(Value::List(values)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Plain, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(map)).map(Plain)
    }
}
