//! Rows to try a ledger with.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    ApprovedChange, ChangeId, Class, Digest, EndReason, ErasedId, Executed, FieldHash, FieldName,
    HashKey, Intent, Invitation, LedgerWrite, Link, Locked, Missing, Origin, Pulse, RunOutcome,
    RunRecord, Setback, SourceId, Tombstone, Watermark,
};

/// A moment of 2026 or later, on a whole second.
pub(super) fn moment(number: u32) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_772_442_061 + i64::from(number) * 86_399)
}

pub(super) fn source(number: u32) -> SourceId {
    SourceId::new(format!("source-{number}"))
}

/// A link with every field that one can have.
pub(super) fn link(number: u32) -> Link {
    let missing = Missing {
        since: moment(number),
        counted_at: moment(number + 1),
        snapshots: 2,
    };
    let locked = Locked {
        since: Some(moment(number)),
        stated: Some(EndReason::Inactive),
    };
    let agreed = ["email", "first_name"].map(|field| {
        let field = FieldName::literal(field);
        (field.clone(), hash(&source(number), &field))
    });
    Link {
        target: format!("target-{number}").into(),
        generation: number,
        revision: number + 7,
        agreed: BTreeMap::from(agreed),
        missing: number.is_multiple_of(2).then_some(missing),
        origin: Origin::Created,
        locked: number.is_multiple_of(5).then_some(locked),
        awaits_invitation: number.is_multiple_of(3),
    }
}

fn hash(source: &SourceId, field: &FieldName) -> FieldHash {
    HashKey::new([7; 32]).hash("account", source, field, None)
}

pub(super) fn linked(number: u32) -> LedgerWrite {
    LedgerWrite::Link(source(number), link(number))
}

pub(super) fn buried(number: u32) -> LedgerWrite {
    let tombstone = Tombstone {
        at: moment(number),
        generation: number,
        lost: number.is_multiple_of(2),
    };
    LedgerWrite::Bury(source(number), tombstone)
}

pub(super) fn change(number: u32) -> ChangeId {
    ChangeId::from(format!("change-{number}").as_str())
}

/// An intent of a change to the record of a number.
pub(super) fn intended(number: u32, record: u32) -> LedgerWrite {
    let class = Class::ALL[number as usize % Class::ALL.len()];
    let intent = Intent {
        source: source(record),
        class,
        at: moment(number),
        attempt: number,
        generation: number,
        agreed: link(record).agreed,
        origin: link(record).origin,
        awaits_invitation: false,
    };
    LedgerWrite::Intend(change(number), intent)
}

fn fingerprint(number: u32) -> Digest {
    Digest::new(format!("failure-{number}"))
}

pub(super) fn failed(number: u32) -> LedgerWrite {
    let setback = Setback {
        source: source(number),
        attempts: number,
        since: moment(number),
        not_before: moment(number + 1),
    };
    LedgerWrite::Fail(fingerprint(number), setback)
}

/// One row of every sort that can be forgotten one by one.
pub(super) fn one_of_each(number: u32) -> Vec<LedgerWrite> {
    let executed = Executed {
        class: Class::Lock,
        at: moment(number),
    };
    let approved = ApprovedChange {
        list: Digest::of("a list"),
        source: source(number),
        by: "admin".to_owned(),
        at: moment(number),
        until: moment(number + 1),
    };
    let invitation = Invitation {
        source: source(number),
        generation: number,
        template: "welcome".to_owned(),
        at: moment(number),
    };
    vec![
        linked(number),
        buried(number),
        intended(number, number),
        failed(number),
        LedgerWrite::Count(change(number), executed),
        LedgerWrite::Invite(change(number), invitation),
        LedgerWrite::Approve(Digest::of(&number.to_string()), approved),
    ]
}

/// What forgets the rows of [`one_of_each`].
pub(super) fn none_of_each(number: u32) -> Vec<LedgerWrite> {
    vec![
        LedgerWrite::Unlink(source(number)),
        LedgerWrite::Unbury(source(number)),
        LedgerWrite::Settle(change(number)),
        LedgerWrite::Recover(fingerprint(number)),
        LedgerWrite::Uncount(change(number)),
        LedgerWrite::Uninvite(change(number)),
        LedgerWrite::Revoke(Digest::of(&number.to_string())),
    ]
}

/// One row of every sort that is never forgotten, or of which there is one only. Those of a higher number are newer.
pub(super) fn one_of_the_rest(number: u32) -> Vec<LedgerWrite> {
    let erased = ErasedId::of(&HashKey::new([7; 32]), "account", &source(number));
    let tombstone = Tombstone {
        at: moment(number),
        generation: number,
        lost: false,
    };
    let pulse = Pulse {
        runs: number.into(),
        complete_at: Some(moment(number)),
        last: Some(run(number)),
    };
    vec![
        LedgerWrite::Erase(erased, tombstone),
        LedgerWrite::Settings(Digest::of(&number.to_string())),
        LedgerWrite::Watermark(Watermark::new(moment(number))),
        LedgerWrite::Pulse(Box::new(pulse)),
        ran(number),
        LedgerWrite::Format(number),
    ]
}

/// A run that began at the moment of a number.
pub(super) fn ran(number: u32) -> LedgerWrite {
    LedgerWrite::Run(Box::new(run(number)))
}

fn run(number: u32) -> RunRecord {
    RunRecord {
        number: number.into(),
        times: 1,
        started_at: moment(number),
        finished_at: moment(number + 1),
        outcome: RunOutcome::Partial,
        plan: Digest::of("a plan"),
        made: BTreeMap::from([(Class::Create, 2)]),
        not_made: BTreeMap::from([(Class::Lock, 1)]),
        unchanged: 40,
        held: 3,
        skipped: 2,
        disputed: 1,
        alarms: 1,
    }
}
