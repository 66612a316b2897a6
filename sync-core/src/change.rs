use std::{collections::BTreeMap, fmt};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Certificate, FieldName, Known, SourceId, TargetId, Value, Version,
    desired::EndReason,
    fingerprint::{Digest, FieldHash, HashKey},
};

/// One thing to do to one record of the product, with everything needed to review it, to make it,
/// and to make it only once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change<R> {
    /// Stays the same over every attempt to make this change; a target uses it to make it once.
    pub id: ChangeId,
    /// The source record that asks for it.
    pub source: SourceId,
    /// The record in the product; `None` for one that is yet to be created.
    pub target: Option<TargetId>,
    /// The version that the record had when the plan was made, in products that keep versions.
    pub expected_version: Option<Version>,
    /// What to do.
    pub effect: Effect<R>,
    /// Why.
    pub reason: Reason,
    /// Where the ledger stood for this record when the plan was made; `None` without a link.
    pub revision: Option<u32>,
    /// The generation that the record has once the change is made.
    pub generation: u32,
    /// The hashes on which both sides agree once the change is made.
    pub agreement: BTreeMap<FieldName, FieldHash>,
}

/// What a change does.
///
/// What takes something away carries its [`Evidence`]; there is no way to write it down without.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect<R> {
    /// Takes a record that is there already into the care of the sync. Nothing changes in the product.
    Adopt,
    /// Creates the record.
    Create(R),
    /// Sets fields.
    Update(Vec<FieldChange>),
    /// Sets fields that refer to other records of the same kind, such as the approver of an expense report.
    ///
    /// A creation never carries a reference: whatever a new record refers to is written by a change of this
    /// class after it. So it does not matter in which order people arrive, and two who refer to each other hinder
    /// nobody. In a plan the new value is the [record of HR](Value::Source); the target is sent
    /// the [record of the product](Value::Target) that belongs to it by then. `before` is what the product showed.
    Refer(Vec<FieldChange>),
    /// Empties fields, because HR says that they are empty.
    Clear(Vec<FieldChange>),
    /// Sets the fields that take access away.
    Lock {
        /// The fields that take access away.
        fields: Vec<FieldChange>,
        /// How it is known that access must end.
        evidence: Evidence,
    },
    /// Removes the record.
    Remove {
        /// The record as it is now.
        before: R,
        /// How it is known that the record is over.
        evidence: Evidence,
    },
    /// Forgets a record that is over in HR and gone in the product. Nothing changes in the product;
    /// but a product that merely showed too little would be left with a record that nobody ends.
    Forget,
    /// Invites the person to the record, by a message that cannot be taken back. Nothing changes in the record.
    ///
    /// Made at most once for a person, generation and template, whatever goes wrong: when the answer is lost, it
    /// counts as sent. Whoever is created in the same plan is invited after that.
    Invite {
        /// What to send, in the product's words.
        template: String,
    },
}

/// The classes of effects, in the order in which a plan carries them out. Budgets count by class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Class {
    /// See [`Effect::Adopt`].
    Adopt,
    /// See [`Effect::Update`]. Before creations, so that an address that one person gives up is free for another.
    Update,
    /// See [`Effect::Create`].
    Create,
    /// See [`Effect::Refer`]. When everything that can be referred to is there, and before anything goes.
    Refer,
    /// See [`Effect::Clear`].
    Clear,
    /// See [`Effect::Lock`].
    Lock,
    /// See [`Effect::Remove`].
    Remove,
    /// See [`Effect::Forget`].
    Forget,
    /// See [`Effect::Invite`]. Last, when everything else is as it should be.
    Invite,
}

impl Class {
    /// All classes, in order.
    pub const ALL: [Self; 9] = [
        Self::Adopt,
        Self::Update,
        Self::Create,
        Self::Refer,
        Self::Clear,
        Self::Lock,
        Self::Remove,
        Self::Forget,
        Self::Invite,
    ];

    /// Tells whether the class is a matter of the ledger alone, so that the product never hears of it.
    pub fn is_internal(self) -> bool {
        matches!(self, Self::Adopt | Self::Forget)
    }

    /// Tells whether the class takes something away, so that its changes need a budget.
    pub fn is_destructive(self) -> bool {
        matches!(self, Self::Clear | Self::Lock | Self::Remove | Self::Forget)
    }

    /// Tells whether the changes of the class need a budget: what takes something away does, and what reaches
    /// people outside the product.
    pub fn is_counted(self) -> bool {
        self.is_destructive() || self == Self::Invite
    }

