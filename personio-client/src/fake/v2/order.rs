//! The parameter `sort` of v2 lists.

use std::cmp::Ordering;

use super::super::refusal::Refusal;

/// A field by which a list may be sorted, and how two rows compare by it.
pub(super) type SortKey<T> = (&'static str, fn(&T, &T) -> Ordering);

/// Sorts by the keys of `person.id,-start.date_time`, a minus for descending; rows that are equal keep their order.
pub(super) fn sort<T>(
    rows: &mut [T],
    wanted: Option<&str>,
    keys: &[SortKey<T>],
) -> Result<(), Refusal> {
    let mut order = Vec::new();
    for name in wanted.into_iter().flat_map(|wanted| wanted.split(',')) {
        let ascending = name.trim().trim_start_matches('-');
        let key = keys.iter().find(|(known, _)| *known == ascending);
        let (_, compare) =
            key.ok_or_else(|| Refusal::v2_bad_request("Provided request parameters are invalid."))?;
        order.push((compare, name.trim() != ascending));
    }
    rows.sort_by(|one, other| {
        let compared =
            order.iter().map(
                |(compare, descending)| match (compare(one, other), descending) {
                    (ordering, true) => ordering.reverse(),
                    (ordering, false) => ordering,
                },
            );
        compared.fold(Ordering::Equal, Ordering::then)
    });
    Ok(())
}
