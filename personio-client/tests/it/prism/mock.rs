//! The client against Prism as a mock server.
//!
//! Prism judges each request, and answers with the examples of the specification over real HTTP. `.ci/prism.sh mock` starts it and names
//! it in `PERSONIO_PRISM_URL`; otherwise the test says that it is skipped. What Prism holds against a request stands in its log,
//! which the script reads.

use std::collections::BTreeSet;
use std::fmt::Display;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use futures::FutureExt;
use futures::future::BoxFuture;
use personio_client::v1::{
    ListAbsencePeriods, ListAttendances, ListEmployees, ListTimeOffTypes, ListTimeOffs,
};
use personio_client::{
    AbsencePeriodId, AbsenceTypeId, ApiVersion, Client, Credentials, EmployeeId, Method, Operation,
    Pager, Result, RetryPolicy, TimeOffId,
};
use serde::de::DeserializeOwned;

/// A typed call, with every parameter that it can send.
struct Subject {
    operation: &'static str,
    call: fn(&Client) -> BoxFuture<'_, Result<Vec<String>>>,
    /// What the call reads: the ids of the records in the example of the specification.
    reads: &'static [&'static str],
}

const SUBJECTS: &[Subject] = &[
    Subject {
        operation: "v1.auth",
        call: |client| scopes(client).boxed(),
        reads: &["employees:read", "absences:read"],
    },
    Subject {
        operation: "v1.employees.list",
        call: |client| {
            let request = ListEmployees::new()
                .limit(50)
                .email("zofia.kowalska@example.com")
                .attributes(["first_name", "dynamic_42"])
                .updated_since(noon().naive_utc());
            page(client.v1().employees().list(request), |one| one.id)
        },
        reads: &["1"],
    },
    Subject {
        operation: "v1.employees.get",
        call: |client| {
            let employee = client.v1().employees().get(EmployeeId::new(1));
            employee.map(|one| Ok(vec![one?.id.to_string()])).boxed()
        },
        reads: &["1"],
    },
    Subject {
        operation: "v1.employees.attributes",
        call: |client| records(client.v1().employees().attributes(), |one| one.key.clone()),
        reads: &[
            "first_name",
            "last_name",
            "dynamic_1",
            "dynamic_2",
            "dynamic_3",
        ],
    },
    Subject {
        operation: "v1.employees.absence_balance",
        call: |client| {
            let balances = client.v1().employees().absence_balance(EmployeeId::new(1));
            records(balances, |one| one.id)
        },
        reads: &["1234"],
    },
    Subject {
        operation: "v1.time_off_types.list",
        call: |client| {
            let request = ListTimeOffTypes::new().limit(50);
            page(client.v1().time_off_types().list(request), |one| one.id)
        },
        reads: &["1234", "1235"],
    },
    Subject {
        operation: "v1.time_offs.list",
        call: |client| {
            let request = ListTimeOffs::new()
                .limit(50)
                .from(day())
                .to(day())
                .updated_from(day())
                .updated_to(day())
                .employees([EmployeeId::new(7), EmployeeId::new(8)]);
            page(client.v1().time_offs().list(request), |one| one.id)
        },
        reads: &["12345"],
    },
    Subject {
        operation: "v1.time_offs.get",
        call: |client| {
            let time_off = client.v1().time_offs().get(TimeOffId::new(1));
            time_off.map(|one| Ok(vec![one?.id.to_string()])).boxed()
        },
        reads: &["12345"],
    },
    Subject {
        operation: "v1.absence_periods.list",
        call: |client| {
            let request = ListAbsencePeriods::new()
                .limit(50)
                .from(day())
                .to(day())
                .updated_from(noon())
                .updated_to(noon())
                .employees([EmployeeId::new(7), EmployeeId::new(8)])
                .absence_types([AbsenceTypeId::new("9bba303f")])
                .ids([AbsencePeriodId::new("61fe126b")]);
            page(client.v1().absence_periods().list(request), |one| {
                one.id.clone()
            })
        },
        reads: &["9bba303f-0fbc-4514-9958-0befa21923fb"],
    },
    Subject {
        operation: "v1.attendances.list",
        call: |client| {
            let request = ListAttendances::new(day(), day())
                .limit(50)
                .pending_too()
                .updated_from(noon())
                .updated_to(noon())
                .employees([EmployeeId::new(7), EmployeeId::new(8)]);
            page(client.v1().attendances().list(request), |one| one.id)
        },
        reads: &["1234", "1235"],
    },
];

#[tokio::test]
async fn every_v1_call_gets_what_a_generic_server_gives() {
    let Ok(url) = std::env::var("PERSONIO_PRISM_URL") else {
        eprintln!(
            "SKIPPED: run `.ci/prism.sh mock`, which starts Prism and names it in PERSONIO_PRISM_URL"
        );
        return;
    };
    let client = Client::builder(Credentials::new("papi-id", "papi-secret"))
        .base_url(url)
        .v1_prefix("")
        .app_id("DESK_SYNC")
        .partner_id("ACME_2")
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let mut failures = Vec::new();
    for subject in SUBJECTS {
        match (subject.call)(&client).await {
            Ok(read) if read == subject.reads => {
                println!("{}: read {}", subject.operation, read.join(", "));
            }
            Ok(read) => failures.push(format!(
                "{}: read {read:?} instead of {:?}",
                subject.operation, subject.reads
            )),
            Err(error) => failures.push(error.to_string()),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_v1_operation_that_reads_is_a_subject() {
    // The specification has no example of a picture.
    let is_picture = |it: &Operation| it.name == "v1.employees.profile_picture";
    let operations =
        super::operations(|it| it.method == Method::Get && !is_picture(it) || it.name == "v1.auth");
    let subjects: BTreeSet<&str> = SUBJECTS.iter().map(|subject| subject.operation).collect();
    assert_eq!(operations, subjects);
}

async fn scopes(client: &Client) -> Result<Vec<String>> {
    let grant = client.check(ApiVersion::V1).await?;
    Ok(grant.scopes.unwrap_or_default())
}

/// Reads the first page only: Prism gives the same one for every offset.
fn page<'a, T, I>(mut pager: Pager<T>, id: fn(&T) -> I) -> BoxFuture<'a, Result<Vec<String>>>
where
    T: DeserializeOwned + Send + 'a,
    I: Display + 'a,
{
    async move {
        let page = pager.next_page().await?.expect("a list has a first page");
        let read = page.rows.into_iter().map(|row| match row.into_result() {
            Ok(record) => id(&record).to_string(),
            Err(unreadable) => unreadable.to_string(),
        });
        Ok(read.collect())
    }
    .boxed()
}

fn records<'a, T, I>(
    call: impl Future<Output = Result<Vec<T>>> + Send + 'a,
    id: fn(&T) -> I,
) -> BoxFuture<'a, Result<Vec<String>>>
where
    T: 'a,
    I: Display + 'a,
{
    call.map(move |records| {
        Ok(records?
            .iter()
            .map(|record| id(record).to_string())
            .collect())
    })
    .boxed()
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 2).unwrap()
}

fn noon() -> DateTime<Utc> {
    day()
        .and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap())
        .and_utc()
}
