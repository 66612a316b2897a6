//! What v1 sends where something else is documented, and what is made of it.

use std::time::Duration;

use chrono::{NaiveDate, Weekday};
use personio_client::v1::{
    AbsencePeriod, AttributeValue, Employee, EmployeeStatus, TimeOff, TimeOffType,
};
use personio_client::{
    AbsencePeriodId, AbsenceTypeId, EmployeeId, Moment, Observed, TimeOffTypeId,
};
use rstest::rstest;
use serde_json::{Value, json};

use crate::answers::{employee, time_off};

/// An employee with one more attribute.
fn with(key: &str, envelope: &str) -> Employee {
    let text = format!(
        r#"{{"type": "Employee", "attributes": {{"id": {{"value": 7, "type": "integer"}}, "{key}": {envelope}}}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

fn value_of(envelope: &str) -> Observed<AttributeValue> {
    with("dynamic_1", envelope)
        .attribute("dynamic_1")
        .unwrap()
        .value
        .clone()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[rstest]
#[case::missing_attribute("last_name", r#"{"value": "Kowalska"}"#, Observed::NotObserved)]
#[case::missing_value("first_name", r#"{"label": "Vorname"}"#, Observed::NotObserved)]
#[case::null("first_name", r#"{"value": null}"#, Observed::Null)]
#[case::empty_text("first_name", r#"{"value": ""}"#, Observed::Null)]
#[case::empty_list("first_name", r#"{"value": []}"#, Observed::Null)]
#[case::value("first_name", r#"{"value": "Zofia"}"#, Observed::Value("Zofia"))]
#[case::unexpected_shape("first_name", r#"{"value": {"odd": 1}}"#, Observed::NotObserved)]
#[case::no_envelope("first_name", r#""Zofia""#, Observed::NotObserved)]
fn absent_empty_and_known_are_kept_apart(
    #[case] key: &str,
    #[case] envelope: &str,
    #[case] expected: Observed<&str>,
) {
    assert_eq!(with(key, envelope).first_name(), expected);
}

#[test]
fn values_of_unknown_shape_are_named_and_lose_nothing_else() {
    let employee = with("first_name", r#"{"value": {"odd": 1}}"#);
    assert_eq!(employee.unexpected().collect::<Vec<_>>(), ["first_name"]);
    assert_eq!(employee.id, EmployeeId::new(7));
}

#[rstest]
#[case::key("first_name", r#"{"value": "Zofia"}"#)]
#[case::universal_id("dynamic_9", r#"{"value": "Zofia", "universal_id": "first_name"}"#)]
fn attributes_are_found_by_universal_id_or_key(#[case] key: &str, #[case] envelope: &str) {
    assert_eq!(with(key, envelope).first_name(), Observed::Value("Zofia"));
}

#[rstest]
#[case::text(r#""37.5""#, "37.5")]
#[case::number("37.5", "37.5")]
#[case::whole_text(r#""40""#, "40")]
#[case::no_binary_fraction("0.1", "0.1")]
#[case::more_digits_than_a_float_has("1234567890.12345678901", "1234567890.12345678901")]
#[case::exponent("1.5e2", "150")]
fn amounts_are_exact(#[case] value: &str, #[case] expected: &str) {
    let employee = with(
        "weekly_working_hours",
        &format!(r#"{{"value": {value}, "type": "standard"}}"#),
    );
    assert_eq!(
        employee
            .weekly_working_hours()
            .map(|hours| hours.to_string()),
        Observed::Value(expected.to_owned())
    );
}

#[rstest]
#[case::with_offset("2021-03-01T00:00:00+01:00", "2021-03-01")]
#[case::with_offset_without_colon("2021-03-01T00:00:00+0100", "2021-03-01")]
#[case::with_blank("2021-03-01 00:00:00+01:00", "2021-03-01")]
#[case::plain("2021-03-01", "2021-03-01")]
#[case::utc("2021-03-01T00:00:00Z", "2021-03-01")]
#[case::fraction("2021-03-01T00:00:00.0Z", "2021-03-01")]
#[case::without_zone("2023-03-28T16:11:35", "2023-03-28")]
#[case::local_mean_time("1890-05-17T00:00:00+00:53", "1890-05-17")]
#[case::local_mean_time_with_seconds("1890-05-17T00:00:00+00:53:28", "1890-05-17")]
#[case::impossible_offset("2021-03-01T00:00:00+99:99", "2021-03-01")]
#[case::far_east("2021-03-01T00:00:00+14:00", "2021-03-01")]
fn a_date_is_the_day_that_was_written(#[case] text: &str, #[case] expected: &str) {
    let employee = with(
        "hire_date",
        &format!(r#"{{"value": "{text}", "type": "date"}}"#),
    );
    assert_eq!(employee.hire_date(), Observed::Value(day(expected)));
}

#[rstest]
#[case::nonsense("tomorrow")]
#[case::too_short("2021-3-1")]
#[case::letters_behind("2021-03-01abc")]
#[case::impossible("2021-02-30")]
#[case::not_ascii("２０２１-03-01")]
fn what_is_no_date_is_not_observed_instead_of_empty(#[case] text: &str) {
    let employee = with(
        "hire_date",
        &format!(r#"{{"value": "{text}", "type": "date"}}"#),
    );
    assert_eq!(employee.hire_date(), Observed::NotObserved);
}

#[test]
fn a_time_stamp_keeps_its_offset() {
    let moment = Moment::parse("2020-11-18T17:33:55+01:00").unwrap();
    assert_eq!(
        moment.instant().unwrap().to_rfc3339(),
        "2020-11-18T17:33:55+01:00"
    );
    assert_eq!(
        Moment::parse("2020-11-18T17:33:55").unwrap().instant(),
        None
    );
}

#[rstest]
#[case::commas(r#"{"value": "Deutsch, Español", "type": "tags"}"#)]
#[case::json_in_text(r#"{"value": "[\"Deutsch\",\"Español\"]", "type": "tags"}"#)]
#[case::list(r#"{"value": ["Deutsch", "Español"], "type": "tags"}"#)]
fn tags_come_in_three_encodings(#[case] envelope: &str) {
    let tags = AttributeValue::Tags(vec!["Deutsch".to_owned(), "Español".to_owned()]);
    assert_eq!(value_of(envelope), Observed::Value(tags));
}

#[rstest]
#[case::integer_as_text(r#"{"value": "12", "type": "integer"}"#, "12")]
#[case::integer_with_fraction(r#"{"value": 12.5, "type": "integer"}"#, "12.5")]
#[case::decimal_as_text(r#"{"value": "12.50", "type": "decimal"}"#, "12.50")]
fn custom_numbers_are_read_leniently(#[case] envelope: &str, #[case] expected: &str) {
    assert_eq!(
        value_of(envelope),
        Observed::Value(AttributeValue::Number(expected.parse().unwrap()))
    );
}

#[rstest]
#[case::number_that_is_text(r#"{"value": "zwölf", "type": "integer"}"#)]
#[case::date_that_is_text(r#"{"value": "zwölf", "type": "date"}"#)]
#[case::new_kind(r#"{"value": "zwölf", "type": "hologram"}"#)]
#[case::no_kind(r#"{"value": "zwölf"}"#)]
fn a_text_that_does_not_fit_its_kind_stays_a_text(#[case] envelope: &str) {
    assert_eq!(
        value_of(envelope),
        Observed::Value(AttributeValue::Text("zwölf".to_owned()))
    );
}

#[rstest]
#[case::empty_text(r#""""#)]
#[case::empty_list("[]")]
#[case::empty_object("{}")]
#[case::null("null")]
fn an_object_may_be_empty_in_four_ways(#[case] value: &str) {
    assert_eq!(
        with("work_schedule", &format!(r#"{{"value": {value}}}"#)).work_schedule(),
        Observed::Null
    );
    assert_eq!(
        with("supervisor", &format!(r#"{{"value": {value}}}"#)).supervisor(),
        Observed::Null
    );
    assert_eq!(
        with("department", &format!(r#"{{"value": {value}}}"#)).department(),
        Observed::Null
    );
}

#[test]
fn a_work_schedule_gives_minutes_per_day() {
    let value = r#"{"value": {"type": "WorkSchedule", "attributes": {"id": 1, "name": "Teilzeit ", "valid_from": null,
        "monday": "07:30", "tuesday": "00:00", "sunday": null}}}"#;
    let employee = with("work_schedule", value);
    let schedule = employee.work_schedule().into_value().unwrap();
    assert_eq!(schedule.name.as_deref(), Some("Teilzeit"));
    assert_eq!(schedule.minutes_on(Weekday::Mon), Some(450));
    assert_eq!(schedule.minutes_on(Weekday::Tue), Some(0));
    assert_eq!(schedule.minutes_on(Weekday::Sun), None);
}

#[test]
fn a_supervisor_is_an_employee() {
    let value = r#"{"value": {"type": "Employee", "attributes": {"id": {"value": 2}, "first_name": {"value": "Ana"}}}}"#;
    let employee = with("supervisor", value);
    let supervisor = employee.supervisor().into_value().unwrap();
    assert_eq!(
        (supervisor.id, supervisor.first_name()),
        (EmployeeId::new(2), Observed::Value("Ana"))
    );
}

#[test]
fn an_unknown_status_is_kept_as_it_is_and_written_as_it_was() {
    let status = with("status", r#"{"value": "sabbatical"}"#)
        .status()
        .into_value()
        .unwrap();
    assert_eq!(status, EmployeeStatus::Other("sabbatical".to_owned()));
    assert_eq!(serde_json::to_value(&status).unwrap(), json!("sabbatical"));
}

fn with_half_days(start: Value, end: Value) -> Result<TimeOff, serde_json::Error> {
    let mut record = time_off(1);
    record["attributes"]["half_day_start"] = start;
    record["attributes"]["half_day_end"] = end;
    serde_json::from_value(record)
}

#[rstest]
#[case::numbers(json!(1), json!(0))]
#[case::texts(json!("1"), json!("0"))]
#[case::flags(json!(true), json!(false))]
#[case::words(json!("true"), json!("false"))]
#[case::null(json!(1), Value::Null)]
#[case::empty(json!(1), json!(""))]
fn half_days_are_flags_in_any_form(#[case] start: Value, #[case] end: Value) {
    let time_off = with_half_days(start, end).unwrap();
    assert!(time_off.half_day_start && !time_off.half_day_end);
}

#[rstest]
#[case::known(json!("2026-08-07T00:00:00+0200"), Some("2026-08-07"))]
#[case::open(Value::Null, None)]
#[case::empty(json!(""), None)]
fn a_day_based_absence_may_be_open(#[case] end_date: Value, #[case] expected: Option<&str>) {
    let mut record = time_off(1);
    record["attributes"]["end_date"] = end_date;
    let time_off: TimeOff = serde_json::from_value(record).unwrap();
    assert_eq!(time_off.end_date, expected.map(day));
}

#[test]
fn a_half_day_that_is_no_flag_is_refused() {
    assert!(with_half_days(json!(2), json!(0)).is_err());
}

#[rstest]
#[case::inside("/attributes/id_v2")]
#[case::beside("/id_v2")]
fn the_v2_id_is_found_in_both_places(#[case] place: &str) {
    let set = |mut record: Value| {
        let (parent, name) = place.rsplit_once('/').unwrap();
        record.pointer_mut(parent).unwrap()[name] = json!("uuid-1");
        record
    };
    let time_off: TimeOff = serde_json::from_value(set(time_off(1))).unwrap();
    assert_eq!(time_off.id_v2, Some(AbsencePeriodId::new("uuid-1")));
    let kind = json!({"type": "TimeOffType", "attributes": {"id": "12", "approval_required": 1}});
    let kind: TimeOffType = serde_json::from_value(set(kind)).unwrap();
    assert_eq!(
        (kind.id, kind.id_v2),
        (TimeOffTypeId::new(12), Some(AbsenceTypeId::new("uuid-1")))
    );
    assert_eq!(kind.approval_required, Some(true));
}

fn hourly(absence_type: Value, end: Value) -> AbsencePeriod {
    let record = json!({"type": "AbsencePeriod", "attributes": {
        "id": "61fe", "measurement_unit": "hour", "effective_duration": 240, "employee": employee(7, "Zofia"),
        "absence_type": absence_type, "start": "2026-05-31T22:00:00.0Z", "end": end, "created_by": 4712,
        "breakdowns": [{"date": "2026-06-01", "effective_duration": 240}]}});
    serde_json::from_value(record).unwrap()
}

#[rstest]
#[case::nested(json!({"type": "AbsenceType", "attributes": {"id": "9bba", "time_off_type_id": 45}}), Some(45))]
#[case::flat(json!({"id": "9bba", "name": "Arzt", "time_off_type_id": 45}), Some(45))]
#[case::null(Value::Null, None)]
fn the_type_of_an_hourly_absence_is_nested_flat_or_missing(
    #[case] absence_type: Value,
    #[case] expected: Option<u64>,
) {
    let period = hourly(absence_type, Value::Null);
    let found = period
        .absence_type
        .and_then(|absence_type| absence_type.time_off_type_id);
    assert_eq!(found, expected.map(TimeOffTypeId::new));
}

#[test]
fn an_hourly_absence_counts_minutes_and_may_be_open() {
    let open = hourly(Value::Null, Value::Null);
    assert_eq!(open.effective_duration, Some(Duration::from_secs(4 * 3600)));
    assert_eq!(open.ends_at(), None);
    let closed = hourly(Value::Null, json!("2026-06-01T02:00:00.0Z"));
    assert_eq!(
        (closed.ends_at().unwrap() - closed.starts_at().unwrap()).num_hours(),
        4
    );
}
