//! One field of one record at a time.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::{
    Capabilities, Cause, Class, Completeness, Coverage, Desired, Existing, FieldChange, FieldHash,
    FieldName, Known, LedgerState, Normalise, Record, SourceId, SyncPolicy, Value, Weight, Wish,
    policy::Ownership,
};
use unicode_normalization::UnicodeNormalization as _;

use crate::scene::{Scene, now};

/// What is agreed on, field by field, as a ledger remembers it.
pub(crate) type Agreed = BTreeMap<FieldName, FieldHash>;

/// What there is to say about one field that HR and the product have.
pub(crate) enum Finding {
    /// HR does not show it.
    Hidden,
    /// The product keeps no such field.
    NotKept,
    /// Nothing to do, and what HR says is what both agree on.
    Agreed { is_empty: bool },
    /// The product's own value stays.
    Left,
    /// It must change, by a change of this class.
    Differs(Class, FieldChange),
}

/// A wish and a record of the product, compared field by field.
pub(crate) struct Comparison {
    pub(crate) findings: Vec<(FieldName, Finding)>,
    /// What the fields would be remembered as.
    pub(crate) hashes: Agreed,
}

impl Comparison {
    pub(crate) fn of<R: Record>(
        scene: &Scene<R>,
        source: &SourceId,
        wish: &R,
        existing: &Existing<R>,
        agreed: &Agreed,
    ) -> Self {
        let hashes = hashes(source, wish, &scene.capabilities);
        let mut findings = Vec::new();
        for (name, wanted) in wish.fields() {
            let shown = existing.record.fields().remove(&name).unwrap_or_default();
            let finding = finding::<R>(scene, &name, wanted, shown, agreed, &hashes);
            findings.push((name, finding));
        }
        Self { findings, hashes }
    }

    /// The changes of one class.
    pub(crate) fn changes(&self, class: Class) -> Vec<FieldChange> {
        let mut changes = Vec::new();
        for (_, finding) in &self.findings {
            if let Finding::Differs(of, change) = finding
                && *of == class
            {
                changes.push(change.clone());
            }
        }
        changes
    }

    /// What both sides agree on already.
    pub(crate) fn agreed(&self) -> Agreed {
        let mut agreed = Agreed::new();
        for (name, finding) in &self.findings {
            if matches!(finding, Finding::Agreed { .. }) {
                agreed.insert(name.clone(), self.hashes[name].clone());
            }
        }
        agreed
    }

    /// Fields that HR does not show.
    pub(crate) fn hides(&self, field: &FieldName) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|(name, finding)| name == field && matches!(finding, Finding::Hidden))
    }

    /// Fields that are empty on both sides.
    pub(crate) fn lacks(&self, field: &FieldName) -> bool {
        let is_lack = |finding: &Finding| matches!(finding, Finding::Agreed { is_empty: true });
        let mut findings = self.findings.iter();
        findings.any(|(name, finding)| name == field && is_lack(finding))
    }

    /// What both sides agree on once some changes are made.
    pub(crate) fn agreement(&self, changes: &[FieldChange]) -> Agreed {
        let of = |change: &FieldChange| (change.field.clone(), self.hashes[&change.field].clone());
        changes.iter().map(of).collect()
    }
}

fn finding<R: Record>(
    scene: &Scene<R>,
    name: &FieldName,
    wanted: Known<Value>,
    shown: Known<Value>,
    agreed: &Agreed,
    hashes: &Agreed,
) -> Finding {
    if wanted == Known::NotObserved {
        return Finding::Hidden;
    }
    let after = match as_kept(&scene.capabilities, name, wanted) {
        Known::NotObserved => return Finding::NotKept,
        Known::Cleared => None,
        Known::Value(value) => Some(value),
    };
    let before = blank_is_empty(shown);
    let was_agreed = agreed.contains_key(name);
    let hr_is_unchanged = was_agreed && agreed.get(name) == hashes.get(name);
    let is_as_wanted = match &before {
        Known::NotObserved => hr_is_unchanged,
        Known::Cleared => after.is_none(),
        Known::Value(value) => after.as_ref() == Some(value),
    };
    let is_empty = after.is_none();
    if is_as_wanted {
        return Finding::Agreed { is_empty };
    }
    match scene.policy.ownership.get(name) {
        Some(Ownership::InitialOnly) => return Finding::Left,
        // Without an earlier agreement nobody can tell that HR is the one that moved; from now on one can.
        Some(Ownership::RespectLocal) if !was_agreed => return Finding::Agreed { is_empty: false },
        Some(Ownership::RespectLocal) if hr_is_unchanged => return Finding::Left,
        Some(Ownership::RespectLocal | Ownership::Enforce) | None => {}
    }
    let class = match R::weight(name, &before, after.as_ref()) {
        Weight::Ordinary => Class::Update,
        Weight::Clears => Class::Clear,
        Weight::Locks => Class::Lock,
    };
    let cause = match hr_is_unchanged {
        true => Cause::Drift,
        false => Cause::Source,
    };
    let field = name.clone();
    let change = FieldChange {
        field,
        before,
        after,
        cause,
    };
    Finding::Differs(class, change)
}

