//! What a customer may choose and a product may be able to do.

use std::{
    collections::BTreeMap,
    num::{NonZeroU32, NonZeroUsize},
};

use chrono::DateTime;
use proptest::{option, prelude::*, sample::select};
use sync_core::{
    Budget, Capabilities, Class, Completeness, Coverage, FieldName, Gap, Normalise, SourceId,
    SyncPolicy, Tally,
    policy::{
        Adoption, EndAction, KeyReuse, LifecyclePolicy, LostAction, Ownership, RescindAction,
        ReturnAction, Vanished, WithoutKey,
    },
};

/// How HR was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Everything, and that is certain.
    Whole,
    /// Everything that arrived, which may not be all.
    Gappy,
    /// Only what was asked for by id.
    ByIds,
    /// Only what changed.
    Changes,
}

pub(crate) fn reading() -> impl Strategy<Value = Reading> {
    prop_oneof![8 => Just(Reading::Whole), 1 => Just(Reading::Gappy), 1 => Just(Reading::ByIds), 1 => Just(Reading::Changes)]
}

impl Reading {
    /// The part that was asked for, where `all` is the most that this kind of record is asked for.
    pub(crate) fn coverage(self, all: Coverage, ids: impl Iterator<Item = SourceId>) -> Coverage {
        match self {
            Self::Whole | Self::Gappy => all,
            Self::ByIds => Coverage::Ids(ids.collect()),
            Self::Changes => Coverage::ChangedSince(DateTime::UNIX_EPOCH),
        }
    }

    pub(crate) fn completeness(self, rows: usize) -> Completeness {
        let rows = rows as u64;
        Completeness::of(&Tally {
            rows,
            distinct: rows,
            declared_first: Some(rows),
            declared_last: Some(rows),
            gaps: match self {
                Self::Whole | Self::ByIds | Self::Changes => Vec::new(),
                Self::Gappy => vec![Gap::StoppedEarly],
            },
        })
    }
}

/// A product that keeps some fields in another form, takes batches, and cannot do everything.
pub(crate) fn capabilities(
    texts: &'static [&'static str],
    droppable: &'static [&'static str],
) -> impl Strategy<Value = Capabilities> {
    let rule = select(vec![
        Normalise::AsText,
        Normalise::Trim,
        Normalise::LowerCase,
        Normalise::Compose,
        Normalise::Truncate(1),
        Normalise::Truncate(6),
        Normalise::Truncate(24),
    ]);
    let rules = prop::collection::btree_map(
        select(texts.to_vec()),
        prop::collection::vec(rule, 1..=3),
        0..=texts.len(),
    );
    let dropped = option::weighted(0.2, select(droppable.to_vec()));
    let missing = option::weighted(0.2, select(Class::ALL.to_vec()));
    let batch = select(vec![1_usize, 2, 7, 100]);
    (rules, dropped, missing, batch).prop_map(|(rules, dropped, missing, batch)| {
        let batch = NonZeroUsize::new(batch).unwrap_or(NonZeroUsize::MIN);
        let mut capabilities = Capabilities::all().with(Class::Invite).batch(batch);
        for (field, rules) in rules {
            for rule in rules {
                capabilities = capabilities.normalise(field, rule);
            }
        }
        if let Some(field) = dropped {
            capabilities = capabilities.normalise(field, Normalise::Drop);
        }
        match missing {
            Some(class) => capabilities.without(class),
            None => capabilities,
        }
    })
}

pub(crate) fn policy(fields: &'static [&'static str]) -> impl Strategy<Value = SyncPolicy> {
    let owner = select(vec![
        Ownership::Enforce,
        Ownership::InitialOnly,
        Ownership::RespectLocal,
    ]);
    let ownership = prop::collection::btree_map(
        select(fields.to_vec()).prop_map(FieldName::from),
        owner,
        0..=2,
    );
    (lifecycle(), ownership, budgets()).prop_map(|(lifecycle, ownership, budgets)| SyncPolicy {
        lifecycle,
        ownership,
        budgets,
        ..SyncPolicy::default()
    })
}

fn lifecycle() -> impl Strategy<Value = LifecyclePolicy> {
    let end = || select(vec![EndAction::Lock, EndAction::Remove, EndAction::Leave]);
    let lost = select(vec![LostAction::Recreate, LostAction::Leave]);
    let returned = select(vec![ReturnAction::Recreate, ReturnAction::Leave]);
    let missing = (0..=3_u32, 0..=2_u32);
    let adoption = select(vec![
        Adoption::Automatic,
        Adoption::Automatic,
        Adoption::Ask,
        Adoption::Never,
    ]);
    let careful = (
        select(vec![0, 0, 1, 30]),
        select(vec![RescindAction::Remove, RescindAction::AsEnded]),
        adoption,
        select(vec![
            WithoutKey::Create,
            WithoutKey::Create,
            WithoutKey::Leave,
        ]),
        select(vec![KeyReuse::AfterRemoval, KeyReuse::AfterLock]),
    );
    let ends = (end(), end(), end(), missing);
    (ends, lost, returned, careful).prop_map(
        |(
            (ended, descoped, action, (snapshots, days)),
            lost,
            returned,
            (grace_days, rescinded, adoption, without_key, reuse),
        )| LifecyclePolicy {
            ended,
            descoped,
            vanished: Vanished {
                action,
                snapshots,
                days,
            },
            lost,
            returned,
            grace_days,
            rescinded,
            adoption,
            without_key,
            reuse,
        },
    )
}

fn budgets() -> impl Strategy<Value = BTreeMap<Class, Budget>> {
    let destructive: Vec<Class> = Class::ALL
        .into_iter()
        .filter(|class| class.is_destructive())
        .collect();
    prop::collection::btree_map(select(destructive), budget(), 0..=3)
}

pub(crate) fn budget() -> impl Strategy<Value = Budget> {
    (
        select(vec![1_u32, 2, 5, 1_000]),
        select(vec![0_u8, 2, 50, 100, 255]),
    )
        .prop_map(|(at_least, percent)| {
            Budget::new(
                NonZeroU32::new(at_least).unwrap_or(NonZeroU32::MIN),
                percent,
            )
        })
}
