//! Identifiers, each a type of its own, so that one cannot be passed for another.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// Declares an identifier that is a number or a text; both are read from either.
macro_rules! id {
    ($(#[$outer:meta])* $name:ident(u64)) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// Takes the number as it is.
            pub const fn new(id: u64) -> Self {
                Self(id)
            }

            /// Returns the number.
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = IdText::deserialize(deserializer)?.0;
                text.trim().parse().map(Self).map_err(|_| serde::de::Error::custom("expected an id made of digits"))
            }
        }

        id!(@display $name);
    };
    ($(#[$outer:meta])* $name:ident(String)) => {
        $(#[$outer])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is; ids are opaque.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                IdText::deserialize(deserializer).map(|text| Self(text.0))
            }
        }

        id!(@display $name);
    };
    (@display $name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

id! {
    /// Identifies an employee in v1.
    EmployeeId(u64)
}
id! {
    /// Identifies a person in v2.
    ///
    /// It has the digits of the v1 employee id (inferred from threads and examples, not documented), hence the conversions.
    PersonId(String)
}
id! {
    /// Identifies an employment of a person in v2.
    EmploymentId(String)
}
id! {
    /// Identifies a day-based absence in v1; its v2 counterpart is an [`AbsencePeriodId`].
    TimeOffId(u64)
}
id! {
    /// Identifies a type of absence in v1; its v2 counterpart is an [`AbsenceTypeId`].
    TimeOffTypeId(u64)
}
id! {
    /// Identifies an absence in v2, and an hour-based absence in v1 (the same value, inferred).
    AbsencePeriodId(String)
}
id! {
    /// Identifies an attendance in v1; its v2 counterpart is an [`AttendancePeriodId`].
    AttendanceId(u64)
}
id! {
    /// Identifies an attendance in v2.
    AttendancePeriodId(String)
}
id! {
    /// Identifies a project in v1.
    ProjectId(u64)
}
id! {
    /// Identifies a type of absence in v2.
    AbsenceTypeId(String)
}
id! {
    /// Identifies a legal entity ("subcompany" in v1).
    LegalEntityId(String)
}
id! {
    /// Identifies a workplace ("office" in v1 and in employments).
    WorkplaceId(String)
}
id! {
    /// Identifies a department or a team; unique only together with which of the two it is (inferred).
    OrgUnitId(String)
}
id! {
    /// Identifies a cost center.
    CostCenterId(String)
}
id! {
    /// Identifies a job.
    JobId(String)
}

impl From<EmployeeId> for PersonId {
    /// Same digits (inferred).
    fn from(id: EmployeeId) -> Self {
        Self(id.0.to_string())
    }
}

impl TryFrom<&PersonId> for EmployeeId {
    type Error = std::num::ParseIntError;

    /// Same digits (inferred); fails if the person id is not made of digits.
    fn try_from(id: &PersonId) -> Result<Self, Self::Error> {
        id.0.parse().map(Self)
    }
}

/// An id as it is on the wire: documented numbers come as texts, and the other way round.
struct IdText(String);

impl<'de> Deserialize<'de> for IdText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = IdText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id")
            }

            fn visit_str<E: serde::de::Error>(self, id: &str) -> Result<IdText, E> {
                if id.is_empty() {
                    Err(E::custom("expected an id that is not empty"))
                } else {
                    Ok(IdText(id.to_owned()))
                }
            }

            fn visit_u64<E: serde::de::Error>(self, id: u64) -> Result<IdText, E> {
                Ok(IdText(id.to_string()))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
