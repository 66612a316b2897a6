//! Time entries, from the product that records them to the side that pays for them.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use sync_core::{
    Attendance, AttendancePolicy, Capabilities, Coverage, Existing, LedgerState, Snapshot,
    SourceId, SyncPolicy, TimeEntry, Wish,
    attendance::{self, Ready},
};

use crate::scene::{Scene, day, now, today};

fn at(day: NaiveDate, hour: u32, minute: u32) -> NaiveDateTime {
    day.and_hms_opt(hour, minute, 0)
        .expect("it is a time of the day")
}

/// A day of work that was finished a day before now, and not verified.
fn entry(day: NaiveDate) -> TimeEntry {
    TimeEntry {
        person: "1".into(),
        starts_at: at(day, 8, 30),
        ends_at: Some(at(day, 17, 0)),
        break_minutes: 45,
        finished_at: Some(now() - Duration::days(1)),
        verified_at: None,
    }
}

fn verified(entry: TimeEntry, at: DateTime<Utc>) -> TimeEntry {
    TimeEntry {
        verified_at: Some(at),
        ..entry
    }
}

fn scene(entries: &BTreeMap<&str, TimeEntry>, policy: &AttendancePolicy) -> Scene<Attendance> {
    let rows = entries
        .iter()
        .map(|(id, entry)| (SourceId::new(id), entry.clone()));
    let snapshot = Snapshot::whole(Coverage::Window(policy.first_window(today())), rows, now());
    let accounts = BTreeMap::from([("1".into(), "person-1".into())]);
    Scene {
        desired: attendance::desire(&snapshot, &accounts, policy, now()),
        existing: Vec::new(),
        ledger: LedgerState::default(),
        capabilities: Capabilities::all(),
        policy: SyncPolicy::for_attendances(),
    }
}

/// S10
#[rstest::rstest]
#[case::finished_yesterday(entry(day(-1)), "sent")]
#[case::still_open(TimeEntry { ends_at: None, finished_at: None, ..entry(day(0)) }, "the time entry is still open")]
#[case::an_hour_ago(TimeEntry { finished_at: Some(now() - Duration::minutes(60)), ..entry(day(0)) }, "sent")]
#[case::less_than_an_hour_ago(
    TimeEntry { finished_at: Some(now() - Duration::minutes(59)), ..entry(day(0)) },
    "the time entry has only just changed"
)]
#[case::ends_before_it_begins(
    TimeEntry { ends_at: Some(at(day(-1), 8, 30)), ..entry(day(-1)) },
    "it ends when it begins, or before"
)]
#[case::ends_in_the_minute_in_which_it_begins(
    TimeEntry { ends_at: Some(at(day(-1), 8, 30) + Duration::seconds(59)), ..entry(day(-1)) },
    "it ends when it begins, or before"
)]
#[case::of_a_stranger(TimeEntry { person: "2".into(), ..entry(day(-1)) }, "the person has no account here")]
fn finished_entries_are_sent(#[case] entry: TimeEntry, #[case] outcome: &str) {
    assert_eq!(outcome_of(entry, Ready::Finished), outcome);
}

/// S10
#[rstest::rstest]
#[case::not_verified(entry(day(-1)), "the time entry is still open")]
#[case::verified_yesterday(verified(entry(day(-2)), now() - Duration::days(1)), "sent")]
#[case::verified_just_now(verified(entry(day(-2)), now()), "the time entry has only just changed")]
#[case::on_the_last_day(verified(entry(months_ago(3)), now() - Duration::hours(2)), "sent")]
#[case::a_day_too_late(
    verified(entry(months_ago(3) - Duration::days(1)), now() - Duration::hours(2)),
    "it was verified too late"
)]
#[case::opened_again(
    TimeEntry { finished_at: None, ..verified(entry(day(-2)), now() - Duration::days(1)) },
    "the time entry is still open"
)]
fn only_verified_entries_are_sent(#[case] entry: TimeEntry, #[case] outcome: &str) {
    assert_eq!(outcome_of(entry, Ready::Verified), outcome);
}

