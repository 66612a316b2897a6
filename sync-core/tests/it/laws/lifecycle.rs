//! When access begins and ends, and what follows from it for the account.

#![cfg(feature = "tz")]

use chrono::{DateTime, Duration, NaiveDate, Utc};
use proptest::{prelude::*, sample::select};
use rstest::rstest;
use sync_core::{
    Access, Account, AccountPolicy, Coverage, Desired, Employee, EndReason, Known, Snapshot,
    SourceId, Value, Wish, Zone,
    employee::{self, AccessPolicy, EndSign, Zones, attribute},
};

/// Zones whose clocks change at night, at midnight, or never.
const ZONES: [&str; 8] = [
    "Europe/Berlin",
    "Europe/Lisbon",
    "Asia/Kolkata",
    "Asia/Beirut",
    "America/Los_Angeles",
    "America/Asuncion",
    "Pacific/Kiritimati",
    "Australia/Lord_Howe",
];

/// A person who works somewhere, for some time.
#[derive(Clone, Debug)]
struct Worker {
    zone: &'static str,
    hired: NaiveDate,
    last_day: NaiveDate,
    lead_days: u16,
    /// HR calls the person inactive from the end of the last day on, where the customer is.
    is_called_inactive: bool,
}

fn worker() -> impl Strategy<Value = Worker> {
    let days = (0..700_i64, 0..40_i64);
    (select(&ZONES), days, 0..=14_u16, any::<bool>()).prop_map(
        |(zone, (from, days), lead_days, is_called_inactive)| {
            let hired = date("2026-01-15") + Duration::days(from);
            Worker {
                zone,
                hired,
                last_day: hired + Duration::days(days),
                lead_days,
                is_called_inactive,
            }
        },
    )
}

impl Worker {
    fn policy(&self) -> AccountPolicy {
        AccountPolicy {
            access: AccessPolicy {
                lead_days: self.lead_days,
                zones: Zones {
                    home: zone("Europe/Berlin"),
                    attribute: Some("office".into()),
                    table: [("Office".to_owned(), zone(self.zone))].into(),
                },
                ..AccessPolicy::default()
            },
            ..AccountPolicy::default()
        }
    }

    fn snapshot(&self, now: DateTime<Utc>) -> Snapshot<Employee> {
        let is_over_at_home = zone("Europe/Berlin").end(self.last_day) <= now;
        let status = match self.is_called_inactive && is_over_at_home {
            true => "inactive",
            false => "active",
        };
        let employee = Employee::default()
            .with("office", Value::from("Office"))
            .with(attribute::STATUS, Value::from(status))
            .with(attribute::HIRE_DATE, Value::from(self.hired))
            .with(attribute::LAST_WORKING_DAY, Value::from(self.last_day));
        Snapshot::whole(Coverage::All, [(SourceId::new("1"), employee)], now)
    }

    fn wish(&self, now: DateTime<Utc>) -> Wish<Account> {
        wish(&employee::desire(&self.snapshot(now), &self.policy(), now))
    }
}

proptest! {
    /// Compares with what a calendar on the person's wall shows, in zones with every kind of change of clocks.
    #[test]
    fn l47_access_follows_the_days_where_the_person_is(worker in worker(), minutes in -3_000..90_000_i64) {
        let lead = Duration::days(worker.lead_days.into());
        let now = (worker.hired - lead).and_time(chrono::NaiveTime::MIN).and_utc() + Duration::minutes(minutes);
        let today = zone(worker.zone).local(now).date();
        let has_access = worker.hired - lead <= today && today <= worker.last_day;
        let wish = worker.wish(now);
        let is_active = matches!(&wish, Wish::Present(account) if account.access() == Some(Access::Active));
        prop_assert_eq!(is_active, has_access, "{:?} on {} at {}", wish, today, now);
        prop_assert_eq!(matches!(wish, Wish::Ended(_)), today > worker.last_day);
    }

    /// Looks at every hour until the moment that is announced.
    #[test]
    fn l47_the_next_change_is_announced_to_the_second(worker in worker(), hours in -60..1_400_i64) {
        let worker = Worker { is_called_inactive: false, ..worker };
        let now = worker.hired.and_time(chrono::NaiveTime::MIN).and_utc() + Duration::hours(hours);
        let before = worker.wish(now);
        let next = employee::next_change(&worker.snapshot(now), &worker.policy(), now);
        let until = next.unwrap_or(now + Duration::days(60));
        let mut between = now;
        while between < until {
            prop_assert_eq!(&worker.wish(between), &before, "at {}", between);
            between += Duration::hours(7);
        }
        prop_assert_eq!(&worker.wish(until - Duration::seconds(1)), &before);
        if let Some(next) = next {
            prop_assert_ne!(worker.wish(next), before);
        }
    }
}

