//! Personio keeps the contract of a product, as far as its API lets it.

use std::sync::Arc;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use personio_client::Client;
use personio_client::fake::{Company, Credential, FakePersonio, NewAbsence, NewEmployee};
use personio_client::sync::{PersonioAbsences, PersonioAttendances, PersonioEmployees};
use sync_core::absence::{self, Approval, Span};
use sync_core::attendance;
use sync_core::testing::conformance::{self, Factory};
use sync_core::{
    Absence, Account, Applied, Attendance, Capabilities, Change, Existing, FieldName, Known,
    ReadRequest, Record, TargetError, TargetId, TargetSystem, account::field, async_trait,
};

use super::{client, day, with_company};

/// A target and the fake behind it.
struct Behind<T> {
    target: T,
    fake: Arc<FakePersonio>,
}

impl<T> Behind<T> {
    /// Ada is there, under the first number that the fake gives.
    async fn new(target: impl FnOnce(Client) -> T) -> Self {
        let fake = with_company(ada).await;
        Self {
            target: target(client(&fake)),
            fake: Arc::new(fake),
        }
    }

    /// Takes all rights away, as an administrator may do at any time.
    fn cut_off(&self) -> bool {
        let none = |credential: Credential| credential.scopes::<String>([]);
        self.fake.edit_credential("fake-client", none);
        true
    }
}

fn ada(company: &mut Company) {
    let ada = NewEmployee::new("Ada", "Nwosu").hire_date(day(1, 5));
    company.hire(ada).unwrap();
}

/// The id of Ada, the same in every company.
async fn person() -> TargetId {
    let fake = with_company(ada).await;
    let number = fake.company(|company| company.employees().next().unwrap().number());
    TargetId::new(number.to_string())
}

#[async_trait]
impl<R: Record, T: TargetSystem<R>> TargetSystem<R> for Behind<T> {
    fn capabilities(&self) -> Capabilities {
        self.target.capabilities()
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<R>>, TargetError> {
        self.target.read(request).await
    }

    async fn apply(&self, changes: &[Change<R>]) -> Vec<Result<Applied, TargetError>> {
        self.target.apply(changes).await
    }
}

/// Each number is a week earlier, so that an absence that gets the first day of a later number lasts longer.
fn monday(number: usize) -> NaiveDate {
    day(3, 2) - Days::new(7 * u64::try_from(number % 5000).unwrap())
}

/// Each number is an hour later, so that an attendance that gets the end of a later number lasts longer.
fn hour(number: usize) -> NaiveDateTime {
    let hours = i64::try_from(number % 5000).unwrap();
    day(2, 2).and_time(NaiveTime::MIN) + TimeDelta::hours(hours)
}

#[tokio::test]
async fn absences_keep_the_contract() {
    let report = conformance::check_all(Absences(person().await)).await;
    report.assert_passed();
}

struct Absences(TargetId);

#[async_trait]
impl Factory<Absence> for Absences {
    type Target = Behind<PersonioAbsences>;

    async fn empty(&self) -> Self::Target {
        Behind::new(|client| PersonioAbsences::new(client, "Shiftly")).await
    }

    fn sample(&self, number: usize) -> Absence {
        Absence {
            account: self.0.clone(),
            label: Known::Value("Paid vacation".to_owned()),
            span: Span::days(monday(number), monday(number) + Days::new(1)),
            approval: Approval::Approved,
        }
    }

    /// No absence ends before it begins.
    fn together(&self) -> Vec<FieldName> {
        vec![absence::field::FIRST_DAY, absence::field::LAST_DAY]
    }

    async fn enter(&self, target: &Self::Target, record: Absence) -> Option<TargetId> {
        let number = record.account.as_str().parse::<u32>().ok()?;
        let last = record.span.last_day?;
        let new = NewAbsence::days(number.into(), "Paid vacation", record.span.first_day, last);
        let booked = target.fake.company(|company| company.book(new)).ok()?;
        Some(TargetId::new(booked.uuid()))
    }

    async fn reopen(&self, target: Self::Target) -> Option<Self::Target> {
        let anew = PersonioAbsences::new(client(&target.fake), "Shiftly");
        Some(Behind {
            target: anew,
            fake: target.fake,
        })
    }

    async fn cut_off(&self, target: &Self::Target) -> bool {
        target.cut_off()
    }
}

#[tokio::test]
async fn attendances_keep_the_contract() {
    let report = conformance::check_all(Attendances(person().await)).await;
    report.assert_passed();
}

/// Without breaks, which are periods of their own.
struct Attendances(TargetId);

#[async_trait]
impl Factory<Attendance> for Attendances {
    type Target = Behind<PersonioAttendances>;

    async fn empty(&self) -> Self::Target {
        Behind::new(|client| PersonioAttendances::new(client, "Shiftly")).await
    }

    fn sample(&self, number: usize) -> Attendance {
        Attendance {
            account: self.0.clone(),
            starts_at: hour(number),
            ends_at: hour(number) + TimeDelta::minutes(30),
            break_minutes: 0,
        }
    }

    /// No attendance ends before it begins.
    fn together(&self) -> Vec<FieldName> {
        vec![attendance::field::STARTS_AT, attendance::field::ENDS_AT]
    }

    async fn enter(&self, target: &Self::Target, record: Attendance) -> Option<TargetId> {
        let number = record.account.as_str().parse::<u32>().ok()?;
        let (day, from) = (record.starts_at.date(), record.starts_at.time());
        let until = Some(record.ends_at.time());
        let new = personio_client::fake::NewAttendance::new(number.into(), day, from, until);
        let attended = target.fake.company(|company| company.attend(new)).ok()?;
        Some(TargetId::new(attended.uuid()))
    }

    async fn reopen(&self, target: Self::Target) -> Option<Self::Target> {
        let anew = PersonioAttendances::new(client(&target.fake), "Shiftly");
        Some(Behind {
            target: anew,
            fake: target.fake,
        })
    }

    async fn cut_off(&self, target: &Self::Target) -> bool {
        target.cut_off()
    }
}

#[tokio::test]
async fn new_employees_keep_the_contract() {
    conformance::check_all(Employees).await.assert_passed();
}

struct Employees;

#[async_trait]
impl Factory<Account> for Employees {
    type Target = Behind<PersonioEmployees>;

    async fn empty(&self) -> Self::Target {
        let behind = Behind::new(PersonioEmployees::new).await;
        behind.fake.company(|company| {
            let ada = company.employees().next().unwrap().number();
            company.delete_employee(ada).unwrap();
        });
        behind
    }

    fn sample(&self, number: usize) -> Account {
        Account::default()
            .with(field::EMAIL, format!("person.{number}@example.com"))
            .with(field::FIRST_NAME, format!("Given {number}"))
            .with(field::LAST_NAME, format!("Family {number}"))
            .with("position", format!("Position {number}"))
    }

    fn free_text(&self) -> Vec<FieldName> {
        vec![field::FIRST_NAME, field::LAST_NAME, "position".into()]
    }

    /// Everybody has both names.
    fn may_be_empty(&self) -> Vec<FieldName> {
        Vec::new()
    }

    async fn cut_off(&self, target: &Self::Target) -> bool {
        target.cut_off()
    }
}
