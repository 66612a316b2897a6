use std::collections::BTreeSet;

use crate::{Change, Effect, Known, Record, TargetId, Value};

/// Parts the changes of one class into those that may be under way at once.
///
/// A record is removed after those that refer to it and are removed too; those that refer to each other in
/// a circle go together.
pub(super) fn waves<R: Record>(mut due: Vec<&Change<R>>) -> Vec<Vec<&Change<R>>> {
    let mut waves = Vec::new();
    while !due.is_empty() {
        let referred: BTreeSet<TargetId> = due.iter().flat_map(|it| referred_by(it)).collect();
        let is_needed =
            |it: &&Change<R>| it.target.as_ref().is_some_and(|id| referred.contains(id));
        let (needed, free): (Vec<_>, Vec<_>) = due.into_iter().partition(is_needed);
        let (wave, rest) = match free.is_empty() {
            true => (needed, free),
            false => (free, needed),
        };
        waves.push(wave);
        due = rest;
    }
    waves
}

/// Returns the other records to which a record refers that is to be removed.
fn referred_by<R: Record>(change: &Change<R>) -> Vec<TargetId> {
    let Effect::Remove { before, .. } = &change.effect else {
        return Vec::new();
    };
    let fields = before.fields().into_values();
    let referents = fields.filter_map(|known| match known {
        Known::Value(Value::Target(target)) => Some(target),
        _ => None,
    });
    referents
        .filter(|it| Some(it) != change.target.as_ref())
        .collect()
}
