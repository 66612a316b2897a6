//! What HR does with people: hiring, changing, letting go, deleting.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::Value;

use super::assignment::assign;
use super::company::Company;
use super::company_error::CompanyError;
use super::employee::{Employee, NewEmployee};
use super::employment::{Employment, Termination};
use super::number::{EmployeeNumber, EmploymentNumber};
use super::organisation::{first_or_named, named};

impl Company {
    /// Hires somebody.
    ///
    /// # Errors
    /// When the e-mail address is taken, or the supervisor or a unit does not exist.
    pub fn hire(&mut self, new: NewEmployee) -> Result<EmployeeNumber, CompanyError> {
        let hired = self.enlist(new)?;
        self.announce_hire(hired);
        Ok(hired)
    }

    /// Hires somebody without a word.
    pub(super) fn enlist(&mut self, new: NewEmployee) -> Result<EmployeeNumber, CompanyError> {
        if let Some(supervisor) = new.supervisor {
            self.require(supervisor)?;
        }
        if new
            .email
            .as_deref()
            .is_some_and(|email| self.is_taken(email, None))
        {
            return Err(CompanyError::EmailTaken);
        }
        let mut employment = self.new_employment();
        employment.kind = new.employment_type;
        employment.position = new.position.map(Into::into);
        employment.supervisor = new.supervisor;
        employment.hire_date = Some(new.hire_date.unwrap_or_else(|| self.today()));
        employment.legal_entity = first_or_named(
            &self.organisation.legal_entities,
            new.legal_entity.as_deref(),
        )?;
        employment.office = first_or_named(&self.organisation.offices, new.office.as_deref())?;
        employment.department =
            first_or_named(&self.organisation.departments, new.department.as_deref())?;
        employment.team = new
            .team
            .map(|name| named(&self.organisation.teams, &name))
            .transpose()?;
        employment.work_schedule = self
            .organisation
            .work_schedules
            .first()
            .map(|schedule| schedule.number);
        employment.weekly_working_hours = Some(Decimal::from(40));
        Ok(self.add_employee(
            &new.first_name,
            &new.last_name,
            new.email.as_deref(),
            employment,
        ))
    }

    /// Ends the employment; from the day after the last working day (inclusive) the status is inactive.
    ///
    /// # Errors
    /// When there is no such employee.
    pub fn terminate(
        &mut self,
        employee: EmployeeNumber,
        last_working_day: NaiveDate,
    ) -> Result<(), CompanyError> {
        let noticed_on = self.today().min(last_working_day);
        let termination = Termination {
            date: last_working_day,
            last_working_day,
            noticed_on,
            kind: None,
            reason: None,
        };
        let keys = ["termination_date", "last_working_day", "status"];
        self.announcing(employee, |company| {
            company.edit(employee, &keys, |employee| {
                employee.employment.termination = Some(termination);
            })
        })
    }

    /// Gives somebody a new name.
    ///
    /// # Errors
    /// When there is no such employee.
    pub fn rename(
        &mut self,
        employee: EmployeeNumber,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
    ) -> Result<(), CompanyError> {
        let (first_name, last_name) = (first_name.into(), last_name.into());
        self.announcing(employee, |company| {
            company.edit(employee, &["first_name", "last_name"], |employee| {
                employee.first_name = first_name.into();
                employee.last_name = last_name.into();
            })
        })
    }

    /// Sets an attribute by its v1 key: text, number, day as `YYYY-MM-DD`, list of tags, unit by name, supervisor by
    /// number, or null to empty it.
    ///
    /// A new work schedule or new weekly hours touch `updated_at` of all absences of the person, as observed.
    ///
    /// # Errors
    /// When the employee, the attribute or a unit does not exist, or the value does not fit the attribute.
    pub fn set_attribute(
        &mut self,
        employee: EmployeeNumber,
        key: &str,
        value: Value,
    ) -> Result<(), CompanyError> {
        self.announcing(employee, |company| assign(company, employee, key, &value))?;
        self.working_time_changed(employee, [key]);
        Ok(())
    }

