//! What v2 sends where something else is specified, and what is made of it.

use personio_client::v2::{
    AbsencePeriod, ApprovalStatus, CustomAttributeKind, CustomValue, Employment, EmploymentStatus,
    HalfDay, OrgUnitKind, Person,
};
use personio_client::{EmployeeId, Observed, PersonId, WorkplaceId};
use rstest::rstest;
use serde_json::{Value, json};

fn person(members: Value) -> Person {
    let mut record = json!({"id": "17"});
    record
        .as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    serde_json::from_value(record).unwrap()
}

fn employment(members: Value) -> Employment {
    let mut record = json!({"id": "e1"});
    record
        .as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    serde_json::from_value(record).unwrap()
}

fn absence(starts_from: Value, ends_at: Value) -> AbsencePeriod {
    let record = json!({"id": "7b0e", "person": {"id": "17"}, "starts_from": starts_from, "ends_at": ends_at});
    serde_json::from_value(record).unwrap()
}

#[test]
fn a_person_needs_nothing_but_an_id() {
    let person = person(json!({}));
    assert_eq!(person.email, Observed::NotObserved);
    assert_eq!(person.employments, Observed::NotObserved);
    assert_eq!(EmployeeId::try_from(&person.id), Ok(EmployeeId::new(17)));
    assert_eq!(PersonId::from(EmployeeId::new(17)), person.id);
}

#[test]
fn an_id_may_be_a_number() {
    let person: Person = serde_json::from_value(json!({"id": 17})).unwrap();
    assert_eq!(person.id, PersonId::new("17"));
}

#[test]
fn null_and_no_employment_are_values_of_their_own() {
    let person =
        person(json!({"email": null, "profile_picture": {"url": null}, "employments": []}));
    assert!(person.email.is_null() && person.profile_picture_url.is_null());
    assert_eq!(person.employments, Observed::Value(vec![]));
}

fn custom(kind: &str, value: Value) -> Observed<CustomValue> {
    person(json!({"custom_attributes": [{"id": "dynamic_305", "type": kind, "global_id": "IBAN", "value": value}]}))
        .custom_attribute("IBAN")
        .unwrap()
        .value
        .clone()
}

#[rstest]
#[case::text("string", json!("rot"), CustomValue::Text("rot".to_owned()))]
#[case::capitals("STRING", json!("rot"), CustomValue::Text("rot".to_owned()))]
#[case::int("int", json!(3), CustomValue::Number(3.into()))]
#[case::int_as_text("int", json!("3"), CustomValue::Number(3.into()))]
#[case::double("double", json!("0.1"), CustomValue::Number("0.1".parse().unwrap()))]
#[case::flag("boolean", json!(true), CustomValue::Flag(true))]
#[case::flag_as_text("boolean", json!("true"), CustomValue::Flag(true))]
#[case::date("date", json!("2026-03-01"), CustomValue::Day("2026-03-01".parse().unwrap()))]
#[case::list("string_list", json!(["a", "b"]), CustomValue::Texts(vec!["a".to_owned(), "b".to_owned()]))]
#[case::new_kind("hologram", json!("x"), CustomValue::Text("x".to_owned()))]
#[case::objects("unspecified", json!([{"a": 1}]), CustomValue::Unknown(r#"[{"a":1}]"#.to_owned()))]
fn custom_attributes_keep_their_type(
    #[case] kind: &str,
    #[case] value: Value,
    #[case] expected: CustomValue,
) {
    assert_eq!(custom(kind, value), Observed::Value(expected));
}

#[test]
fn an_empty_custom_attribute_is_null_and_one_without_value_not_observed() {
    assert!(custom("string", json!("")).is_null());
    let person =
        person(json!({"custom_attributes": [{"id": "dynamic_305", "type": "string_list"}]}));
    let attribute = person.custom_attribute("dynamic_305").unwrap();
    assert_eq!(attribute.kind, Some(CustomAttributeKind::StringList));
    assert!(!attribute.value.is_observed());
}

#[rstest]
#[case::missing(json!({}), Observed::NotObserved)]
#[case::null(json!({"supervisor": null}), Observed::Null)]
#[case::null_inside(json!({"supervisor": {"id": null}}), Observed::Null)]
#[case::there(json!({"supervisor": {"id": "2"}}), Observed::Value(PersonId::new("2")))]
fn a_reference_may_be_missing_null_or_there(
    #[case] members: Value,
    #[case] expected: Observed<PersonId>,
) {
    assert_eq!(employment(members).supervisor_id, expected);
}

#[test]
fn an_employment_is_read_whole() {
    let employment = employment(json!({
        "status": "LEAVE", "type": "INTERNAL", "position": {"title": "Ingénieure"},
        "weekly_working_hours": 37.5, "employment_start_date": "2024-03-01", "employment_end_date": null,
        "office": {"id": 131014}, "org_units": [{"type": "team", "id": "5"}, {"type": "DEPARTMENT", "id": 6}],
        "cost_centers": [{"id": "9", "weight": 33.34}],
        "termination": {"termination_date": "2026-12-31", "last_working_date": "2026-12-18"},
    }));
    assert_eq!(employment.status, Observed::Value(EmploymentStatus::Leave));
    assert_eq!(
        employment.position_title.as_deref(),
        Observed::Value("Ingénieure")
    );
    assert_eq!(
        employment.weekly_working_hours.value().unwrap().to_string(),
        "37.5"
    );
    assert!(employment.employment_end_date.is_null());
    assert_eq!(
        employment.workplace_id,
        Observed::Value(WorkplaceId::new("131014"))
    );
    let kinds: Vec<_> = employment
        .org_units
        .value()
        .unwrap()
        .iter()
        .map(|unit| unit.kind.clone().unwrap())
        .collect();
    assert_eq!(kinds, [OrgUnitKind::Team, OrgUnitKind::Department]);
    assert_eq!(
        employment.cost_centers.value().unwrap()[0]
            .weight
            .unwrap()
            .to_string(),
        "33.34"
    );
    let termination = employment.termination.value().unwrap();
    assert_eq!(
        termination.last_working_day.map(|day| day.to_string()),
        Observed::Value("2026-12-18".to_owned())
    );
    assert!(!termination.reason.is_observed());
}

