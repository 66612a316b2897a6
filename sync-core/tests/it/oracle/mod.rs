//! A second planner, written from the laws, the table of situations and the words of the policy: slow, obvious, and
//! without a line of the first. Where the two disagree, one of them is wrong.
//!
//! Both say what they decide in lines of text, see [`opinion`]: every change with its fields, reason and evidence,
//! every hold, what becomes of every record and why, the alarms, and what the ledger is to remember beside the changes.
//!
//! What stays outside, and why:
//!
//! - Digests and ids of changes. They are keyed, and have laws of their own (L1, L31, L35); the second planner takes
//!   the id of a change from the first, where the ledger knows changes by it.
//! - Notes about absences that overlap, or that fit only in part (L50, L54): these follow from the wishes alone.
//! - References between records (L39): the companies here have none.
//! - How wishes follow from HR (L13, L18, L47, L53): both planners are given the same ones.

mod budget;
mod compare;
mod doubt;
mod ending;
mod event;
mod failing;
mod history;
mod inviting;
mod keys;
mod life;
mod limit;
mod memory;
mod opinion;
mod present;
mod wanted;
mod who;
mod withdrawn;

use std::collections::BTreeSet;

use proptest::prelude::*;
use sync_core::Record;

use self::history::{History, history};
use crate::{calendar::calendar, company::company, scene::Scene};

proptest! {
    /// Compares every change, hold, reason and alarm, and what is remembered, with a second, slow planner that shares no code with the first.
    #[test]
    fn l1_a_second_planner_agrees_about_accounts(company in company(), history in history()) {
        agree(company.without_references().scene(), &history);
    }

    #[test]
    fn l1_a_second_planner_agrees_about_absences(calendar in calendar(), history in history()) {
        agree(calendar.scene(), &history);
    }
}

fn agree<R: Record>(scene: Scene<R>, history: &History) {
    let scene = history.happened_to(scene);
    let plan = scene.plan();
    let first = opinion::of_plan(&plan, &scene);
    let second = opinion::of_second_planner(&scene, &plan);
    let only =
        |one: &BTreeSet<String>, other| -> Vec<String> { one.difference(other).cloned().collect() };
    let (first, second) = (only(&first, &second), only(&second, &first));
    assert!(
        first.is_empty() && second.is_empty(),
        "the planner alone:\n{}\nthe second planner alone:\n{}\n{plan:#}",
        first.join("\n"),
        second.join("\n"),
    );
}
