//! Makes up companies of 1 to 100,000 people, the same on every machine.

mod absences;
mod attendances;
mod flaws;
mod organisation;
mod people;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::company::Company;
use super::dice::Dice;
use super::employee::Employee;

use flaws::Flaws;

/// What a made-up company looks like.
///
/// Among the people are part-timers, contractors, leavers, people on leave, future hires and rehires, several offices
/// and zones, and supervisors without cycles; among the absences half days, hours, open ends, pending and rejected
/// ones, and some over the turn of the year. What is wrong in real companies comes on request; the people are the same
/// with and without it.
#[derive(Clone, Debug)]
#[must_use]
pub struct Generator {
    seed: u64,
    employees: u32,
    absences_per_employee: u32,
    attendances_per_employee: u32,
    flaws: Flaws,
    today: NaiveDate,
}

impl Generator {
    /// Makes 100 people with 10 absences each and no attendances, as of 1 July 2026, with nothing wrong.
    pub fn new(seed: u64) -> Self {
        let today = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap_or_default();
        Self {
            seed,
            employees: 100,
            absences_per_employee: 10,
            attendances_per_employee: 0,
            flaws: Flaws::default(),
            today,
        }
    }

    /// Sets the number of people, leavers and future hires included.
    pub fn employees(mut self, employees: u32) -> Self {
        self.employees = employees;
        self
    }

    /// Sets the largest number of absences of each person, within the year before and the half year after today.
    ///
    /// People who were not employed all that time, or are on leave, have fewer.
    pub fn absences_per_employee(mut self, absences: u32) -> Self {
        self.absences_per_employee = absences;
        self
    }

    /// Sets the largest number of attendances of each person, on the last working days before today.
    ///
    /// Some days have two, some people are at work right now, and a few attendances wait for approval. People who were
    /// not employed in the year before today have none.
    pub fn attendances_per_employee(mut self, attendances: u32) -> Self {
        self.attendances_per_employee = attendances;
        self
    }

    /// Lets active people supervise each other in so many circles: the first is somebody who supervises themselves, the
    /// second has two people, the third three, and so on in turns.
    pub fn supervisor_cycles(mut self, circles: u32) -> Self {
        self.flaws.supervisor_cycles = circles;
        self
    }

    /// Lets so many more supervisors have left, while people go on naming them.
    pub fn departed_supervisors(mut self, supervisors: u32) -> Self {
        self.flaws.departed_supervisors = supervisors;
        self
    }

    /// Gives so many people the e-mail address of somebody else, in turns the same to the letter, with other case, and
    /// with a blank in front.
    pub fn shared_emails(mut self, people: u32) -> Self {
        self.flaws.shared_emails = people;
        self
    }

    /// Takes the e-mail address from so many more people; a few have none anyway.
    pub fn missing_emails(mut self, people: u32) -> Self {
        self.flaws.missing_emails = people;
        self
    }

    /// Sets the day on which the company is seen.
    pub fn today(mut self, today: NaiveDate) -> Self {
        self.today = today;
        self
    }

    pub(super) fn generate(&self) -> Company {
        let morning = NaiveTime::from_hms_opt(6, 0, 0).unwrap_or_default();
        let mut company = Company::new(self.today.and_time(morning).and_utc());
        organisation::set_up(&mut company, self.employees);
        organisation::define_attributes(&mut company);
        let mut draft = Draft {
            dice: Dice::new(self.seed),
            today: self.today,
            company,
            namesakes: HashMap::new(),
        };
        for place in 0..self.employees {
            draft.hire(place);
        }
        // The dice are put back, so that what follows is drawn the same whatever is wrong.
        let dice = draft.dice.clone();
        draft.spoil(self.flaws);
        draft.dice = dice;
        let employees: Vec<_> = draft.company.employees().map(Employee::number).collect();
        for employee in &employees {
            draft.book_absences(*employee, self.absences_per_employee);
        }
        for employee in &employees {
            draft.record_attendances(*employee, self.attendances_per_employee);
        }
        draft.company
    }
}

/// A company being made up.
struct Draft {
    dice: Dice,
    today: NaiveDate,
    company: Company,
    /// How many people have an address made of the same name.
    namesakes: HashMap<String, u32>,
}

impl Draft {
    /// A day this many days before today; both bounds inclusive.
    fn days_ago(&mut self, fewest: u32, most: u32) -> NaiveDate {
        self.today - TimeDelta::days(i64::from(self.dice.between(fewest, most)))
    }
}

fn at_six(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(6, 0, 0).unwrap_or_default())
        .and_utc()
}

#[cfg(test)]
mod tests;
