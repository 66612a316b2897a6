use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error as StdError,
    fmt,
    num::NonZeroUsize,
    time::Duration,
};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::{
    FieldName, Known, Record, SourceId, TargetId, Value, Version,
    change::{Change, Class},
    snapshot::Coverage,
};

/// A product's own storage of one kind of record: what a host implements.
///
/// # Expected flow
///
/// One run calls [`capabilities`](Self::capabilities) and [`read`](Self::read), then
/// [`apply`](Self::apply) for every batch of the plan. Nothing else is called, and `apply` never
/// before `read`. Runs of one connection come one after the other; the host sees to that.
///
/// # Guarantees
///
/// The engine
/// - asks only for what the capabilities promise, in batches no larger than they allow;
/// - changes only records that it created, or that the plan adopts;
/// - names the product's own records where a record refers to another one, and only those that are there;
/// - writes its intent into the ledger before it calls `apply`;
/// - makes no two changes to one record at the same time, but may send several batches at once.
///
/// # Assumptions
///
/// The target
/// - reads its own writes: what `apply` reported as done shows in the next `read`;
/// - makes a change whole or not at all, and touches only the fields that the change names;
/// - keeps the id of the [`source`](Change::source) record, and creates none that carries it already; or makes a
///   change with a known [`id`](Change::id) no second time, but answers as it did before; or says in its
///   capabilities that it does neither;
/// - refuses a change, a removal too, whose [`expected_version`](Change::expected_version) is not the
///   record's, if it keeps versions;
/// - never gives the id of a removed record to another one;
/// - treats a record that is already as wanted as success.
///
/// # Errors
///
/// One result per change, in the order of the changes. The class of the error decides what the
/// engine does next: see [`ErrorClass`]. The text of an error holds no personal data.
#[async_trait]
pub trait TargetSystem<R: Record>: Send + Sync {
    /// Says what the target can do. The answer does not change while a run lasts.
    fn capabilities(&self) -> Capabilities;

    /// Reads what the product has of the requested part, its own records included.
    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<R>>, TargetError>;

    /// Makes changes and reports on each of them.
    async fn apply(&self, changes: &[Change<R>]) -> Vec<Result<Applied, TargetError>>;
}

/// Which part of the product is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadRequest {
    /// The part of the source that the run is about.
    pub coverage: Coverage,
    /// Records that must be among the answer wherever they lie, because the ledger knows them.
    pub linked: BTreeSet<TargetId>,
    /// Records that carry one of these ids must be among the answer wherever they lie, because the answer to
    /// their creation was lost.
    pub in_doubt: BTreeSet<SourceId>,
}

/// A record that the product has.
#[derive(Clone, Debug, PartialEq)]
pub struct Existing<R> {
    /// The record's id in the product.
    pub id: TargetId,
    /// What the product has. A field that it does not show is not observed.
    pub record: R,
    /// The id of the source record, where the product keeps it.
    pub external_id: Option<SourceId>,
    /// The record's version, where the product keeps one.
    pub version: Option<Version>,
    /// The record must never be locked, removed or emptied by a sync, such as the last administrator.
    pub protected: bool,
    /// The record must not be removed now, such as an account with open claims; it is locked instead.
    pub retained: bool,
}

impl<R> Existing<R> {
    /// Makes a record that is known by nothing but its id.
    pub fn new(id: impl Into<TargetId>, record: R) -> Self {
        Self {
            id: id.into(),
            record,
            external_id: None,
            version: None,
            protected: false,
            retained: false,
        }
    }

    /// Adds the id of the source record.
    #[must_use]
    pub fn with_external_id(self, id: impl Into<SourceId>) -> Self {
        Self {
            external_id: Some(id.into()),
            ..self
        }
    }
}

impl<R: Record> Existing<R> {
    /// Tells whether the record lies in a part of the source whose whole content a snapshot shows,
    /// so that its absence from the snapshot means something.
    pub(crate) fn is_covered_by(&self, coverage: &Coverage) -> bool {
        match coverage {
            Coverage::All => true,
            Coverage::Window(window) => self.record.overlaps(window),
            Coverage::Ids(_) | Coverage::ChangedSince(_) => false,
        }
    }
}

/// What a target can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The classes of changes it can make.
    pub classes: BTreeSet<Class>,
    /// The most changes that one call of `apply` may hold.
    pub batch: NonZeroUsize,
    /// How it stores values differently from how they are sent.
    pub normalise: BTreeMap<FieldName, Vec<Normalise>>,
    /// It keeps the id of the source record beside each record that it creates, and shows it as
    /// [`Existing::external_id`]. After a lost answer, reading then tells whether a creation was made.
    pub external_ids: bool,
    /// It keeps the [ids](Change::id) of the changes that it made, and makes none of them a second time. After a
    /// lost answer, a creation may then be repeated.
    ///
    /// A product with neither is searched by key. What has no key is not created again until a person has looked.
    pub change_ids: bool,
    /// It keeps the [id](Change::id) of each invitation with the message, as an outbox does, and makes no second message
    /// with the same id. An invitation whose answer was lost may then be repeated; otherwise it counts as sent.
    pub invitation_ids: bool,
}

impl Capabilities {
    /// Promises every class of change to records, one at a time, with values stored as they are sent, and the id
    /// of the source record beside each record.
    ///
    /// Invitations reach people outside the product, so who can send them promises that by
    /// itself: see [`with`](Self::with).
    pub fn all() -> Self {
        let mut classes = BTreeSet::from(Class::ALL);
        classes.remove(&Class::Invite);
        Self {
            classes,
            batch: NonZeroUsize::MIN,
            normalise: BTreeMap::new(),
            external_ids: true,
            change_ids: false,
            invitation_ids: false,
        }
    }