    /// Deletes somebody with all absences and attendances; afterwards nothing in either API tells of it but webhooks.
    ///
    /// # Errors
    /// When there is no such employee.
    pub fn delete_employee(&mut self, employee: EmployeeNumber) -> Result<(), CompanyError> {
        let gone = self
            .employees
            .remove(employee.get())
            .ok_or(CompanyError::UnknownEmployee(employee))?;
        if let Some(email) = gone.email() {
            self.emails.strike_out(email, employee);
        }
        self.absences.retain(|absence| absence.employee != employee);
        self.attendances
            .retain(|attendance| attendance.employee != employee);
        self.absences_by_employee
            .retain(|(owner, _)| *owner != employee);
        for project in self.projects.iter_mut() {
            project.members.remove(&employee);
        }
        self.announce_deletion(&gone);
        Ok(())
    }

    pub(crate) fn new_employment(&mut self) -> Employment {
        self.last_employment += 1;
        Employment::recorded(EmploymentNumber::from(self.last_employment), self.now)
    }

    pub(crate) fn add_employee(
        &mut self,
        first_name: &str,
        last_name: &str,
        email: Option<&str>,
        employment: Employment,
    ) -> EmployeeNumber {
        let created_at = self.now;
        let number = self.employees.add(|number| Employee {
            number: number.into(),
            first_name: first_name.into(),
            last_name: last_name.into(),
            preferred_name: Some(format!("{first_name} {last_name}").into()),
            email: email.map(Into::into),
            gender: None,
            has_picture: false,
            vacation_days: 30,
            employment,
            former_employments: Box::default(),
            custom: Vec::new(),
            created_at,
            changes: Vec::new(),
        });
        if let Some(email) = email {
            self.emails.enter(email, number.into());
        }
        number.into()
    }

    /// A new working time touches all absences of the person.
    pub(super) fn working_time_changed(
        &mut self,
        employee: EmployeeNumber,
        keys: impl IntoIterator<Item: AsRef<str>>,
    ) {
        let touches = |key: &str| matches!(key, "work_schedule" | "weekly_working_hours");
        if keys.into_iter().any(|key| touches(key.as_ref())) {
            self.touch_absences_of(employee);
        }
    }

    /// Changes an employee and notes which attributes changed.
    pub(super) fn edit(
        &mut self,
        employee: EmployeeNumber,
        keys: &[&str],
        change: impl FnOnce(&mut Employee),
    ) -> Result<(), CompanyError> {
        let now = self.now;
        let edited = self
            .employees
            .get_mut(employee.get())
            .ok_or(CompanyError::UnknownEmployee(employee))?;
        change(edited);
        for key in keys {
            edited.note_change(key, now);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;
    use crate::fake::Status;

    fn status(company: &Company, employee: EmployeeNumber) -> Status {
        company
            .employee(employee)
            .unwrap()
            .status_on(company.today())
    }

    #[test]
    fn a_status_follows_the_dates_while_time_passes() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 6, day).unwrap();
        let mut company = Company::new(Utc.with_ymd_and_hms(2026, 5, 20, 8, 0, 0).unwrap());
        let ada = company
            .hire(NewEmployee::new("Ada", "Nwosu").hire_date(day(1)))
            .unwrap();
        assert_eq!(status(&company, ada), Status::Onboarding);

        company.now = Utc.with_ymd_and_hms(2026, 5, 31, 22, 0, 0).unwrap();
        assert_eq!(
            status(&company, ada),
            Status::Active,
            "midnight in Berlin has passed"
        );

        company.terminate(ada, day(10)).unwrap();
        company.now = Utc.with_ymd_and_hms(2026, 6, 10, 12, 0, 0).unwrap();
        assert_eq!(
            status(&company, ada),
            Status::Active,
            "the last working day is worked"
        );
        company.now = Utc.with_ymd_and_hms(2026, 6, 11, 12, 0, 0).unwrap();
        assert_eq!(status(&company, ada), Status::Inactive);
    }

    #[test]
    fn an_address_belongs_to_one_person_whatever_its_case() {
        let mut company = Company::new(Utc.with_ymd_and_hms(2026, 5, 20, 8, 0, 0).unwrap());
        let ada = company
            .hire(NewEmployee::new("Ada", "Nwosu").email("ada@example.com"))
            .unwrap();
        let zofia = || NewEmployee::new("Zofia", "Żak").email("Ada@example.com");
        assert_eq!(company.hire(zofia()), Err(CompanyError::EmailTaken));
        company.delete_employee(ada).unwrap();
        assert!(company.hire(zofia()).is_ok());
    }
}
