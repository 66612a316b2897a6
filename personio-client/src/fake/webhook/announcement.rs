//! Which event tells of which change in the company.

use std::cmp::Ordering;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};

use super::super::absence::Absence;
use super::super::attendance::Attendance;
use super::super::company::Company;
use super::super::employee::Employee;
use super::super::employment::Employment;
use super::super::number::EmployeeNumber;
use super::event::{EventName, Subject};

impl Company {
    /// Does something to an employee, and tells what has changed by it.
    pub(in super::super) fn announcing<E>(
        &mut self,
        employee: EmployeeNumber,
        change: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        let before = self.employee(employee).cloned();
        change(self)?;
        let after = self.employee(employee).cloned();
        let (Some(before), Some(after)) = (before, after) else {
            return Ok(());
        };
        if !is_same_person(&before, &after) {
            self.happened(EventName::PersonUpdated, Subject::Person(employee));
        }
        let (old, new) = (&before.employment, &after.employment);
        if !is_same_employment(old, new) {
            self.happened(EventName::EmploymentUpdated, employment_of(&after, new));
        }
        if old.cost_centers != new.cost_centers {
            self.happened(EventName::CostCentersUpdated, employment_of(&after, new));
        }
        Ok(())
    }

    /// Tells that somebody was added, with an employment.
    pub(in super::super) fn announce_hire(&mut self, employee: EmployeeNumber) {
        let Some(hired) = self.employee(employee) else {
            return;
        };
        let employment = employment_of(hired, &hired.employment);
        self.happened(EventName::PersonCreated, Subject::Person(employee));
        self.happened(EventName::EmploymentCreated, employment);
    }

    /// Tells that somebody was deleted, with all employments; whether absences and attendances are told as well is
    /// unknown.
    pub(in super::super) fn announce_deletion(&mut self, gone: &Employee) {
        self.happened(EventName::PersonDeleted, Subject::Person(gone.number));
        for employment in gone.employments() {
            self.happened(
                EventName::EmploymentDeleted,
                employment_of(gone, employment),
            );
        }
    }

    /// Tells the days on which employments begin and end, of those that begin between the present and this instant.
    ///
    /// That happens on the day itself (documented), here at its midnight (unknown). A date that is entered when its day
    /// has begun is told by no event of its own.
    pub(in super::super) fn announce_dates_until(&mut self, until: DateTime<Utc>) {
        let heard = [
            EventName::EmploymentStarted,
            EventName::EmploymentTerminated,
        ]
        .into_iter()
        .any(|name| self.webhooks.is_heard(name));
        let day_of = |at: DateTime<Utc>| self.zone.from_utc_datetime(&at.naive_utc()).date_naive();
        let (from, until) = (self.today(), day_of(until));
        if !heard || from.cmp(&until) != Ordering::Less {
            return;
        }
        let begins = |day: NaiveDate| from < day && day <= until;
        let mut dates = Vec::new();
        for person in self.employees() {
            for employment in person.employments() {
                let subject = || employment_of(person, employment);
                if let Some(first) = employment.hire_date.filter(|day| begins(*day)) {
                    dates.push((first, EventName::EmploymentStarted, subject()));
                }
                let last = employment.termination.as_ref().map(|end| end.date);
                if let Some(last) = last.filter(|day| begins(*day)) {
                    dates.push((last, EventName::EmploymentTerminated, subject()));
                }
            }
        }
        dates.sort_by_key(|(day, ..)| *day);
        for (day, name, subject) in dates {
            self.now = self.beginning_of(day);
            self.happened(name, subject);
        }
    }

    pub(in super::super) fn announce_absence(&mut self, name: EventName, absence: &Absence) {
        let subject = Subject::Absence {
            absence: absence.number,
            person: absence.employee,
        };
        self.happened(name, subject);
    }

    /// Tells what has changed of an absence; type and comment are not told (documented).
    pub(in super::super) fn announce_absence_change(&mut self, before: &Absence, after: &Absence) {
        let time = |absence: &Absence| (absence.first_day, absence.last_day, absence.extent);
        if time(before) != time(after) {
            self.announce_absence(EventName::AbsenceMoved, after);
        }
        if before.status != after.status {
            self.announce_absence(EventName::AbsenceDecided, after);
        }
    }

    pub(in super::super) fn announce_attendance(
        &mut self,
        name: EventName,
        attendance: &Attendance,
    ) {
        let subject = Subject::Attendance {
            attendance: attendance.number,
            person: attendance.employee,
        };
        self.happened(name, subject);
    }

    fn happened(&mut self, name: EventName, subject: Subject) {
        self.webhooks.record(name, subject, self.now);
    }
}

fn employment_of(person: &Employee, employment: &Employment) -> Subject {
    Subject::Employment {
        employment: employment.number,
        person: person.number,
    }
}

/// Whether the attributes that `person.updated` is listed for are the same; the fake knows no `language_code`.
fn is_same_person(before: &Employee, after: &Employee) -> bool {
    before.first_name == after.first_name
        && before.last_name == after.last_name
        && before.preferred_name == after.preferred_name
        && before.email == after.email
        && before.gender == after.gender
        && before.custom == after.custom
}

/// Whether the attributes that v2 employments show are the same, but for the position: a change of the job is told by no
/// event (observed), the list of those that are is unknown.
fn is_same_employment(before: &Employment, after: &Employment) -> bool {
    before.fixed_status == after.fixed_status
        && before.kind == after.kind
        && before.hire_date == after.hire_date
        && before.contract_end_date == after.contract_end_date
        && before.probation_period_end == after.probation_period_end
        && before.termination == after.termination
        && before.leave == after.leave
        && before.weekly_working_hours == after.weekly_working_hours
        && before.supervisor == after.supervisor
        && before.legal_entity == after.legal_entity
        && before.office == after.office
        && before.department == after.department
        && before.team == after.team
}
