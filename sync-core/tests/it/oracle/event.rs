//! What may have happened to one record before a run.

use std::collections::BTreeSet;

use chrono::Duration;
use proptest::{option, prelude::*, sample::select};
use sync_core::{
    Capabilities, Class, EndReason, ErasedId, Existing, Intent, Locked, Missing, Origin, Record,
    SourceId, TargetId, Tombstone, Wish, account::field, policy::Ownership,
};

use super::compare::{Agreed, hashes};
use crate::scene::{Scene, key, now};

/// What happened to one record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    /// The answer to a creation got lost.
    CreationUnderway {
        is_made: bool,
    },
    RemovalUnderway {
        is_done: bool,
    },
    /// Two changes of the record were under way, and some fields arrived.
    ChangesUnderway {
        arrived: bool,
    },
    InvitationUnderway,
    Buried {
        hours: i64,
        lost: bool,
    },
    Erased {
        hours: i64,
    },
    Locked {
        days: i64,
        stated: Option<EndReason>,
        is_locked: bool,
    },
    EndDoubtful,
    AwaitsInvitation,
    NotInvited(Origin),
    NotDue,
    Retained,
    /// Somebody was prepared, and perhaps never comes.
    Staged {
        is_over: bool,
    },
    LookedUp,
    MissingSince {
        snapshots: u32,
        hours: i64,
    },
    IsPart,
    NoKey,
    /// HR grants less access from now on, and another name.
    Demoted,
    /// HR says that it is over.
    Over,
    /// Somebody else's id stands in the product, and the link is lost.
    Marked,
    /// The product locked somebody by itself, and leads.
    KeptOut,
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    let hours = || select(vec![-200_i64, -1, 0, 1]);
    let stated = option::of(select(vec![EndReason::Inactive, EndReason::LastDayPassed]));
    let origin = select(vec![Origin::Adopted, Origin::Created, Origin::Staged]);
    prop_oneof![
        3 => any::<bool>().prop_map(|is_made| Event::CreationUnderway { is_made }),
        1 => any::<bool>().prop_map(|is_done| Event::RemovalUnderway { is_done }),
        2 => any::<bool>().prop_map(|arrived| Event::ChangesUnderway { arrived }),
        1 => Just(Event::InvitationUnderway),
        2 => (hours(), any::<bool>()).prop_map(|(hours, lost)| Event::Buried { hours, lost }),
        1 => hours().prop_map(|hours| Event::Erased { hours }),
        3 => (select(vec![0_i64, 1, 29, 30, 31]), stated, any::<bool>()).prop_map(
            |(days, stated, is_locked)| Event::Locked { days, stated, is_locked }
        ),
        2 => Just(Event::EndDoubtful),
        2 => Just(Event::AwaitsInvitation),
        3 => origin.prop_map(Event::NotInvited),
        1 => Just(Event::NotDue),
        2 => Just(Event::Retained),
        4 => any::<bool>().prop_map(|is_over| Event::Staged { is_over }),
        1 => Just(Event::LookedUp),
        2 => (0..3_u32, select(vec![0_i64, 23, 24, 48])).prop_map(
            |(snapshots, hours)| Event::MissingSince { snapshots, hours }
        ),
        1 => Just(Event::IsPart),
        1 => Just(Event::NoKey),
        2 => Just(Event::Demoted),
        3 => Just(Event::Over),
        1 => Just(Event::Marked),
        1 => Just(Event::KeptOut),
    ]
}

