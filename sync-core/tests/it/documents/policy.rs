//! `docs/policy.schema.json`, and `docs/policy.md` with a table of every setting, from the same source.

use std::{collections::BTreeSet, fmt::Write as _};

use serde_json::{Map, Value as Json};
use sync_core::policy::{LifecyclePolicy, PolicySettings};

const INTRODUCTION: &str = include_str!("policy_introduction.md");

#[test]
fn the_schema_is_up_to_date() {
    let schema = serde_json::to_string_pretty(&PolicySettings::json_schema());
    let schema = schema.expect("a schema is JSON") + "\n";
    super::assert_up_to_date("policy.schema.json", &schema);
}

#[test]
fn the_page_of_settings_is_up_to_date() {
    let schema = PolicySettings::json_schema();
    let mut page = Page::of(&schema);
    page.section("Everything", "", &schema);
    let kinds = ["accounts", "org_units", "absences", "attendances"];
    let rest = ["own_kinds", "apply", "retry", "schedule"];
    for section in kinds.into_iter().chain(rest) {
        let part = &schema["properties"][section];
        page.section(&format!("`[{section}]`"), section, part);
    }
    page.defaults_of_life();
    page.words();
    let page = format!("{INTRODUCTION}\n{}", page.text.trim_end()) + "\n";
    super::assert_up_to_date("policy.md", &page);
}

/// Sections that every kind of record has, told once.
const SHARED: [&str; 2] = ["LifecycleSettings", "GuardSettings"];

const BY_KIND: &str = "[by kind](#when-lifecycle-is-missing)";

struct Page<'a> {
    schema: &'a Json,
    text: String,
    /// The definitions of words that were named.
    named: BTreeSet<&'a str>,
    told: BTreeSet<&'a str>,
}

impl<'a> Page<'a> {
    fn of(schema: &'a Json) -> Self {
        Self {
            schema,
            text: String::new(),
            named: BTreeSet::new(),
            told: BTreeSet::new(),
        }
    }

    /// Writes the settings of a section, and after them those that it shares with others.
    fn section(&mut self, title: &str, prefix: &str, part: &'a Json) {
        let description = part["description"].as_str().unwrap_or_default();
        writeln!(self.text, "## {title}\n\n{description}\n").expect("text takes text");
        self.table(prefix, part, part.get("default"));
        for shared in SHARED {
            let uses = |it: &Json| name_of(it) == Some(shared);
            let properties = self.resolve(part)["properties"].as_object();
            let Some((key, part)) = properties.and_then(|it| it.iter().find(|it| uses(it.1)))
            else {
                continue;
            };
            if self.told.insert(shared) {
                let title = format!("`{key}` of each kind of record");
                let part: &'a Json = part;
                let description = part["description"].as_str().unwrap_or_default();
                writeln!(self.text, "### {title}\n\n{description}\n").expect("text takes text");
                self.table(key, part, part.get("default"));
            }
        }
    }

    fn table(&mut self, prefix: &str, part: &'a Json, default: Option<&Json>) {
        let head = "| setting | form | when it is missing | meaning |\n| --- | --- | --- | --- |\n";
        self.text.push_str(head);
        self.rows(prefix, part, default);
        self.text.push('\n');
    }

    fn rows(&mut self, prefix: &str, part: &'a Json, default: Option<&Json>) {
        let part = self.resolve(part);
        let Some(properties) = part["properties"].as_object() else {
            return;
        };
        for (key, property) in properties {
            let path = match prefix {
                "" => key.clone(),
                prefix => format!("{prefix}.{key}"),
            };
            let inner = self.resolve(property);
            let default = default
                .and_then(|it| it.get(key))
                .or_else(|| property.get("default"));
            let is_section = prefix.is_empty() && inner.get("properties").is_some()
                || name_of(property).is_some_and(|name| SHARED.contains(&name));
            if is_section || prefix.is_empty() && key == "schedule" {
                continue;
            }
            if inner.get("properties").is_some() {
                self.rows(&path, property, default);
                continue;
            }
            let is_required = part["required"]
                .as_array()
                .is_some_and(|it| it.contains(&key.as_str().into()));
            let missing = match default {
                _ if is_required => "refused".to_owned(),
                None if prefix.starts_with("lifecycle") => BY_KIND.to_owned(),
                None | Some(Json::Null) => String::new(),
                Some(default) => written(default),
            };
            let form = self.form(property);
            let meaning = property["description"]
                .as_str()
                .or_else(|| inner["description"].as_str());
            let meaning = meaning.unwrap_or_default();
            writeln!(self.text, "| `{path}` | {form} | {missing} | {meaning} |")
                .expect("text takes text");
            if let Some(items) = inner
                .get("items")
                .or_else(|| inner.get("additionalProperties"))
            {
                let below = match inner.get("items") {
                    Some(_) => format!("{path}[]"),
                    None => format!("{path}.*"),
                };
                if name_of(items)
                    .is_some_and(|name| ["Budget", "Rolling", "RunSettings"].contains(&name))
                {
                    self.rows(&below, items, None);
                }
            }
        }
    }

