mod written;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Employee, FieldName, Fields, Known, Value, account::field};

/// Which fields an account gets, and from where.
///
/// The default takes e-mail, first name and last name as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Mapping {
    rules: BTreeMap<FieldName, Rule>,
}

/// Where one field of the account comes from.
///
/// Whatever a rule needs and HR did not show makes the field [`Known::NotObserved`]: it stays as it is.
///
/// In a policy file, a rule is the name of an attribute, or a table such as `{ constant = "DE" }`. Values are
/// written plainly there; a day is `{ date = "2026-03-02" }`.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// The attribute of that name, as it is.
    Attribute(FieldName),
    /// Always the same value.
    Constant(Value),
    /// Text with attributes in braces, such as `{first_name} {last_name}`. An empty attribute
    /// leaves nothing; the result is trimmed, and empty text clears the field.
    Template(String),
    /// A table from the attribute's text to a value.
    Lookup {
        /// The attribute whose text is looked up.
        attribute: FieldName,
        /// The value for each text.
        table: BTreeMap<String, Value>,
        /// The value for any other text; without it, other texts leave the field alone.
        otherwise: Option<Value>,
    },
}

impl Default for Mapping {
    fn default() -> Self {
        Self::empty()
            .with(field::EMAIL, Rule::Attribute(field::EMAIL))
            .with(field::FIRST_NAME, Rule::Attribute(field::FIRST_NAME))
            .with(field::LAST_NAME, Rule::Attribute(field::LAST_NAME))
    }
}

impl Mapping {
    /// Makes a mapping without any rule.
    pub fn empty() -> Self {
        Self {
            rules: BTreeMap::new(),
        }
    }

    /// Sets the rule of one field.
    #[must_use]
    pub fn with(mut self, field: impl Into<FieldName>, rule: Rule) -> Self {
        self.rules.insert(field.into(), rule);
        self
    }

    /// Returns the rules, by the field that each one writes.
    pub fn rules(&self) -> impl Iterator<Item = (&FieldName, &Rule)> {
        self.rules.iter()
    }

    /// Applies every rule to a person.
    pub fn fields(&self, employee: &Employee) -> Fields {
        let apply = |(name, rule): (&FieldName, &Rule)| (name.clone(), rule.apply(employee));
        self.rules.iter().map(apply).collect()
    }
}

impl Rule {
    /// Returns the attributes of HR that the rule needs.
    pub fn attributes(&self) -> Vec<FieldName> {
        match self {
            Self::Attribute(name)
            | Self::Lookup {
                attribute: name, ..
            } => vec![name.clone()],
            Self::Constant(_) => Vec::new(),
            Self::Template(text) => attributes_in(text).unwrap_or_default(),
        }
    }

    fn apply(&self, employee: &Employee) -> Known<Value> {
        match self {
            Self::Attribute(name) => employee.get(name).map(Value::clone),
            Self::Constant(value) => Known::Value(value.clone()),
            Self::Template(template) => fill(template, employee),
            Self::Lookup {
                attribute,
                table,
                otherwise,
            } => match employee.get(attribute) {
                Known::NotObserved => Known::NotObserved,
                Known::Cleared => Known::Cleared,
                Known::Value(value) => match table.get(&value.to_string()).or(otherwise.as_ref()) {
                    Some(found) => Known::Value(found.clone()),
                    None => Known::NotObserved,
                },
            },
        }
    }
}

