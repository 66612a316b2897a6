//! Makes up companies of 1 to 100,000 people, the same on every machine.

mod absences;
mod people;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::attribute::{AttributeKind, CustomAttribute};
use super::company::Company;
use super::dice::Dice;
use super::employee::Employee;

/// What a made-up company looks like.
///
/// Among the people are part-timers, contractors, leavers, people on leave, future hires and rehires, several offices
/// and zones, and supervisors without cycles; among the absences half days, hours, open ends, pending and rejected
/// ones, and some over the turn of the year.
#[derive(Clone, Debug)]
#[must_use]
pub struct Generator {
    seed: u64,
    employees: u32,
    absences_per_employee: u32,
    today: NaiveDate,
}

impl Generator {
    /// Makes 100 people with 10 absences each, as of 1 July 2026.
    pub fn new(seed: u64) -> Self {
        let today = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap_or_default();
        Self {
            seed,
            employees: 100,
            absences_per_employee: 10,
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

    /// Sets the day on which the company is seen.
    pub fn today(mut self, today: NaiveDate) -> Self {
        self.today = today;
        self
    }

    pub(super) fn generate(&self) -> Company {
        let morning = NaiveTime::from_hms_opt(6, 0, 0).unwrap_or_default();
        let mut company = Company::new(self.today.and_time(morning).and_utc());
        set_up_organisation(&mut company, self.employees);
        define_attributes(&mut company);
        let mut draft = Draft {
            dice: Dice::new(self.seed),
            today: self.today,
            company,
        };
        for place in 0..self.employees {
            draft.hire(place);
        }
        let employees: Vec<_> = draft.company.employees().map(Employee::number).collect();
        for employee in employees {
            draft.book_absences(employee, self.absences_per_employee);
        }
        draft.company
    }
}

const OFFICES: [(&str, &str, Tz); 9] = [
    ("München", "DE", Tz::Europe__Berlin),
    ("Madrid", "ES", Tz::Europe__Madrid),
    ("Kraków", "PL", Tz::Europe__Warsaw),
    ("İstanbul", "TR", Tz::Europe__Istanbul),
    ("Dublin", "IE", Tz::Europe__Dublin),
    ("Las Palmas", "ES", Tz::Atlantic__Canary),
    ("Helsinki", "FI", Tz::Europe__Helsinki),
    ("New York", "US", Tz::America__New_York),
    ("Bengaluru", "IN", Tz::Asia__Kolkata),
];

const LEGAL_ENTITIES: [&str; 4] = [
    "Nordlicht Ibérica S.L.",
    "Nordlicht Polska Sp. z o.o.",
    "Nordlicht Teknoloji A.Ş.",
    "Nordlicht Atlantic Ltd.",
];

/// Departments with the positions in them.
const DEPARTMENTS: [(&str, [&str; 3]); 8] = [
    (
        "Engineering",
        [
            "Software Engineer",
            "Quality Engineer",
            "Engineering Manager",
        ],
    ),
    (
        "Product",
        ["Product Manager", "Product Designer", "User Researcher"],
    ),
    (
        "Sales",
        [
            "Account Executive",
            "Sales Development Representative",
            "Head of Sales",
        ],
    ),
    (
        "Customer Care",
        [
            "Support Agent",
            "Onboarding Specialist",
            "Team Lead Support",
        ],
    ),
    (
        "People & Culture",
        ["HR Business Partner", "Recruiter", "Payroll Specialist"],
    ),
    (
        "Finance",
        ["Accountant", "Controller", "Chief Financial Officer"],
    ),
    (
        "Production",
        ["Technician", "Shift Supervisor", "Logistics Clerk"],
    ),
    (
        "Marketing",
        ["Content Editor", "Campaign Manager", "Brand Designer"],
    ),
];

fn set_up_organisation(company: &mut Company, employees: u32) {
    let organisation = &mut company.organisation;
    let offices = (1 + employees / 20).min(OFFICES.len() as u32) as usize;
    for (name, country, zone) in &OFFICES[..offices] {
        organisation.add_office(name, country, *zone);
    }
    let legal_entities = (employees / 40).min(LEGAL_ENTITIES.len() as u32) as usize;
    for name in &LEGAL_ENTITIES[..legal_entities] {
        organisation.add_legal_entity(name);
    }
    for (department, _) in &DEPARTMENTS[1..] {
        organisation.add_department(department);
        organisation.add_cost_center(&format!("{department} costs"));
    }
    for team in 1..=(employees / 12).clamp(2, 600) {
        organisation.add_team(&format!("Team {team}"));
    }
}

fn define_attributes(company: &mut Company) {
    use AttributeKind::{Date, Decimal, Integer, Link, List, Multiline, Standard, Tags};
    let attributes = [
        CustomAttribute::new(24_401, "Title", Standard),
        CustomAttribute::new(24_402, "IBAN", Standard).universal_id("iban"),
        CustomAttribute::new(24_403, "Birthday", Date).universal_id("date_of_birth"),
        CustomAttribute::new(24_404, "Company anniversary", Date),
        CustomAttribute::new(24_405, "Badge number", Integer),
        CustomAttribute::new(24_406, "Bonus factor", Decimal),
        CustomAttribute::new(24_407, "T-shirt size", List).options(["S", "M", "L", "XL"]),
        CustomAttribute::new(24_408, "Languages", Tags)
            .options(["Deutsch", "English", "Español", "Polski", "Türkçe"]),
        CustomAttribute::new(24_409, "Profile", Link),
        CustomAttribute::new(24_410, "Notes", Multiline),
        // HR is free to give two attributes the same label.
        CustomAttribute::new(24_411, "Title", Standard),
    ];
    attributes
        .into_iter()
        .for_each(|attribute| company.define_attribute(attribute));
}

/// A company being made up.
struct Draft {
    dice: Dice,
    today: NaiveDate,
    company: Company,
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
mod tests {
    use std::collections::HashSet;

    use chrono::Datelike;
    use rust_decimal::Decimal;

    use super::super::absence::{Absence, AbsenceStatus, Extent};
    use super::super::employee::Employee;
    use super::*;
    use crate::fake::{EmploymentType, Status};

    fn company(seed: u64, employees: u32, absences: u32) -> Company {
        Company::generate(
            &Generator::new(seed)
                .employees(employees)
                .absences_per_employee(absences),
        )
    }

    #[test]
    fn the_same_seed_gives_the_same_company() {
        let company = company(7, 4, 3);
        let mut drawn = String::new();
        for employee in company.employees() {
            let hired = employee.hire_date().unwrap();
            let status = employee.status_on(company.today());
            drawn += &format!(
                "{} {} {} {hired} {status:?}\n",
                employee.number, employee.first_name, employee.last_name
            );
            for absence in company.absences_of(employee.number) {
                let last_day = absence.last_day.map(|day| day.to_string());
                let last_day = last_day.as_deref().unwrap_or("open");
                drawn += &format!(
                    "    {} to {last_day} {:?}\n",
                    absence.first_day, absence.extent
                );
            }
        }
        insta::assert_snapshot!(drawn, @r"
        4001 Nicolò Løvdal 2024-04-14 Active
            2025-07-12 to 2025-07-17 Days { half_day_start: false, half_day_end: false }
            2026-03-03 to 2026-03-07 Days { half_day_start: false, half_day_end: false }
            2026-07-28 to 2026-07-28 Minutes { from: 660, until: 750 }
        4002 Sofía Gómez 2020-06-13 Active
            2025-08-09 to 2025-08-09 Minutes { from: 780, until: 1020 }
            2026-02-10 to 2026-02-10 Minutes { from: 780, until: 900 }
            2026-08-06 to 2026-08-15 Days { half_day_start: false, half_day_end: false }
        4003 Tomáš Müller-Thurgau 2021-09-18 Active
            2025-07-08 to 2025-07-13 Days { half_day_start: false, half_day_end: false }
            2026-03-11 to 2026-03-24 Days { half_day_start: false, half_day_end: false }
            2026-07-11 to 2026-07-20 Days { half_day_start: false, half_day_end: false }
        4004 Zuzanna Überschär 2018-07-15 Active
            2025-08-30 to 2025-09-02 Days { half_day_start: false, half_day_end: false }
            2026-02-17 to 2026-02-22 Days { half_day_start: false, half_day_end: false }
            2026-08-06 to 2026-08-19 Days { half_day_start: false, half_day_end: false }
        ");
    }

    #[test]
    fn a_company_has_people_in_every_situation() {
        let company = company(1, 400, 10);
        let today = company.today();
        for status in [
            Status::Onboarding,
            Status::Active,
            Status::Leave,
            Status::Inactive,
        ] {
            assert!(
                company
                    .employees()
                    .any(|employee| employee.status_on(today) == status),
                "nobody is {status:?}"
            );
        }
        let some = |test: fn(&Employee) -> bool| company.employees().any(test);
        assert!(some(|employee| !employee.former_employments.is_empty()));
        assert!(some(|employee| employee.email.is_none()));
        assert!(some(
            |employee| employee.employment.kind == EmploymentType::External
        ));
        assert!(some(
            |employee| employee.employment.weekly_working_hours < Some(Decimal::from(40))
        ));
        let zones: HashSet<_> = company
            .employees()
            .map(|employee| company.zone_of(employee.number))
            .collect();
        assert!(zones.len() > 4);
    }

    #[test]
    fn a_company_has_absences_of_every_sort() {
        let company = company(1, 400, 10);
        let some = |test: fn(&Absence) -> bool| company.absences().any(test);
        assert!(some(|absence| absence.last_day.is_none()));
        assert!(some(|absence| matches!(
            absence.extent,
            Extent::Minutes { .. }
        )));
        assert!(some(|absence| absence.half_days() == (true, false)));
        assert!(some(|absence| absence.half_days() == (false, true)));
        assert!(some(|absence| absence.last_day.is_some_and(
            |last_day| last_day.year() > absence.first_day.year()
        )));
        for status in [
            AbsenceStatus::Approved,
            AbsenceStatus::Pending,
            AbsenceStatus::Rejected,
        ] {
            assert!(
                company.absences().any(|absence| absence.status == status),
                "nothing is {status:?}"
            );
        }
    }

    #[test]
    fn nobody_is_absent_twice_or_supervises_in_a_circle_and_addresses_are_unique() {
        let company = company(3, 300, 20);
        let mut addresses = HashSet::new();
        for employee in company.employees() {
            assert!(employee.supervisor() < Some(employee.number));
            assert!(
                employee
                    .email()
                    .is_none_or(|email| email.is_ascii() && addresses.insert(email.to_owned()))
            );
            let absences: Vec<_> = company.absences_of(employee.number).collect();
            for (place, absence) in absences.iter().enumerate() {
                let collides = absences[..place]
                    .iter()
                    .any(|other| other.collides_with(absence));
                assert!(!collides, "{absence:?}");
            }
        }
    }

    #[test]
    fn a_company_of_one_and_a_year_of_single_days_can_be_made() {
        assert_eq!(company(1, 200, 0).absences().count(), 0);
        assert!(company(1, 2, 500).absences().count() > 200);
        assert_eq!(company(1, 0, 10).employees().count(), 0);
    }
}
