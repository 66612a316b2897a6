//! Who has which e-mail address.

use std::collections::BTreeSet;

use super::company::Company;
use super::company_error::CompanyError;
use super::employee::Employee;
use super::number::EmployeeNumber;

/// An index of the addresses, whatever their case.
///
/// Nobody can take an address that somebody has, but in real data, and in generated data on request, people share one.
#[derive(Clone, Default)]
pub(super) struct AddressBook(BTreeSet<(String, EmployeeNumber)>);

impl AddressBook {
    pub(super) fn enter(&mut self, email: &str, employee: EmployeeNumber) {
        self.0.insert((email.to_lowercase(), employee));
    }

    pub(super) fn strike_out(&mut self, email: &str, employee: EmployeeNumber) {
        self.0.remove(&(email.to_lowercase(), employee));
    }

    fn owners(&self, email: &str) -> impl Iterator<Item = EmployeeNumber> {
        let email = email.to_lowercase();
        let of_anybody = (email.clone(), 0.into())..=(email, u32::MAX.into());
        self.0.range(of_anybody).map(|(_, owner)| *owner)
    }
}

impl<'a> FromIterator<&'a Employee> for AddressBook {
    fn from_iter<T: IntoIterator<Item = &'a Employee>>(employees: T) -> Self {
        let mut book = Self::default();
        for employee in employees {
            if let Some(email) = employee.email() {
                book.enter(email, employee.number());
            }
        }
        book
    }
}

impl Company {
    /// Whether somebody else than this employee has the address, whatever its case.
    pub(super) fn is_taken(&self, email: &str, by_other_than: Option<EmployeeNumber>) -> bool {
        let mut owners = self.emails.owners(email);
        owners.any(|owner| Some(owner) != by_other_than)
    }

    /// Gives somebody this address or none, unless somebody else has it.
    pub(super) fn assign_email(
        &mut self,
        employee: EmployeeNumber,
        email: Option<&str>,
    ) -> Result<(), CompanyError> {
        if email.is_some_and(|email| self.is_taken(email, Some(employee))) {
            return Err(CompanyError::EmailTaken);
        }
        self.put_email(employee, email);
        Ok(())
    }

    /// Gives somebody this address or none, whoever else has it.
    pub(super) fn put_email(&mut self, number: EmployeeNumber, email: Option<&str>) {
        let Some(employee) = self.employees.get_mut(number.get()) else {
            return;
        };
        if let Some(old) = employee.email() {
            self.emails.strike_out(old, number);
        }
        if let Some(new) = email {
            self.emails.enter(new, number);
        }
        employee.email = email.map(Into::into);
    }
}
