//! Whether a policy that is possible is one for this product.

use sync_core::Policy;

use crate::harness::{Area, Product};

/// Names what is a possible policy, and not one for this product.
pub(super) fn what_does_not_fit<P: Product>(policy: &Policy) -> Option<String> {
    let settings = policy.settings();
    let fields = P::fields();
    let mut rules = settings.accounts.mapping.rules();
    if let Some((field, _)) = rules.find(|(field, _)| !fields.contains(field)) {
        let known: Vec<&str> = fields.iter().map(|it| it.as_str()).collect();
        let known = known.join(", ");
        return Some(format!(
            "accounts.mapping.{field}: the product has no such field, only {known}"
        ));
    }
    let mut kinds = settings.own_kinds.keys();
    if let Some(kind) = kinds.find(|kind| !P::OWN_KINDS.contains(&kind.as_str())) {
        let known = match P::OWN_KINDS {
            [] => "none".to_owned(),
            known => format!("only {}", known.join(", ")),
        };
        return Some(format!(
            "own_kinds.{kind}: the product has no such records of its own, {known}"
        ));
    }
    let runs = settings.schedule.iter().flat_map(|it| &it.runs).enumerate();
    for (number, run) in runs {
        let areas = run.areas.iter().map(|it| it.as_str());
        if let Some((area, Err(known))) = areas
            .map(|area| (area, area.parse::<Area>()))
            .find(|(_, area)| area.is_err())
        {
            return Some(format!(
                "schedule.runs[{number}].areas: {area:?} is no area; {known}"
            ));
        }
    }
    None
}
