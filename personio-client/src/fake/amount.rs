//! How both versions write amounts: as JSON numbers, whole ones without a fraction.

use rust_decimal::Decimal;
use serde_json::{Number, Value, json};

pub(crate) fn from_float(amount: f64) -> Value {
    if amount.fract() == 0.0 {
        json!(amount as i64)
    } else {
        json!(amount)
    }
}

/// Writes the digits as they are, without the detour over a binary fraction.
pub(crate) fn from_decimal(amount: Decimal) -> Value {
    let number: Option<Number> = amount.normalize().to_string().parse().ok();
    json!(number)
}
