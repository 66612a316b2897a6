use sync_core::SourceId;

/// The mark in the comment of what a product wrote: `[Shiftly 4711]`, the product and the id of its record.
///
/// People may write around it. Whoever takes it out makes the record one of their own, which only a link in the ledger still knows.
#[derive(Clone, Debug)]
pub(super) struct Marker {
    beginning: String,
}

impl Marker {
    pub(super) fn new(product: &str) -> Self {
        let product = product.replace(['[', ']'], "");
        Self {
            beginning: format!("[{} ", product.trim()),
        }
    }

    /// Writes the mark of a record.
    pub(super) fn of(&self, source: &SourceId) -> String {
        let id = source.as_str().replace('%', "%25").replace(']', "%5D");
        format!("{}{id}]", self.beginning)
    }

    /// Finds a mark and returns the record that it names.
    pub(super) fn find(&self, comment: &str) -> Option<SourceId> {
        let (_, rest) = comment.split_once(&self.beginning)?;
        let (id, _) = rest.split_once(']')?;
        Some(SourceId::from(id.replace("%5D", "]").replace("%25", "%")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::plain("4711")]
    #[case::signs("time entry/[7] 100%5D")]
    fn a_mark_is_read_as_it_is_written(#[case] id: &str) {
        let marker = Marker::new("Shiftly");
        let id = SourceId::from(id);
        let comment = format!("swapped with Bora {} (late)", marker.of(&id));
        assert_eq!(marker.find(&comment), Some(id));
        assert_eq!(Marker::new("Other").find(&comment), None);
        assert_eq!(marker.find("[Shiftly without an end"), None);
    }
}
