//! What employees are made of.

use std::time::Duration;

use personio_client::fake::{AbsenceChange, Fault, NewAbsence, NewEmployee};
use personio_client::sync::PersonioSource;
use rust_decimal::Decimal;
use serde_json::json;
use sync_core::{
    AbsencePeriod, Employee, FieldName, Known, Snapshot, Value,
    absence::{Count, Counting},
};

use super::{all, client, day, with_company};

fn value(employee: &Employee, name: &str) -> Known<String> {
    let known = employee.get(&FieldName::new(name.to_owned()));
    known.map(|value| value.to_string())
}

#[tokio::test]
async fn an_employee_has_what_the_products_ask_for() {
    let fake = with_company(|company| {
        let hired = |name: &str| {
            NewEmployee::new(name, "Nwosu")
                .email(format!("{name}@example.com").to_lowercase())
                .hire_date(day(1, 5))
        };
        let boss = company.hire(hired("Ada")).unwrap();
        company
            .hire(
                hired("Bora")
                    .supervisor(boss)
                    .team("Platform")
                    .position("Developer"),
            )
            .unwrap();
    })
    .await;
    let snapshot: Snapshot<Employee> = all(&PersonioSource::new(client(&fake))).await.unwrap();
    let (boss, bora) = {
        let mut records = snapshot.records().iter();
        (records.next().unwrap().0, records.next().unwrap().1)
    };
    for (name, expected) in [
        ("subcompany", "Nordlicht Software GmbH"),
        ("department", "Engineering"),
        ("team", "Platform"),
        ("office", "Berlin"),
        ("position", "Developer"),
        ("supervisor.id", boss.as_str()),
        ("created_at", "2026-03-02T08:00:00Z"),
        ("hire_date", "2026-01-05"),
        ("weekly_working_hours", "40"),
        ("status", "active"),
    ] {
        assert!(
            value(bora, name) == Known::Value(expected.to_owned()),
            "{name}"
        );
    }
    for name in [
        "subcompany.id",
        "department.id",
        "team.id",
        "office.id",
        "absence_entitlement",
    ] {
        assert!(value(bora, name).is_observed(), "{name}");
    }
    assert!(!value(bora, "vacation_day_balance").is_observed());
}

#[tokio::test]
async fn the_days_of_absence_are_summed_over_the_types_that_count() {
    let fake = with_company(|company| {
        company
            .hire(NewEmployee::new("Ada", "Nwosu").hire_date(day(1, 5)))
            .unwrap();
        let bora = company
            .hire(NewEmployee::new("Bora", "Nwosu").hire_date(day(1, 5)))
            .unwrap();
        company.terminate(bora, day(2, 2)).unwrap();
        company
            .set_attribute(bora, "position", json!("Developer"))
            .unwrap();
    })
    .await;
    let types = client(&fake).v1().time_off_types().list(Default::default());
    let types = types.collect().await.unwrap().into_records();
    let vacation = types
        .iter()
        .find(|it| it.name.as_deref() == Some("Paid vacation"))
        .unwrap()
        .id;

    let source = PersonioSource::new(client(&fake)).with_balances();
    let snapshot: Snapshot<Employee> = all(&source).await.unwrap();
    let ada = snapshot.records().values().next().unwrap();
    let by_type = value(ada, &format!("absence_entitlement.{vacation}"));
    assert!(by_type.is_observed() && by_type == value(ada, "absence_entitlement"));
    assert!(value(ada, "vacation_day_balance").is_observed());
    let gone = snapshot.records().values().nth(1).unwrap();
    assert!(
        !value(gone, "vacation_day_balance").is_observed(),
        "nobody asks for those who left"
    );

    // A type that nobody has leaves the sum unknown: it would be too small.
    let counting =
        Counting::default().with(Count::Entitlement, [vacation.to_string(), "1".to_owned()]);
    let snapshot: Snapshot<Employee> = all(&source.counting(counting)).await.unwrap();
    let ada = snapshot.records().values().next().unwrap();
    assert!(!value(ada, "absence_entitlement").is_observed());
    let number = ada.get(&FieldName::new(format!("absence_entitlement.{vacation}")));
    assert!(matches!(number, Known::Value(Value::Number(days)) if *days > Decimal::ZERO));
}

/// What a run that reads only changes needs to know: when HR changed each record, if the credential may read that.
#[tokio::test]
async fn a_snapshot_says_when_its_records_changed() {
    let fake = with_company(|company| {
        let new = NewEmployee::new("Ada", "Nwosu").hire_date(day(1, 5));
        let ada = company.hire(new).unwrap();
        let vacation = NewAbsence::days(ada, "Paid vacation", day(6, 1), day(6, 5));
        company.book(vacation).unwrap();
    })
    .await;
    fake.advance(Duration::from_secs(3600));
    let changed = fake.now();
    fake.company(|company| {
        let ada = company.employees().next().unwrap().number();
        company.rename(ada, "Ada", "Nwosu-Lund").unwrap();
        let vacation = company.absences().next().unwrap().number();
        company
            .change_absence(vacation, AbsenceChange::new().days(day(6, 1), day(6, 6)))
            .unwrap();
    });
    let source = PersonioSource::new(client(&fake));
    let employees: Snapshot<Employee> = all(&source).await.unwrap();
    assert_eq!(Vec::from_iter(employees.changed_at().values()), [&changed]);
    let absences: Snapshot<AbsencePeriod> = all(&source).await.unwrap();
    assert_eq!(Vec::from_iter(absences.changed_at().values()), [&changed]);

    fake.inject(Fault::attribute_withdrawn("last_modified_at"))
        .unwrap();
    let employees: Snapshot<Employee> = all(&source).await.unwrap();
    assert!(employees.changed_at().is_empty(), "nobody guesses");
}