    /// Returns the class as one word in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Adopt => "adopt",
            Self::Update => "update",
            Self::Create => "create",
            Self::Refer => "refer",
            Self::Clear => "clear",
            Self::Lock => "lock",
            Self::Remove => "remove",
            Self::Forget => "forget",
            Self::Invite => "invite",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<R> Effect<R> {
    /// Returns the class of the effect.
    pub fn class(&self) -> Class {
        match self {
            Self::Adopt => Class::Adopt,
            Self::Create(_) => Class::Create,
            Self::Update(_) => Class::Update,
            Self::Refer(_) => Class::Refer,
            Self::Clear(_) => Class::Clear,
            Self::Lock { .. } => Class::Lock,
            Self::Remove { .. } => Class::Remove,
            Self::Forget => Class::Forget,
            Self::Invite { .. } => Class::Invite,
        }
    }

    /// Returns the fields that the effect sets or empties on a record that is there.
    pub fn field_changes(&self) -> &[FieldChange] {
        match self {
            Self::Update(fields)
            | Self::Refer(fields)
            | Self::Clear(fields)
            | Self::Lock { fields, .. } => fields,
            Self::Adopt
            | Self::Create(_)
            | Self::Remove { .. }
            | Self::Forget
            | Self::Invite { .. } => &[],
        }
    }

    /// Returns the fields that the effect sets to references, see [`Effect::Refer`].
    pub(crate) fn references(&self) -> &[FieldChange] {
        match self {
            Self::Refer(fields) => fields,
            _ => &[],
        }
    }

    /// Returns how it is known that something may be taken away.
    pub fn evidence(&self) -> Option<&Evidence> {
        match self {
            Self::Lock { evidence, .. } | Self::Remove { evidence, .. } => Some(evidence),
            _ => None,
        }
    }
}

impl Evidence {
    /// Returns which kind of evidence it is, without times and counts.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Stated(_) => "stated",
            Self::Requested => "requested",
            Self::Missing { .. } => "missing",
            Self::DeScoped => "descoped",
        }
    }
}

impl<R> Change<R> {
    /// Returns the class of the change.
    pub fn class(&self) -> Class {
        self.effect.class()
    }

    /// Returns why the change is made, to be shown: how it is known that something may be taken away, or else the reason.
    /// It holds no personal data.
    pub fn why(&self) -> &dyn fmt::Display {
        match self.effect.evidence() {
            Some(evidence) => evidence,
            None => &self.reason,
        }
    }

    /// Returns the records of the source to which the change makes its record refer.
    pub(crate) fn referents(&self) -> impl Iterator<Item = &SourceId> {
        let after = self.effect.references().iter().map(|it| &it.after);
        after.filter_map(|after| after.as_ref()?.as_source())
    }

    /// Returns where the change stands in a plan: class by class, and then by source record.
    pub(crate) fn order(&self) -> (Class, &SourceId) {
        (self.class(), &self.source)
    }

    /// Returns the fingerprint of what the change is, in this and in every later plan that has it. Under it the
    /// change is approved, and its failures are counted.
    pub(crate) fn fingerprint(&self) -> Digest {
        let essence = self.essence();
        Digest::of_parts(essence.iter().map(String::as_str))
    }

    /// Returns what the change is, whatever else has happened to its record since it was first planned.
    pub(crate) fn essence(&self) -> Vec<String> {
        let evidence = self.effect.evidence().map_or("none", Evidence::kind);
        let mut essence = vec![
            self.source.to_string(),
            self.generation.to_string(),
            self.class().to_string(),
            evidence.to_owned(),
        ];
        essence.extend(
            self.agreement
                .iter()
                .map(|(field, hash)| format!("{field}={hash:?}")),
        );
        if let Effect::Invite { template } = &self.effect {
            essence.push(template.clone());
        }
        essence
    }
}

/// The change of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field.
    pub field: FieldName,
    /// What the product has now; not observed when it does not show the field.
    pub before: Known<Value>,
    /// What it should have; `None` empties the field.
    pub after: Option<Value>,
    /// Which side moved.
    pub cause: Cause,
}

/// Which side moved since both agreed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// HR says something new, or the two never agreed before.
    Source,
    /// The product moved on its own; HR leads, so the value is put back.
    Drift,
}

