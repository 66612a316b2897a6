//! The OpenAPI files, in the words of JSON Schema.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

pub(super) const V1_AUTH: &str = "v1-auth.yaml";
pub(super) const V1: &str = "v1-personnel-data.yaml";
pub(super) const V2_AUTH: &str = "credentials-service-api-v2.json";
pub(super) const V2_PERSONS: &str = "persons-service-api-v2.json";
pub(super) const V2_EMPLOYMENTS: &str = "employment-contract-v2.json";
/// Not official: rebuilt from the reference pages, since no file for absences was at hand.
pub(super) const V2_REBUILT: &str = "personio-v2-reconstructed.yaml";

/// An operation in one of the files.
pub(super) struct Schema {
    pub(super) file: &'static str,
    pub(super) path: &'static str,
    pub(super) method: &'static str,
}

impl Schema {
    pub(super) fn compile(&self, files: &mut Files, status: u16) -> Validator {
        let mut document = files.document(self.file);
        let place = format!(
            "/paths/{}/{}/responses/{status}",
            escaped(self.path),
            self.method
        );
        let mut response = document
            .pointer(&place)
            .expect("the file describes the answer");
        if let Some(shared) = response["$ref"].as_str() {
            response = document
                .pointer(&shared[1..])
                .expect("the reference leads somewhere");
        }
        let content = response["content"]
            .as_object()
            .and_then(|content| content.values().next());
        document["answer"] = content.expect("the answer has a body")["schema"].clone();
        document["$ref"] = json!("#/answer");
        let options = jsonschema::options()
            .with_draft(Draft::Draft4)
            .should_validate_formats(true);
        options.build(&document).expect("the schema compiles")
    }
}

/// The files, each read once.
pub(super) struct Files {
    folder: PathBuf,
    read: BTreeMap<&'static str, Value>,
}

impl Files {
    pub(super) fn in_folder(folder: PathBuf) -> Self {
        Self {
            folder,
            read: BTreeMap::new(),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.folder.join(name).is_file()
    }

    fn document(&mut self, name: &'static str) -> Value {
        let read = || {
            let text =
                std::fs::read_to_string(self.folder.join(name)).expect("the folder holds the file");
            let mut document =
                from_yaml(yaml_serde::from_str(&text).expect("the file is YAML or JSON"));
            translate(&mut document);
            document
        };
        self.read.entry(name).or_insert_with(read).clone()
    }
}

/// Turns YAML into JSON, with numbers that stand as keys written as text.
fn from_yaml(yaml: yaml_serde::Value) -> Value {
    match yaml {
        yaml_serde::Value::Mapping(mapping) => {
            let key = |key: yaml_serde::Value| match key {
                yaml_serde::Value::String(text) => text,
                other => yaml_serde::to_string(&other).unwrap().trim().to_owned(),
            };
            Value::Object(
                mapping
                    .into_iter()
                    .map(|(name, value)| (key(name), from_yaml(value)))
                    .collect(),
            )
        }
        yaml_serde::Value::Sequence(items) => items.into_iter().map(from_yaml).collect(),
        scalar => yaml_serde::from_value(scalar).unwrap(),
    }
}

/// Says in the words of JSON Schema what OpenAPI says in its own: `nullable`, and braces in references.
fn translate(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("nullable") == Some(&Value::Bool(true)) {
                allow_null(fields);
            }
            if let Some(Value::String(reference)) = fields.get_mut("$ref") {
                *reference = reference.replace('{', "%7B").replace('}', "%7D");
            }
            fields.values_mut().for_each(translate);
        }
        Value::Array(items) => items.iter_mut().for_each(translate),
        _ => {}
    }
}

fn allow_null(fields: &mut Map<String, Value>) {
    if let Some(kind) = fields.get("type").filter(|kind| kind.is_string()).cloned() {
        fields.insert("type".to_owned(), json!([kind, "null"]));
    }
    if let Some(Value::Array(options)) = fields.get_mut("enum") {
        options.push(Value::Null);
    }
}

fn escaped(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}