/// Returns the attributes that a template names in braces; `None` when a brace is not closed, or nothing is in it.
pub(crate) fn attributes_in(template: &str) -> Option<Vec<FieldName>> {
    let mut names = Vec::new();
    let mut rest = template;
    while let Some((_, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        let is_name = !name.trim().is_empty() && !name.contains('{');
        names.push(is_name.then(|| FieldName::new(name))?);
        rest = after;
    }
    Some(names)
}

/// Fills a template. A brace that is never closed is ordinary text.
fn fill(template: &str, employee: &Employee) -> Known<Value> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        text.push_str(before);
        match employee.get(&FieldName::new(name)) {
            Known::NotObserved => return Known::NotObserved,
            Known::Cleared => {}
            Known::Value(value) => text.push_str(&value.to_string()),
        }
        rest = after;
    }
    text.push_str(rest);
    match text.trim() {
        "" => Known::Cleared,
        trimmed => Known::Value(trimmed.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Employee {
        Employee::default()
            .with("first_name", Value::from("Ada"))
            .with("last_name", Value::from("Nwosu"))
            .with("preferred_name", Known::Cleared)
    }

    #[rstest::rstest]
    #[case::two_attributes("{first_name} {last_name}", Known::Value("Ada Nwosu".into()))]
    #[case::an_empty_one_leaves_nothing("{preferred_name} {last_name}", Known::Value("Nwosu".into()))]
    #[case::all_empty_clears("{preferred_name}", Known::Cleared)]
    #[case::unseen_leaves_the_field_alone("{first_name} {position}", Known::NotObserved)]
    #[case::an_open_brace_is_text("{first_name} {", Known::Value("Ada {".into()))]
    fn a_template(#[case] template: &str, #[case] result: Known<Value>) {
        assert!(Rule::Template(template.into()).apply(&ada()) == result);
    }

    #[rstest::rstest]
    #[case::the_name_of_an_attribute(r#""office""#, Rule::Attribute("office".into()))]
    #[case::text(r#"{"constant":"DE"}"#, Rule::Constant("DE".into()))]
    #[case::whole_numbers(r#"{"constant":[1,true]}"#, Rule::Constant(Value::List(vec![
        rust_decimal::Decimal::ONE.into(),
        true.into(),
    ])))]
    #[case::numbers(r#"{"constant":{"number":"1.50"}}"#, Rule::Constant(rust_decimal::Decimal::new(150, 2).into()))]
    #[case::a_day(r#"{"constant":{"date":"2026-03-02"}}"#, Rule::Constant(
        chrono::NaiveDate::from_ymd_opt(2026, 3, 2).expect("it is a day").into()
    ))]
    #[case::a_template(r#"{"template":"{first_name}"}"#, Rule::Template("{first_name}".into()))]
    #[case::a_table(r#"{"lookup":{"attribute":"office","table":{"Porto":"PT"}}}"#, Rule::Lookup {
        attribute: "office".into(),
        table: BTreeMap::from([("Porto".to_owned(), "PT".into())]),
        otherwise: None,
    })]
    fn a_rule_is_read_as_it_is_written(#[case] json: &str, #[case] rule: Rule) {
        assert_eq!(
            serde_json::to_string(&rule).expect("it can be written"),
            json
        );
        assert!(serde_json::from_str::<Rule>(json).expect("it can be read") == rule);
    }

    #[test]
    fn a_rule_is_one_thing_only() {
        let two = r#"{"constant":"DE","template":"{office}"}"#;
        assert!(serde_json::from_str::<Rule>(two).is_err());
    }

    #[test]
    fn a_lookup_without_an_entry_leaves_the_field_alone() {
        let table = BTreeMap::from([("Ada".to_owned(), Value::from("A"))]);
        let lookup = |attribute: &'static str, otherwise| Rule::Lookup {
            attribute: attribute.into(),
            table: table.clone(),
            otherwise,
        };
        assert!(lookup("first_name", None).apply(&ada()) == Known::Value("A".into()));
        assert!(lookup("last_name", None).apply(&ada()) == Known::NotObserved);
        assert!(lookup("last_name", Some("?".into())).apply(&ada()) == Known::Value("?".into()));
        assert!(lookup("preferred_name", None).apply(&ada()) == Known::Cleared);
        assert!(lookup("position", None).apply(&ada()) == Known::NotObserved);
    }
}
