//! Makes up companies of 1 to 100,000 people, the same on every machine.

use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::absence::{Absence, AbsenceStatus, Extent};
use super::attribute::{AttributeKind, CustomAttribute, CustomValue};
use super::company::Company;
use super::dice::Dice;
use super::employee::{
    Employment, EmploymentType, Gender, Pay, SalaryInterval, Termination, TerminationType,
};
use super::names::{FIRST_NAMES, LAST_NAMES, local_part};
use super::number::{CustomAttributeNumber, EmployeeNumber};

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

    /// Sets the number of absences of each person, within the year before and the half year after today.
    ///
    /// Beyond about a hundred the time does not suffice and there are fewer.
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
        let employees: Vec<_> = draft
            .company
            .employees()
            .map(super::Employee::number)
            .collect();
        for employee in employees {
            draft.book_absences(employee, self.absences_per_employee);
        }
        draft.company
    }
}

/// How many people one supervisor has at most.
const SPAN_OF_CONTROL: u32 = 7;

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
    fn hire(&mut self, place: u32) {
        let (first_name, gender) = *self.dice.pick(&FIRST_NAMES);
        let last_name = *self.dice.pick(&LAST_NAMES);
        let email = self.free_address(first_name, last_name);
        let has_email = !self.dice.per_mille(5);
        let (employment, former) = self.employments(place);
        self.company.now = recorded(former.first().unwrap_or(&employment), self.today);
        let number = self.company.add_employee(
            first_name,
            last_name,
            has_email.then_some(&*email),
            employment,
        );
        let custom = self.custom_values(number);
        if let Some(employee) = self.company.employees.get_mut(number.get()) {
            let diverse = self.dice.per_mille(15);
            employee.gender = Some(if diverse { Gender::Diverse } else { gender });
            employee.has_picture = self.dice.per_mille(700);
            employee.vacation_days = self.dice.between(25, 30) as u8;
            employee.former_employments = former.into();
            employee.custom = custom;
        }
        self.company.now = at_six(self.today);
    }

    fn free_address(&self, first_name: &str, last_name: &str) -> String {
        let local = local_part(first_name, last_name);
        let addresses = std::iter::once(format!("{local}@example.com"))
            .chain((2..).map(|suffix| format!("{local}{suffix}@example.com")));
        let mut free =
            addresses.filter(|address| self.company.employee_with_email(address).is_none());
        free.next().unwrap_or_default()
    }

    /// The current employment and, for rehires, the one before.
    fn employments(&mut self, place: u32) -> (Employment, Vec<Employment>) {
        let mut former = Vec::new();
        let rehire = place > 0 && self.dice.per_mille(20);
        if rehire {
            let mut employment = self.employment(place);
            let hired = self.days_ago(2500, 3600);
            employment.hire_date = Some(hired);
            employment.probation_period_end = Some(hired + TimeDelta::days(181));
            let left = self.days_ago(1200, 2000);
            employment.termination = Some(self.termination(left));
            let recorded_at = recorded(&employment, self.today);
            (employment.created_at, employment.updated_at) = (recorded_at, recorded_at);
            former.push(employment);
        }
        let mut employment = self.employment(place);
        let fate = if place == 0 {
            500
        } else {
            self.dice.below(1000)
        };
        let hired = match fate {
            0..40 => self.today + TimeDelta::days(i64::from(self.dice.between(1, 90))),
            _ if rehire => self.days_ago(300, 1000),
            _ => self.days_ago(40, 4000),
        };
        employment.hire_date = Some(hired);
        employment.probation_period_end = Some(hired + TimeDelta::days(181));
        match fate {
            40..120 => {
                let left = hired.max(self.days_ago(1, 700));
                employment.termination = Some(self.termination(left));
            }
            120..140 => {
                let leaving = self.today + TimeDelta::days(i64::from(self.dice.between(5, 100)));
                employment.termination = Some(self.termination(leaving));
            }
            140..170 => {
                let until = self.today + TimeDelta::days(i64::from(self.dice.between(20, 300)));
                employment.leave = Some((hired.max(self.days_ago(5, 200)), Some(until)));
            }
            170..220 => employment.contract_end_date = Some(hired + TimeDelta::days(730)),
            _ => {}
        }
        let recorded_at = recorded(&employment, self.today);
        (employment.created_at, employment.updated_at) = (recorded_at, recorded_at);
        (employment, former)
    }

    fn employment(&mut self, place: u32) -> Employment {
        let mut employment = self.company.new_employment();
        let organisation = &self.company.organisation;
        let department = self.dice.below(DEPARTMENTS.len() as u32) as usize;
        let (schedule, hours) = match self.dice.below(100) {
            0..80 => (0, Decimal::from(40)),
            80..90 => (1, Decimal::from(30)),
            90..97 => (2, Decimal::from(20)),
            _ => (0, Decimal::new(375, 1)),
        };
        let external = self.dice.per_mille(50);
        employment.kind = if external {
            EmploymentType::External
        } else {
            EmploymentType::Internal
        };
        employment.position = Some((*self.dice.pick(&DEPARTMENTS[department].1)).into());
        employment.supervisor = supervisor_of(place);
        employment.department = Some(organisation.departments[department].number);
        employment.team = Some(self.dice.pick(&organisation.teams).number);
        employment.office = Some(self.dice.pick(&organisation.offices).number);
        employment.legal_entity = Some(self.dice.pick(&organisation.legal_entities).number);
        employment.work_schedule =
            (!external).then(|| organisation.work_schedules[schedule].number);
        employment.weekly_working_hours = Some(hours);
        let cost_center = organisation.cost_centers[department].number;
        employment.cost_centers = if self.dice.per_mille(100) {
            Box::new([
                (cost_center, 60),
                (
                    organisation.cost_centers[(department + 1) % DEPARTMENTS.len()].number,
                    40,
                ),
            ])
        } else {
            Box::new([(cost_center, 100)])
        };
        employment.pay = if external {
            Pay {
                hourly: Some(Decimal::new(i64::from(self.dice.between(300, 950)), 1)),
                ..Pay::default()
            }
        } else {
            let salary = Decimal::from(self.dice.between(28, 95) * 100);
            Pay {
                salary: Some(salary),
                interval: Some(SalaryInterval::Monthly),
                hourly: None,
            }
        };
        employment
    }

    fn termination(&mut self, date: NaiveDate) -> Termination {
        use TerminationType::{Agreement, ContractExpired, Employee, Fired};
        let remaining_vacation = i64::from(self.dice.below(4)) * 7;
        Termination {
            date,
            last_working_day: date - TimeDelta::days(remaining_vacation),
            noticed_on: date - TimeDelta::days(90),
            kind: Some(
                *self
                    .dice
                    .pick(&[Employee, Employee, Fired, ContractExpired, Agreement]),
            ),
            reason: None,
        }
    }

    fn custom_values(
        &mut self,
        employee: EmployeeNumber,
    ) -> Vec<(CustomAttributeNumber, CustomValue)> {
        let attributes = self.company.custom_attributes.clone();
        let values = attributes.iter().filter_map(|attribute| {
            let value = match attribute.kind {
                _ if self.dice.per_mille(250) => return None,
                AttributeKind::Date => CustomValue::Date(self.days_ago(8000, 20_000)),
                AttributeKind::Integer => {
                    CustomValue::Integer(i64::from(self.dice.between(1, 99_999)))
                }
                AttributeKind::Decimal => {
                    CustomValue::Decimal(f64::from(self.dice.between(80, 140)) / 100.0)
                }
                AttributeKind::List => {
                    CustomValue::Text(self.dice.pick(&attribute.options).as_str().into())
                }
                AttributeKind::Tags => {
                    let chosen = attribute
                        .options
                        .iter()
                        .filter(|_| self.dice.per_mille(400));
                    CustomValue::Tags(chosen.cloned().collect())
                }
                AttributeKind::Link => {
                    CustomValue::Text(format!("https://people.example.com/{employee}").into())
                }
                AttributeKind::Multiline => {
                    CustomValue::Text("Parking space 7\nKeys: front door".into())
                }
                AttributeKind::Standard => match attribute.universal_id.as_deref() {
                    Some(_) => CustomValue::Text(
                        format!("XX00 {:04} 0000", employee.get() % 10_000).into(),
                    ),
                    None => CustomValue::Text(
                        (*self.dice.pick(&["Dr.", "Mgr", "Prof.", "Ing."])).into(),
                    ),
                },
            };
            Some((attribute.number, value))
        });
        values.collect()
    }

    /// Spreads absences over the time before and after today, one in each of equal parts, so that none overlap.
    fn book_absences(&mut self, number: EmployeeNumber, count: u32) {
        const DAYS: u32 = 545;
        let Some(employee) = self.company.employee(number) else {
            return;
        };
        let leave = employee.employment.leave;
        let employed_from = employee.employment.hire_date.unwrap_or(self.today);
        let employed_until = employee
            .employment
            .termination
            .as_ref()
            .map(|termination| termination.last_working_day);
        let part = (DAYS / count.max(1)).max(2);
        let mut booked = 0;
        if let Some((from, until)) = leave {
            self.add(number, Drawn::days("Parental leave", from, until));
            booked += 1;
        }
        let beginning = self.today - TimeDelta::days(365);
        let parts =
            (0..DAYS / part).map(|place| beginning + TimeDelta::days(i64::from(place * part)));
        for from in parts.filter(|from| employed_until.is_none_or(|until| *from <= until)) {
            let until = from + TimeDelta::days(i64::from(part) - 1);
            let on_leave = leave.is_some_and(|(first, last)| {
                first <= until && last.is_none_or(|last| from <= last)
            });
            if booked == count || on_leave || until < employed_from {
                continue;
            }
            let drawn = self.draw(from.max(employed_from), until);
            let open_ended = drawn.last_day.is_none();
            self.add(number, drawn);
            booked += 1;
            if open_ended {
                break;
            }
        }
    }

    /// Makes up an absence between the two days, both inclusive.
    fn draw(&mut self, earliest: NaiveDate, latest: NaiveDate) -> Drawn {
        let turn_of_year = NaiveDate::from_ymd_opt(earliest.year(), 12, 28).unwrap_or(earliest);
        let back = turn_of_year + TimeDelta::days(7);
        if earliest <= turn_of_year && back <= latest {
            return Drawn::days("Paid vacation", turn_of_year, Some(back));
        }
        let room = (latest - earliest).num_days() as u32;
        let from = earliest + TimeDelta::days(i64::from(self.dice.below(room / 2 + 1)));
        let longest = (latest - from).num_days() as u32;
        let mut at_most = |days: u32| {
            Some(from + TimeDelta::days(i64::from(self.dice.below(longest.min(days) + 1))))
        };
        let (long, short, very_short) = (at_most(13), at_most(4), at_most(1));
        match self.dice.below(100) {
            0..50 => Drawn::days("Paid vacation", from, long),
            50..60 => {
                let half_day_start = self.dice.per_mille(500);
                let extent = Extent::Days {
                    half_day_start,
                    half_day_end: !half_day_start,
                };
                Drawn {
                    extent,
                    ..Drawn::days("Paid vacation", from, short)
                }
            }
            60..78 => Drawn::days("Sick leave", from, short),
            78..80 if from <= self.today && self.today <= latest => {
                Drawn::days("Sick leave", from, None)
            }
            78..86 => Drawn::days("Home office", from, Some(from)),
            86..95 => {
                let starts = self.dice.between(14, 32) as u16 * 30;
                let until = starts + self.dice.between(1, 8) as u16 * 30;
                let extent = Extent::Minutes {
                    from: starts,
                    until,
                };
                Drawn {
                    extent,
                    ..Drawn::days("Doctor's appointment", from, Some(from))
                }
            }
            95..98 => {
                let extent = Extent::Minutes {
                    from: 13 * 60,
                    until: 17 * 60,
                };
                Drawn {
                    extent,
                    ..Drawn::days("Overtime compensation", from, Some(from))
                }
            }
            _ => Drawn::days("Overtime compensation", from, very_short),
        }
    }

    fn add(&mut self, employee: EmployeeNumber, drawn: Drawn) {
        let types = &self.company.absence_types;
        let Some(absence_type) = types.iter().find(|known| known.name == drawn.absence_type) else {
            return;
        };
        let status = match (absence_type.approval_required, self.dice.below(100)) {
            (true, 0..4) => AbsenceStatus::Rejected,
            (true, 4..30) if drawn.first_day > self.today => AbsenceStatus::Pending,
            _ => AbsenceStatus::Approved,
        };
        let absence_type = absence_type.number;
        let asked_ahead = TimeDelta::days(i64::from(self.dice.between(1, 60)));
        let asked_on = (drawn.first_day - asked_ahead).min(self.today - TimeDelta::days(1));
        let created_at = at_six(asked_on) + TimeDelta::minutes(i64::from(self.dice.below(600)));
        self.company.add_absence(Absence {
            number: 0.into(),
            employee,
            absence_type,
            first_day: drawn.first_day,
            last_day: drawn.last_day,
            extent: drawn.extent,
            status,
            comment: None,
            created_at,
            updated_at: created_at + TimeDelta::minutes(i64::from(self.dice.below(240))),
        });
    }

    fn days_ago(&mut self, fewest: u32, most: u32) -> NaiveDate {
        self.today - TimeDelta::days(i64::from(self.dice.between(fewest, most)))
    }
}