/// How it is known that a record is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// HR says so in the record itself.
    Stated(EndReason),
    /// The record asks for less access than the product grants.
    Requested,
    /// The record is missing from complete snapshots.
    Missing {
        /// The proof that the last snapshot is whole.
        certificate: Certificate,
        /// How many complete snapshots in a row lack the record.
        snapshots: u32,
        /// When it was first found missing.
        since: DateTime<Utc>,
    },
    /// The record is in HR, but the policy no longer lets it take part.
    DeScoped,
}

/// Why a change is made, in terms that hold no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// HR has the record, the product does not.
    New,
    /// HR has the record again, after it was removed from the product.
    Returned,
    /// The product lost a record that the sync had created.
    LostInProduct,
    /// The record in the product carries the id of the source record.
    SameExternalId,
    /// The record in the product is the only one with the same key.
    SameKey(FieldName),
    /// Fields differ.
    Differs,
    /// The record is over.
    Over,
    /// An earlier run is taken back.
    Undone,
    /// The person gets access, or the time for the invitation has come.
    HasAccess,
    /// The person has had access for longer, and the ledger knows of no invitation.
    NeverInvited,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stated(reason) => reason.fmt(f),
            Self::Requested => f.write_str("HR grants less access"),
            Self::Missing { snapshots: 1, .. } => f.write_str("missing from a complete snapshot"),
            Self::Missing {
                snapshots, since, ..
            } => {
                write!(
                    f,
                    "missing from {snapshots} complete snapshots since {}",
                    since.date_naive()
                )
            }
            Self::DeScoped => f.write_str("no longer takes part"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("new in HR"),
            Self::Returned => f.write_str("came back to HR"),
            Self::LostInProduct => f.write_str("lost in the product"),
            Self::SameExternalId => f.write_str("carries the id of HR"),
            Self::SameKey(field) => write!(f, "the only one with the same {field}"),
            Self::Differs => f.write_str("differs from HR"),
            Self::Over => f.write_str("over in HR"),
            Self::Undone => f.write_str("takes back an earlier run"),
            Self::HasAccess => f.write_str("has access"),
            Self::NeverInvited => f.write_str("has access for longer, without an invitation"),
        }
    }
}

/// Identifies a change over every attempt to make it; a keyed hash without personal data.
///
/// A target that makes no change with a known id a second time needs ids that are the same exactly when
/// repeating would do harm:
///
/// - A creation is named by the record and its generation, by nothing else. Whether the answer got lost, the
///   wish changed, or the plan was made anew by another process: as long as nobody knows that the record is
///   gone again, it is the same creation, and is made once. A record that was removed, or that the product
///   lost, is created anew as the next generation, under another id.
/// - Every other change also by class, by the [revision](crate::Link::revision) of the link, and by what it leads to. The
///   revision is counted on with every attempt that is written into the ledger, before the product hears of it; so no two attempts
///   share an id, and a value that was set, drifted back, and is to be set again is not taken for the first
///   one. Within one attempt, what the product could not do at once is repeated under the same id.
///
/// A change that the target refused was not made, so its id is not known to the target.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeId(String);

impl ChangeId {
    /// Names the creation of a record.
    pub(crate) fn of_creation(
        key: &HashKey,
        kind: &str,
        source: &SourceId,
        generation: u32,
    ) -> Self {
        let generation = generation.to_string();
        Self(key.hash_parts([kind, source.as_str(), Class::Create.as_str(), &generation]))
    }

    /// Names any other change.
    pub(crate) fn of_change(
        key: &HashKey,
        record: &[&str],
        (generation, revision): (u32, Option<u32>),
        agreement: &BTreeMap<FieldName, FieldHash>,
    ) -> Self {
        let mut parts: Vec<String> = record.iter().map(|part| (*part).to_owned()).collect();
        parts.push(generation.to_string());
        parts.push(revision.map_or_else(|| "-".to_owned(), |revision| revision.to_string()));
        parts.extend(
            agreement
                .iter()
                .map(|(field, hash)| format!("{field}={hash:?}")),
        );
        Self(key.hash_parts(parts.iter().map(String::as_str)))
    }

    /// Names an invitation, which is the same one however often it is planned.
    pub(crate) fn of_invitation(
        key: &HashKey,
        kind: &str,
        source: &SourceId,
        generation: u32,
        template: &str,
    ) -> Self {
        let generation = generation.to_string();
        let class = Class::Invite.as_str();
        Self(key.hash_parts([kind, source.as_str(), class, &generation, template]))
    }

    /// Returns the id as lower-case hexadecimal digits, for an idempotency header or a unique column.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for ChangeId {
    /// Reads an id back from where a ledger keeps it.
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}
