//! What may have happened to a pair of records since the last run, whatever their kind.

use chrono::Duration;
use proptest::{prelude::*, sample::select};
use sync_core::{
    Capabilities, Class, Desired, Existing, Intent, LedgerState, Link, Missing, Record, SourceId,
    SyncPolicy, TargetId, Tombstone,
};

use crate::scene::{Scene, now};

/// What may have become of the ledger's row about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LedgerTwist {
    Kept,
    /// The row is lost; the product still carries the id of HR.
    Lost,
    /// The row is lost, and the product carries no id of HR.
    LostAndUnmarked,
    /// The record was removed from the product earlier.
    Buried,
    /// The row points to a record that was never there.
    Stale,
    /// The row points to the record of the next one.
    Stolen,
    /// The last complete snapshot lacked the record.
    MissingOnce,
    /// The last run ended in the middle of a change.
    Underway,
}

pub(crate) fn ledger_twist() -> impl Strategy<Value = LedgerTwist> {
    use LedgerTwist::*;
    prop_oneof![
        6 => Just(Kept),
        3 => select(vec![Lost, LostAndUnmarked, Buried, Stale, Stolen, MissingOnce, Underway]),
    ]
}

/// How many records a scene has: mostly few, since the small sizes are where limits go wrong.
pub(crate) fn several<S>(of: impl Fn() -> S) -> impl Strategy<Value = Vec<S::Value>>
where
    S: Strategy + 'static,
    S::Value: Clone,
{
    use prop::collection::vec;
    prop_oneof![
        10 => vec(of(), 0..=1),
        40 => vec(of(), 2),
        140 => vec(of(), 0..=8),
        8 => vec(of(), 0..=80),
        1 => vec(of(), 0..=800),
    ]
}

/// A scene in which a first run has brought both sides into agreement.
pub(crate) fn settled<R: Record>(desired: Desired<R>, capabilities: &Capabilities) -> Scene<R> {
    let scene = Scene {
        desired,
        existing: Vec::new(),
        ledger: LedgerState::default(),
        capabilities: Capabilities {
            classes: Class::ALL.into(),
            ..capabilities.clone()
        },
        policy: SyncPolicy::default(),
    };
    let stage = scene.stage();
    stage.apply(&scene.approved_plan());
    let mut settled = scene.after(&stage);
    // What a scene may choose besides would all be changes of the settings, which hold everything.
    settled.ledger.settings = None;
    settled.with_earlier_ids()
}

impl LedgerTwist {
    pub(crate) fn apply<R>(
        self,
        source: &SourceId,
        next: &SourceId,
        ledger: &mut LedgerState,
        existing: &mut Vec<Existing<R>>,
    ) {
        let Some(link) = ledger.links.get(source).cloned() else {
            return;
        };
        match self {
            Self::Kept => {}
            Self::Lost => {
                ledger.links.remove(source);
            }
            Self::LostAndUnmarked => {
                ledger.links.remove(source);
                for row in existing.iter_mut().filter(|row| row.id == link.target) {
                    row.external_id = None;
                }
            }
            Self::Buried => {
                ledger.links.remove(source);
                existing.retain(|row| row.id != link.target);
                let tombstone = Tombstone {
                    at: now() - Duration::days(30),
                    generation: link.generation,
                    lost: false,
                };
                ledger.tombstones.insert(source.clone(), tombstone);
            }
            Self::Stale => {
                let target = TargetId::new(format!("gone-{source}"));
                ledger.links.insert(source.clone(), Link { target, ..link });
            }
            Self::Stolen => {
                if let Some(other) = ledger.links.get(next) {
                    let target = other.target.clone();
                    ledger.links.insert(source.clone(), Link { target, ..link });
                }
            }
            Self::MissingOnce => {
                let yesterday = now() - Duration::days(1);
                let missing = Some(Missing {
                    since: yesterday,
                    counted_at: yesterday,
                    snapshots: 1,
                });
                ledger
                    .links
                    .insert(source.clone(), Link { missing, ..link });
            }
            Self::Underway => {
                let intent = Intent {
                    source: source.clone(),
                    class: Class::Update,
                    at: now() - Duration::days(1),
                    attempt: 0,
                    generation: link.generation,
                    agreed: link.agreed,
                    origin: link.origin,
                    awaits_invitation: false,
                };
                let change = format!("change-of-{source}");
                ledger.intents.insert(change.as_str().into(), intent);
            }
        }
    }
}
