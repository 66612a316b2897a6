//! Something to do, before anything is held.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use sync_core::{
    Change, Class, Digest, Effect, Evidence, FieldChange, FieldHash, FieldName, Known, Reason,
    Record, SourceId, TargetId, Value, Version,
};

use super::compare::is_blank;

/// A change with everything that two planners must agree on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) source: SourceId,
    pub(crate) class: Class,
    pub(crate) target: Option<TargetId>,
    pub(crate) version: Option<Version>,
    pub(crate) fields: Vec<FieldChange>,
    pub(crate) reason: Reason,
    pub(crate) evidence: Option<Evidence>,
    pub(crate) generation: u32,
    pub(crate) revision: Option<u32>,
    /// What both sides agree on once the change is made.
    pub(crate) agreement: BTreeMap<FieldName, FieldHash>,
    /// What an invitation sends.
    pub(crate) template: Option<String>,
    /// The whole record, where it is created or removed.
    pub(crate) record: Option<String>,
}

impl Wanted {
    pub(crate) fn planned<R: Record>(change: &Change<R>) -> Self {
        Self {
            source: change.source.clone(),
            class: change.class(),
            target: change.target.clone(),
            version: change.expected_version.clone(),
            fields: change.effect.field_changes().to_vec(),
            reason: change.reason.clone(),
            evidence: change.effect.evidence().cloned(),
            generation: change.generation,
            revision: change.revision,
            agreement: change.agreement.clone(),
            template: match &change.effect {
                Effect::Invite { template } => Some(template.clone()),
                _ => None,
            },
            record: match &change.effect {
                Effect::Create(record) | Effect::Remove { before: record, .. } => {
                    Some(json(record))
                }
                _ => None,
            },
        }
    }

    /// The change as text, so that two can be compared and a difference can be read.
    pub(crate) fn line(&self) -> String {
        let fields: Vec<String> = self.fields.iter().map(shown).collect();
        format!(
            "{} {} → {:?} ({:?}, generation {}, revision {:?}) because {:?}, {:?}: {} {:?} {:?} {:?}",
            self.class,
            self.source,
            self.target,
            self.version,
            self.generation,
            self.revision,
            self.reason,
            self.evidence,
            fields.join(", "),
            self.template,
            self.record,
            self.agreement,
        )
    }

    /// What the ledger knows the change by, in this and in every later plan: source, generation, class, sort of
    /// evidence, and what it leads to.
    pub(crate) fn fingerprint(&self) -> Digest {
        let evidence = match &self.evidence {
            None => "none",
            Some(Evidence::Stated(_)) => "stated",
            Some(Evidence::Requested) => "requested",
            Some(Evidence::Missing { .. }) => "missing",
            Some(Evidence::DeScoped) => "descoped",
        };
        let mut parts = vec![
            self.source.to_string(),
            self.generation.to_string(),
            self.class.to_string(),
            evidence.to_owned(),
        ];
        for (field, hash) in &self.agreement {
            parts.push(format!("{field}={hash:?}"));
        }
        parts.extend(self.template.clone());
        let mut sha = Sha256::new();
        for part in parts {
            sha.update((part.len() as u64).to_be_bytes());
            sha.update(part);
        }
        let bytes = sha.finalize();
        let digits = bytes.iter().take(16).map(|byte| format!("{byte:02x}"));
        Digest::new(digits.collect::<String>())
    }
}

pub(crate) fn json(data: &impl serde::Serialize) -> String {
    serde_json::to_string(data).expect("it is plain data")
}

fn shown(change: &FieldChange) -> String {
    let value = |value: Option<&Value>| match value {
        Some(value) if !is_blank(value) => json(value),
        _ => "empty".to_owned(),
    };
    let before = match &change.before {
        Known::NotObserved => "not shown".to_owned(),
        Known::Cleared => value(None),
        Known::Value(before) => value(Some(before)),
    };
    let (field, cause) = (&change.field, change.cause);
    let after = value(change.after.as_ref());
    format!("{field}: {before} → {after} ({cause:?})")
}
