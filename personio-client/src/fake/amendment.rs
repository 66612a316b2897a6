//! Several attributes of an employee at once: all or none, now or from a day on.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::assignment::assign;
use super::company::Company;
use super::company_error::CompanyError;
use super::employee::{Employee, NewEmployee};
use super::number::EmployeeNumber;

/// A change that is on record already and takes effect when its day begins.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScheduledChange {
    effective: NaiveDate,
    employee: EmployeeNumber,
    key: String,
    value: Value,
}

/// An attribute that could not be set, and why.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unfit {
    pub(crate) key: String,
    pub(crate) error: CompanyError,
}

impl Company {
    /// Sets an attribute from a day on (inclusive); it changes when the clock passes the midnight at the company's seat.
    ///
    /// Nothing in either API tells of it before. On the day itself, or before, it is set at once.
    ///
    /// # Errors
    /// As [`set_attribute`](Self::set_attribute), at once.
    pub fn schedule(
        &mut self,
        employee: EmployeeNumber,
        key: &str,
        value: Value,
        effective: NaiveDate,
    ) -> Result<(), CompanyError> {
        if effective <= self.today() {
            return self.set_attribute(employee, key, value);
        }
        let attributes = Map::from_iter([(key.to_owned(), value)]);
        self.schedule_all(employee, &attributes, effective)
            .map_err(|unfit| unfit.error)
    }

    /// Hires somebody with these attributes, or nobody.
    pub(crate) fn hire_with(
        &mut self,
        new: NewEmployee,
        attributes: &Map<String, Value>,
    ) -> Result<EmployeeNumber, Unfit> {
        let hired = self.enlist(new).map_err(|error| Unfit {
            key: "email".to_owned(),
            error,
        })?;
        match self.assign_all(hired, attributes) {
            Ok(_) => {
                self.announce_hire(hired);
                Ok(hired)
            }
            Err(unfit) => {
                self.put_email(hired, None);
                self.employees.take_back(hired.get());
                self.last_employment -= 1;
                Err(unfit)
            }
        }
    }

    /// Sets all these attributes, or none.
    pub(crate) fn amend(
        &mut self,
        employee: EmployeeNumber,
        attributes: &Map<String, Value>,
    ) -> Result<(), Unfit> {
        self.announcing(employee, |company| {
            company.assign_all(employee, attributes).map(drop)
        })?;
        self.working_time_changed(employee, attributes.keys());
        Ok(())
    }

    /// Notes all these attributes to be set when the day begins, or none if one of them cannot be set.
    pub(crate) fn schedule_all(
        &mut self,
        employee: EmployeeNumber,
        attributes: &Map<String, Value>,
        effective: NaiveDate,
    ) -> Result<(), Unfit> {
        let before = self.assign_all(employee, attributes)?;
        self.put_back(before);
        let changes = attributes.iter().map(|(key, value)| ScheduledChange {
            effective,
            employee,
            key: key.clone(),
            value: value.clone(),
        });
        self.scheduled.extend(changes);
        // Stable, so that what was scheduled last wins.
        self.scheduled.sort_by_key(|change| change.effective);
        Ok(())
    }

    /// Moves on to this instant; what is due on the way takes effect at its own midnight.
    pub(crate) fn catch_up(&mut self, now: DateTime<Utc>) {
        while let Some(change) = self.scheduled.first() {
            let due = self.beginning_of(change.effective);
            if due > now {
                break;
            }
            let change = self.scheduled.remove(0);
            self.announce_dates_until(due);
            self.now = due;
            // Whoever it was meant for may have gone, or the unit.
            drop(self.set_attribute(change.employee, &change.key, change.value));
        }
        self.announce_dates_until(now);
        self.now = now;
    }

    pub(super) fn beginning_of(&self, day: NaiveDate) -> DateTime<Utc> {
        let midnight = self
            .zone
            .from_local_datetime(&day.and_time(NaiveTime::MIN))
            .earliest();
        midnight.map_or_else(|| day.and_time(NaiveTime::MIN).and_utc(), |at| at.to_utc())
    }