/// Each row: a night in which clocks do something unusual, and the moment at which access ends or begins.
#[rstest]
#[case::midnight_is_left_out("Asia/Beirut", "2021-03-27", "2021-03-27T22:00:00Z")]
#[case::the_last_hour_comes_twice("America/Sao_Paulo", "2018-02-17", "2018-02-18T03:00:00Z")]
#[case::midnight_comes_twice("America/St_Johns", "2010-11-06", "2010-11-07T03:30:00Z")]
#[case::the_next_day_is_left_out("Pacific/Apia", "2011-12-29", "2011-12-30T10:00:00Z")]
fn l47_the_last_day_ends_when_clocks_say_so(
    #[case] place: &'static str,
    #[case] last_day: &str,
    #[case] end: &str,
) {
    let end: DateTime<Utc> = end.parse().expect("it is a moment");
    let worker = Worker {
        zone: place,
        hired: date("2001-01-01"),
        last_day: date(last_day),
        lead_days: 0,
        is_called_inactive: false,
    };
    assert!(matches!(
        worker.wish(end - Duration::seconds(1)),
        Wish::Present(_)
    ));
    assert_eq!(worker.wish(end), Wish::Ended(EndReason::LastDayPassed));
}

/// Each row: which signs count, what HR says, and who is over: status, last day of work, end of the contract.
#[rstest]
#[case::the_status_wins(&[EndSign::Status, EndSign::LastWorkingDay], "inactive", Some(5), None, true)]
#[case::the_day_wins(&[EndSign::LastWorkingDay, EndSign::Status], "inactive", Some(5), None, false)]
#[case::without_a_day_the_status_decides(&[EndSign::LastWorkingDay, EndSign::Status], "inactive", None, None, true)]
#[case::an_active_status_says_nothing_about_the_end(&[EndSign::Status, EndSign::LastWorkingDay], "active", Some(-1), None, true)]
#[case::garden_leave(&[EndSign::TerminationDate, EndSign::LastWorkingDay], "active", Some(-1), Some(9), false)]
#[case::the_last_day_at_work(&[EndSign::LastWorkingDay, EndSign::TerminationDate], "active", Some(-1), Some(9), true)]
#[case::a_sign_that_is_not_listed(&[EndSign::Status], "active", Some(-1), Some(-1), false)]
fn status_and_dates_decide_in_the_order_of_the_policy(
    #[case] end: &[EndSign],
    #[case] status: &str,
    #[case] last_day: Option<i64>,
    #[case] contract: Option<i64>,
    #[case] is_over: bool,
) {
    let now = crate::scene::now();
    let on = |offset: Option<i64>| {
        Known::from_observed(offset.map(|offset| Value::from(crate::scene::day(offset))))
    };
    let employee = Employee::default()
        .with(attribute::STATUS, Value::from(status))
        .with(attribute::HIRE_DATE, Value::from(crate::scene::day(-400)))
        .with(attribute::LAST_WORKING_DAY, on(last_day))
        .with(attribute::TERMINATION_DATE, on(contract));
    let policy = AccountPolicy {
        access: AccessPolicy {
            end: end.to_vec(),
            ..AccessPolicy::default()
        },
        ..AccountPolicy::default()
    };
    let snapshot = Snapshot::whole(Coverage::All, [(SourceId::new("1"), employee)], now);
    let wish = wish(&employee::desire(&snapshot, &policy, now));
    assert_eq!(matches!(wish, Wish::Ended(_)), is_over, "{wish:?}");
}

fn wish(desired: &Desired<Account>) -> Wish<Account> {
    desired.wishes[&SourceId::new("1")].clone()
}

fn zone(name: &str) -> Zone {
    name.parse().expect("the data has the zone")
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("it is a day")
}
