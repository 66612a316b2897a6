//! What can be written into a timetable, and what is said when it cannot.

use rstest::rstest;
use sync_core::schedule::{ScheduleError, Timetable, TimetableSettings};

use super::timetable;

fn refused(toml: &str) -> String {
    let settings: TimetableSettings = toml::from_str(toml).expect("it has the right form");
    let error: ScheduleError = Timetable::try_from(settings).expect_err("it is not possible");
    error.to_string()
}

#[rstest]
#[case::zone(
    r#"zone = "Mitteleuropa""#,
    r#"zone: "Mitteleuropa" is not possible; write the IANA name of a zone, such as "Europe/Berlin""#
)]
#[case::jitter(
    "zone = \"UTC\"\njitter = \"often\"",
    r#"jitter: "often" is not possible; write a whole number of seconds, minutes or hours, from "1s" to "168h", such as "10m""#
)]
#[case::quiet(
    "zone = \"UTC\"\nquiet = [\"22:00-05:00\", \"12:00\"]",
    r#"quiet[1]: "12:00" is not possible; write two different times of day, such as "06:00-23:50""#
)]
#[case::no_time_left(
    "zone = \"UTC\"\nquiet = [\"22:00-12:00\", \"11:00-22:00\"]",
    r#"quiet: "22:00-12:00, 11:00-22:00" is not possible; leave at least a minute of the day in which runs can start"#
)]
#[case::retry(
    "zone = \"UTC\"\nretry = { first = \"2h\" }",
    r#"retry.longest: "1h" is not possible; write at least as much as the first wait"#
)]
#[case::a_list_of_areas_without_any(
    "zone = \"UTC\"\nruns = [{ areas = [], every = \"1h\" }]",
    r#"runs[0].areas: "" is not possible; name at least one area, and none of them blank"#
)]
#[case::a_blank_area(
    "zone = \"UTC\"\nruns = [{ areas = [\"users\", \" \"], every = \"1h\" }]",
    r#"runs[0].areas: "users,  " is not possible; name at least one area, and none of them blank"#
)]
#[case::two_rhythms(
    "zone = \"UTC\"\nruns = [{ areas = [\"a\"], every = \"1h\" }, { areas = [\"a\"], every = \"1h\", cron = \"0 5 * * *\" }]",
    r#"runs[1]: "every and cron" is not possible; write exactly one of every, daily and cron"#
)]
#[case::no_rhythm(
    "zone = \"UTC\"\nruns = [{ areas = [\"a\"] }]",
    r#"runs[0]: "" is not possible; write exactly one of every, daily and cron"#
)]
#[case::between_without_every(
    "zone = \"UTC\"\nruns = [{ areas = [\"a\"], daily = [\"05:00\"], between = \"06:00-23:50\" }]",
    r#"runs[0].between: "06:00-23:50" is not possible; leave it out; it goes with every alone"#
)]
#[case::a_time_of_day(
    "zone = \"UTC\"\nruns = [{ areas = [\"a\"], daily = [\"05:00\", \"24:00\"] }]",
    r#"runs[0].daily[1]: "24:00" is not possible; write a time of day from "00:00" to "23:59""#
)]
#[case::cron(
    "zone = \"UTC\"\nruns = [{ areas = [\"a\"], cron = \"61 * * * *\" }]",
    r#"runs[0].cron: "61 * * * *" is not possible; write five fields that some minute matches: minute, hour, day of month, month, day of week"#
)]
#[case::cron_with_seconds(
    "zone = \"UTC\"\nruns = [{ areas = [\"a\"], cron = \"0 0 5 * * *\" }]",
    r#"runs[0].cron: "0 0 5 * * *" is not possible; write five fields that some minute matches: minute, hour, day of month, month, day of week"#
)]
#[case::cron_that_never_comes(
    "zone = \"UTC\"\nruns = [{ areas = [\"a\"], cron = \"0 5 30 2 *\" }]",
    r#"runs[0].cron: "0 5 30 2 *" is not possible; write five fields that some minute matches: minute, hour, day of month, month, day of week"#
)]
fn what_is_wrong_is_named_with_what_is_allowed(#[case] toml: &str, #[case] message: &str) {
    assert_eq!(refused(toml), message);
}

#[rstest]
fn lengths_of_time_are_whole_and_not_too_long(
    #[values(
        "",
        "m",
        "10",
        "10 m",
        "0m",
        "-1m",
        "+1m",
        "1.5h",
        "1d",
        "1h30m",
        "169h",
        "99999999999999999999s",
        "5€"
    )]
    length: &str,
) {
    let settings = format!("zone = \"UTC\"\nruns = [{{ areas = [\"a\"], every = \"{length}\" }}]");
    assert!(refused(&settings).starts_with("runs[0].every: "));
}

#[rstest]
fn times_of_day_have_hours_and_minutes(
    #[values("", "5:00", "05:00:00", "0500", "05:60", " 5:00", "+5:00", "05:0x")] time: &str,
) {
    let settings = format!("zone = \"UTC\"\nruns = [{{ areas = [\"a\"], daily = [\"{time}\"] }}]");
    assert!(refused(&settings).starts_with("runs[0].daily[0]: "));
}

#[test]
fn a_policy_that_holds_a_timetable_can_say_where_it_is_wrong() {
    let error = Timetable::try_from(TimetableSettings::new("Atlantis"))
        .expect_err("there is no such zone")
        .within("schedule");
    assert_eq!(error.path(), "schedule.zone");
    assert_eq!(error.value(), "Atlantis");
    assert!(error.to_string().starts_with("schedule.zone: \"Atlantis\""));
}

#[test]
fn a_timetable_is_read_only_if_it_is_possible() {
    let error = toml::from_str::<Timetable>("zone = \"Atlantis\"").expect_err("no such zone");
    assert!(error.to_string().contains("zone: \"Atlantis\""), "{error}");
    let error = toml::from_str::<Timetable>("zone = \"UTC\"\nquite = []").expect_err("misspelt");
    assert!(error.to_string().contains("quite"), "{error}");
}

#[test]
fn a_timetable_is_written_as_it_was_read() {
    let toml = r#"zone = "Europe/Madrid"
jitter = "90s"
quiet = ["22:00-05:00"]

[retry]
first = "30s"
longest = "2h"

[[runs]]
areas = ["users", "absences"]
kind = "partial"
every = "10m"
between = "06:00-23:50"

[[runs]]
areas = ["users"]
kind = "full"
daily = ["05:00", "13:00"]

[[runs]]
areas = ["time-entries"]
kind = "full"
cron = "15 5 * * MON-FRI"
"#;
    let timetable = timetable(toml);
    assert_eq!(
        toml::to_string(&timetable).expect("it can be written"),
        toml
    );
}
