//! One field of one record at a time.

use std::collections::BTreeMap;

use sync_core::{
    Capabilities, Cause, Change, Class, Desired, Existing, FieldChange, FieldHash, FieldName,
    Known, LedgerState, Link, Normalise, Record, SourceId, SyncPolicy, Value, Weight, Wish,
    policy::Ownership,
};
use unicode_normalization::UnicodeNormalization as _;

use super::is_blank;
use crate::scene::{Scene, now};

/// A field that must change, and the class of change that it belongs to.
pub(crate) struct Difference {
    pub(crate) class: Class,
    pub(crate) change: FieldChange,
}

/// How the ledger would remember the fields of a record.
///
/// Hashes are keyed and secret, so they are taken from where they are public: from what both sides
/// agree on once the record is created.
pub(crate) struct Hashes(BTreeMap<FieldName, FieldHash>);

impl Hashes {
    pub(crate) fn of<R: Record>(
        source: &SourceId,
        record: &R,
        capabilities: &Capabilities,
    ) -> Self {
        let capabilities = Capabilities {
            classes: Class::ALL.into(),
            ..capabilities.clone()
        };
        let wishes = BTreeMap::from([(source.clone(), Wish::Present(record.clone()))]);
        let scene = Scene {
            desired: Desired {
                wishes,
                coverage: sync_core::Coverage::All,
                completeness: sync_core::Completeness::Incomplete(Vec::new()),
                confirmed_missing: std::collections::BTreeSet::new(),
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
        let created: &Change<R> = plan.ready().first().expect("a new record is created");
        Self(created.agreement.clone())
    }

    /// Tells whether the ledger remembers exactly this value of the field.
    fn agrees(&self, link: Option<&Link>, field: &FieldName) -> bool {
        let agreed = link.and_then(|link| link.agreed.get(field));
        agreed.is_some() && agreed == self.0.get(field)
    }
}

/// What must happen to one field, if anything.
pub(crate) fn field<R: Record>(
    scene: &Scene<R>,
    name: &FieldName,
    wanted: Known<Value>,
    existing: &Existing<R>,
    link: Option<&Link>,
    hashes: &Hashes,
) -> Option<Difference> {
    let wanted = match as_kept(&scene.capabilities, name, wanted) {
        Known::NotObserved => return None,
        Known::Cleared => None,
        Known::Value(value) => Some(value),
    };
    let shown = existing.record.fields().remove(name).unwrap_or_default();
    let hr_is_unchanged = hashes.agrees(link, name);
    let was_agreed = link.is_some_and(|link| link.agreed.contains_key(name));
    let is_as_wanted = match blank_is_empty(shown.clone()) {
        Known::NotObserved => hr_is_unchanged,
        Known::Cleared => wanted.is_none(),
        Known::Value(value) => wanted == Some(value),
    };
    if is_as_wanted {
        return None;
    }
    let owner = scene.policy.ownership.get(name).copied();
    match owner.unwrap_or(Ownership::Enforce) {
        Ownership::InitialOnly => return None,
        // Without an earlier agreement nobody can tell that HR is the one that moved.
        Ownership::RespectLocal if hr_is_unchanged || !was_agreed => return None,
        Ownership::RespectLocal | Ownership::Enforce => {}
    }
    let class = match R::weight(name, &shown, wanted.as_ref()) {
        Weight::Ordinary => Class::Update,
        Weight::Clears => Class::Clear,
        Weight::Locks => Class::Lock,
    };
    let change = FieldChange {
        field: name.clone(),
        before: shown,
        after: wanted,
        cause: Cause::Source,
    };
    Some(Difference { class, change })
}

/// Tells whether both sides agree that the field holds nothing.
pub(crate) fn is_empty_on_both_sides<R: Record>(
    scene: &Scene<R>,
    name: &FieldName,
    wish: &R,
    existing: &Existing<R>,
) -> bool {
    let wanted = wish.fields().remove(name).unwrap_or_default();
    let shown = existing.record.fields().remove(name).unwrap_or_default();
    as_kept(&scene.capabilities, name, wanted) == Known::Cleared
        && blank_is_empty(shown) == Known::Cleared
}

/// The fields that lock a record, as far as they are not as they must be.
pub(crate) fn lock<R: Record>(
    scene: &Scene<R>,
    source: &SourceId,
    existing: &Existing<R>,
    link: &Link,
) -> Vec<FieldChange> {
    let mut fields = Vec::new();
    for (name, value) in R::lock().unwrap_or_default() {
        let mut locked = existing.record.clone();
        locked
            .set(&name, Some(&value))
            .expect("a record can be locked");
        let hashes = Hashes::of(source, &locked, &scene.capabilities);
        let enforced = Scene {
            policy: SyncPolicy::default(),
            ..scene.clone()
        };
        let wanted = Known::Value(value);
        fields.extend(field::<R>(
            &enforced,
            &name,
            wanted,
            existing,
            Some(link),
            &hashes,
        ));
    }
    fields.into_iter().map(|it| it.change).collect()
}

/// The value as the product will show it.
fn as_kept(capabilities: &Capabilities, name: &FieldName, known: Known<Value>) -> Known<Value> {
    let rules = capabilities
        .normalise
        .get(name)
        .cloned()
        .unwrap_or_default();
    let mut known = known;
    // Each rule shortens or settles the text, so a handful of rounds is more than enough.
    for _ in 0..32 {
        for rule in &rules {
            known = match known {
                Known::Value(Value::Text(text)) => match rule {
                    Normalise::Drop => Known::NotObserved,
                    Normalise::Trim => Known::Value(Value::Text(text.trim().to_owned())),
                    Normalise::LowerCase => Known::Value(Value::Text(text.to_lowercase())),
                    Normalise::Truncate(most) => {
                        Known::Value(Value::Text(text.chars().take(*most).collect()))
                    }
                    Normalise::Compose => Known::Value(Value::Text(text.nfc().collect())),
                    other => unreachable!("{other:?} is unknown here"),
                },
                _ if *rule == Normalise::Drop => Known::NotObserved,
                other => other,
            };
        }
    }
    blank_is_empty(known)
}

fn blank_is_empty(known: Known<Value>) -> Known<Value> {
    match known {
        Known::Value(value) if is_blank(&value) => Known::Cleared,
        other => other,
    }
}

/// A field change as text, so that two can be compared and a difference can be read.
pub(crate) fn shown(name: &FieldName, before: &Known<Value>, after: Option<&Value>) -> String {
    let json = |value: Option<&Value>| {
        value.map_or_else(
            || "empty".to_owned(),
            |value| serde_json::to_string(value).expect("values are plain data"),
        )
    };
    let before = match before {
        Known::NotObserved => "not shown".to_owned(),
        Known::Cleared => json(None),
        Known::Value(value) if is_blank(value) => json(None),
        Known::Value(value) => json(Some(value)),
    };
    format!("{name}: {before} → {}", json(after))
}