fn months_ago(months: u32) -> NaiveDate {
    today() - chrono::Months::new(months)
}

fn outcome_of(entry: TimeEntry, ready: Ready) -> String {
    let policy = AttendancePolicy {
        ready,
        ..AttendancePolicy::default()
    };
    let scene = scene(&BTreeMap::from([("a", entry)]), &policy);
    match &scene.desired.wishes[&SourceId::new("a")] {
        Wish::Present(_) => "sent".to_owned(),
        Wish::OutOfScope(reason) => reason.to_string(),
        Wish::Blocked(reason) => reason.to_string(),
        Wish::Ended(reason) => reason.to_string(),
    }
}

/// S18
#[test]
fn the_first_run_takes_the_last_seven_days() {
    let window = AttendancePolicy::default().first_window(today());
    assert_eq!((window.from(), window.to()), (day(-7), day(0)));
}

/// S14, X1
#[test]
fn a_correction_is_sent_as_an_update() {
    let policy = AttendancePolicy::default();
    let mut entries = BTreeMap::from([("a", entry(day(-1)))]);
    let first = scene(&entries, &policy);
    let stage = first.stage();
    stage.apply(&first.plan());
    assert!(first.after(&stage).plan().is_empty());

    if let Some(entry) = entries.get_mut("a") {
        entry.ends_at = Some(at(day(0), 0, 0));
        entry.break_minutes = 60;
    }
    let corrected = Scene {
        desired: scene(&entries, &policy).desired,
        ..first.after(&stage)
    };
    insta::assert_snapshot!(corrected.plan().revealed(), @r"
    attendance: 1 to update
      update  a          → 1        differs from HR: break_minutes 45 → 60, ends_at 2026-03-01T17:00 → 2026-03-02T00:00
    ");
    assert!(stage.apply(&corrected.plan()).is_success());
    assert!(corrected.after(&stage).plan().is_empty());
}

/// S15
#[test]
fn what_was_deleted_on_the_following_side_is_not_sent_again() {
    let sent = scene(
        &BTreeMap::from([("a", entry(day(-1)))]),
        &AttendancePolicy::default(),
    );
    let stage = sent.stage();
    stage.apply(&sent.plan());
    let id = stage.product.records()[0].id.clone();
    stage.product.take(&id);
    insta::assert_snapshot!(sent.after(&stage).plan(), @r"
    attendance: nothing to do, 1 skipped
      skipped 1          the policy leaves it as it is
    ");
}

#[test]
fn what_waits_and_what_overlaps_is_reported() {
    let policy = AttendancePolicy {
        ready: Ready::Verified,
        ..AttendancePolicy::default()
    };
    let yesterday = now() - Duration::days(1);
    let mut scene = scene(
        &BTreeMap::from([
            ("late", verified(entry(day(-200)), yesterday)),
            ("fine", verified(entry(day(-1)), yesterday)),
        ]),
        &policy,
    );
    let by_hand = Attendance {
        account: "person-1".into(),
        starts_at: at(day(-1), 16, 0),
        ends_at: at(day(-1), 18, 0),
        break_minutes: 0,
    };
    scene.existing.push(Existing::new("by-hand", by_hand));
    let stage = scene.stage();
    let plan = scene.plan();
    insta::assert_snapshot!(plan, @r"
    attendance: 1 to create, 1 skipped, 1 not from HR
      create  fine                  new in HR
      note 1             it was verified too late: late
      note 1             overlaps by-hand, which was entered by hand: fine
    ");
    insta::assert_snapshot!(stage.apply(&plan), @r"
    attendance: 1 created, 1 skipped
      note 1             it was verified too late: late
      note 1             overlaps by-hand, which was entered by hand: fine
    ");
}
