//! What a made-up company promises to contain.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::Datelike;
use rstest::rstest;

use super::super::absence::{Absence, AbsenceStatus, Extent};
use super::super::attendance::{Attendance, AttendanceStatus, NewAttendance};
use super::super::attribute::AttributeKind;
use super::super::company_error::CompanyError;
use super::super::employee::{Employee, Gender, NewEmployee};
use super::super::employment::{EmploymentType, Status};
use super::super::number::EmployeeNumber;
use super::organisation::OFFICES;
use super::*;

/// What can be said of somebody on a day, and whether it is so.
type Situation = (&'static str, fn(&Employee, NaiveDate) -> bool);
/// What can be said of a record, and whether it is so.
type Sort<T> = (&'static str, fn(&T) -> bool);

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
    let company = company(1, 500, 0);
    let today = company.today();
    let expected: [Situation; 11] = [
        ("works part time", |person, _| {
            person.employment.weekly_working_hours < Some(30.into())
        }),
        ("is a contractor", |person, _| {
            person.employment.kind == EmploymentType::External
        }),
        ("has left", |person, today| {
            person.status_on(today) == Status::Inactive
        }),
        ("is leaving", |person, today| {
            person.last_working_day() > Some(today)
        }),
        ("is hired for later", |person, today| {
            person.status_on(today) == Status::Onboarding
        }),
        ("is on leave", |person, today| {
            person.status_on(today) == Status::Leave
        }),
        ("was hired again", |person, _| {
            person.former_employments.iter().any(|former| {
                let left = former
                    .termination
                    .as_ref()
                    .map(|termination| termination.date);
                left.is_some()
                    && left < person.hire_date()
                    && former.number != person.employment.number
            })
        }),
        ("has no address", |person, _| person.email.is_none()),
        ("is neither man nor woman", |person, _| {
            person.gender == Some(Gender::Diverse)
        }),
        ("costs two centers", |person, _| {
            person.employment.cost_centers.len() == 2
        }),
        ("has a name beyond ascii", |person, _| {
            !person.first_name.is_ascii() && !person.last_name.is_ascii()
        }),
    ];
    for (what, is_so) in expected {
        let somebody = company.employees().any(|person| is_so(person, today));
        assert!(somebody, "nobody {what}");
    }
}

#[test]
fn a_company_has_absences_of_every_sort() {
    let company = company(1, 500, 10);
    let expected: [Sort<Absence>; 9] = [
        ("takes days", |absence| {
            matches!(absence.extent, Extent::Days { .. })
        }),
        ("takes hours", |absence| {
            matches!(absence.extent, Extent::Minutes { .. })
        }),
        ("begins at noon", |absence| {
            absence.half_days() == (true, false)
        }),
        ("ends at noon", |absence| {
            absence.half_days() == (false, true)
        }),
        ("has no end yet", |absence| absence.last_day.is_none()),
        ("lasts over the turn of the year", |absence| {
            absence
                .last_day
                .is_some_and(|last_day| last_day.year() > absence.first_day.year())
        }),
        ("is approved", |absence| {
            absence.status == AbsenceStatus::Approved
        }),
        ("is pending", |absence| {
            absence.status == AbsenceStatus::Pending
        }),
        ("is rejected", |absence| {
            absence.status == AbsenceStatus::Rejected
        }),
    ];
    for (what, is_so) in expected {
        assert!(company.absences().any(is_so), "no absence {what}");
    }
}

#[rstest]
#[case("Paid vacation")]
#[case("Sick leave")]
#[case("Parental leave")]
#[case("Home office")]
#[case("Doctor's appointment")]
#[case("Overtime compensation")]
fn people_are_absent_for_many_reasons(#[case] reason: &str) {
    let company = company(1, 200, 10);
    let mut absence_types = company.absence_types();
    let reason = absence_types.find(|known| known.name() == reason).unwrap();
    assert!(
        company
            .absences()
            .any(|absence| absence.absence_type == reason.number())
    );
}

#[test]
fn people_work_in_every_unit_and_in_every_zone() {
    let company = company(1, 500, 0);
    let employments: Vec<_> = company
        .employees()
        .map(|person| &person.employment)
        .collect();
    let organisation = &company.organisation;
    let units = [
        organisation.departments.len(),
        organisation.teams.len(),
        organisation.offices.len(),
        organisation.legal_entities.len(),
    ];
    let taken = [
        employments
            .iter()
            .map(|e| e.department.map(|unit| unit.get()))
            .collect::<HashSet<_>>(),
        employments
            .iter()
            .map(|e| e.team.map(|unit| unit.get()))
            .collect(),
        employments
            .iter()
            .map(|e| e.office.map(|unit| unit.get()))
            .collect(),
        employments
            .iter()
            .map(|e| e.legal_entity.map(|unit| unit.get()))
            .collect(),
    ];
    assert_eq!(taken.map(|units| units.len()), units);
    assert!(units.iter().all(|count| *count > 4), "{units:?}");
    let zones: HashSet<_> = company
        .employees()
        .map(|person| company.zone_of(person.number))
        .collect();
    assert_eq!(zones, OFFICES.iter().map(|(_, _, zone)| *zone).collect());
}

#[rstest]
fn custom_attributes_are_filled_for_some_and_empty_for_others(
    #[values(
        AttributeKind::Standard,
        AttributeKind::Date,
        AttributeKind::Integer,
        AttributeKind::Decimal,
        AttributeKind::List,
        AttributeKind::Link,
        AttributeKind::Tags,
        AttributeKind::Multiline
    )]
    kind: AttributeKind,
) {
    let company = company(1, 50, 0);
    let mut attributes = company.custom_attributes();
    let attribute = attributes.find(|attribute| attribute.kind == kind).unwrap();
    let filled = company
        .employees()
        .filter(|person| person.custom(attribute.number).is_some());
    assert!((1..50).contains(&filled.count()));
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

#[rstest]
#[case(1)]
#[case(100_000)]
fn a_company_has_as_many_people_as_ordered(#[case] employees: u32) {
    assert_eq!(
        company(1, employees, 0).employees().len(),
        employees as usize
    );
}

/// Follows the supervisors from everybody upwards, and returns the circles in which that ends.
fn circles(company: &Company) -> BTreeSet<Vec<EmployeeNumber>> {
    let supervisor_of = |number| company.employee(number).and_then(Employee::supervisor);
    let ends = company.employees().filter_map(|employee| {
        let mut way = vec![employee.number];
        while let Some(supervisor) = way.last().copied().and_then(supervisor_of) {
            if let Some(place) = way.iter().position(|passed| *passed == supervisor) {
                let mut circle = way.split_off(place);
                circle.sort_unstable();
                return Some(circle);
            }
            way.push(supervisor);
        }
        None
    });
    ends.collect()
}

#[test]
fn supervisors_go_round_in_circles_only_on_request() {
    let generator = Generator::new(1).employees(60).absences_per_employee(0);
    assert!(circles(&Company::generate(&generator)).is_empty());
    let company = Company::generate(&generator.supervisor_cycles(4));
    let circles = circles(&company);
    let mut lengths: Vec<_> = circles.iter().map(Vec::len).collect();
    lengths.sort_unstable();
    assert_eq!(lengths, [1, 1, 2, 3], "the first supervises themselves");
    for member in circles.iter().flatten() {
        let status = company
            .employee(*member)
            .unwrap()
            .status_on(company.today());
        assert_eq!(status, Status::Active);
    }
}

#[test]
fn supervisors_who_have_left_are_still_named_on_request() {
    let generator = Generator::new(1).employees(8).absences_per_employee(5);
    let departed = |company: &Company| {
        let named: BTreeSet<_> = company
            .employees()
            .filter_map(Employee::supervisor)
            .collect();
        let named = named.iter().filter_map(|number| company.employee(*number));
        let departed = named.filter(|named| named.status_on(company.today()) == Status::Inactive);
        departed.map(Employee::number).collect::<Vec<_>>()
    };
    assert_eq!(departed(&Company::generate(&generator.clone())), []);
    let company = Company::generate(&generator.departed_supervisors(1));
    let [departed] = departed(&company)[..] else {
        panic!("one has left");
    };
    let left = company
        .employee(departed)
        .unwrap()
        .last_working_day()
        .unwrap();
    assert!(
        company
            .absences_of(departed)
            .all(|absence| absence.first_day <= left)
    );
}

/// The people with each address, whatever its case and the blanks around it.
fn by_address(company: &Company) -> BTreeMap<String, Vec<&str>> {
    let mut people: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for address in company.employees().filter_map(Employee::email) {
        people
            .entry(address.trim().to_lowercase())
            .or_default()
            .push(address);
    }
    people
}

#[test]
fn addresses_are_shared_and_missing_on_request() {
    let generator = Generator::new(1).employees(40).absences_per_employee(0);
    let clean = Company::generate(&generator.clone());
    let clean = by_address(&clean);
    assert!(clean.values().all(|addresses| addresses.len() == 1));

    let company = Company::generate(&generator.shared_emails(3).missing_emails(2));
    let shared: Vec<_> = by_address(&company)
        .into_values()
        .filter(|addresses| addresses.len() == 2)
        .collect();
    assert_eq!(shared.len(), 3);
    let some = |differ: fn(&str, &str) -> bool| shared.iter().any(|pair| differ(pair[0], pair[1]));
    assert!(some(|one, other| one == other));
    assert!(some(
        |one, other| one != other && one.eq_ignore_ascii_case(other)
    ));
    assert!(some(|one, other| one != other && one.trim() == other.trim()));
    let addresses: usize = by_address(&company).values().map(Vec::len).sum();
    assert_eq!(addresses, clean.len() - 2);
}

#[test]
fn an_address_that_two_people_share_is_free_when_both_have_gone() {
    let generator = Generator::new(1).employees(2).shared_emails(1);
    let mut company = Company::generate(&generator.absences_per_employee(0));
    let address = company
        .employees()
        .find_map(Employee::email)
        .unwrap()
        .to_owned();
    let people: Vec<_> = company.employees().map(Employee::number).collect();
    let newcomer = || NewEmployee::new("Ada", "Nwosu").email(&address);
    company.delete_employee(people[0]).unwrap();
    assert_eq!(company.hire(newcomer()), Err(CompanyError::EmailTaken));
    company.delete_employee(people[1]).unwrap();
    assert!(company.hire(newcomer()).is_ok());
}

#[test]
fn what_is_wrong_leaves_the_people_as_they_were() {
    let generator = Generator::new(5).employees(30);
    let wrong = generator.clone().supervisor_cycles(2).shared_emails(2);
    let people = |generator: &Generator| {
        let company = Company::generate(generator);
        let names = company.employees().map(|person| {
            let absences = company.absences_of(person.number).count();
            format!("{} {} {absences}", person.first_name, person.last_name)
        });
        names.collect::<Vec<_>>()
    };
    assert_eq!(people(&generator), people(&wrong));
}

#[test]
fn more_can_be_asked_to_be_wrong_than_there_are_people() {
    let generator = Generator::new(1).employees(3).absences_per_employee(0);
    let company = Company::generate(
        &generator
            .supervisor_cycles(9)
            .departed_supervisors(9)
            .shared_emails(9)
            .missing_emails(9),
    );
    assert_eq!(company.employees().len(), 3);
}

#[test]
fn a_company_has_attendances_of_every_sort() {
    let company = at_work(200, 6);
    let expected: [Sort<NewAttendance>; 4] = [
        ("has a break", |attendance| attendance.break_minutes > 0),
        ("is one of two on a day", |attendance| {
            attendance.break_minutes == 0 && attendance.until.is_some()
        }),
        ("goes on", |attendance| {
            attendance.until.is_none() && attendance.status == AttendanceStatus::Pending
        }),
        ("waits for approval", |attendance| {
            attendance.until.is_some() && attendance.status == AttendanceStatus::Pending
        }),
    ];
    let attendances: Vec<_> = company.attendances_in_v1().map(|(_, seen)| seen).collect();
    for (what, is_so) in expected {
        assert!(attendances.iter().any(is_so), "no attendance {what}");
    }
}

#[test]
fn people_work_when_they_are_employed_and_not_absent_and_never_twice_at_once() {
    let company = at_work(100, 6);
    let mut by_person: BTreeMap<_, Vec<&Attendance>> = BTreeMap::new();
    for attendance in company.attendances() {
        by_person
            .entry(attendance.employee)
            .or_default()
            .push(attendance);
    }
    assert!(by_person.len() > 50);
    for (number, attendances) in by_person {
        let person = company.employee(number).unwrap();
        let work = attendances.iter().filter(|period| !period.is_break());
        assert!(work.count() <= 6);
        for pair in attendances.windows(2) {
            let end = pair[0].end().unwrap();
            assert!(end <= pair[1].start(), "oldest first, without overlap");
        }
        for attendance in attendances {
            let day = Some(attendance.day);
            assert!(person.hire_date() <= day && attendance.updated_at <= company.now);
            assert!(
                person
                    .last_working_day()
                    .is_none_or(|last| Some(last) >= day)
            );
            let mut absences = company.absences_of(number);
            assert!(!absences.any(|absence| absence.intersects(day, day)));
        }
    }
}

#[test]
fn nobody_has_attendances_unless_ordered() {
    assert_eq!(company(1, 20, 2).attendances().count(), 0);
}

fn at_work(employees: u32, attendances: u32) -> Company {
    let generator = Generator::new(1).employees(employees);
    Company::generate(&generator.attendances_per_employee(attendances))
}
