//! A second planner, written from the laws and the table of situations: slow, obvious, and without a
//! line of the first. Where the two disagree, one of them is wrong.

mod compare;
mod limit;
mod who;

use std::collections::BTreeSet;

use proptest::prelude::*;
use sync_core::{
    Change, Class, Completeness, Coverage, Existing, FieldChange, Link, Outcome, Plan, Record,
    SkipReason, SourceId, Value, Wish,
    policy::{Adoption, EndAction, LostAction, RescindAction, ReturnAction},
};

use self::{
    compare::{Difference, Hashes},
    who::Who,
};
use crate::{calendar::calendar, company::company, scene::Scene};

proptest! {
    /// Compares every change and every hold with a second, slow planner that shares no code with the first.
    #[test]
    fn l1_a_second_planner_agrees_about_accounts(company in company()) {
        agree(&company.scene());
    }

    #[test]
    fn l1_a_second_planner_agrees_about_absences(calendar in calendar()) {
        agree(&calendar.scene());
    }
}

/// Leaves out what a change says of the e-mail address: whether it is free is a rule beyond the second planner.
fn but_the_address(mut decision: Decision) -> Option<Decision> {
    let before = decision.fields.len();
    decision.fields.retain(|field| !field.starts_with("email:"));
    let is_empty = before > 0 && decision.fields.is_empty();
    (!is_empty).then_some(decision)
}

/// What a planner decides about one record and class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decision {
    pub(crate) source: SourceId,
    pub(crate) class: Class,
    /// Every field with what it was and what it becomes.
    pub(crate) fields: Vec<String>,
    pub(crate) held: bool,
}

/// Tells whether a rule decided about a record that the second planner does not know: addresses that are taken, and
/// adoptions and ends that nobody is sure of. They have laws of their own (L26, L48, L49).
fn is_beyond<R: Record>(plan: &Plan<R>, source: &SourceId) -> bool {
    let outcome = plan.explanations().get(source).map(|it| &it.outcome);
    match outcome {
        Some(Outcome::Disputed(dispute)) => !dispute.holders.is_empty(),
        Some(Outcome::Skipped(reason)) => matches!(
            reason,
            SkipReason::EndUnseen
                | SkipReason::NotAdopted
                | SkipReason::UnsureOfOthers
                | SkipReason::NoKey
                | SkipReason::Grace { .. }
        ),
        _ => false,
    }
}

fn agree<R: Record>(scene: &Scene<R>) {
    // Grace, rescinded hires and adoptions that need a person have laws of their own (L48, L22).
    let mut scene = scene.clone();
    let lifecycle = &mut scene.policy.lifecycle;
    lifecycle.grace_days = 0;
    lifecycle.rescinded = RescindAction::AsEnded;
    lifecycle.adoption = Adoption::Automatic;
    let scene = &scene;
    let plan = scene.plan();
    let ready = plan.ready().iter().map(|change| decision(change, false));
    let held = plan.held().iter().map(|it| decision(&it.change, true));
    // Invitations have laws of their own.
    let real: BTreeSet<Decision> = ready
        .chain(held)
        .filter(|it| it.class != Class::Invite && !is_beyond(&plan, &it.source))
        .filter_map(but_the_address)
        .collect();
    let slow: BTreeSet<Decision> = decide(scene)
        .into_iter()
        .filter(|it| !is_beyond(&plan, &it.source))
        .filter_map(but_the_address)
        .collect();
    let only_real: Vec<&Decision> = real.difference(&slow).collect();
    let only_slow: Vec<&Decision> = slow.difference(&real).collect();
    assert!(
        only_real.is_empty() && only_slow.is_empty(),
        "the planner alone: {only_real:#?}\nthe second planner alone: {only_slow:#?}\n{plan:#}"
    );
}

fn decision<R>(change: &Change<R>, held: bool) -> Decision {
    Decision {
        source: change.source.clone(),
        class: change.class(),
        fields: change
            .effect
            .field_changes()
            .iter()
            .map(|field| compare::shown(&field.field, &field.before, field.after.as_ref()))
            .collect(),
        held,
    }
}

/// Something to do, before anything is held.
pub(crate) struct Wanted {
    pub(crate) source: SourceId,
    pub(crate) class: Class,
    pub(crate) fields: Vec<FieldChange>,
    pub(crate) why: Why,
}

/// What the limits ask about a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    Ordinary,
    DeScoped,
    LostInProduct,
}

/// Decides about every record by itself, and then what must wait.
fn decide<R: Record>(scene: &Scene<R>) -> Vec<Decision> {
    let wishes = scene.desired.wishes.keys();
    let everybody: BTreeSet<&SourceId> = wishes.chain(scene.ledger.links.keys()).collect();
    let who = Who::of(scene);
    let mut wanted = Vec::new();
    for source in everybody {
        for (class, fields, why) in about(scene, &who, source) {
            // Adopting is a matter of the ledger; everything else the product must be able to do.
            if class.is_internal() || scene.capabilities.classes.contains(&class) {
                wanted.push(Wanted {
                    source: source.clone(),
                    class,
                    fields,
                    why,
                });
            }
        }
    }
    limit::hold(scene, wanted)
}

type Changes = Vec<(Class, Vec<FieldChange>, Why)>;