#[test]
fn an_unknown_status_is_kept_as_it_is_and_written_as_it_was() {
    let status = employment(json!({"status": "SABBATICAL"}))
        .status
        .into_value()
        .unwrap();
    assert_eq!(status.as_str(), "SABBATICAL");
    assert_eq!(serde_json::to_value(status).unwrap(), json!("SABBATICAL"));
}

#[rstest]
#[case::one_day(
    "2026-04-02T00:00:00",
    "2026-04-03T00:00:00",
    "2026-04-02",
    "2026-04-02"
)]
#[case::several_days(
    "2026-12-21T00:00:00",
    "2026-12-25T00:00:00",
    "2026-12-21",
    "2026-12-24"
)]
#[case::with_milliseconds(
    "2026-12-21T00:00:00.000",
    "2026-12-25T00:00:00.000",
    "2026-12-21",
    "2026-12-24"
)]
#[case::over_the_year(
    "2026-12-31T00:00:00",
    "2027-01-01T00:00:00",
    "2026-12-31",
    "2026-12-31"
)]
#[case::hours(
    "2026-04-02T09:00:00",
    "2026-04-02T11:30:00",
    "2026-04-02",
    "2026-04-02"
)]
#[case::over_night(
    "2026-04-02T22:00:00",
    "2026-04-03T06:00:00",
    "2026-04-02",
    "2026-04-03"
)]
#[case::inclusive_as_clients_write_it(
    "2026-04-02T00:00:00",
    "2026-04-02T00:00:00",
    "2026-04-02",
    "2026-04-02"
)]
#[case::plain_days("2026-04-02", "2026-04-04", "2026-04-02", "2026-04-03")]
#[case::zone_that_should_not_be_there(
    "2026-04-02T00:00:00Z",
    "2026-04-03T00:00:00Z",
    "2026-04-02",
    "2026-04-02"
)]
fn an_end_at_midnight_is_the_day_before(
    #[case] starts: &str,
    #[case] ends: &str,
    #[case] first: &str,
    #[case] last: &str,
) {
    let absence = absence(json!({"date_time": starts}), json!({"date_time": ends}));
    assert_eq!(absence.first_day().to_string(), first);
    assert_eq!(absence.last_day().unwrap().to_string(), last);
}

#[rstest]
#[case::null(Value::Null)]
#[case::empty(json!({}))]
fn an_absence_without_end_is_open(#[case] ends_at: Value) {
    assert_eq!(
        absence(json!({"date_time": "2026-04-02T00:00:00"}), ends_at).last_day(),
        None
    );
}

#[rstest]
#[case::whole_days("FIRST_HALF", "SECOND_HALF", false, false)]
#[case::from_noon("SECOND_HALF", "SECOND_HALF", true, false)]
#[case::until_noon("FIRST_HALF", "FIRST_HALF", false, true)]
fn halves_are_decided_by_their_type(
    #[case] start: &str,
    #[case] end: &str,
    #[case] starts_at_noon: bool,
    #[case] ends_at_noon: bool,
) {
    let absence = absence(
        json!({"date_time": "2026-04-02T00:00:00", "type": start}),
        json!({"date_time": "2026-04-04T00:00:00", "type": end}),
    );
    assert_eq!(
        (absence.starts_at_noon(), absence.ends_at_noon()),
        (starts_at_noon, ends_at_noon)
    );
}

#[test]
fn a_half_of_unknown_name_is_no_half() {
    let absence = absence(
        json!({"date_time": "2026-04-02T00:00:00", "type": "MIDDLE"}),
        Value::Null,
    );
    assert_eq!(absence.starts_from.half, None);
    assert_ne!(absence.starts_from.half, Some(HalfDay::FirstHalf));
}

#[test]
fn an_answer_without_an_end_is_not_taken_for_open_ended() {
    let record = json!({"id": "7b0e", "person": {"id": "17"},
        "starts_from": {"date_time": "2026-04-02T00:00:00"}});
    let error = serde_json::from_value::<AbsencePeriod>(record).unwrap_err();
    assert!(error.to_string().contains("ends_at"), "{error}");
}

#[test]
fn approval_comment_and_zone_are_read() {
    let record = json!({"id": "7b0e", "person": {"id": "17"}, "absence_type": null, "comment": "",
        "starts_from": {"date_time": "2026-04-02T00:00:00"}, "ends_at": null, "timezone_id": "Europe/Berlin",
        "approval": {"status": "DELETION_PENDING"}, "substitute": {"id": "18"}});
    let absence: AbsencePeriod = serde_json::from_value(record).unwrap();
    assert_eq!(
        absence.approval_status,
        Observed::Value(ApprovalStatus::DeletionPending)
    );
    assert_eq!(
        absence.timezone_id.as_deref(),
        Observed::Value("Europe/Berlin")
    );
    assert!(absence.comment.is_null());
    assert_eq!(absence.substitute_id, Some(PersonId::new("18")));
    assert_eq!(absence.absence_type_id, None);
}
