//! Absences, from the request to the product's calendar.

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use sync_core::{
    Absence, Access, Account, Clock as _, Coverage, Existing, Known, Window,
    absence::{Approval, Edges, Finer, Grain, Granularity, Hours, Label, Span, YearEnds},
    account::field,
};

use crate::{
    scene::{day, today},
    world::World,
};

fn absence(world: &World, id: &str) -> Option<Absence> {
    let rows = world.absences.records();
    rows.into_iter()
        .find(|row| row.id.as_str() == id)
        .map(|row| row.record)
}

#[tokio::test]
async fn an_approved_absence_shows_without_its_reason() {
    let mut world = World::settled().await;
    world.book("a", "1", Span::days(day(3), day(7)));
    insta::assert_snapshot!(world.plan_absences().await.revealed(), @r"
    absence: 1 to create
      create  a                     new in HR: account 1, approval approved, first_day 2026-03-05, label absent, last_day 2026-03-09
    ");
    world.sync_absences().await;
    insta::assert_snapshot!(world.plan_absences().await, @"absence: nothing to do, 1 unchanged");
}

#[tokio::test]
async fn a_shortened_absence_is_shortened() {
    let mut world = World::settled().await;
    world.book("a", "1", Span::days(day(3), day(7)));
    world.sync_absences().await;
    world.shorten("a", day(4));
    insta::assert_snapshot!(world.plan_absences().await.revealed(), @r"
    absence: 1 to update
      update  a          → 1        differs from HR: last_day 2026-03-09 → 2026-03-06
    ");
}

#[tokio::test]
async fn an_absence_that_is_refused_or_deleted_disappears() {
    let mut world = World::settled().await;
    world.book("a", "1", Span::days(day(3), day(7)));
    world.book("b", "2", Span::days(day(3), day(7)));
    world.book("c", "3", Span::days(day(3), day(7)));
    world.sync_absences().await;
    world.reject("a");
    world.delete("b");
    world.a_day_passes();
    insta::assert_snapshot!(world.plan_absences().await, @r"
    absence: 2 to remove, 1 unchanged
      remove  a          → 1        not approved in HR
      remove  b          → 2        missing from a complete snapshot
    ");
    world.sync_absences().await;
    assert_eq!(world.absences.records().len(), 1);
}

#[tokio::test]
async fn half_days_and_hours_survive() {
    let mut world = World::settled().await;
    let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).expect("it is a time");
    let half = Span::days(day(3), day(5)).from_noon().until_noon();
    let hours = Span {
        hours: Some(Hours {
            from: at(9, 0),
            to: Some(at(13, 30)),
            zone: Some("Europe/Lisbon".to_owned()),
        }),
        ..Span::days(day(6), day(6))
    };
    world.book("half", "1", half.clone());
    world.book("hours", "1", hours.clone());
    world.sync_absences().await;
    let spans: Vec<Span> = world
        .absences
        .records()
        .into_iter()
        .map(|row| row.record.span)
        .collect();
    assert!(spans == [half, hours]);
    assert!(world.plan_absences().await.is_empty());
}

#[tokio::test]
async fn what_lies_outside_the_window_is_not_touched() {
    let mut world = World::settled().await;
    world.book("long ago", "1", Span::days(day(-90), day(-80)));
    world.book("soon", "1", Span::days(day(3), day(7)));
    world.sync_absences().await;

    world.calendar = Coverage::Window(Window::around(today(), 14, 60));
    world.delete("long ago");
    world.a_day_passes();
    insta::assert_snapshot!(world.plan_absences().await, @r"
    absence: nothing to do, 1 unchanged, 1 skipped
      skipped 1          HR was not asked about it, or the answer is not known to be whole
    ");
}

#[tokio::test]
async fn what_falls_out_of_a_moving_window_stays() {
    let mut world = World::settled().await;
    world.calendar = Coverage::Window(Window::around(today(), 14, 60));
    world.book("a", "1", Span::days(day(-14), day(-10)));
    world.sync_absences().await;

    world.calendar = Coverage::Window(Window::around(day(30), 14, 60));
    assert!(world.plan_absences().await.is_empty());
    world.sync_absences().await;
    assert!(absence(&world, "1").is_some());
}

#[tokio::test]
async fn an_empty_window_is_no_alarm_when_nothing_was_in_it() {
    let mut world = World::settled().await;
    world.book("a", "1", Span::days(day(-90), day(-80)));
    world.sync_absences().await;
    world.calendar = Coverage::Window(Window::around(today(), 14, 60));
    assert!(world.plan_absences().await.alarms().is_empty());
}

#[tokio::test]
async fn old_absences_do_not_widen_the_budget() {
    let mut world = World::settled().await;
    for week in 0..60 {
        let then = day(-1000 + week * 7);
        world.book(&format!("old {week}"), "1", Span::days(then, then));
    }
    for week in 0..12 {
        let then = day(week * 2);
        world.book(&format!("new {week:02}"), "2", Span::days(then, then));
    }
    world.sync_absences().await;

    let window = Window::around(today(), 14, 60);
    world.calendar = Coverage::Window(window);
    let requests = world.requests.clone();
    world.requests.retain(|id, _| id.as_str() == "new 00");
    world.a_day_passes();
    let plan = world.plan_absences().await;
    insta::assert_snapshot!(plan.shown().at_most(1), @r"
    absence: 11 held, 1 unchanged, 60 skipped
      held: 11 to remove, 10 are allowed without approval
      remove  new 01     → 2        missing from a complete snapshot
      … and 10 more to approve
      approve exactly these with b8fd97a0e221d5374ddf637b97cd0c64
      skipped 60         HR was not asked about it, or the answer is not known to be whole
    ");

    // Nor where a run asks only for what changed: eleven of the twelve were rejected.
    world.requests = requests;
    for week in 1..12 {
        world.reject(&format!("new {week:02}"));
    }
    let mut scene = world.scene_of_absences().await;
    let an_hour_ago = world.clock.now() - TimeDelta::hours(1);
    scene.desired.coverage = Coverage::ChangedSince(an_hour_ago);
    insta::assert_snapshot!(scene.plan().shown().at_most(1), @r"
    absence: 11 held, 1 unchanged, 60 skipped
      held: 11 to remove, 10 are allowed without approval
      remove  new 01     → t2       not approved in HR
      … and 10 more to approve
      approve exactly these with a837e7612dce63902b9bbd074f84fac8
      skipped 60         HR was not asked about it, or the answer is not known to be whole
    ");
}

#[tokio::test]
async fn an_absence_of_somebody_without_an_account_is_nobodys() {
    let mut world = World::settled().await;
    world.book("a", "stranger", Span::days(day(3), day(7)));
    insta::assert_snapshot!(world.plan_absences().await, @r"
    absence: nothing to do, 1 skipped
      skipped 1          the person has no account here
    ");
}

#[tokio::test]
async fn a_label_listed_by_name_stays_while_hr_hides_the_name() {
    let mut world = World::settled().await;
    let labels = [("Kur".to_owned(), "Away for health".to_owned())];
    world.absence_policy.label = Label::Listed(labels.into());
    world.book("a", "1", Span::days(day(3), day(7)));
    world.sync_absences().await;
    for request in world.requests.values_mut() {
        request.kind_name = Known::NotObserved;
    }
    assert!(world.plan_absences().await.is_empty());
}

#[tokio::test]
async fn a_blank_type_shows_as_absent() {
    let mut world = World::settled().await;
    world.absence_policy.label = Label::AsInHr;
    world.book("a", "1", Span::days(day(3), day(7)));
    world.sync_absences().await;
    for request in world.requests.values_mut() {
        request.kind_name = Known::Value(" ".to_owned());
    }
    let report = world.sync_absences().await;
    assert!(report.is_success(), "{report}");
    assert!(absence(&world, "1").is_some_and(|it| it.label == Known::Value("absent".to_owned())));
}

#[tokio::test]
async fn what_people_entered_themselves_stays() {
    let mut world = World::settled().await;
    world.book("a", "1", Span::days(day(3), day(7)));
    let dentist = Absence {
        account: "1".into(),
        label: Known::Value("Dentist".to_owned()),
        span: Span::days(day(3), day(7)),
        approval: Approval::Approved,
    };
    world
        .absences
        .put(Existing::new("by-hand", dentist.clone()));
    world.sync_absences().await;
    world.delete("a");
    world.a_day_passes();
    world.sync_absences().await;
    assert_eq!(absence(&world, "by-hand"), Some(dentist));
}

#[tokio::test]
async fn a_locked_account_keeps_its_absences() {
    let mut world = World::settled().await;
    world.book("a", "1", Span::days(day(3), day(7)));
    world.sync_absences().await;
    world.edit("1", |account: Account| {
        account.with(field::ACCESS, Access::Locked.as_str())
    });
    assert!(world.plan_absences().await.is_empty());
}

/// Everything that a calendar of whole days and closed ranges must be told.
#[tokio::test]
async fn what_a_coarse_calendar_cannot_hold_is_rounded_and_reported() {
    let mut world = World::settled().await;
    world.granularity = Granularity {
        grain: Grain::Days,
        open_ends: false,
    };
    world.calendar = Coverage::Window(Window::around(today(), 14, 60));
    let nine = NaiveTime::from_hms_opt(9, 0, 0).expect("it is a time");
    world.book("half", "1", Span::days(day(3), day(3)).from_noon());
    world.book("hours", "2", Span::hours(day(4), nine, NaiveTime::MIN));
    world.book("open", "3", Span::days(day(5), day(5)).open());
    world.book("whole", "4", Span::days(day(6), day(7)));
    world.book("reversed", "4", Span::days(day(9), day(8)));
    let plan = world.plan_absences().await;
    insta::assert_snapshot!(plan.revealed(), @r"
    absence: 4 to create, 1 skipped
      create  half                  new in HR: account 1, approval approved, first_day 2026-03-05, label absent, last_day 2026-03-05
      create  hours                 new in HR: account 2, approval approved, first_day 2026-03-06, label absent, last_day 2026-03-06
      create  open                  new in HR: account 3, approval approved, first_day 2026-03-07, label absent, last_day 2026-05-01
      create  whole                 new in HR: account 4, approval approved, first_day 2026-03-08, label absent, last_day 2026-03-09
      note 1             it ends when it begins, or before: reversed
      note 2             rounded up to whole days: half, hours
      note 1             has no end, and is shown until the window ends: open
    ");
    insta::assert_snapshot!(world.sync_absences().await, @r"
    absence: 4 created, 1 skipped
      note 1             it ends when it begins, or before: reversed
      note 2             rounded up to whole days: half, hours
      note 1             has no end, and is shown until the window ends: open
    ");
    assert!(world.plan_absences().await.is_empty());
}

/// S9: HR wants no absence that crosses the end of a year; it is split by rule, or waits for a person.
#[tokio::test]
async fn an_absence_over_new_year() {
    let mut world = World::settled().await;
    let new_year = NaiveDate::from_ymd_opt(2027, 1, 1).expect("it is a day");
    let span = |days| Span::days(new_year - Days::new(8), new_year + Days::new(days));
    world.book("a", "1", span(5));
    world.book("b", "2", Span::days(day(3), day(4)));
    world.book("c", "3", Span::days(day(3), day(4)));

    world.absence_policy.fit.year_ends = YearEnds::Hold;
    insta::assert_snapshot!(world.plan_absences().await, @r"
    absence: 2 to create, 1 skipped
      create  b                     new in HR
      create  c                     new in HR
      note 1             it goes on into another year and must be split first: a
    ");

    world.absence_policy.fit.year_ends = YearEnds::Split;
    insta::assert_snapshot!(world.plan_absences().await.revealed(), @r"
    absence: 4 to create
      create  a                     new in HR: account 1, approval approved, first_day 2026-12-24, label absent, last_day 2026-12-31
      create  a#2027                new in HR: account 1, approval approved, first_day 2027-01-01, label absent, last_day 2027-01-06
      create  b                     new in HR: account 2, approval approved, first_day 2026-03-05, label absent, last_day 2026-03-06
      create  c                     new in HR: account 3, approval approved, first_day 2026-03-05, label absent, last_day 2026-03-06
      note 1             shown as one record for each year: a
    ");
    world.sync_absences().await;

    world.book("a", "1", span(9));
    insta::assert_snapshot!(world.plan_absences().await.revealed(), @r"
    absence: 1 to update, 3 unchanged
      update  a#2027     → 2        differs from HR: last_day 2027-01-06 → 2027-01-10
      note 1             shown as one record for each year: a
    ");
    world.sync_absences().await;

    world.shorten("a", new_year - Days::new(1));
    insta::assert_snapshot!(world.plan_absences().await, @r"
    absence: 1 to remove, 3 unchanged
      remove  a#2027     → 2        the whole no longer reaches this part
    ");
    world.book("a", "1", span(9));
    world.reject("a");
    insta::assert_snapshot!(world.plan_absences().await, @r"
    absence: 2 to remove, 2 unchanged
      remove  a          → 1        not approved in HR
      remove  a#2027     → 2        not approved in HR
    ");
    world.sync_absences().await;
    assert_eq!(world.absences.records().len(), 2);
}

/// The part that keeps the id is over like any other, though HR still has the absence.
#[tokio::test]
async fn rounding_may_leave_nothing_of_the_first_year() {
    let mut world = World::settled().await;
    let new_year = NaiveDate::from_ymd_opt(2027, 1, 1).expect("it is a day");
    let eve = Span::days(new_year - Days::new(1), new_year + Days::new(3));
    world.absence_policy.fit.year_ends = YearEnds::Split;
    world.absence_policy.fit.finer = Finer::RoundDown;
    world.granularity = Granularity {
        grain: Grain::Days,
        open_ends: false,
    };
    world.book("a", "1", eve.clone());
    world.book("b", "2", Span::days(day(3), day(4)));
    world.sync_absences().await;
    world.book("a", "1", eve.from_noon());
    insta::assert_snapshot!(world.plan_absences().await, @r"
    absence: 1 to remove, 2 unchanged
      remove  a          → 1        the whole no longer reaches this part
      note 1             rounded down to whole days: a
    ");
}

/// A year with a digit too many is a slip, and not a record for each of eighteen thousand years.
#[tokio::test]
async fn an_absence_for_ages_is_not_split() {
    let mut world = World::settled().await;
    world.absence_policy.fit.year_ends = YearEnds::Split;
    let ages = NaiveDate::from_ymd_opt(20_261, 1, 1).expect("it is a day");
    world.book("a", "1", Span::days(day(3), ages));
    insta::assert_snapshot!(world.plan_absences().await, @r"
    absence: nothing to do, 1 skipped
      note 1             it touches more than ten years, each of which would be a record: a
    ");
}

/// S13: a type without a namesake in the product is reported, and its absences wait.
#[tokio::test]
async fn types_are_matched_by_equal_wording() {
    let mut world = World::settled().await;
    let own = ["KUR".to_owned(), "Holiday".to_owned()];
    world.absence_policy.label = Label::Namesake(own.into());
    world.book("a", "1", Span::days(day(3), day(4)));
    world.book("b", "2", Span::days(day(3), day(4)));
    world.request("b").kind_name = Known::Value("Sonderurlaub".to_owned());
    insta::assert_snapshot!(world.plan_absences().await.revealed(), @r"
    absence: 1 to create, 1 skipped
      create  a                     new in HR: account 1, approval approved, first_day 2026-03-05, label KUR, last_day 2026-03-06
      note 1             the product has no type of the same wording: b
    ");
}

/// What HR does not show of a type may be the very name that is chosen, so it decides nothing.
#[tokio::test]
async fn only_chosen_types_take_part() {
    let mut world = World::settled().await;
    world.absence_policy.kinds = Some(["17".to_owned(), "Reise".to_owned()].into());
    world.absence_policy.label = Label::Listed([("17".to_owned(), "Cure".to_owned())].into());
    for id in ["by-id", "by-name", "other", "hidden", "named-only"] {
        world.book(id, "1", Span::days(day(3), day(4)));
    }
    for (id, name) in [("by-name", "Reise"), ("other", "Umzug")] {
        let request = world.request(id);
        request.kind_id = Known::Value("18".to_owned());
        request.kind_name = Known::Value(name.to_owned());
    }
    let request = world.request("hidden");
    request.kind_id = Known::Value("18".to_owned());
    request.kind_name = Known::NotObserved;
    let request = world.request("named-only");
    request.kind_id = Known::NotObserved;
    request.kind_name = Known::Value("Reise".to_owned());
    insta::assert_snapshot!(world.plan_absences().await.revealed(), @r"
    absence: 3 to create, 2 skipped
      create  by-id                 new in HR: account 1, approval approved, first_day 2026-03-05, label Cure, last_day 2026-03-06
      create  by-name               new in HR: account 1, approval approved, first_day 2026-03-05, label absent, last_day 2026-03-06
      create  named-only            new in HR: account 1, approval approved, first_day 2026-03-05, last_day 2026-03-06
      note 1             HR does not show the attribute that decides who takes part: hidden
      skipped 1          its absence type does not take part
    ");

    world.absence_policy.kinds = None;
    world.absence_policy.label = Label::Namesake(["Kur".to_owned()].into());
    insta::assert_snapshot!(world.plan_absences().await.revealed(), @r"
    absence: 1 to create, 4 skipped
      create  by-id                 new in HR: account 1, approval approved, first_day 2026-03-05, label Kur, last_day 2026-03-06
      note 1             HR does not show the attribute that decides who takes part: hidden
      note 3             the product has no type of the same wording: by-name, named-only, other
    ");
}

/// What a calendar shows only a part of is said; what lies inside its days is shown whole.
#[tokio::test]
async fn what_reaches_over_the_window_is_cut() {
    let mut world = World::settled().await;
    world.calendar = Coverage::Window(Window::around(today(), 0, 10));
    world.absence_policy.fit.edges = Edges::Clip;
    world.book("inside", "1", Span::days(day(3), day(4)));
    world.book("over", "2", Span::days(day(8), day(14)));
    insta::assert_snapshot!(world.plan_absences().await.revealed(), @r"
    absence: 2 to create
      create  inside                new in HR: account 1, approval approved, first_day 2026-03-05, label absent, last_day 2026-03-06
      create  over                  new in HR: account 2, approval approved, first_day 2026-03-10, label absent, last_day 2026-03-12
      note 1             shown only as far as it lies in the window: over
    ");
}

/// S20, S9: the other side learns where a request stands, if it is to have requests at all.
#[tokio::test]
async fn a_request_carries_its_state() {
    let mut world = World::settled().await;
    world.book("a", "1", Span::days(day(3), day(4)));
    world.request("a").approval = Known::Value(Approval::Pending);
    insta::assert_snapshot!(world.plan_absences().await, @r"
    absence: nothing to do, 1 skipped
      skipped 1          not approved in HR, and not here
    ");

    world.absence_policy.approvals =
        [Approval::Approved, Approval::Pending, Approval::Rejected].into();
    insta::assert_snapshot!(world.plan_absences().await.revealed(), @r"
    absence: 1 to create
      create  a                     new in HR: account 1, approval pending, first_day 2026-03-05, label absent, last_day 2026-03-06
    ");
    world.sync_absences().await;
    world.reject("a");
    insta::assert_snapshot!(world.plan_absences().await.revealed(), @r"
    absence: 1 to update
      update  a          → 1        differs from HR: approval pending → rejected
    ");
}

/// A4: both stay, and somebody is told.
#[tokio::test]
async fn an_absence_over_one_entered_by_hand_is_reported() {
    let mut world = World::settled().await;
    world.book("a", "1", Span::days(day(3), day(7)).from_noon());
    let dentist = |span| Absence {
        account: "1".into(),
        label: Known::Value("Dentist".to_owned()),
        span,
        approval: Approval::Approved,
    };
    let morning = dentist(Span::days(day(3), day(3)).until_noon());
    world.absences.put(Existing::new("morning", morning));
    let afternoon = dentist(Span::days(day(3), day(3)).from_noon());
    world.absences.put(Existing::new("afternoon", afternoon));
    insta::assert_snapshot!(world.plan_absences().await, @r"
    absence: 1 to create, 2 not from HR
      create  a                     new in HR
      note 1             overlaps afternoon, which was entered by hand: a
    ");
}