fn about<R: Record>(scene: &Scene<R>, who: &Who<'_, R>, source: &SourceId) -> Changes {
    let policy = &scene.policy.lifecycle;
    let link = scene.ledger.links.get(source);
    let is_buried = scene.ledger.tombstones.contains_key(source) && link.is_none();
    let is_over = |wish: Option<&Wish<R>>| match wish {
        Some(Wish::Ended(_) | Wish::OutOfScope(_)) => true,
        None => is_lacking_everywhere(scene, source),
        Some(_) => false,
    };
    let wish = scene.desired.wishes.get(source);
    let nothing = Changes::new();
    if who.is_disputed(source) {
        return nothing;
    }
    let existing = who.found(source);
    let is_outside = |record: &R| {
        scene
            .desired
            .window
            .as_ref()
            .is_some_and(|window| !record.overlaps(window))
    };
    let wish_is_inside = matches!(wish, Some(Wish::Present(record)) if !is_outside(record));
    if !wish_is_inside && existing.is_some_and(|it| is_outside(&it.record)) {
        return nothing;
    }

    if let Some(Wish::Present(wish)) = wish {
        return match (existing, link) {
            (Some(existing), Some(link)) if link.target == existing.id => {
                differing(scene, source, wish, existing, Some(link))
            }
            (Some(existing), _) => {
                let mut changes = vec![(Class::Adopt, Vec::new(), Why::Ordinary)];
                changes.extend(differing(scene, source, wish, existing, None));
                changes
            }
            (None, Some(_)) if policy.lost == LostAction::Recreate => {
                vec![(Class::Create, Vec::new(), Why::LostInProduct)]
            }
            (None, None) if !is_buried || policy.returned == ReturnAction::Recreate => {
                vec![(Class::Create, Vec::new(), Why::Ordinary)]
            }
            (None, _) => nothing,
        };
    }

    let Some(link) = link else {
        return nothing;
    };
    let Some(existing) = existing else {
        return match is_over(wish) {
            true => vec![(Class::Forget, Vec::new(), Why::Ordinary)],
            false => nothing,
        };
    };
    if existing.protected {
        return nothing;
    }
    let (end, why) = match wish {
        Some(Wish::Ended(_)) => (policy.ended, Why::Ordinary),
        Some(Wish::OutOfScope(_)) => (policy.descoped, Why::DeScoped),
        None if is_missing_often_enough(scene, source, existing, link) => {
            (policy.vanished.action, Why::Ordinary)
        }
        _ => return nothing,
    };
    match end {
        EndAction::Leave => nothing,
        EndAction::Remove => vec![(Class::Remove, Vec::new(), why)],
        EndAction::Lock => {
            let fields = compare::lock(scene, source, existing, link);
            match fields.is_empty() {
                true => nothing,
                false => vec![(Class::Lock, fields, why)],
            }
        }
    }
}

/// Only a whole answer about everything says that something is missing: one that cannot have lost a
/// row, or whose loss was ruled out by looking the record up.
fn is_missing_often_enough<R: Record>(
    scene: &Scene<R>,
    source: &SourceId,
    existing: &Existing<R>,
    link: &Link,
) -> bool {
    let desired = &scene.desired;
    let Completeness::Complete(certificate) = &desired.completeness else {
        return false;
    };
    let is_covered = match &desired.coverage {
        Coverage::All => true,
        Coverage::Window(window) => existing.record.overlaps(window),
        Coverage::Ids(ids) => ids.contains(source) && desired.confirmed_missing.contains(source),
        Coverage::ChangedSince(_) => false,
    };
    let is_certain = certificate.has_total() || desired.confirmed_missing.contains(source);
    let seen = link.missing.map_or(1, |before| {
        let is_new = desired.taken_at > before.counted_at;
        before.snapshots + u32::from(is_new)
    });
    // What follows from an answer that says nothing waits for a person in any case.
    let is_often_enough =
        seen >= scene.policy.lifecycle.vanished.snapshots || limit::says_nothing(scene);
    let days = scene.policy.lifecycle.vanished.days;
    let since = link.missing.map_or(desired.taken_at, |it| it.since);
    let is_long_enough = (desired.taken_at - since).num_hours() >= i64::from(days) * 24
        || limit::says_nothing(scene);
    is_covered && is_certain && is_often_enough && is_long_enough
}

/// What is gone in the product lies nowhere, so only an answer about everything says that HR lacks it too.
fn is_lacking_everywhere<R: Record>(scene: &Scene<R>, source: &SourceId) -> bool {
    let desired = &scene.desired;
    let Completeness::Complete(certificate) = &desired.completeness else {
        return false;
    };
    let is_certain = certificate.has_total() || desired.confirmed_missing.contains(source);
    is_certain && desired.coverage == Coverage::All
}

fn differing<R: Record>(
    scene: &Scene<R>,
    source: &SourceId,
    wish: &R,
    existing: &Existing<R>,
    link: Option<&Link>,
) -> Changes {
    let hashes = Hashes::of(source, wish, &scene.capabilities);
    let differences: Vec<Difference> = wish
        .fields()
        .into_iter()
        .filter_map(|(field, wanted)| {
            compare::field::<R>(scene, &field, wanted, existing, link, &hashes)
        })
        .collect();
    [Class::Update, Class::Clear, Class::Lock]
        .into_iter()
        .filter(|class| *class == Class::Update || !existing.protected)
        .map(|class| {
            let fields = differences.iter().filter(|it| it.class == class);
            let fields: Vec<FieldChange> = fields.map(|it| it.change.clone()).collect();
            (class, fields, Why::Ordinary)
        })
        .filter(|(_, fields, _)| !fields.is_empty())
        .collect()
}

/// A text without characters is no text.
fn is_blank(value: &Value) -> bool {
    value.as_text() == Some("")
}
