//! What webhooks tell of: the catalog of events, and one that happened.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::number::{
    AbsenceNumber, AttendanceNumber, EmployeeNumber, EmploymentNumber, Kind, WebhookNumber, uuid,
};

macro_rules! catalog {
    ($($(#[$doc:meta])* $variant:ident: $wire:literal,)+) => {
        /// Something a webhook can tell of.
        ///
        /// The names are documented, but for `employment.updated.cost-centers` (observed). There are no events for org
        /// units, legal entities, compensations and jobs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum EventName {
            $($(#[$doc])* #[serde(rename = $wire)] $variant,)+
        }

        impl EventName {
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Returns the name on the wire, such as `person.created`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire,)+ }
            }
        }
    };
}

catalog! {
    /// A person was added.
    PersonCreated: "person.created",
    /// Name, preferred name, e-mail address, gender or a custom attribute of a person changed.
    PersonUpdated: "person.updated",
    /// A person was deleted.
    PersonDeleted: "person.deleted",
    /// An employment was added.
    EmploymentCreated: "employment.created",
    /// An employment changed; which attributes count is unknown, see [`fake`](crate::fake#webhooks).
    EmploymentUpdated: "employment.updated",
    /// The cost centers of an employment changed.
    CostCentersUpdated: "employment.updated.cost-centers",
    /// An employment was removed, or its person.
    EmploymentDeleted: "employment.deleted",
    /// The first day of an employment has begun.
    EmploymentStarted: "employment.started",
    /// The last day of an employment has begun.
    EmploymentTerminated: "employment.terminated",
    /// An absence was booked.
    AbsenceCreated: "absence-period.created",
    /// An absence was moved.
    AbsenceMoved: "absence-period.updated.timerange",
    /// The approval of an absence changed.
    AbsenceDecided: "absence-period.updated.status",
    /// An absence was deleted.
    AbsenceDeleted: "absence-period.deleted",
    /// An attendance was recorded.
    AttendanceCreated: "attendance-period.created",
    /// An attendance changed.
    AttendanceUpdated: "attendance-period.updated",
    /// An attendance was deleted.
    AttendanceDeleted: "attendance-period.deleted",
    /// A document was uploaded; the fake has no documents, so this and its kin come as test events alone.
    DocumentCreated: "document.created",
    /// A document changed.
    DocumentUpdated: "document.updated",
    /// A document was deleted.
    DocumentDeleted: "document.deleted",
    /// A document was signed.
    DocumentSigned: "document.signed",
    /// A test of the receiver; cannot be subscribed to.
    Ping: "ping",
}

impl EventName {
    /// Finds an event that a webhook can be enabled for.
    pub(crate) fn to_subscribe(name: &str) -> Option<Self> {
        Self::from_wire(name).filter(|name| *name != Self::Ping)
    }

    pub(crate) fn from_wire(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == name)
    }
}

/// What is told: that something happened, when, and to what; never the new values.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Notice {
    pub(crate) name: EventName,
    /// To the millisecond, as on the wire, so that an instant read there finds its event again.
    pub(crate) occurred_at: DateTime<Utc>,
    pub(crate) subject: Subject,
}

/// What an event is about.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Subject {
    Person(EmployeeNumber),
    Employment {
        employment: EmploymentNumber,
        person: EmployeeNumber,
    },
    Absence {
        absence: AbsenceNumber,
        person: EmployeeNumber,
    },
    Attendance {
        attendance: AttendanceNumber,
        person: EmployeeNumber,
    },
    /// What somebody gave with a test event, as it is.
    Given(Map<String, Value>),
}

/// How the payload of an event names what it is about, which is not known for certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PayloadForm {
    /// `{"absence_period": {"id": "..."}, "person": {"id": "..."}}`.
    Nested,
    /// `{"absence_period_id": "...", "person_id": "..."}`.
    Prefixed,
    /// `{"id": "..."}`, without the person.
    Bare,
}

impl Notice {
    /// Writes the body of a delivery.
    pub(crate) fn write(&self, form: PayloadForm) -> Value {
        json!({
            "company_id": COMPANY_ID,
            "event_name": self.name.as_str(),
            "occurred_at": self.occurred_at.to_rfc3339_opts(SecondsFormat::Millis, true),
            "payload": self.subject.write(form),
            "meta": {},
        })
    }
}

/// The company is always the same one.
const COMPANY_ID: &str = "70421";

impl Subject {
    fn write(&self, form: PayloadForm) -> Value {
        let ids = match self {
            Self::Given(payload) => return Value::Object(payload.clone()),
            Self::Person(person) => vec![("person", person.to_string())],
            Self::Employment { employment, person } => {
                vec![
                    ("employment", employment.uuid()),
                    ("person", person.to_string()),
                ]
            }
            Self::Absence { absence, person } => {
                vec![
                    ("absence_period", absence.uuid()),
                    ("person", person.to_string()),
                ]
            }
            Self::Attendance { attendance, person } => {
                vec![
                    ("attendance_period", attendance.uuid()),
                    ("person", person.to_string()),
                ]
            }
        };
        let named = ids.into_iter().map(|(resource, id)| match form {
            PayloadForm::Nested => (resource.to_owned(), json!({ "id": id })),
            PayloadForm::Prefixed => (format!("{resource}_id"), json!(id)),
            PayloadForm::Bare => ("id".to_owned(), json!(id)),
        });
        match form {
            PayloadForm::Bare => named.take(1).collect(),
            PayloadForm::Nested | PayloadForm::Prefixed => named.collect(),
        }
    }
}

/// Something that happened while somebody had a webhook for it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Event {
    pub(crate) number: u32,
    pub(crate) notice: Notice,
    pub(crate) subscribers: Vec<Subscriber>,
}

impl Event {
    pub(crate) fn id(&self) -> String {
        uuid(Kind::Event, self.number)
    }
}

/// A webhook that was enabled for an event when it happened.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subscriber {
    pub(crate) webhook: WebhookNumber,
    /// Whether the webhook itself was enabled; otherwise nothing is sent.
    pub(crate) is_enabled: bool,
}
