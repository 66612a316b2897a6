//! The client against the fake, with Prism between them as a proxy: it judges every request of the client and every answer of the
//! fake, and puts an error in the place of what breaks the specification.
//!
//! `.ci/prism.sh proxy` starts both and names the proxy in `PERSONIO_PRISM_PROXY_URL`; otherwise the test says that it is skipped.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime};
use personio_client::v1::{
    AbsenceUnit, Approval, AttendanceChange, EmployeeChange, ListAbsencePeriods, ListAttendances,
    ListEmployees, ListTimeOffTypes, ListTimeOffs, NewAttendance, NewEmployee, NewTimeOff,
};
use personio_client::{ApiVersion, Client, Credentials, RetryPolicy};

#[tokio::test]
async fn every_v1_call_passes_between_client_and_fake() {
    let Ok(url) = std::env::var("PERSONIO_PRISM_PROXY_URL") else {
        eprintln!(
            "SKIPPED: run `.ci/prism.sh proxy`, which starts Prism and the fake and names Prism in PERSONIO_PRISM_PROXY_URL"
        );
        return;
    };
    let client = Client::builder(Credentials::new("fake-client", "fake-secret"))
        .base_url(url)
        .v1_prefix("")
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let v1 = client.v1();
    let mut called = BTreeSet::new();
    macro_rules! call {
        ($operation:literal, $call:expr) => {{
            called.insert($operation);
            match $call.await {
                Ok(answer) => answer,
                Err(error) => panic!("{}: {error}", $operation),
            }
        }};
    }

    call!("v1.auth", client.check(ApiVersion::V1));
    let people = ListEmployees::new().attributes(["first_name", "email", "hire_date"]);
    let people = call!("v1.employees.list", v1.employees().list(people).collect()).records;
    let everything = call!(
        "v1.employees.list",
        v1.employees()
            .list(ListEmployees::new().limit(15))
            .collect()
    )
    .records;
    assert_eq!((people.len(), everything.len()), (40, 40));
    let ada = everything[0].id;
    call!("v1.employees.get", v1.employees().get(ada));
    assert!(!call!("v1.employees.attributes", v1.employees().attributes()).is_empty());
    let balances = v1.employees().absence_balance(ada);
    assert!(!call!("v1.employees.absence_balance", balances).is_empty());

    let more = EmployeeChange::new().position("Developer");
    let zofia = NewEmployee::new("zofia.nowak@example.com", "Zofia", "Nowak", more);
    let zofia = call!("v1.employees.create", v1.employees().create(zofia)).id;
    let change = EmployeeChange::new().position("Architect");
    call!("v1.employees.update", v1.employees().update(zofia, change));

    let types = v1.time_off_types().list(ListTimeOffTypes::new()).collect();
    let types = call!("v1.time_off_types.list", types).records;
    let by_day = types.iter().find(|it| it.unit == Some(AbsenceUnit::Day));
    let by_day = by_day.expect("some absence is counted in days").id;
    let year = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
    let (from, to) = (year(1, 1), year(12, 31));
    let time_offs = ListTimeOffs::new().from(from).to(to).limit(20);
    let time_offs = call!(
        "v1.time_offs.list",
        v1.time_offs().list(time_offs).collect()
    )
    .records;
    assert!(time_offs.len() > 20, "there is more than one page");
    call!("v1.time_offs.get", v1.time_offs().get(time_offs[0].id));
    let week = NewTimeOff::new(zofia, by_day, year(9, 7), year(9, 11));
    let booked = v1.time_offs().create(&week, Approval::Skip);
    let booked = call!("v1.time_offs.create", booked).id;
    call!("v1.time_offs.delete", v1.time_offs().delete(booked));
    let periods = ListAbsencePeriods::new().from(from).to(to);
    let periods = v1.absence_periods().list(periods).collect();
    assert!(!call!("v1.absence_periods.list", periods).records.is_empty());

    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let monday = year(2, 2);
    let work = NewAttendance::new(ada, monday, hour(8), Some(hour(17))).break_minutes(30);
    let attendances = v1.attendances();
    let recorded = attendances.create(std::slice::from_ref(&work), Approval::Skip);
    let recorded = call!("v1.attendances.create", recorded);
    let id = *recorded[0].as_ref().expect("there is no other attendance");
    let longer = AttendanceChange::new().times(hour(8), hour(18));
    call!(
        "v1.attendances.update",
        v1.attendances().update(id, longer, Approval::Skip)
    );
    let listed = v1.attendances().list(ListAttendances::new(from, to));
    assert_eq!(
        call!("v1.attendances.list", listed.collect()).records.len(),
        1
    );
    call!(
        "v1.attendances.delete",
        v1.attendances().delete(id, Approval::Skip)
    );

    // Nothing can be said of the bytes of a picture.
    assert_eq!(
        called,
        super::operations(|it| it.name != "v1.employees.profile_picture")
    );
}
