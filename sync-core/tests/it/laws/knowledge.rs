//! Absent is not empty, and neither is gone.

use std::collections::BTreeSet;

use chrono::DateTime;
use proptest::{prelude::*, sample::Index};
use sync_core::{
    Alarm, Change, Completeness, Coverage, Desired, Effect, Evidence, Gap, Known, Plan, Record,
    SourceId, Tally,
};

use crate::{
    calendar::calendar,
    company::{company, fields_from, withheld},
    scene::{Scene, changes},
};

proptest! {
    /// Withholds any attribute from any people.
    #[test]
    fn l13_an_attribute_that_is_not_observed_writes_nothing(
        company in company(),
        withheld in withheld(),
        from in any::<[bool; 16]>(),
    ) {
        let hidden = |index: usize| from[index % from.len()];
        let mut rows = company.in_hr();
        let mut affected = BTreeSet::new();
        for (_, (source, row)) in rows.iter_mut().enumerate().filter(|(index, _)| hidden(*index)) {
            if let Some(employee) = row {
                for attribute in &withheld {
                    employee.attributes.insert((*attribute).into(), Known::NotObserved);
                }
                affected.insert(source.clone());
            }
        }
        let plan = company.scene_of(rows).plan();
        for change in changes(&plan).filter(|change| affected.contains(&change.source)) {
            prop_assert!(!withheld.contains("status"), "{}", plan);
            for field in withheld.iter().filter(|it| **it != "subcompany").flat_map(|it| fields_from(it)) {
                prop_assert!(!writes(change, &field), "{field} is written\n{plan}");
            }
        }
    }

    /// Loses any pages and any gap on the way.
    #[test]
    fn l15_deletion_of_accounts_needs_evidence(company in company(), lost in lost_pages()) {
        deletion_needs_evidence(&company.scene(), &lost);
    }

    #[test]
    fn l15_deletion_of_absences_needs_evidence(calendar in calendar(), lost in lost_pages()) {
        deletion_needs_evidence(&calendar.scene(), &lost);
    }

    /// Empties the answer of a company that the ledger knows, and of one that it does not.
    #[test]
    fn l16_an_empty_company_takes_nothing_away(company in company()) {
        an_empty_source_takes_nothing_away(company.scene());
    }

    #[test]
    fn l16_an_empty_calendar_takes_nothing_away(calendar in calendar()) {
        an_empty_source_takes_nothing_away(calendar.scene());
    }
}

/// Rows that get lost on the way, and what the source notices of it.
fn lost_pages() -> impl Strategy<Value = (Vec<Index>, Loss)> {
    let losses = prop::sample::select(vec![
        Loss::TotalsDiffer,
        Loss::StoppedEarly,
        Loss::TotalShrank,
        Loss::OnlyTheseWereAsked,
        Loss::OnlyChangesWereAsked,
    ]);
    (prop::collection::vec(any::<Index>(), 1..=5), losses)
}

#[derive(Clone, Copy, Debug)]
enum Loss {
    TotalsDiffer,
    StoppedEarly,
    TotalShrank,
    OnlyTheseWereAsked,
    OnlyChangesWereAsked,
}

impl Loss {
    fn of<R>(self, desired: &Desired<R>, lost: usize) -> (Coverage, Completeness) {
        let rows = desired.wishes.len() as u64;
        let declared = rows + lost as u64;
        let tally = |declared_first, declared_last, gaps: &[Gap]| {
            Completeness::of(&Tally {
                rows,
                distinct: rows,
                declared_first,
                declared_last,
                gaps: gaps.to_vec(),
            })
        };
        let coverage = desired.coverage.clone();
        match self {
            Self::TotalsDiffer => (coverage, tally(Some(declared), Some(declared), &[])),
            Self::StoppedEarly => (coverage, tally(None, None, &[Gap::StoppedEarly])),
            Self::TotalShrank => (coverage, tally(Some(declared), Some(rows), &[])),
            Self::OnlyTheseWereAsked => {
                let ids = desired.wishes.keys().cloned().collect();
                (Coverage::Ids(ids), tally(Some(rows), Some(rows), &[]))
            }
            Self::OnlyChangesWereAsked => {
                let coverage = Coverage::ChangedSince(DateTime::UNIX_EPOCH);
                (coverage, tally(Some(rows), Some(rows), &[]))
            }
        }
    }
}

