//! What a planner decides, in lines of text that can be compared.

use std::collections::BTreeSet;

use sync_core::{
    Alarm, BlockReason, Change, Class, Completeness, HoldReason, LedgerState, LedgerWrite, Matter,
    Outcome, Plan, Record, SkipReason, SourceId,
};

use super::{
    life::{Case, Verdict},
    limit::has_other_settings,
    wanted::Wanted,
};
use crate::scene::{Scene, changes};

type Lines = BTreeSet<String>;

pub(crate) fn of_plan<R: Record>(plan: &Plan<R>, scene: &Scene<R>) -> Lines {
    let mut lines = Lines::new();
    for change in plan.ready() {
        lines.insert(change_line(&Wanted::planned(change), None));
    }
    for held in plan.held() {
        let wanted = Wanted::planned(&held.change);
        lines.insert(change_line(&wanted, Some(&held.reason)));
    }
    for (source, it) in plan.explanations() {
        lines.insert(format!(
            "{source} is {:?}, {:?}, {:?}, found {:?}",
            it.situation, it.outcome, it.refused, it.found
        ));
    }
    lines.extend(plan.alarms().iter().map(|alarm| format!("{alarm:?}")));
    for notice in plan.notices() {
        if let Matter::Blocked(reason) = notice.matter {
            lines.insert(blocked_line(&notice.source, reason));
        }
    }
    lines.insert(format!("belong to nobody: {:?}", plan.unmanaged()));

    let stored = serde_json::to_value(plan).expect("a plan is plain data");
    let part = |name: &str| stored[name].clone();
    let writes = |value| serde_json::from_value(value).expect("writes are plain data");
    let notes: Vec<serde_json::Value> = writes_of(&stored["notes"]);
    let mut ledger = scene.ledger.clone();
    for note in notes {
        let write: LedgerWrite = writes(note);
        ledger.apply(&write);
    }
    let housekeeping: Vec<LedgerWrite> =
        serde_json::from_value(part("housekeeping")).expect("writes are plain data");
    housekeeping.iter().for_each(|write| ledger.apply(write));
    lines.extend(memory_lines(&ledger));
    lines.insert(format!("buried: {}", part("buried")));
    lines.insert(format!("records in all: {}", part("keys")));
    let is_new = !part("settings").is_null();
    lines.insert(review_line(part("is_complete") == true, is_new));
    lines
}

fn writes_of(notes: &serde_json::Value) -> Vec<serde_json::Value> {
    let notes = notes.as_array().expect("notes are a list");
    notes.iter().map(|note| note["write"].clone()).collect()
}

/// The ids of changes are keyed, so they are taken from the plan.
pub(crate) fn of_second_planner<R: Record>(scene: &Scene<R>, plan: &Plan<R>) -> Lines {
    let mut lines = Lines::new();
    let id = |change: &Change<R>| (change.source.clone(), change.class(), change.id.clone());
    let ids = changes(plan).map(id).collect();
    Case::on(scene, ids, |case| {
        let scene = case.scene;
        let wishes = scene.desired.wishes.keys();
        let everybody: BTreeSet<&SourceId> = wishes.chain(scene.ledger.links.keys()).collect();
        let mut verdicts: Vec<Verdict> = everybody.iter().map(|it| case.about(it)).collect();
        for verdict in &verdicts {
            if let Outcome::Skipped(SkipReason::Blocked(reason)) = verdict.outcome {
                lines.insert(blocked_line(&verdict.source, reason));
            }
        }
        let withdrawn = case.withdrawn(&verdicts);
        let wanted = verdicts.iter().flat_map(|verdict| &verdict.wanted);
        let wanted: Vec<_> = wanted.map(Wanted::fingerprint).collect();
        let obsolete = case.delay(&mut verdicts);
        let memory = case.remembered(&verdicts, &wanted, &obsolete);

        let mut left: Vec<Wanted> = Vec::new();
        for class in Class::ALL {
            let all = verdicts.iter().flat_map(|verdict| &verdict.wanted);
            left.extend(all.filter(|it| it.class == class).cloned());
        }
        for (wanted, reason) in case.judge(left, &withdrawn.emptied) {
            lines.insert(change_line(&wanted, reason.as_ref()));
            let mut verdicts = verdicts.iter_mut();
            if let Some(reason) = reason
                && let Some(verdict) = verdicts.find(|it| it.source == wanted.source)
            {
                verdict.outcome = Outcome::Held(reason);
            }
        }
        for it in &verdicts {
            let found = case.who.found(&it.source).cloned();
            lines.insert(format!(
                "{} is {:?}, {:?}, {:?}, found {:?}",
                it.source, it.situation, it.outcome, it.refused, found
            ));
        }
        let alarms = alarms(case).into_iter().chain(withdrawn.alarms);
        lines.extend(alarms.map(|alarm| format!("{alarm:?}")));
        lines.insert(format!("belong to nobody: {:?}", case.who.unmanaged()));
        lines.extend(memory_lines(&memory));

        let tombstones: BTreeSet<&SourceId> = scene.ledger.tombstones.keys().collect();
        let buried: Vec<&&SourceId> = tombstones.difference(&everybody).collect();
        let all = everybody.len() + buried.len() + case.who.unmanaged().len();
        lines.insert(format!("buried: {}", super::wanted::json(&buried)));
        lines.insert(format!("records in all: {all}"));
        let is_whole = matches!(scene.desired.completeness, Completeness::Complete(_))
            && !scene.desired.coverage.is_partial()
            && !case.says_nothing();
        let is_new = scene.ledger.settings.is_none() || has_other_settings(&scene.ledger);
        lines.insert(review_line(is_whole, is_whole && is_new));
    });
    lines
}

/// What a person should know about the whole run.
fn alarms<R: Record>(case: &Case<'_, R>) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    if case.says_nothing() {
        alarms.push(Alarm::EmptySource);
    }
    if let Completeness::Incomplete(gaps) = &case.scene.desired.completeness
        && !gaps.is_empty()
    {
        alarms.push(Alarm::Incomplete(gaps.clone()));
    }
    alarms
}

fn change_line(wanted: &Wanted, reason: Option<&HoldReason>) -> String {
    let fate = match reason {
        None => "may be made".to_owned(),
        Some(reason) => format!("waits: {reason:?}"),
    };
    format!("{}: {fate}", wanted.line())
}

fn blocked_line(source: &SourceId, reason: BlockReason) -> String {
    format!("{source} is noted as {reason:?}")
}

fn review_line(is_whole: bool, is_new: bool) -> String {
    format!("shows everything: {is_whole}; to be remembered as the settings of this run: {is_new}")
}

/// Every row, with its slot and key.
fn memory_lines(ledger: &LedgerState) -> Lines {
    let state = serde_json::to_value(ledger).expect("a ledger is plain data");
    let slots = state.as_object().expect("a ledger has slots").iter();
    let mut lines = Lines::new();
    for (slot, rows) in slots.filter(|(slot, _)| *slot != "runs" && *slot != "pulse") {
        match rows.as_object() {
            Some(rows) => {
                lines.extend(
                    rows.iter()
                        .map(|(key, row)| format!("remembers {slot} {key}: {row}")),
                );
            }
            None => {
                lines.insert(format!("remembers {slot}: {rows}"));
            }
        }
    }
    lines
}
