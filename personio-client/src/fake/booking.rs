//! What happens to absences: booking, changing, withdrawing, deleting.

use chrono::NaiveDate;

use super::absence::{Absence, AbsenceStatus, AbsenceUnit, Extent};
use super::company::Company;
use super::company_error::CompanyError;
use super::new_absence::{AbsenceChange, NewAbsence};
use super::number::{AbsenceNumber, AbsenceTypeNumber, EmployeeNumber};
use super::webhook::EventName;

impl Company {
    /// Books an absence; it appears in v1 and in v2.
    ///
    /// # Errors
    /// When the employee or the absence type does not exist, the absence takes no time, the person is absent then
    /// already, or hours are booked on a type in days.
    pub fn book(&mut self, new: NewAbsence) -> Result<AbsenceNumber, CompanyError> {
        let absence = self.draft(new)?;
        self.record(absence)
    }

    /// Makes an absence that is not on record yet.
    pub(crate) fn draft(&self, new: NewAbsence) -> Result<Absence, CompanyError> {
        self.require(new.employee)?;
        let absence_type = self
            .absence_types
            .iter()
            .find(|absence_type| absence_type.name == new.absence_type);
        let Some(absence_type) = absence_type else {
            return Err(CompanyError::UnknownAbsenceType(new.absence_type));
        };
        Ok(Absence {
            number: AbsenceNumber::from(0),
            employee: new.employee,
            absence_type: absence_type.number,
            first_day: new.first_day,
            last_day: new.last_day,
            extent: new.extent,
            status: new.status,
            comment: new.comment.map(Into::into),
            created_at: self.now,
            updated_at: self.now,
        })
    }

    /// Puts an absence on record under a number of its own.
    pub(crate) fn record(&mut self, absence: Absence) -> Result<AbsenceNumber, CompanyError> {
        self.check(&absence)?;
        let number = self.add_absence(absence.clone());
        let absence = Absence { number, ..absence };
        self.announce_absence(EventName::AbsenceCreated, &absence);
        Ok(number)
    }

    /// Replaces an absence by its changed self.
    pub(crate) fn replace(&mut self, mut changed: Absence) -> Result<(), CompanyError> {
        changed.updated_at = self.now;
        self.check(&changed)?;
        let number = changed.number;
        let place = self.absences.get_mut(number.get());
        let place = place.ok_or(CompanyError::UnknownAbsence(number))?;
        let before = std::mem::replace(place, changed.clone());
        self.announce_absence_change(&before, &changed);
        Ok(())
    }

    /// Changes an absence.
    ///
    /// # Errors
    /// As [`book`](Self::book); and when there is no such absence.
    pub fn change_absence(
        &mut self,
        absence: AbsenceNumber,
        change: AbsenceChange,
    ) -> Result<(), CompanyError> {
        let mut changed = self
            .absence(absence)
            .ok_or(CompanyError::UnknownAbsence(absence))?
            .clone();
        if let Some((first_day, last_day)) = change.days {
            (changed.first_day, changed.last_day) = (first_day, last_day);
        }
        if let (
            Some((start, end)),
            Extent::Days {
                half_day_start,
                half_day_end,
            },
        ) = (change.half_days, &mut changed.extent)
        {
            (*half_day_start, *half_day_end) = (start, end);
        }
        changed.status = change.status.unwrap_or(changed.status);
        self.replace(changed)
    }

    /// Withdraws an absence: it stays in the lists as rejected.
    ///
    /// # Errors
    /// When there is no such absence.
    pub fn withdraw(&mut self, absence: AbsenceNumber) -> Result<(), CompanyError> {
        self.change_absence(
            absence,
            AbsenceChange::new().status(AbsenceStatus::Rejected),
        )
    }

    /// Deletes an absence; afterwards nothing in either API tells of it but webhooks.
    ///
    /// # Errors
    /// When there is no such absence.
    pub fn delete_absence(&mut self, absence: AbsenceNumber) -> Result<(), CompanyError> {
        let gone = self
            .absences
            .remove(absence.get())
            .ok_or(CompanyError::UnknownAbsence(absence))?;
        self.absences_by_employee.remove(&(gone.employee, absence));
        self.announce_absence(EventName::AbsenceDeleted, &gone);
        Ok(())
    }

    /// Returns the absences of one employee, in the order of their numbers.
    pub fn absences_of(&self, employee: EmployeeNumber) -> impl Iterator<Item = &Absence> {
        let (first, last) = (AbsenceNumber::from(0), AbsenceNumber::from(u32::MAX));
        let numbers = self
            .absences_by_employee
            .range((employee, first)..=(employee, last));
        numbers.filter_map(|(_, number)| self.absence(*number))
    }

