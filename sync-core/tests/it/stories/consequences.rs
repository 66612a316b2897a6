//! Desks that nobody needs while somebody is away. The bookings are a kind of record of the host's own,
//! and pass the ordinary engine.

use std::collections::BTreeMap;

use sync_core::{
    Absence, Capabilities, Existing, Known, LedgerState, SourceId, SyncPolicy, Window,
    absence::{Approval, Part, Span},
};

use crate::{
    bookings::{self, Booking},
    scene::{Scene, day, today},
};

fn absences(spans: &[(&str, Span)]) -> BTreeMap<SourceId, Absence> {
    let absence = |span: &Span| Absence {
        account: "ada".into(),
        label: Known::Value("absent".to_owned()),
        span: span.clone(),
        approval: Approval::Approved,
    };
    spans
        .iter()
        .map(|(id, span)| (SourceId::new(id), absence(span)))
        .collect()
}

fn window() -> Window {
    Window::around(today(), 0, 60)
}

fn scene(
    absences: &BTreeMap<SourceId, Absence>,
    bookings: Vec<Existing<Booking>>,
) -> Scene<Booking> {
    Scene {
        desired: bookings::desire(absences, &bookings, &window()),
        existing: bookings,
        ledger: LedgerState::default(),
        capabilities: Capabilities::all(),
        policy: SyncPolicy::default(),
    }
}

/// A product that knows its bookings already, as after any earlier run.
fn settled(bookings: Vec<Existing<Booking>>) -> Scene<Booking> {
    let scene = scene(&BTreeMap::new(), bookings);
    let stage = scene.stage();
    stage.apply(&scene.plan());
    scene.after(&stage)
}

/// B4, B5: a half day takes half a desk, a blocker keeps it, and what lies outside the absence or the window stays.
#[test]
fn an_absence_cancels_the_desks_that_lie_in_it() {
    let full = |offset| Booking::new("ada", day(offset), Part::Full);
    let mut scene = settled(vec![
        full(-1).row("yesterday"),
        full(1).row("inside"),
        full(2).row("last-day"),
        Booking::new("ada", day(2), Part::Afternoon).row("after-noon"),
        Booking::new("tove", day(1), Part::Full).row("another's"),
        Existing {
            protected: true,
            ..full(1).row("blocked")
        },
        full(3).row("later"),
    ]);
    let absences = absences(&[("a", Span::days(day(-1), day(2)).until_noon())]);
    scene.desired = bookings::desire(&absences, &scene.existing, &window());
    let plan = scene.plan();
    insta::assert_snapshot!(plan.revealed(), @r"
    booking: 2 to lock, 4 unchanged, 1 skipped
      lock    inside     → inside   HR grants less access: cancelled no → yes, released_for  → a
      lock    last-day   → last-day HR grants less access: part full → afternoon, released_for  → a
      skipped 1          protected in the product
    ");
    let stage = scene.stage();
    insta::assert_snapshot!(stage.apply(&plan), @"booking: 2 locked, 4 unchanged, 1 skipped");
    let has = |id: &str| {
        let rows = stage.product.records();
        let row = rows.into_iter().find(|it| it.id.as_str() == id);
        let booking = row.expect("no booking is removed").record;
        (!booking.cancelled).then_some(booking.part)
    };
    assert_eq!(has("inside"), None);
    assert_eq!(has("last-day"), Some(Part::Afternoon));
    assert_eq!(has("blocked"), Some(Part::Full));
}

/// L56: whoever books a desk again during an absence means it; another absence is another matter.
#[test]
fn a_desk_that_is_booked_again_stays() {
    let mut known = absences(&[("a", Span::days(day(1), day(5)))]);
    let desk = |day_of| Booking::new("ada", day(day_of), Part::Full);
    let mut first = settled(vec![desk(2).row("desk"), desk(9).row("later")]);
    // Cancelling one of two bookings twice in a day is more than a day allows.
    first.policy.rolling.clear();
    first.desired = bookings::desire(&known, &first.existing, &window());
    let stage = first.stage();
    assert!(stage.apply(&first.plan()).is_success());

    let row = stage.product.records().remove(0);
    assert!(row.record.cancelled);
    stage.product.put(Existing {
        record: Booking {
            cancelled: false,
            ..row.record.clone()
        },
        ..row
    });
    let again = |known: &BTreeMap<SourceId, Absence>| Scene {
        desired: bookings::desire(known, &stage.product.records(), &window()),
        ..first.after(&stage)
    };
    assert!(again(&known).plan().is_empty());

    known.extend(absences(&[("b", Span::days(day(2), day(2)).from_noon())]));
    insta::assert_snapshot!(again(&known).plan().revealed(), @r"
    booking: 1 to lock, 1 unchanged
      lock    desk       → desk     HR grants less access: part full → morning, released_for a → a, b
    ");
}

/// Twenty desks at once are more than the budget allows: they wait like any other loss.
#[test]
fn many_cancellations_wait_for_approval() {
    let desks =
        (1..=20).map(|it| Booking::new("ada", day(it), Part::Full).row(&format!("{it:02}")));
    let mut scene = settled(desks.collect());
    let absences = absences(&[("a", Span::days(day(1), day(20)))]);
    scene.desired = bookings::desire(&absences, &scene.existing, &window());
    insta::assert_snapshot!(scene.plan().shown().at_most(1), @r"
    booking: 20 held
      held: 20 to lock, 3 are allowed without approval
      lock    01         → 01       HR grants less access: cancelled, released_for
      … and 19 more to approve
      approve exactly these with eb360837723da6babe1e49b922cff6bd
    ");
}
