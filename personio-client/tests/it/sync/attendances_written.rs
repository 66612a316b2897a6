//! Attendances that a product writes into Personio.

use chrono::{NaiveDateTime, NaiveTime};
use personio_client::fake::{AttendanceStatus, FakePersonio, Fault, NewAttendance, NewEmployee};
use personio_client::sync::PersonioAttendances;
use rstest::rstest;
use sync_core::attendance::field;
use sync_core::{Attendance, Coverage, Effect, ErrorClass, Evidence, TargetId, Window};

use super::{change, client, day, make, read, to, with_company, words};

async fn with_ada() -> (FakePersonio, PersonioAttendances, Attendance) {
    let fake = with_company(|company| {
        company
            .hire(NewEmployee::new("Ada", "Nwosu").hire_date(day(1, 5)))
            .unwrap();
    })
    .await;
    let ada = fake.company(|company| company.employees().next().unwrap().number());
    let target = PersonioAttendances::new(client(&fake), "Shiftly");
    let attendance = Attendance {
        account: TargetId::new(ada.to_string()),
        starts_at: at(8, 0),
        ends_at: at(16, 30),
        break_minutes: 30,
    };
    (fake, target, attendance)
}

fn at(hour: u32, minute: u32) -> NaiveDateTime {
    day(2, 16).and_hms_opt(hour, minute, 0).unwrap()
}

/// Says of each period whether it is a break, and how far its approval has come.
fn periods(fake: &FakePersonio) -> Vec<(bool, AttendanceStatus)> {
    fake.company(|company| {
        let periods = company.attendances();
        periods.map(|it| (it.is_break(), it.status())).collect()
    })
}

async fn only(target: &PersonioAttendances) -> Attendance {
    let mut there = read(target, Coverage::All, &[], &[]).await;
    assert_eq!(there.len(), 1);
    there.remove(0).record
}

#[tokio::test]
async fn an_attendance_is_work_and_a_break_that_wait_for_approval() {
    let (fake, target, attendance) = with_ada().await;
    make(
        &target,
        change("17", None, Effect::Create(attendance.clone())),
    )
    .await
    .unwrap();
    assert!(only(&target).await == attendance);
    let pending = AttendanceStatus::Pending;
    assert_eq!(periods(&fake), [(false, pending), (true, pending)]);
}

#[rstest]
#[case::longer_break(|it: &mut Attendance| it.break_minutes = 45)]
#[case::shorter_break(|it: &mut Attendance| it.break_minutes = 10)]
#[case::no_break(|it: &mut Attendance| it.break_minutes = 0)]
#[case::earlier_start(|it: &mut Attendance| it.starts_at = at(7, 0))]
#[case::later_end(|it: &mut Attendance| it.ends_at = at(18, 0))]
#[case::another_day(|it: &mut Attendance| {
    it.starts_at = day(2, 19).and_hms_opt(9, 0, 0).unwrap();
    it.ends_at = day(2, 19).and_hms_opt(17, 0, 0).unwrap();
})]
#[tokio::test]
async fn a_change_reaches_work_and_break(#[case] edit: fn(&mut Attendance)) {
    let (_fake, target, attendance) = with_ada().await;
    let create = change("17", None, Effect::Create(attendance.clone()));
    let id = make(&target, create).await.unwrap();
    let mut changed = attendance;
    edit(&mut changed);
    let fields = [field::STARTS_AT, field::ENDS_AT, field::BREAK_MINUTES];
    make(&target, change("17", Some(&id), to(&changed, &fields)))
        .await
        .unwrap();
    assert!(only(&target).await == changed);
}

#[tokio::test]
async fn a_removal_takes_the_break_along() {
    let (fake, target, attendance) = with_ada().await;
    let create = change("17", None, Effect::Create(attendance.clone()));
    let id = make(&target, create).await.unwrap();
    let remove = Effect::Remove {
        before: attendance,
        evidence: Evidence::DeScoped,
    };
    make(&target, change("17", Some(&id), remove))
        .await
        .unwrap();
    assert!(periods(&fake).is_empty());
}

#[tokio::test]
async fn time_that_somebody_recorded_is_never_overwritten() {
    let (fake, target, attendance) = with_ada().await;
    let work = |from, until| {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        let ada = attendance.account.as_str().parse::<u32>().unwrap();
        NewAttendance::new(ada.into(), day(2, 16), time(from), Some(time(until)))
    };
    fake.company(|company| company.attend(work(16, 18)).unwrap());
    let before = read(&target, Coverage::All, &[], &[]).await;
    let create = change("17", None, Effect::Create(attendance.clone()));
    let error = make(&target, create).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Rejected);
    assert!(words(&error).contains("an attendance at that time already"));

    let shorter = Attendance {
        ends_at: at(16, 0),
        ..attendance.clone()
    };
    let id = make(&target, change("17", None, Effect::Create(shorter)))
        .await
        .unwrap();
    let longer = change("17", Some(&id), to(&attendance, &[field::ENDS_AT]));
    assert_eq!(
        make(&target, longer).await.unwrap_err().class(),
        ErrorClass::Rejected
    );
    let after = read(&target, Coverage::All, &[], &[]).await;
    assert!(after.contains(&before[0]));
}

#[rstest]
#[case::of_the_work(0)]
#[case::of_the_break(1)]
#[tokio::test]
async fn a_lost_answer_makes_no_second_attendance(#[case] earlier_posts: u32) {
    let (fake, target, attendance) = with_ada().await;
    let lost = Fault::lost_answer()
        .on("POST /v2/attendance-periods")
        .times(1)
        .after(earlier_posts);
    fake.inject(lost).unwrap();
    let create = change("17", None, Effect::Create(attendance.clone()));
    let error = make(&target, create).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Unknown);

    let window = Window::new(day(1, 1), day(1, 31)).unwrap();
    let found = read(&target, Coverage::Window(window), &[], &["17"]).await;
    assert_eq!(found.len(), 1);
    let id = found[0].id.as_str();
    let fields = [field::STARTS_AT, field::ENDS_AT, field::BREAK_MINUTES];
    make(&target, change("17", Some(id), to(&attendance, &fields)))
        .await
        .unwrap();
    assert!(only(&target).await == attendance);
}

#[tokio::test]
async fn a_confirmed_attendance_is_not_changed_and_personio_says_why() {
    let (fake, target, attendance) = with_ada().await;
    let target = target.confirmed();
    let create = change("17", None, Effect::Create(attendance.clone()));
    let id = make(&target, create).await.unwrap();
    assert!(
        periods(&fake)
            .iter()
            .all(|(_, status)| *status == AttendanceStatus::Confirmed)
    );
    let later = Attendance {
        ends_at: at(17, 0),
        ..attendance
    };
    let update = change("17", Some(&id), to(&later, &[field::ENDS_AT]));
    let error = make(&target, update).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Rejected);
    assert!(words(&error).contains("A confirmed period cannot be changed."));
}

#[tokio::test]
async fn a_linked_attendance_is_shown_with_its_break_wherever_it_lies() {
    let (_fake, target, attendance) = with_ada().await;
    let create = change("17", None, Effect::Create(attendance.clone()));
    let id = make(&target, create).await.unwrap();
    let window = Window::new(day(1, 1), day(1, 31)).unwrap();
    let there = read(&target, Coverage::Window(window), &[&id], &[]).await;
    assert!(there.len() == 1 && there[0].record == attendance);
}
