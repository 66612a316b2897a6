//! Random numbers that are the same on every platform and in every release.

use super::number::scramble;

/// A small seeded generator (SplitMix64): good enough to make data and faults vary, and nothing else.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(scramble(seed))
    }

    /// Draws a number from `0..bound`; zero when the bound is zero.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let drawn = scramble(self.0) >> 32;
        ((drawn * u64::from(bound)) >> 32) as u32
    }

    /// Draws a number from the closed range.
    pub(crate) fn between(&mut self, lowest: u32, highest: u32) -> u32 {
        lowest + self.below(highest - lowest + 1)
    }

    /// Answers yes in this many of a thousand cases.
    pub(crate) fn per_mille(&mut self, share: u32) -> bool {
        self.below(1000) < share
    }

    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u32) as usize]
    }
}