fn deletion_needs_evidence<R: Record>(scene: &Scene<R>, (lost, loss): &(Vec<Index>, Loss)) {
    // What the certificate allows, whatever happened.
    only_with_a_certificate(scene, &scene.plan());

    let ids: Vec<SourceId> = scene.desired.wishes.keys().cloned().collect();
    if ids.is_empty() {
        return;
    }
    let lost: BTreeSet<&SourceId> = lost.iter().map(|index| index.get(&ids)).collect();
    let mut cut = scene.clone();
    cut.desired.wishes.retain(|id, _| !lost.contains(id));
    (cut.desired.coverage, cut.desired.completeness) = loss.of(&cut.desired, lost.len());

    let plan = cut.plan();
    only_with_a_certificate(&cut, &plan);
    let touched = changes(&plan).find(|change| lost.contains(&change.source));
    assert!(
        touched.is_none(),
        "a record that got lost on the way is touched\n{plan}"
    );

    let stage = cut.stage();
    stage.apply(&plan);
    let remembered = stage.remembered().links;
    let unseen = |source: &&SourceId| !cut.desired.wishes.contains_key(*source);
    for source in scene.ledger.links.keys().filter(unseen) {
        let before = scene.ledger.links[source].missing;
        let after = remembered.get(source).map(|link| link.missing);
        assert_eq!(
            after,
            Some(before),
            "{source} is forgotten or counted, without evidence"
        );
    }
}

/// A record is ended because HR says so, because it is known to be missing, or not at all.
fn only_with_a_certificate<R: Record>(scene: &Scene<R>, plan: &Plan<R>) {
    let desired = &scene.desired;
    for change in changes(plan) {
        let (Effect::Lock { evidence, .. } | Effect::Remove { evidence, .. }) = &change.effect
        else {
            continue;
        };
        let wish = desired.wishes.get(&change.source);
        if let Evidence::Missing { .. } = evidence {
            let target = change.target.as_ref().expect("only what is there is ended");
            let covered = match &desired.coverage {
                Coverage::All => true,
                Coverage::Window(window) => scene
                    .existing(target)
                    .is_some_and(|existing| existing.record.overlaps(window)),
                Coverage::Ids(_) | Coverage::ChangedSince(_) => false,
            };
            assert!(desired.completeness.certificate().is_some(), "{plan}");
            assert!(covered && wish.is_none(), "{plan}");
        } else {
            assert!(wish.is_some(), "{plan}");
        }
    }
}

fn an_empty_source_takes_nothing_away<R: Record>(mut scene: Scene<R>) {
    scene.desired.wishes.clear();
    scene.desired.coverage = Coverage::All;
    scene.desired.window = None;
    scene.desired.completeness = Completeness::of(&Tally::default());
    let plan = scene.plan();
    assert!(plan.ready().is_empty(), "{plan}");
    let has_something = !scene.ledger.links.is_empty();
    assert_eq!(plan.alarms().contains(&Alarm::EmptySource), has_something);
    if !has_something {
        assert!(plan.is_empty() && plan.alarms().is_empty(), "{plan}");
    }
}

fn writes<R: Record>(change: &Change<R>, field: &sync_core::FieldName) -> bool {
    let in_changes = change
        .effect
        .field_changes()
        .iter()
        .any(|it| it.field == *field);
    let is_set = |record: &R| record.fields().get(field).is_some_and(Known::is_observed);
    in_changes || matches!(&change.effect, Effect::Create(record) if is_set(record))
}
