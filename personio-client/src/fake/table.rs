//! A table of numbered records, kept small for companies of 100,000 people.

use serde::{Deserialize, Serialize};

/// A record that knows its number.
pub(crate) trait Row {
    fn number(&self) -> u32;
}

/// Records in the order of their numbers, in one piece of memory.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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

    /// Restores the order, and the rule that numbers are never used twice, for records from elsewhere.
    pub(crate) fn sort(&mut self) {
        self.rows.sort_by_key(Row::number);
        let highest = self.rows.last().map_or(0, Row::number);
        self.last_number = self.last_number.max(highest);
    }

    pub(crate) fn remove(&mut self, number: u32) -> Option<T> {
        let place = self.place(number)?;
        Some(self.rows.remove(place))
    }

    /// Removes the record that was added last, as if it had never been.
    pub(crate) fn take_back(&mut self, number: u32) {
        if number == self.last_number && self.remove(number).is_some() {
            self.last_number -= 1;
        }
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

    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.rows.iter_mut()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    fn place(&self, number: u32) -> Option<usize> {
        self.rows.binary_search_by_key(&number, Row::number).ok()
    }
}
