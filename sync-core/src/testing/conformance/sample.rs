use chrono::{Days, NaiveDate};

use crate::{
    Absence, Access, Account, FieldName, Known,
    absence::{Approval, Span},
    account::field,
};

/// Records to try a product with.
pub trait Sample: Sized {
    /// Makes a record. Different numbers give records that differ in every field that may differ; the same number
    /// gives the same record.
    fn sample(number: usize) -> Self;

    /// Returns the fields that hold any text, such as names.
    fn free_text() -> Vec<FieldName> {
        Vec::new()
    }
}

/// An active account with an address and two names.
impl Sample for Account {
    fn sample(number: usize) -> Self {
        Self::new(Access::Active)
            .with(field::EMAIL, format!("person.{number}@example.com"))
            .with(field::FIRST_NAME, format!("Given {number}"))
            .with(field::LAST_NAME, format!("Family {number}"))
    }

    fn free_text() -> Vec<FieldName> {
        vec![field::FIRST_NAME, field::LAST_NAME]
    }
}

/// Two days of absence of the account `1`, each number in a week of its own.
impl Sample for Absence {
    fn sample(number: usize) -> Self {
        let weeks = u64::try_from(number % 5000).unwrap_or_default();
        let monday = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap_or_default() + Days::new(7 * weeks);
        Self {
            account: "1".into(),
            label: Known::Value(format!("absent {number}")),
            span: Span::days(monday, monday + Days::new(1)),
            approval: Approval::Approved,
        }
    }

    fn free_text() -> Vec<FieldName> {
        vec![crate::absence::field::LABEL]
    }
}
