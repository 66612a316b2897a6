//! Numbers and UUIDs by which records are known.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(u32);

        impl $name {
            /// Returns the number as it stands on the wire.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0
            }
        }

        impl From<u32> for $name {
            fn from(number: u32) -> Self {
                Self(number)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

numbers! {
    /// Names an employee: the v1 employee id and, as text, the v2 person id.
    EmployeeNumber,
    /// Names an employment; on the wire only its UUID is seen.
    EmploymentNumber,
    /// Names an absence: the v1 time-off id; its UUID is the v2 id and the id of hourly absences.
    AbsenceNumber,
    /// Names an attendance: the v1 attendance id; its UUID is the v2 id.
    AttendanceNumber,
    /// Names a project, in v2 as text.
    ProjectNumber,
    /// Names an absence type: the v1 time-off type id; its UUID is the v2 id.
    AbsenceTypeNumber,
    /// Names a legal entity, in v1 called subcompany.
    LegalEntityNumber,
    /// Names an office, in the product called workplace.
    OfficeNumber,
    /// Names a department.
    DepartmentNumber,
    /// Names a team.
    TeamNumber,
    /// Names a cost center.
    CostCenterNumber,
    /// Names a work schedule.
    WorkScheduleNumber,
    /// Names a custom attribute: the digits in `dynamic_123`.
    CustomAttributeNumber,
    /// Names a webhook; on the wire only its UUID is seen.
    WebhookNumber,
}

impl EmployeeNumber {
    pub(crate) fn from_digits(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

impl ProjectNumber {
    pub(crate) fn from_digits(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

impl EmploymentNumber {
    /// Returns the v2 employment id.
    #[must_use]
    pub fn uuid(self) -> String {
        uuid(Kind::Employment, self.0)
    }

    pub(crate) fn from_uuid(text: &str) -> Option<Self> {
        number_in(Kind::Employment, text).map(Self)
    }
}

impl AbsenceNumber {
    /// Returns the v2 absence period id, which v1 shows as `id_v2`.
    #[must_use]
    pub fn uuid(self) -> String {
        uuid(Kind::Absence, self.0)
    }

    pub(crate) fn from_uuid(text: &str) -> Option<Self> {
        number_in(Kind::Absence, text).map(Self)
    }
}

impl AttendanceNumber {
    /// Returns the v2 attendance period id, which v1 shows as `id_v2`.
    #[must_use]
    pub fn uuid(self) -> String {
        uuid(Kind::Attendance, self.0)
    }

    pub(crate) fn from_uuid(text: &str) -> Option<Self> {
        number_in(Kind::Attendance, text).map(Self)
    }
}

impl AbsenceTypeNumber {
    /// Returns the v2 absence type id, which v1 shows as `id_v2`.
    #[must_use]
    pub fn uuid(self) -> String {
        uuid(Kind::AbsenceType, self.0)
    }

    pub(crate) fn from_uuid(text: &str) -> Option<Self> {
        number_in(Kind::AbsenceType, text).map(Self)
    }
}

impl WebhookNumber {
    /// Returns the id of the webhook in v2.
    #[must_use]
    pub fn uuid(self) -> String {
        uuid(Kind::Webhook, self.0)
    }

    pub(crate) fn from_uuid(text: &str) -> Option<Self> {
        number_in(Kind::Webhook, text).map(Self)
    }
}

/// What a UUID stands for, so that the same number gives different UUIDs.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Employment = 1,
    Absence = 2,
    AbsenceType = 3,
    Trace = 4,
    Token = 5,
    Attendance = 6,
    Webhook = 20,
    Event = 21,
    Delivery = 22,
    Redelivery = 23,
}

/// Writes the UUID of a numbered thing.
///
/// The number is hidden in the last eight digits, so a million absences need neither stored UUIDs nor an index to be
/// found by theirs.
pub(crate) fn uuid(kind: Kind, number: u32) -> String {
    let hash = scramble((kind as u64) << 32 | u64::from(number));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:04x}{:08x}",
        (hash >> 32) as u32,
        (hash >> 16) as u16,
        (hash >> 4) & 0xfff,
        scramble(hash) & 0xfff,
        (scramble(hash) >> 12) as u16,
        number ^ mask(kind),
    )
}

fn number_in(kind: Kind, text: &str) -> Option<u32> {
    let hidden = text.get(text.len().checked_sub(8)?..)?;
    let number = u32::from_str_radix(hidden, 16).ok()? ^ mask(kind);
    uuid(kind, number)
        .eq_ignore_ascii_case(text)
        .then_some(number)
}

fn mask(kind: Kind) -> u32 {
    scramble(kind as u64) as u32
}

/// Spreads the bits of a number: the finaliser of SplitMix64.
pub(crate) fn scramble(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_leads_back_to_its_number_and_only_within_its_kind() {
        for number in [0, 1, 4711, u32::MAX] {
            let absence = AbsenceNumber::from(number);
            assert_eq!(AbsenceNumber::from_uuid(&absence.uuid()), Some(absence));
            assert_eq!(AbsenceTypeNumber::from_uuid(&absence.uuid()), None);
        }
        assert_eq!(AbsenceNumber::from_uuid("ü"), None);
        assert_eq!(
            AbsenceNumber::from_uuid("00000000-0000-4000-a000-000000000000"),
            None
        );
    }
}
