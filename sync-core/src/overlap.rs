use std::collections::{BTreeMap, BTreeSet};

use crate::{Existing, Notice, Record, SourceId, TargetId, Wish, notice::Matter, record::Place};

/// Finds wanted records that stand where somebody has entered one by hand. Both stay; a person is told.
pub(crate) fn with_unmanaged<R: Record>(
    wishes: &BTreeMap<SourceId, Wish<R>>,
    existing: &BTreeMap<&TargetId, &Existing<R>>,
    unmanaged: &BTreeSet<TargetId>,
) -> Vec<Notice> {
    let mut by_hand: BTreeMap<TargetId, Vec<(&TargetId, Place)>> = BTreeMap::new();
    for id in unmanaged {
        if let Some(place) = existing.get(id).and_then(|it| it.record.place()) {
            let calendar = by_hand.entry(place.account.clone()).or_default();
            calendar.push((id, place));
        }
    }
    let mut notices = Vec::new();
    if by_hand.is_empty() {
        return notices;
    }
    for (source, wish) in wishes {
        let Wish::Present(record) = wish else {
            continue;
        };
        let Some(place) = record.place() else {
            continue;
        };
        let calendar = by_hand.get(&place.account).into_iter().flatten();
        let overlapped = calendar.filter(|(_, other)| place.span.overlaps(&other.span));
        notices.extend(overlapped.map(|(target, _)| Notice {
            source: source.clone(),
            matter: Matter::Overlaps((*target).clone()),
        }));
    }
    notices
}