    /// The working days that approved absences of a type take from the closed range of days.
    pub(crate) fn days_taken(
        &self,
        employee: EmployeeNumber,
        absence_type: AbsenceTypeNumber,
        from: NaiveDate,
        until: NaiveDate,
    ) -> f64 {
        let schedule = self.schedule_of(employee);
        let taken = self.absences_of(employee).filter(|absence| {
            absence.absence_type == absence_type && absence.status == AbsenceStatus::Approved
        });
        let days = taken.flat_map(|absence| absence.days(schedule, self.today()));
        days.filter(|day| from <= day.date && day.date <= until)
            .map(|day| day.share)
            .sum()
    }

    pub(super) fn add_absence(&mut self, mut absence: Absence) -> AbsenceNumber {
        let employee = absence.employee;
        let number = self.absences.add(|number| {
            absence.number = number.into();
            absence
        });
        self.absences_by_employee.insert((employee, number.into()));
        number.into()
    }

    pub(super) fn touch_absences_of(&mut self, employee: EmployeeNumber) {
        let touched: Vec<_> = self
            .absences_of(employee)
            .map(|absence| absence.number)
            .collect();
        for number in touched {
            if let Some(absence) = self.absences.get_mut(number.get()) {
                absence.updated_at = self.now;
            }
        }
    }

    fn check(&self, absence: &Absence) -> Result<(), CompanyError> {
        let unit = self.absence_type(absence.absence_type);
        let daily = unit.is_some_and(|absence_type| absence_type.unit == AbsenceUnit::Day);
        if daily && matches!(absence.extent, Extent::Minutes { .. }) {
            return Err(CompanyError::HoursOnDailyType);
        }
        let empty = match absence.extent {
            Extent::Minutes { from, until } => until <= from,
            Extent::Days {
                half_day_start: true,
                half_day_end: true,
            } => absence.last_day == Some(absence.first_day),
            Extent::Days { .. } => false,
        };
        if empty
            || absence
                .last_day
                .is_some_and(|last_day| last_day < absence.first_day)
        {
            return Err(CompanyError::EmptyAbsence);
        }
        let mut others = self
            .absences_of(absence.employee)
            .filter(|other| other.number != absence.number);
        match others.find(|other| other.collides_with(absence)) {
            Some(other) => Err(CompanyError::Overlap(other.number)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveTime, TimeZone, Utc};
    use serde_json::json;

    use super::*;
    use crate::fake::NewEmployee;

    fn company() -> (Company, EmployeeNumber) {
        let mut company = Company::new(Utc.with_ymd_and_hms(2026, 5, 20, 8, 0, 0).unwrap());
        let hired = company.hire(NewEmployee::new("Ağça", "Yıldız")).unwrap();
        (company, hired)
    }

    fn june(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 6, day).unwrap()
    }

    #[test]
    fn weekends_and_half_days_do_not_count_as_days_taken() {
        let (mut company, employee) = company();
        let vacation =
            NewAbsence::days(employee, "Paid vacation", june(4), june(9)).half_day_start();
        let number = company.book(vacation).unwrap();
        let absence_type = company.absence(number).unwrap().absence_type;
        assert_eq!(
            company.days_taken(employee, absence_type, june(1), june(30)),
            3.5
        );
    }

    #[test]
    fn nobody_is_absent_twice_at_once() {
        let (mut company, employee) = company();
        let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        let vacation = company
            .book(NewAbsence::days(
                employee,
                "Paid vacation",
                june(8),
                june(12),
            ))
            .unwrap();
        let ill = || NewAbsence::days(employee, "Sick leave", june(12), june(15));
        assert_eq!(company.book(ill()), Err(CompanyError::Overlap(vacation)));
        company.withdraw(vacation).unwrap();
        assert!(company.book(ill()).is_ok());

        let doctor = |from, until| {
            NewAbsence::hours(
                employee,
                "Doctor's appointment",
                june(22),
                at(from),
                at(until),
            )
        };
        assert!(company.book(doctor(8, 10)).is_ok());
        assert!(company.book(doctor(10, 11)).is_ok());
        assert!(matches!(
            company.book(doctor(9, 12)),
            Err(CompanyError::Overlap(_))
        ));
    }

    #[test]
    fn an_absence_takes_some_time() {
        let (mut company, employee) = company();
        let backwards = NewAbsence::days(employee, "Paid vacation", june(8), june(7));
        assert_eq!(company.book(backwards), Err(CompanyError::EmptyAbsence));
        let no_half = NewAbsence::days(employee, "Paid vacation", june(8), june(8))
            .half_day_start()
            .half_day_end();
        assert_eq!(company.book(no_half), Err(CompanyError::EmptyAbsence));
    }

    #[test]
    fn a_new_work_schedule_touches_every_absence_of_the_person() {
        let (mut company, employee) = company();
        let number = company
            .book(NewAbsence::days(
                employee,
                "Paid vacation",
                june(8),
                june(12),
            ))
            .unwrap();
        company.now += chrono::TimeDelta::days(1);
        company
            .set_attribute(employee, "work_schedule", json!("Part-time, 20 hours"))
            .unwrap();
        assert_eq!(company.absence(number).unwrap().updated_at, company.now);
    }
}