    /// Says in a few words what can be written.
    fn form(&mut self, property: &'a Json) -> String {
        if let Some(name) = name_of(property) {
            let definition = self.resolve(property);
            if is_words(definition) {
                self.named.insert(name);
                return format!("[{}](#{})", spaced(name), spaced(name).replace(' ', "-"));
            }
            return match name {
                "Rule" => "a rule".to_owned(),
                "FieldName" => "a name".to_owned(),
                "Zone" => "a zone".to_owned(),
                "Mapping" => "a table: a rule for each field".to_owned(),
                "Counting" => {
                    "a table: types for each of `entitlement`, `deduction`, `paid`".to_owned()
                }
                "Area" | "SourceId" => "text".to_owned(),
                _ if definition.get("properties").is_some() => "a table".to_owned(),
                _ => self.form(definition),
            };
        }
        let range = match (property["minimum"].as_u64(), property["maximum"].as_u64()) {
            (Some(0) | None, None) => String::new(),
            (Some(least), None) => format!(", {least} or more"),
            (least, Some(most)) => format!(", {} to {most}", least.unwrap_or_default()),
        };
        match kind_of(property) {
            "integer" => format!("a whole number{range}"),
            "string" => "text".to_owned(),
            "boolean" => "`true` or `false`".to_owned(),
            "array" => format!("a list: {}", self.form(&property["items"])),
            "object" => format!(
                "a table: {} for each",
                self.form(&property["additionalProperties"])
            ),
            _ => "a table".to_owned(),
        }
    }

    fn resolve(&self, part: &'a Json) -> &'a Json {
        name_of(part).map_or(part, |name| &self.schema["$defs"][name])
    }

    /// What a record's life is without any setting depends on its kind.
    fn defaults_of_life(&mut self) {
        let of = |policy: LifecyclePolicy| {
            let json = serde_json::to_value(policy).expect("settings are JSON");
            let Json::Object(fields) = json else {
                panic!("a policy has fields");
            };
            fields
        };
        let kinds: [Map<String, Json>; 4] = [
            of(LifecyclePolicy::default()),
            of(LifecyclePolicy::for_org_units()),
            of(LifecyclePolicy::for_absences()),
            of(LifecyclePolicy::for_attendances()),
        ];
        self.text.push_str(
            "## When `lifecycle` is missing\n\n\
             | setting | accounts | org_units | absences | attendances |\n| --- | --- | --- | --- | --- |\n",
        );
        for key in kinds[0].keys() {
            let row = kinds.each_ref().map(|kind| written(&kind[key])).join(" | ");
            writeln!(self.text, "| `lifecycle.{key}` | {row} |").expect("text takes text");
        }
        self.text.push('\n');
    }

    /// Writes what each word means that can stand somewhere.
    fn words(&mut self) {
        self.text.push_str("## Words\n\n");
        for name in std::mem::take(&mut self.named) {
            let definition = &self.schema["$defs"][name];
            let description = definition["description"].as_str().unwrap_or_default();
            writeln!(self.text, "### {}\n\n{description}\n", spaced(name))
                .expect("text takes text");
            for choice in definition["oneOf"].as_array().into_iter().flatten() {
                let word = match (&choice["const"], choice["properties"].as_object()) {
                    (Json::String(word), _) => format!("\"{word}\""),
                    (_, Some(fields)) => {
                        let fields: Vec<_> = fields.keys().map(String::as_str).collect();
                        let inner = choice["properties"][fields[0]]["properties"].as_object();
                        let inner: Vec<_> = inner
                            .into_iter()
                            .flatten()
                            .map(|(key, _)| format!("{key} = .."))
                            .collect();
                        match inner.is_empty() {
                            true => format!("{{ {} = .. }}", fields[0]),
                            false => format!("{{ {} = {{ {} }} }}", fields[0], inner.join(", ")),
                        }
                    }
                    _ => continue,
                };
                let meaning = choice["description"].as_str().unwrap_or_default();
                writeln!(self.text, "- `{word}`: {meaning}").expect("text takes text");
            }
            self.text.push('\n');
        }
    }
}

/// Returns the name of the definition that a part of the schema refers to.
fn name_of(part: &Json) -> Option<&str> {
    let refers = |part: &'_ Json| part.get("$ref").is_some();
    let target = match part["anyOf"].as_array() {
        Some(choices) => choices.iter().find(|it| refers(it))?,
        None => part,
    };
    target["$ref"].as_str()?.strip_prefix("#/$defs/")
}

fn kind_of(property: &Json) -> &str {
    match &property["type"] {
        Json::Array(kinds) => kinds.first().and_then(Json::as_str).unwrap_or_default(),
        kind => kind.as_str().unwrap_or_default(),
    }
}

fn is_words(definition: &Json) -> bool {
    let has_word = |choices: &Vec<Json>| choices.iter().any(|it| it.get("const").is_some());
    definition["oneOf"].as_array().is_some_and(has_word)
}

/// Writes a value as TOML does.
fn written(value: &Json) -> String {
    fn toml(value: &Json) -> String {
        match value {
            Json::Object(fields) if fields.is_empty() => "{}".to_owned(),
            Json::Object(fields) => {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(key, it)| format!("{key} = {}", toml(it)))
                    .collect();
                format!("{{ {} }}", fields.join(", "))
            }
            Json::Array(items) => {
                let items: Vec<_> = items.iter().map(toml).collect();
                format!("[{}]", items.join(", "))
            }
            other => other.to_string(),
        }
    }
    match value {
        Json::Object(fields) if fields.is_empty() => "none".to_owned(),
        Json::Array(items) if items.is_empty() => "none".to_owned(),
        value => format!("`{}`", toml(value)),
    }
}

/// Writes the name of a type as words: `EndAction` is `end action`.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}