impl Event {
    pub(crate) fn happened_to<R: Record>(self, source: &SourceId, scene: &mut Scene<R>) {
        let link = scene.ledger.links.get(source).cloned();
        let target = link.as_ref().map(|link| link.target.clone());
        let row = row_of(&mut scene.existing, target.as_ref());
        match self {
            Self::CreationUnderway { is_made } => {
                let agreed = match scene.desired.wishes.get(source) {
                    Some(Wish::Present(wish)) => hashes(source, wish, &scene.capabilities),
                    _ => Agreed::new(),
                };
                let generation = link.map_or(0, |link| link.generation + 1);
                scene.ledger.links.remove(source);
                if !is_made {
                    scene
                        .existing
                        .retain(|row| Some(&row.id) != target.as_ref());
                }
                begin(scene, "creation", Class::Create, source, generation, agreed);
            }
            Self::RemovalUnderway { is_done } => {
                let generation = link.map_or(0, |link| link.generation);
                begin(
                    scene,
                    "removal",
                    Class::Remove,
                    source,
                    generation,
                    Agreed::new(),
                );
                if is_done {
                    scene
                        .existing
                        .retain(|row| Some(&row.id) != target.as_ref());
                }
            }
            Self::ChangesUnderway { arrived } => {
                let sent = match (scene.desired.wishes.get(source), row) {
                    (_, Some(row)) if arrived => hashes(source, &row.record, &Capabilities::all()),
                    (Some(Wish::Present(wish)), _) => hashes(source, wish, &scene.capabilities),
                    _ => Agreed::new(),
                };
                let (mut one, mut other) = (Agreed::new(), Agreed::new());
                for (number, (field, hash)) in sent.into_iter().enumerate() {
                    let half = if number % 2 == 0 {
                        &mut one
                    } else {
                        &mut other
                    };
                    half.insert(field, hash);
                }
                let generation = link.map_or(0, |link| link.generation);
                begin(scene, "update", Class::Update, source, generation, one);
                begin(scene, "clear", Class::Clear, source, generation, other);
            }
            Self::InvitationUnderway => {
                begin(scene, "invitation", Class::Invite, source, 0, Agreed::new());
            }
            Self::Buried { hours, lost } => {
                scene.ledger.links.remove(source);
                scene
                    .ledger
                    .tombstones
                    .insert(source.clone(), tombstone(hours, lost));
            }
            Self::Erased { hours } => {
                scene.ledger.links.remove(source);
                scene
                    .existing
                    .retain(|row| Some(&row.id) != target.as_ref());
                let id = ErasedId::of(&key(), R::KIND, source);
                scene.ledger.erased.insert(id, tombstone(hours, false));
            }
            Self::Locked {
                days,
                stated,
                is_locked,
            } => {
                // Who is not locked had the lock planned only.
                let since = is_locked.then(|| now() - Duration::days(days));
                if let Some(link) = scene.ledger.links.get_mut(source) {
                    link.locked = Some(Locked { since, stated });
                }
                if let Some(row) = row.filter(|_| is_locked) {
                    lock(row);
                }
            }
            Self::EndDoubtful => {
                let ends = BTreeSet::from([EndReason::Inactive, EndReason::LastDayPassed]);
                scene.desired.doubtful_ends.insert(source.clone(), ends);
            }
            Self::AwaitsInvitation => {
                let invitations = &mut scene.ledger.invitations;
                invitations.retain(|_, invitation| invitation.source != *source);
                if let Some(link) = scene.ledger.links.get_mut(source) {
                    link.awaits_invitation = true;
                }
            }
            Self::NotInvited(origin) => {
                let invitations = &mut scene.ledger.invitations;
                invitations.retain(|_, invitation| invitation.source != *source);
                if let Some(link) = scene.ledger.links.get_mut(source) {
                    link.origin = origin;
                }
            }
            Self::NotDue => {
                if let Some(invite) = scene.desired.invites.get_mut(source) {
                    invite.is_due = false;
                }
            }
            Self::Retained => {
                if let Some(row) = row {
                    row.retained = true;
                }
            }
            Self::Staged { is_over } => {
                if let Some(row) = row {
                    // Only an account can be prepared.
                    let _refused = row.record.set(&field::ACCESS, Some(&"staged".into()));
                }
                if let Some(link) = scene.ledger.links.get_mut(source) {
                    link.origin = Origin::Staged;
                }
                if is_over {
                    Self::Over.happened_to(source, scene);
                }
            }
            Self::LookedUp => {
                scene.desired.wishes.remove(source);
                scene.desired.invites.remove(source);
                scene.desired.confirmed_missing.insert(source.clone());
            }
            Self::MissingSince { snapshots, hours } => {
                let since = now() - Duration::hours(hours);
                if let Some(link) = scene.ledger.links.get_mut(source) {
                    link.missing = Some(Missing {
                        since,
                        counted_at: since,
                        snapshots,
                    });
                }
            }
            Self::IsPart => {
                scene.desired.has_parts = true;
                if let Some(link) = scene.ledger.links.remove(source) {
                    if let Some(row) = row {
                        row.external_id = Some(source.part(2026));
                    }
                    scene.ledger.links.insert(source.part(2026), link);
                }
            }
            Self::Over => {
                let over = Wish::Ended(EndReason::Inactive);
                scene.desired.wishes.insert(source.clone(), over);
                scene.desired.invites.remove(source);
            }
            Self::Marked => {
                if let Some(row) = row {
                    row.external_id = Some("somebody-else".into());
                }
                scene.ledger.links.remove(source);
            }
            Self::KeptOut => {
                if let Some(row) = row {
                    lock(row);
                }
                let locks = R::lock().unwrap_or_default().into_iter();
                let led = locks.map(|(field, _)| (field, Ownership::InitialOnly));
                scene.policy.ownership.extend(led);
                let invitations = &mut scene.ledger.invitations;
                invitations.retain(|_, invitation| invitation.source != *source);
            }
            Self::Demoted => {
                if let Some(Wish::Present(wish)) = scene.desired.wishes.get_mut(source) {
                    // Absences grant nothing.
                    let _refused = wish.set(&field::ACCESS, Some(&"locked".into()));
                    let _refused = wish.set(&field::FIRST_NAME, Some(&"Renée".into()));
                }
            }
            Self::NoKey => {
                if let Some(Wish::Present(wish)) = scene.desired.wishes.get_mut(source) {
                    // Absences have no address.
                    let _refused = wish.set(&field::EMAIL, None);
                }
            }
        }
    }
}

fn lock<R: Record>(row: &mut Existing<R>) {
    for (field, value) in R::lock().unwrap_or_default() {
        let set = row.record.set(&field, Some(&value));
        set.expect("a record can be locked");
    }
}

fn row_of<'a, R>(
    existing: &'a mut [Existing<R>],
    target: Option<&TargetId>,
) -> Option<&'a mut Existing<R>> {
    existing.iter_mut().find(|row| Some(&row.id) == target)
}

fn begin<R>(
    scene: &mut Scene<R>,
    what: &str,
    class: Class,
    source: &SourceId,
    generation: u32,
    agreed: Agreed,
) {
    let intent = Intent {
        source: source.clone(),
        class,
        at: now() - Duration::hours(1),
        attempt: 0,
        generation,
        agreed,
        origin: Origin::Created,
        awaits_invitation: false,
    };
    let id = format!("{what}-of-{source}");
    scene.ledger.intents.insert(id.as_str().into(), intent);
}

fn tombstone(hours: i64, lost: bool) -> Tombstone {
    Tombstone {
        at: now() + Duration::hours(hours),
        generation: 3,
        lost,
    }
}
