//! What may be read by whoever reads logs.

use sync_core::{
    Absence, Employee, Known, Value,
    absence::{Approval, Label, Span},
    account::field,
    employee::attribute,
};

use crate::{scene::day, world::World};

const CANARIES: [&str; 4] = [
    "Kanarienvogel",
    "canary@example.com",
    "1987-06-05",
    "Geheimkur",
];

fn canary() -> Employee {
    let birthday = chrono::NaiveDate::from_ymd_opt(1987, 6, 5).expect("it is a day");
    Employee::default()
        .with(attribute::STATUS, Value::from("active"))
        .with(field::FIRST_NAME, Value::from("Kanarienvogel"))
        .with(
            field::LAST_NAME,
            Value::List(vec![Value::from("Kanarienvogel")]),
        )
        .with(field::EMAIL, Value::from("canary@example.com"))
        .with("birthday", Value::from(birthday))
}

fn assert_silent(what: &str, shown: &str) {
    for canary in CANARIES {
        assert!(!shown.contains(canary), "{what} shows {canary}");
    }
}

#[tokio::test]
async fn nothing_but_the_revealed_plan_shows_a_name() {
    let mut world = World::settled().await;
    world.people.insert("5".into(), canary());
    world.enter("a7", "canary@example.com");
    world.policy.lifecycle.ended = sync_core::policy::EndAction::Remove;
    let plan = world.plan_accounts().await;
    assert_silent("an employee", &format!("{:?}", world.people));
    assert_silent("a plan's Debug", &format!("{plan:?} {plan:#?}"));
    assert_silent("a plan's Display", &plan.to_string());
    assert!(plan.revealed().to_string().contains("Kanarienvogel"));

    let report = world.sync_accounts().await;
    assert_silent("a report", &format!("{report} {report:?}"));
    assert_silent("a product", &format!("{:?}", world.accounts));
    let remembered = world.remembers::<sync_core::Account>().await;
    let stored = serde_json::to_string(&remembered).expect("a ledger is plain data");
    assert_silent("a ledger", &stored);

    world.leave("5");
    let removal = world.plan_accounts().await;
    assert_silent("a removal", &format!("{removal} {removal:?}"));
}

#[tokio::test]
async fn a_reason_for_absence_shows_to_nobody_who_may_not_see_it() {
    let mut world = World::settled().await;
    world.book("a", "1", Span::days(day(3), day(7)));
    for request in world.requests.values_mut() {
        request.kind_name = Known::Value("Geheimkur".to_owned());
    }
    assert_silent("a request", &format!("{:?}", world.requests));
    assert_eq!(
        format!("{:?}", world.request("a")),
        "AbsencePeriod { employee: SourceId(1), .. }"
    );
    let by_default = world.plan_absences().await;
    assert_silent(
        "a plan",
        &format!("{} {by_default:?}", by_default.revealed()),
    );

    world.absence_policy.label = Label::AsInHr;
    let plan = world.plan_absences().await;
    assert_silent("a plan", &format!("{plan} {plan:?}"));
    assert!(plan.revealed().to_string().contains("Geheimkur"));

    let absence = Absence {
        account: "1".into(),
        label: Known::Value("Geheimkur".to_owned()),
        span: Span::days(day(3), day(7)),
        approval: Approval::Approved,
    };
    assert_silent("an absence", &format!("{absence:?}"));
}

#[tokio::test]
async fn a_plan_is_plain_data() {
    let mut world = World::settled().await;
    world.hire("5", "Nikos Pappas");
    world.leave("1");
    let plan = world.plan_accounts().await;
    let json = serde_json::to_value(&plan).expect("a plan is plain data");
    insta::assert_json_snapshot!(json["ready"][1]["effect"], @r#"
    {
      "lock": {
        "evidence": {
          "stated": "inactive"
        },
        "fields": [
          {
            "after": {
              "text": "locked"
            },
            "before": {
              "value": {
                "text": "active"
              }
            },
            "cause": "source",
            "field": "access"
          }
        ]
      }
    }
    "#);
    insta::assert_json_snapshot!(json["explanations"]["1"], @r#"
    {
      "found": {
        "link": "1"
      },
      "outcome": {
        "planned": [
          "lock"
        ]
      },
      "situation": "ended"
    }
    "#);
}