    /// Says that the product does not keep the id of the source record.
    #[must_use]
    pub fn without_external_ids(self) -> Self {
        Self {
            external_ids: false,
            ..self
        }
    }

    /// Promises that no change with a known id is made a second time.
    #[must_use]
    pub fn with_change_ids(self) -> Self {
        Self {
            change_ids: true,
            ..self
        }
    }

    /// Promises to send invitations, and none with a known id a second time.
    #[must_use]
    pub fn with_invitation_ids(self) -> Self {
        Self {
            invitation_ids: true,
            ..self.with(Class::Invite)
        }
    }

    /// Promises one class more, such as [`Class::Invite`].
    #[must_use]
    pub fn with(mut self, class: Class) -> Self {
        self.classes.insert(class);
        self
    }

    /// Takes back the promise of one class.
    #[must_use]
    pub fn without(mut self, class: Class) -> Self {
        self.classes.remove(&class);
        self
    }

    /// Allows batches of a size.
    #[must_use]
    pub fn batch(self, size: NonZeroUsize) -> Self {
        Self {
            batch: size,
            ..self
        }
    }

    /// Says that a field is stored in another form than it is sent.
    #[must_use]
    pub fn normalise(mut self, field: impl Into<FieldName>, how: Normalise) -> Self {
        self.normalise.entry(field.into()).or_default().push(how);
        self
    }

    /// Brings a value into the form in which the target shows it.
    ///
    /// The rules are repeated until nothing changes any more: one of them may undo another, as
    /// cutting a trimmed text may leave a blank at its end, and a value that is not in its last
    /// form would be written again on every run.
    pub(crate) fn normalised(&self, field: &FieldName, mut known: Known<Value>) -> Known<Value> {
        let Some(rules) = self.normalise.get(field) else {
            return known;
        };
        loop {
            let before = known.clone();
            known = rules.iter().fold(known, |known, rule| rule.apply(known));
            if known == before {
                return known;
            }
        }
    }
}

/// A way in which a target stores a value differently from how it is sent.
///
/// A target that changes values without saying so is written to again on every run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Normalise {
    /// Does not store the field at all.
    Drop,
    /// Stores values of every form as the text that `Display` shows, lists with commas; references stay references.
    AsText,
    /// Removes surrounding blanks.
    Trim,
    /// Turns text into lower case.
    LowerCase,
    /// Keeps the first characters of a text, at most this many.
    Truncate(usize),
    /// Composes characters (Unicode NFC).
    Compose,
}

impl Normalise {
    fn apply(self, known: Known<Value>) -> Known<Value> {
        let on_text = |function: &dyn Fn(String) -> String| {
            known.clone().map(|value| match value {
                Value::Text(text) => Value::Text(function(text)),
                other => other,
            })
        };
        match self {
            Self::Drop => Known::NotObserved,
            Self::AsText => known.map(|value| match value {
                // The same number has the same text, however it is written.
                Value::Number(number) => Value::Text(number.normalize().to_string()),
                reference if reference.is_reference() => reference,
                value => Value::Text(value.to_string()),
            }),
            Self::Trim => on_text(&|text| text.trim().to_owned()),
            Self::LowerCase => on_text(&|text| text.to_lowercase()),
            Self::Truncate(length) => on_text(&|text| text.chars().take(length).collect()),
            Self::Compose => on_text(&|text| text.nfc().collect()),
        }
    }
}

/// What a target answers to a change that is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The record that was changed; for a creation, the new one.
    pub target: TargetId,
    /// The record's version after the change, where the product keeps one.
    pub version: Option<Version>,
}

impl Applied {
    /// Names the record that was changed or created.
    pub fn to(target: impl Into<TargetId>) -> Self {
        Self {
            target: target.into(),
            version: None,
        }
    }

    /// Adds the record's version after the change.
    #[must_use]
    pub fn at(self, version: impl Into<Version>) -> Self {
        Self {
            version: Some(version.into()),
            ..self
        }
    }
}

/// A change that a target did not make, or a read that failed. `Debug` shows the class only.
#[derive(Error)]
#[error("{class}")]
pub struct TargetError {
    class: ErrorClass,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What the engine does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorClass {
    /// Not made, may work later: tried again in this run, after at least the given time.
    Later(Option<Duration>),
    /// Not made, and will not be as it is: reported, the rest goes on.
    Rejected,
    /// Not made, because the record is no longer as the plan knew it: planned anew in the next run.
    Conflict,
    /// There is no such record. For a removal that counts as done.
    NotFound,
    /// The target cannot make such changes, whatever its capabilities say.
    NotSupported,
    /// The answer was lost: the change may be made or not. Looked up in the next run.
    Unknown,
    /// Nothing will work: the run stops, what is left is reported as not tried.
    Stop,
}

impl TargetError {
    /// Says what the engine should do about an error.
    pub fn new(class: ErrorClass) -> Self {
        Self {
            class,
            source: None,
        }
    }

    /// Adds the adapter's own error. Its text must hold no personal data.
    #[must_use]
    pub fn because(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }

    /// Returns what the engine should do.
    pub fn class(&self) -> ErrorClass {
        self.class
    }
}

impl fmt::Debug for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TargetError({:?})", self.class)
    }
}

impl From<ErrorClass> for TargetError {
    fn from(class: ErrorClass) -> Self {
        Self::new(class)
    }
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Later(_) => "the product cannot do it now",
            Self::Rejected => "the product rejects the record",
            Self::Conflict => "the record has changed in the product since the plan was made",
            Self::NotFound => "the product has no such record",
            Self::NotSupported => "the product cannot make such a change",
            Self::Unknown => "the product did not answer, the change may have been made",
            Self::Stop => "the product cannot be changed at all",
        })
    }
}