    /// Sets the attributes and returns the employee as it was; sets none if one of them cannot be set.
    fn assign_all(
        &mut self,
        number: EmployeeNumber,
        attributes: &Map<String, Value>,
    ) -> Result<Employee, Unfit> {
        let unfit = |key: &str, error| Unfit {
            key: key.to_owned(),
            error,
        };
        let before = self
            .require(number)
            .map_err(|error| unfit("id", error))?
            .clone();
        // The status comes last: whether it has to be fixed depends on the dates.
        let (status, others): (Vec<_>, Vec<_>) =
            attributes.iter().partition(|(key, _)| *key == "status");
        for (key, value) in others.into_iter().chain(status) {
            if let Err(error) = assign(self, number, key, value) {
                self.put_back(before);
                return Err(unfit(key, error));
            }
        }
        Ok(before)
    }

    fn put_back(&mut self, before: Employee) {
        self.put_email(before.number, before.email());
        if let Some(place) = self.employees.get_mut(before.number.get()) {
            *place = before;
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde_json::json;

    use super::*;

    fn company() -> (Company, EmployeeNumber) {
        let mut company = Company::new(Utc.with_ymd_and_hms(2026, 5, 20, 8, 0, 0).unwrap());
        let hired = company
            .hire(NewEmployee::new("Ağça", "Yıldız").email("agca@example.com"))
            .unwrap();
        (company, hired)
    }

    fn attributes(of: Value) -> Map<String, Value> {
        of.as_object().unwrap().clone()
    }

    #[test]
    fn all_attributes_are_set_or_none() {
        let (mut company, employee) = company();
        let some_wrong = attributes(json!({
            "email": "yildiz@example.com", "position": "Controller", "team": "Nobody's"
        }));
        let unfit = company.amend(employee, &some_wrong).unwrap_err();
        assert_eq!(unfit.key, "team");
        assert_eq!(
            company.employee(employee).unwrap().email(),
            Some("agca@example.com")
        );
        assert!(!company.is_taken("yildiz@example.com", None));
        assert_eq!(
            company.employee(employee).unwrap().last_modified_at(),
            company.now
        );
    }

    #[test]
    fn a_scheduled_change_takes_effect_at_midnight_and_carries_that_time() {
        let (mut company, employee) = company();
        let first = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
        company
            .schedule(employee, "position", json!("Controller"), first)
            .unwrap();
        let position = |company: &Company| {
            let employee = company.employee(employee).unwrap();
            employee.employment.position.as_deref().map(str::to_owned)
        };
        company.catch_up(Utc.with_ymd_and_hms(2026, 5, 31, 21, 59, 59).unwrap());
        assert_eq!(position(&company), None);
        let midnight = Utc.with_ymd_and_hms(2026, 5, 31, 22, 0, 0).unwrap();
        company.catch_up(midnight + TimeDelta::days(3));
        assert_eq!(position(&company).as_deref(), Some("Controller"));
        assert_eq!(
            company.employee(employee).unwrap().last_modified_at(),
            midnight
        );
    }

    #[test]
    fn a_status_that_the_dates_give_anyway_follows_them_later() {
        let (mut company, employee) = company();
        company
            .amend(
                employee,
                &attributes(json!({ "status": "active", "hire_date": "2026-01-01" })),
            )
            .unwrap();
        company
            .amend(
                employee,
                &attributes(json!({ "termination_date": "2026-05-31" })),
            )
            .unwrap();
        company.catch_up(Utc.with_ymd_and_hms(2026, 6, 2, 8, 0, 0).unwrap());
        let status = company
            .employee(employee)
            .unwrap()
            .status_on(company.today());
        assert_eq!(status, crate::fake::Status::Inactive);
    }

    #[test]
    fn what_is_scheduled_must_be_possible() {
        let (mut company, employee) = company();
        let later = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
        let refused = company.schedule(employee, "team", json!("Nobody's"), later);
        assert!(matches!(refused, Err(CompanyError::UnknownUnit { .. })));
        assert!(company.scheduled.is_empty());
    }
}
