//! Days on which clocks are changed.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::{
    Africa::Johannesburg,
    America::Nuuk,
    Australia::Lord_Howe,
    Europe::{Berlin, Helsinki, Lisbon, London},
    Pacific::Apia,
    Tz,
};
use rstest::rstest;

use super::{cron, daily, every, runs_after, timetable, users, utc};

/// The next runs as clocks show them.
fn on_the_wall(zone: Tz, moments: impl IntoIterator<Item = DateTime<Utc>>) -> Vec<String> {
    let local = |moment: DateTime<Utc>| moment.with_timezone(&zone);
    moments
        .into_iter()
        .map(|moment| local(moment).format("%d %H:%M %:z").to_string())
        .collect()
}

#[rstest]
#[case::berlin_spring(Berlin, "2026-03-27T12:00:00Z", "02:30", ["28 02:30 +01:00", "29 03:00 +02:00", "30 02:30 +02:00"])]
#[case::berlin_autumn(Berlin, "2026-10-23T12:00:00Z", "02:30", ["24 02:30 +02:00", "25 02:30 +02:00", "26 02:30 +01:00"])]
#[case::london_spring(London, "2026-03-27T12:00:00Z", "01:30", ["28 01:30 +00:00", "29 02:00 +01:00", "30 01:30 +01:00"])]
#[case::london_autumn(London, "2026-10-23T12:00:00Z", "01:30", ["24 01:30 +01:00", "25 01:30 +01:00", "26 01:30 +00:00"])]
#[case::lisbon_spring(Lisbon, "2026-03-27T12:00:00Z", "01:30", ["28 01:30 +00:00", "29 02:00 +01:00", "30 01:30 +01:00"])]
#[case::lisbon_autumn(Lisbon, "2026-10-23T12:00:00Z", "01:30", ["24 01:30 +01:00", "25 01:30 +01:00", "26 01:30 +00:00"])]
#[case::helsinki_spring(Helsinki, "2026-03-27T12:00:00Z", "03:30", ["28 03:30 +02:00", "29 04:00 +03:00", "30 03:30 +03:00"])]
#[case::helsinki_autumn(Helsinki, "2026-10-23T12:00:00Z", "03:30", ["24 03:30 +03:00", "25 03:30 +03:00", "26 03:30 +02:00"])]
#[case::lord_howe_spring_by_half_an_hour(Lord_Howe, "2026-10-02T12:00:00Z", "02:10", ["03 02:10 +10:30", "04 02:30 +11:00", "05 02:10 +11:00"])]
#[case::lord_howe_autumn_by_half_an_hour(Lord_Howe, "2026-04-03T12:00:00Z", "01:45", ["04 01:45 +11:00", "05 01:45 +11:00", "06 01:45 +10:30"])]
#[case::johannesburg_never(Johannesburg, "2026-03-27T12:00:00Z", "02:30", ["28 02:30 +02:00", "29 02:30 +02:00", "30 02:30 +02:00"])]
#[case::nuuk_over_midnight(Nuuk, "2026-03-27T12:00:00Z", "23:30", ["27 23:30 -02:00", "29 00:00 -01:00", "29 23:30 -01:00"])]
fn a_time_left_out_runs_after_the_gap_and_one_shown_twice_runs_once(
    #[case] zone: Tz,
    #[case] start: &str,
    #[case] time: &str,
    #[case] expected: [&str; 3],
) {
    let (hour, minute) = time.split_once(':').expect("a time of day");
    let rhythms = [daily(time), cron(&format!("{minute} {hour} * * *"))];
    for rhythm in rhythms {
        let timetable = users(zone, rhythm.clone());
        let moments = runs_after(&timetable, utc(start)).take(3).map(|due| due.at);
        assert_eq!(on_the_wall(zone, moments), expected, "{rhythm:?}");
    }
}

#[test]
fn samoa_left_out_a_whole_day() {
    let start = utc("2011-12-28T20:00:00Z");
    let moments = |rhythm| {
        let timetable = users(Apia, rhythm);
        let moments: Vec<_> = runs_after(&timetable, start).take(3).collect();
        on_the_wall(Apia, moments.into_iter().map(|due| due.at))
    };
    assert_eq!(
        moments(daily("05:00")),
        ["29 05:00 -10:00", "31 00:00 +14:00", "31 05:00 +14:00"]
    );
    assert_eq!(
        moments(cron("0 5 * * *")),
        ["29 05:00 -10:00", "31 05:00 +14:00", "01 05:00 +14:00"]
    );
}

#[rstest]
#[case::spring("2026-03-29T00:15:00Z", ["29 01:30 +01:00", "29 03:30 +02:00", "29 04:30 +02:00"])]
#[case::autumn("2026-10-24T23:45:00Z", ["25 02:30 +02:00", "25 02:30 +01:00", "25 03:30 +01:00"])]
fn a_cron_expression_for_every_hour_goes_on_in_every_hour(
    #[case] start: &str,
    #[case] expected: [&str; 3],
) {
    let timetable = users(Berlin, cron("30 * * * *"));
    let moments = runs_after(&timetable, utc(start)).take(3).map(|due| due.at);
    assert_eq!(on_the_wall(Berlin, moments), expected);
}

#[rstest]
#[case::spring("2026-03-28T18:00:00Z")]
#[case::autumn("2026-10-24T18:00:00Z")]
fn intervals_do_not_notice_that_clocks_are_changed(
    #[values(Berlin, London, Lisbon, Helsinki, Lord_Howe, Johannesburg)] zone: Tz,
    #[case] start: &str,
) {
    let timetable = users(zone, every("4h"));
    let moments: Vec<_> = runs_after(&timetable, utc(start))
        .take(12)
        .map(|due| due.at)
        .collect();
    assert!(
        moments
            .windows(2)
            .all(|pair| pair[1] - pair[0] == TimeDelta::hours(4)),
        "{moments:?}"
    );
}

#[test]
fn an_interval_between_times_begins_by_the_clock_and_goes_on_by_the_hours_that_pass() {
    let timetable = timetable(
        r#"
        zone = "Europe/Berlin"
        runs = [{ areas = ["users"], every = "90m", between = "00:30-05:00" }]
        "#,
    );
    let moments = runs_after(&timetable, utc("2026-03-27T22:00:00Z"))
        .take(8)
        .map(|due| due.at);
    assert_eq!(
        on_the_wall(Berlin, moments),
        [
            "28 00:30 +01:00",
            "28 02:00 +01:00",
            "28 03:30 +01:00",
            "28 05:00 +01:00",
            "29 00:30 +01:00",
            "29 03:00 +02:00",
            "29 04:30 +02:00",
            "30 00:30 +02:00",
        ]
    );
}

#[rstest]
#[case::spring_leaves_out_their_end("2026-03-29T00:30:00Z", "01:00-02:30", "29 03:00 +02:00")]
#[case::autumn_has_them_twice("2026-10-25T01:10:00Z", "02:00-02:30", "25 02:30 +01:00")]
fn quiet_hours_go_by_the_clock(#[case] now: &str, #[case] quiet: &str, #[case] expected: &str) {
    let timetable = timetable(&format!(
        r#"
        zone = "Europe/Berlin"
        quiet = ["{quiet}"]
        runs = [{{ areas = ["users"], every = "10m" }}]
        "#
    ));
    let due = runs_after(&timetable, utc(now)).next().expect("it runs");
    assert_eq!(on_the_wall(Berlin, [due.at]), [expected]);
}
