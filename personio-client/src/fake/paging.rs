//! Pages of lists: which rows are on one, and what may go wrong between two.

use super::fault::Effect;
use super::http::Query;
use super::refusal::Refusal;

/// A page to be cut out of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// The place of the first row.
    pub(crate) start: usize,
    pub(crate) limit: usize,
}

/// The rows on a page and how many there are in all.
pub(crate) struct Page<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) total: usize,
}

impl Window {
    /// Cuts the page out of the rows, which come in a fixed order.
    pub(crate) fn cut<T>(self, rows: impl Iterator<Item = T>, effects: &[Effect]) -> Page<T> {
        let mut window = self;
        let mut shrinks = 0;
        for effect in effects {
            match effect {
                Effect::EmptyList => window.limit = 0,
                Effect::RowShifted if self.start > 0 => window.start -= 1,
                Effect::RowDoubled if self.start > 0 => {
                    window.start -= 1;
                    window.limit += 1;
                }
                Effect::RowDropped if self.start > 0 => {
                    window.start += 1;
                    window.limit = window.limit.saturating_sub(1);
                }
                Effect::TotalShrinks => shrinks = self.start / self.limit.max(1),
                _ => {}
            }
        }
        let nothing = effects
            .iter()
            .any(|effect| matches!(effect, Effect::EmptyList));
        let mut total = 0;
        let mut cut = Vec::new();
        for (place, row) in rows.enumerate() {
            total += 1;
            if window.start <= place && place - window.start < window.limit {
                cut.push(row);
            }
        }
        Page {
            rows: cut,
            total: if nothing {
                0
            } else {
                usize::saturating_sub(total, shrinks)
            },
        }
    }
}

/// The v1 `limit` and `offset` of a request.
pub(crate) struct LimitOffset {
    pub(crate) limit: usize,
    pub(crate) offset: usize,
}

impl LimitOffset {
    /// Reads the parameters; a `limit` that is given must lie in `1..=max`.
    pub(crate) fn read(
        query: &Query,
        default: usize,
        max: usize,
        clamps: bool,
    ) -> Result<Self, Refusal> {
        let limit = match number(query, "limit")? {
            None => default.max(1),
            Some(given) if clamps => given.clamp(1, max.max(1)),
            Some(given) if (1..=max).contains(&given) => given,
            Some(_) => {
                return Err(Refusal::v1_invalid(
                    "limit",
                    format!("The limit must be between 1 and {max}."),
                ));
            }
        };
        Ok(Self {
            limit,
            offset: number(query, "offset")?.unwrap_or(0),
        })
    }

    /// Takes `offset` as a number of records.
    pub(crate) fn by_record(&self) -> Window {
        Window {
            start: self.offset,
            limit: self.limit,
        }
    }

    /// Takes `offset` as a number of a page; pages count from 1, and 0 is read as 1 (observed).
    pub(crate) fn by_page(&self) -> Window {
        Window {
            start: (self.page() - 1).saturating_mul(self.limit),
            limit: self.limit,
        }
    }

    pub(crate) fn page(&self) -> usize {
        self.offset.max(1)
    }
}

fn number(query: &Query, name: &str) -> Result<Option<usize>, Refusal> {
    let parse = |text: &str| {
        text.parse()
            .map_err(|_| Refusal::v1_invalid(name, format!("The {name} must be an integer.")))
    };
    query.get(name).map(parse).transpose()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::first_page(0, &[], &[0, 1, 2])]
    #[case::second_page(3, &[], &[3, 4, 5])]
    #[case::past_the_end(30, &[], &[])]
    #[case::shifted(3, &[Effect::RowShifted], &[2, 3, 4])]
    #[case::first_pages_are_not_shifted(0, &[Effect::RowShifted], &[0, 1, 2])]
    #[case::doubled(3, &[Effect::RowDoubled], &[2, 3, 4, 5])]
    #[case::dropped(3, &[Effect::RowDropped], &[4, 5])]
    #[case::emptied(3, &[Effect::EmptyList], &[])]
    fn rows_move_between_pages_only_by_faults(
        #[case] start: usize,
        #[case] effects: &[Effect],
        #[case] expected: &[usize],
    ) {
        let page = Window { start, limit: 3 }.cut(0..10, effects);
        assert_eq!(page.rows, expected);
    }

    #[test]
    fn a_total_shrinks_with_every_page() {
        let total = |start| {
            Window { start, limit: 3 }
                .cut(0..10, &[Effect::TotalShrinks])
                .total
        };
        assert_eq!([total(0), total(3), total(6)], [10, 9, 8]);
    }
}