/// What it takes to lock a record.
pub(crate) struct Locking {
    pub(crate) fields: Vec<FieldChange>,
    /// What both sides agree on once it is locked.
    pub(crate) agreement: Agreed,
}

impl Locking {
    /// `None` if the product keeps nothing that locks.
    pub(crate) fn of<R: Record>(
        scene: &Scene<R>,
        source: &SourceId,
        existing: &Existing<R>,
        agreed: &Agreed,
    ) -> Option<Self> {
        let lock = R::lock().unwrap_or_default();
        let kept = lock.into_iter().filter(|(name, value)| {
            let kept = as_kept(&scene.capabilities, name, Known::Value(value.clone()));
            kept != Known::NotObserved
        });
        let kept: Vec<(FieldName, Value)> = kept.collect();
        if kept.is_empty() {
            return None;
        }
        let mut locked = existing.record.clone();
        for (name, value) in &kept {
            let set = locked.set(name, Some(value));
            set.expect("a record can be locked");
        }
        let mut hashes = hashes(source, &locked, &scene.capabilities);
        hashes.retain(|name, _| kept.iter().any(|(lock, _)| lock == name));
        // Locking is no matter of ownership.
        let enforced = Scene {
            policy: SyncPolicy::default(),
            ..scene.clone()
        };
        let mut fields = Vec::new();
        for (name, value) in kept {
            let shown = existing.record.fields().remove(&name).unwrap_or_default();
            let wanted = Known::Value(value);
            let finding = finding::<R>(&enforced, &name, wanted, shown, agreed, &hashes);
            if let Finding::Differs(_, change) = finding {
                let cause = Cause::Source;
                fields.push(FieldChange { cause, ..change });
            }
        }
        Some(Self {
            fields,
            agreement: hashes,
        })
    }
}

/// How the ledger would remember the fields of a record.
///
/// Hashes are keyed and secret, so they are taken from where they are public: from what both sides
/// agree on once the record is created.
pub(crate) fn hashes<R: Record>(
    source: &SourceId,
    record: &R,
    capabilities: &Capabilities,
) -> Agreed {
    let capabilities = Capabilities {
        classes: Class::ALL.into(),
        ..capabilities.clone()
    };
    let scene = Scene {
        desired: Desired {
            wishes: BTreeMap::from([(source.clone(), Wish::Present(record.clone()))]),
            coverage: Coverage::All,
            completeness: Completeness::Incomplete(Vec::new()),
            confirmed_missing: BTreeSet::new(),
            taken_at: now(),
            doubtful_ends: BTreeMap::new(),
            invites: BTreeMap::new(),
            window: None,
            has_parts: false,
            notices: Vec::new(),
            settings: None,
        },
        existing: Vec::new(),
        ledger: LedgerState::default(),
        capabilities,
        policy: SyncPolicy::default(),
    };
    let plan = scene.plan();
    let created = plan.ready().first().expect("a new record is created");
    created.agreement.clone()
}

/// A value as the product will show it.
pub(crate) fn as_kept(
    capabilities: &Capabilities,
    name: &FieldName,
    mut known: Known<Value>,
) -> Known<Value> {
    let rules = capabilities.normalise.get(name);
    let rules = rules.cloned().unwrap_or_default();
    if rules.contains(&Normalise::Drop) {
        return Known::NotObserved;
    }
    // Each rule shortens or settles the text, so a handful of rounds is more than enough.
    for _ in 0..32 {
        for rule in &rules {
            known = known.map(|value| match value {
                Value::Text(text) => Value::Text(as_kept_text(*rule, &text)),
                Value::Number(number) if *rule == Normalise::AsText => {
                    Value::from(number.normalize().to_string())
                }
                value if *rule == Normalise::AsText && !value.is_reference() => {
                    Value::from(value.to_string())
                }
                other => other,
            });
        }
    }
    blank_is_empty(known)
}

fn as_kept_text(rule: Normalise, text: &str) -> String {
    match rule {
        Normalise::Trim => text.trim().to_owned(),
        Normalise::LowerCase => text.to_lowercase(),
        Normalise::Truncate(most) => text.chars().take(most).collect(),
        Normalise::Compose => text.nfc().collect(),
        Normalise::AsText => text.to_owned(),
        other => unreachable!("{other:?} is unknown here"),
    }
}

pub(crate) fn blank_is_empty(known: Known<Value>) -> Known<Value> {
    match known {
        Known::Value(value) if is_blank(&value) => Known::Cleared,
        other => other,
    }
}

/// A text without characters is no text.
pub(crate) fn is_blank(value: &Value) -> bool {
    value.as_text() == Some("")
}
