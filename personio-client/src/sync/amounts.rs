//! How much absence an employee is entitled to and has left: sums over types of absence.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sync_core::{Employee, FieldName, Known, Value, absence::Count};

use super::{PersonioSource, employees::employee_of};
use crate::{
    Error, Observed,
    v1::{self, AttributeValue, EmployeeStatus},
};

const ENTITLEMENT: &str = "absence_entitlement";
const BALANCE: &str = "vacation_day_balance";
/// The category of the types that are summed when nobody says which count.
const PAID_VACATION: &str = "paid_vacation";

impl PersonioSource {
    /// Returns an employee with the sums of entitlements and, if wanted, of balances.
    pub(super) async fn with_amounts(&self, employee: &v1::Employee) -> Result<Employee, Error> {
        let mut record = employee_of(employee);
        let entitlement = employee.attributes.get(ENTITLEMENT);
        if let Some(AttributeValue::AbsenceEntitlements(types)) =
            entitlement.and_then(|attribute| attribute.value.value())
        {
            let amounts = types.iter();
            let amounts = amounts.filter_map(|it| Some((it.id.to_string(), it.entitlement?)));
            self.add(
                &mut record,
                ENTITLEMENT,
                Count::Entitlement,
                &amounts.collect(),
                |_| true,
            );
        }
        let is_gone = employee.status() == Observed::Value(EmployeeStatus::Inactive);
        if self.with_balances && !is_gone {
            let types = self.client.v1().employees().absence_balance(employee.id);
            let types = types.await?;
            let amounts = types.iter();
            let amounts = amounts.filter_map(|it| Some((it.id.to_string(), it.balance?)));
            let is_vacation = |id: &str| {
                let mut types = types.iter();
                types.any(|it| {
                    it.id.to_string() == id && it.category.as_deref() == Some(PAID_VACATION)
                })
            };
            self.add(
                &mut record,
                BALANCE,
                Count::Deduction,
                &amounts.collect(),
                is_vacation,
            );
        }
        Ok(record)
    }

    /// Adds the amount of each type, and their sum: over the types that count, or by default over some.
    fn add(
        &self,
        record: &mut Employee,
        name: &str,
        count: Count,
        amounts: &BTreeMap<String, Decimal>,
        by_default: impl Fn(&str) -> bool,
    ) {
        for (id, amount) in amounts {
            let name = FieldName::new(format!("{name}.{id}"));
            record
                .attributes
                .insert(name, Known::Value((*amount).into()));
        }
        let total = match self.counting.total(count, amounts) {
            Known::Cleared => {
                let summed = amounts.iter().filter(|(id, _)| by_default(id));
                Known::Value(summed.map(|(_, amount)| *amount).sum::<Decimal>())
            }
            total => total,
        };
        let name = FieldName::new(name.to_owned());
        record.attributes.insert(name, total.map(Value::from));
    }
}
