//! What becomes of records that are no longer split as they were.

use std::collections::BTreeMap;

use super::PlanRequest;
use crate::{EndReason, Record, SourceId, Wish};

/// Decides about parts that the ledger knows and that have no wish of their own: they end with the
/// whole, or because it no longer reaches them.
pub(super) fn parts<R: Record>(request: &PlanRequest<'_, R>) -> BTreeMap<SourceId, Wish<R>> {
    let desired = request.desired;
    if !desired.has_parts {
        return BTreeMap::new();
    }
    let unwished = request
        .ledger
        .links
        .keys()
        .filter(|id| !desired.wishes.contains_key(*id));
    let follows_whole = |part: &SourceId| {
        let wish = match desired.wishes.get(&part.whole()?)? {
            Wish::Present(_) => Wish::Ended(EndReason::PartOver),
            Wish::Ended(reason) => Wish::Ended(*reason),
            Wish::OutOfScope(reason) => Wish::OutOfScope(*reason),
            Wish::Blocked(reason) => Wish::Blocked(*reason),
        };
        Some((part.clone(), wish))
    };
    unwished.filter_map(follows_whole).collect()
}
