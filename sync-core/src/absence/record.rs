use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{Approval, Hours, Span, field};
use crate::{
    FieldError, FieldName, Fields, Known, TargetId, Value, Window,
    record::{Place, Record, Weight},
};

/// An absence in the product's calendar.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Absence {
    /// The account of the person who is absent.
    pub account: TargetId,
    /// What the product shows as the reason. Not observed when it follows the type's name and HR
    /// does not show that name; the product then keeps what it has, or shows "absent".
    pub label: Known<String>,
    /// When the person is absent.
    pub span: Span,
    /// Where the request stands.
    pub approval: Approval,
}

impl fmt::Debug for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Absence")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

impl Record for Absence {
    const KIND: &'static str = "absence";

    fn fields(&self) -> Fields {
        let span = &self.span;
        let hours = span
            .hours
            .as_ref()
            .map(|hours| Value::from(hours.to_string()));
        BTreeMap::from([
            (field::ACCOUNT, Known::Value(self.account.as_str().into())),
            (
                field::LABEL,
                self.label.as_ref().map(|label| label.as_str().into()),
            ),
            (field::FIRST_DAY, Known::Value(span.first_day.into())),
            (
                field::LAST_DAY,
                Known::from_observed(span.last_day.map(Value::from)),
            ),
            (
                field::STARTS_AT_NOON,
                Known::Value(span.starts_at_noon.into()),
            ),
            (field::ENDS_AT_NOON, Known::Value(span.ends_at_noon.into())),
            (field::HOURS, Known::from_observed(hours)),
            (field::APPROVAL, Known::Value(self.approval.as_str().into())),
        ])
    }

    fn set(&mut self, field: &FieldName, value: Option<&Value>) -> Result<(), FieldError> {
        let form = |expected| FieldError::form::<Self>(field, expected);
        let text = || value.and_then(Value::as_text).ok_or_else(|| form("text"));
        let flag = || {
            value
                .and_then(Value::as_bool)
                .ok_or_else(|| form("yes or no"))
        };
        let date = |value: &Value| value.as_date().ok_or_else(|| form("a date"));
        match field.as_str() {
            "account" => self.account = text()?.into(),
            "label" => {
                let label = value.map(|_| text()).transpose()?;
                self.label = Known::from_observed(label.map(str::to_owned));
            }
            "first_day" => self.span.first_day = date(value.ok_or_else(|| form("a date"))?)?,
            "last_day" => self.span.last_day = value.map(date).transpose()?,
            "starts_at_noon" => self.span.starts_at_noon = flag()?,
            "ends_at_noon" => self.span.ends_at_noon = flag()?,
            "hours" => {
                let expected = "hours such as 09:00-13:30 Europe/Berlin";
                let hours = |value: &Value| {
                    value
                        .as_text()
                        .and_then(Hours::from_text)
                        .ok_or_else(|| form(expected))
                };
                self.span.hours = value.map(hours).transpose()?;
            }
            "approval" => {
                self.approval = Approval::from_text(text()?)
                    .ok_or_else(|| form("one of approved, pending, rejected"))?;
            }
            _ => return Err(FieldError::unknown::<Self>(field)),
        }
        Ok(())
    }

    fn overlaps(&self, window: &Window) -> bool {
        window.overlaps(self.span.first_day, self.span.last_day)
    }

    /// A rejected absence takes up no time.
    fn place(&self) -> Option<Place> {
        (self.approval != Approval::Rejected).then(|| Place {
            account: self.account.clone(),
            span: self.span.clone(),
        })
    }

    /// No change of an absence takes anything away from anybody; an end that becomes open is no
    /// loss of data either.
    fn weight(_: &FieldName, _: &Known<Value>, _: Option<&Value>) -> Weight {
        Weight::Ordinary
    }
}