/// The supervisor by place in the company: always somebody hired earlier, so that no circle can close.
fn supervisor_of(place: u32) -> Option<EmployeeNumber> {
    const FIRST_NUMBER: u32 = 4001;
    Some(EmployeeNumber::from(
        FIRST_NUMBER + place.checked_sub(1)? / SPAN_OF_CONTROL,
    ))
}

/// When an employment was put on record: a month before it starts, or yesterday.
fn recorded(employment: &Employment, today: NaiveDate) -> chrono::DateTime<Utc> {
    let hired = employment.hire_date.unwrap_or(today);
    at_six((hired - TimeDelta::days(30)).min(today - TimeDelta::days(1)))
}

fn at_six(day: NaiveDate) -> chrono::DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(6, 0, 0).unwrap_or_default())
        .and_utc()
}

/// An absence made up for somebody.
struct Drawn {
    absence_type: &'static str,
    first_day: NaiveDate,
    last_day: Option<NaiveDate>,
    extent: Extent,
}

impl Drawn {
    fn days(absence_type: &'static str, first_day: NaiveDate, last_day: Option<NaiveDate>) -> Self {
        let extent = Extent::Days {
            half_day_start: false,
            half_day_end: false,
        };
        Self {
            absence_type,
            first_day,
            last_day,
            extent,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::fake::Status;

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
        let some = |test: fn(&super::super::Employee) -> bool| company.employees().any(test);
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
        assert_eq!(company(1, 1, 0).absences().count(), 0);
        assert!(company(1, 2, 500).absences().count() > 200);
        assert_eq!(company(1, 0, 10).employees().count(), 0);
    }
}
