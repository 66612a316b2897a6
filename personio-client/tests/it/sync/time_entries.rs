//! Attendances as time entries.

use chrono::NaiveTime;
use personio_client::fake::{AttendanceStatus, FakePersonio, NewAttendance, NewEmployee};
use personio_client::sync::PersonioSource;
use sync_core::{Coverage, Snapshot, SourceId, TimeEntry, Window};

use super::{all, client, day, knowing, morning, with_company};

fn at(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap()
}

/// Ada works on three days: confirmed with a break, pending, and still at work.
async fn at_work() -> (FakePersonio, Vec<String>) {
    let mut ids = Vec::new();
    let fake = with_company(|company| {
        let ada = company
            .hire(NewEmployee::new("Ada", "Nwosu").hire_date(day(1, 5)))
            .unwrap();
        let work = |on, until| NewAttendance::new(ada, day(2, on), at(8), until);
        for new in [
            work(2, Some(at(16))).break_minutes(30),
            work(3, Some(at(16))).pending(),
            work(4, None).pending(),
        ] {
            ids.push(company.attend(new).unwrap().uuid());
        }
    })
    .await;
    (fake, ids)
}

#[tokio::test]
async fn periods_of_work_are_entries_and_breaks_are_not() {
    let (fake, ids) = at_work().await;
    let snapshot: Snapshot<TimeEntry> = all(&PersonioSource::new(client(&fake))).await.unwrap();
    assert_eq!(snapshot.records().len(), 3);
    let entry = |id: &String| &snapshot.records()[&SourceId::new(id.clone())];

    let confirmed = entry(&ids[0]);
    assert_eq!(
        confirmed.starts_at,
        day(2, 2).and_hms_opt(8, 30, 0).unwrap()
    );
    assert_eq!(confirmed.ends_at, Some(day(2, 2).and_time(at(16))));
    assert_eq!(
        (confirmed.finished_at, confirmed.verified_at),
        (Some(morning()), Some(morning()))
    );
    let pending = entry(&ids[1]);
    assert_eq!(
        (pending.finished_at, pending.verified_at),
        (Some(morning()), None)
    );
    let open = entry(&ids[2]);
    assert_eq!((open.ends_at, open.finished_at), (None, None));
}

#[tokio::test]
async fn what_was_rejected_or_deleted_is_missing_and_what_lies_outside_is_looked_up() {
    let (fake, ids) = at_work().await;
    let window = Coverage::Window(Window::new(day(2, 3), day(2, 28)).unwrap());
    fake.company(|company| {
        let numbers: Vec<_> = company
            .attendances()
            .filter(|it| !it.is_break())
            .map(personio_client::fake::Attendance::number)
            .collect();
        company
            .decide_attendance(numbers[1], AttendanceStatus::Rejected)
            .unwrap();
        company.delete_attendance(numbers[2]).unwrap();
    });
    let source = PersonioSource::new(client(&fake));
    let known = [ids[0].as_str(), ids[1].as_str(), ids[2].as_str()];
    let snapshot: Snapshot<TimeEntry> = knowing(&source, window, known).await.unwrap();
    let read: Vec<_> = snapshot.records().keys().map(SourceId::as_str).collect();
    assert_eq!(read, [ids[0].as_str()]);
    let desired = snapshot.desire(|_, _| {
        sync_core::Wish::<sync_core::Attendance>::OutOfScope(sync_core::ScopeReason::NoAccount)
    });
    let gone = [&ids[1], &ids[2]].map(|id| SourceId::new(id.clone()));
    assert_eq!(desired.confirmed_missing, gone.into_iter().collect());
}
