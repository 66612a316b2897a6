//! What happens in the made-up company of the quickstart.

use chrono::{Days, NaiveDate};
use personio_client::fake::{
    AbsenceChange, AbsenceNumber, AbsenceStatus, AbsenceUnit, Company, CompanyError,
    EmployeeNumber, NewAbsence, NewEmployee, Status,
};
use serde_json::json;

/// A week in the company: people come, leave and marry, absences are booked, shortened and withdrawn.
///
/// A company that is too small for all of it sees less.
///
/// # Errors
///
/// When a person or an absence does not exist.
pub fn a_week_passes(company: &mut Company, today: NaiveDate) -> Result<(), CompanyError> {
    for (first, last, email) in [
        ("Zoë", "Brandão", "zoe.brandao@example.com"),
        ("Łukasz", "Żuraw", "lukasz.zuraw@example.com"),
        ("Ayşe", "Öztürk", "ayse.oeztuerk@example.com"),
    ] {
        company.hire(NewEmployee::new(first, last).email(email).hire_date(today))?;
    }

    let mut people = at_work(company, today).into_iter();
    let leavers: Vec<EmployeeNumber> = people.by_ref().take(2).collect();
    for leaver in &leavers {
        company.terminate(*leaver, today - Days::new(1))?;
    }
    if let Some(bride) = people.next() {
        company.rename(bride, "Maren", "Aalto-Hübner")?;
    }
    if let Some(mover) = people.next() {
        company.set_attribute(mover, "email", json!("new.address@example.com"))?;
    }
    if let Some(traveller) = people.next() {
        book_a_free_week(company, traveller, today);
    }

    let mut ahead = approved_ahead(company, today, &leavers).into_iter();
    if let Some(shortened) = ahead.next() {
        let (first, last) = days_of(company, shortened);
        company.change_absence(
            shortened,
            AbsenceChange::new().days(first, last - Days::new(1)),
        )?;
    }
    if let Some(halved) = ahead.next() {
        company.change_absence(halved, AbsenceChange::new().half_days(true, false))?;
    }
    if let Some(withdrawn) = ahead.next() {
        company.withdraw(withdrawn)?;
    }
    if let Some(deleted) = ahead.next() {
        company.delete_absence(deleted)?;
    }
    Ok(())
}

/// Books a week of vacation on the first days on which the person is not absent already.
fn book_a_free_week(company: &mut Company, traveller: EmployeeNumber, today: NaiveDate) {
    for days in (60..240).step_by(7) {
        let first = today + Days::new(days);
        let week = NewAbsence::days(traveller, "Paid vacation", first, first + Days::new(4));
        if company.book(week.half_day_end()).is_ok() {
            return;
        }
    }
}

/// An import goes wrong: every fourth person is marked as gone. Returns who they are.
///
/// # Errors
///
/// When a person does not exist.
pub fn an_import_goes_wrong(
    company: &mut Company,
    today: NaiveDate,
) -> Result<Vec<EmployeeNumber>, CompanyError> {
    let victims: Vec<EmployeeNumber> = company
        .employees()
        .filter(|employee| employee.status_on(today) == Status::Active)
        .map(|employee| employee.number())
        .step_by(4)
        .collect();
    for victim in &victims {
        company.set_attribute(*victim, "status", json!("inactive"))?;
    }
    Ok(victims)
}

/// Somebody notices, and marks them as active again.
///
/// # Errors
///
/// When a person does not exist.
pub fn somebody_notices(
    company: &mut Company,
    victims: &[EmployeeNumber],
) -> Result<(), CompanyError> {
    victims
        .iter()
        .try_for_each(|victim| company.set_attribute(*victim, "status", json!("active")))
}

/// Returns people who are at work and have no end of employment in sight.
fn at_work(company: &Company, today: NaiveDate) -> Vec<EmployeeNumber> {
    company
        .employees()
        .filter(|employee| employee.status_on(today) == Status::Active)
        .filter(|employee| employee.last_working_day().is_none())
        .map(|employee| employee.number())
        .skip(3)
        .collect()
}

/// Returns absences of several whole days that are approved and still ahead, of people who stay.
fn approved_ahead(
    company: &Company,
    today: NaiveDate,
    not_of: &[EmployeeNumber],
) -> Vec<AbsenceNumber> {
    let by_day = |absence: &personio_client::fake::Absence| {
        company
            .absence_types()
            .find(|kind| kind.number() == absence.absence_type())
            .is_some_and(|kind| kind.unit() == AbsenceUnit::Day)
    };
    company
        .absences()
        .filter(|absence| {
            absence.first_day() > today && absence.status() == AbsenceStatus::Approved
        })
        .filter(|absence| {
            absence
                .last_day()
                .is_some_and(|last| last > absence.first_day())
        })
        .filter(|absence| by_day(absence) && !not_of.contains(&absence.employee()))
        .map(|absence| absence.number())
        .step_by(7)
        .collect()
}

fn days_of(company: &Company, absence: AbsenceNumber) -> (NaiveDate, NaiveDate) {
    let absence = company.absence(absence);
    let first = absence.map_or(NaiveDate::MIN, |absence| absence.first_day());
    (
        first,
        absence
            .and_then(|absence| absence.last_day())
            .unwrap_or(first),
    )
}
