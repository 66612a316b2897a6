//! A table of numbered records, kept small for companies of 100,000 people.

/// A record that knows its number.
pub(crate) trait Row {
    fn number(&self) -> u32;
}

/// Records in the order of their numbers, in one piece of memory.
#[derive(Clone)]
pub(crate) struct Table<T> {
    rows: Vec<T>,
    last_number: u32,
}

impl<T: Row> Table<T> {
    /// An empty table whose first record gets the number after this one.
    pub(crate) fn numbered_after(last_number: u32) -> Self {
        Self {
            rows: Vec::new(),
            last_number,
        }
    }

    /// Adds the record that `make` builds for the next number; numbers are never used twice.
    pub(crate) fn add(&mut self, make: impl FnOnce(u32) -> T) -> u32 {
        self.last_number += 1;
        self.rows.push(make(self.last_number));
        self.last_number
    }

    pub(crate) fn remove(&mut self, number: u32) -> Option<T> {
        let place = self.place(number)?;
        Some(self.rows.remove(place))
    }

    pub(crate) fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.rows.retain(keep);
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        let place = self.place(number)?;
        self.rows.get_mut(place)
    }

    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        self.rows.get(self.place(number)?)
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    fn place(&self, number: u32) -> Option<usize> {
        self.rows.binary_search_by_key(&number, Row::number).ok()
    }
}
