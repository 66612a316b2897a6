//! Every record is accounted for once, and every record has a reason.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{prelude::*, sample::Index};
use rstest::rstest;
use sync_core::{
    Access, Account, Alarm, Answer, Applied, Capabilities, Change, ChangeId, Coverage, ErrorClass,
    Existing, Fence, LeaseRequest, LeaseRow, Ledger, LedgerError, LedgerState, LedgerWrite,
    MemoryTarget, Outcome, Plan, ReadRequest, ReconcileError, Reconciler, Record, Snapshot,
    SourceId, SyncPolicy, TargetError, TargetId, TargetSystem, Value, Wish, account::field,
    async_trait,
};

use crate::{
    calendar::calendar,
    company::company,
    scene::{Scene, changes, key, now, wait},
};

proptest! {
    /// Renames one person, and compares the changes of everybody else.
    #[test]
    fn l9_a_change_of_one_person_concerns_nobody_else(company in company(), who in any::<Index>()) {
        let rows = company.in_hr();
        prop_assume!(!rows.is_empty());
        let mut renamed = rows.clone();
        let (source, row) = &mut renamed[who.index(rows.len())];
        let source = source.clone();
        *row = row.take().map(|employee| employee.with(field::LAST_NAME, Value::from("Ikonen")));
        let before = of_others(&company.scene_of(rows).plan(), &source);
        prop_assert_eq!(of_others(&company.scene_of(renamed).plan(), &source), before);
    }

    /// Counts the records of generated companies by hand, and compares with the report.
    #[test]
    fn l63_every_account_is_accounted_for_once(company in company()) {
        is_accounted_for(&company.scene());
    }

    #[test]
    fn l63_every_absence_is_accounted_for_once(calendar in calendar()) {
        is_accounted_for(&calendar.scene());
    }

    /// Asks about every id of both sides and of the ledger.
    #[test]
    fn l64_every_account_has_a_reason(company in company()) {
        is_explained(&company.scene());
    }

    #[test]
    fn l64_every_absence_has_a_reason(calendar in calendar()) {
        is_explained(&calendar.scene());
    }

    /// Stores a plan, loads it, and compares everything; changes one character, and is refused.
    #[test]
    fn l65_a_stored_plan_is_the_plan_or_nothing(company in company(), at in any::<Index>()) {
        let plan = company.scene().plan();
        let text = plan.store(&key()).expect("accounts are plain data");
        let loaded = Plan::load(&text, &key()).expect("it is as it was stored");
        prop_assert_eq!(loaded.digest(), plan.digest());
        prop_assert_eq!(loaded.held_digest(), plan.held_digest());
        prop_assert_eq!(loaded, plan);

        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
        let forged = String::from_utf8_lossy(&bytes).into_owned();
        prop_assert!(Plan::<Account>::load(&forged, &key()).is_err());
    }

    /// Plans without applying, and compares product, ledger and digest.
    #[test]
    fn l65_a_plan_that_is_not_applied_leaves_no_trace(company in company()) {
        let scene = company.scene();
        let stage = scene.stage();
        let plan = scene.after(&stage).plan();
        prop_assert!(stage.product.log().is_empty());
        prop_assert_eq!(plan.digest(), scene.after(&stage).plan().digest());
    }
}

/// The product cannot be read, for any reason, or the ledger cannot; the answer is an error and no plan, and nothing reaches the product.
#[rstest]
#[case::it_cannot_be_listed(Some(ErrorClass::NotSupported))]
#[case::it_does_not_answer(Some(ErrorClass::Unknown))]
#[case::it_is_busy(Some(ErrorClass::Later(None)))]
#[case::it_refuses_everything(Some(ErrorClass::Stop))]
#[case::the_ledger_cannot_be_read(None)]
fn l65_what_cannot_be_previewed_is_an_error_and_no_plan(#[case] product_fails: Option<ErrorClass>) {
    let hidden = Hidden {
        product: MemoryTarget::<Account>::default(),
        product_fails,
    };
    let everybody = Snapshot::whole(
        Coverage::All,
        [(SourceId::new("1"), Account::new(Access::Active))],
        now(),
    );
    let desired = everybody.desire(|_, account| Wish::Present(account.clone()));
    let (policy, key) = (SyncPolicy::default(), key());
    let reconciler = Reconciler {
        target: &hidden,
        ledger: &hidden,
        policy: &policy,
        key: &key,
    };
    let answer = wait(reconciler.plan(&desired));
    match product_fails {
        Some(class) => {
            assert!(matches!(&answer, Err(ReconcileError::Target(error)) if error.class() == class))
        }
        None => assert!(matches!(&answer, Err(ReconcileError::Ledger(_)))),
    }
    assert!(hidden.product.log().is_empty());
}

/// A product or a ledger of which nobody can say what it holds.
struct Hidden {
    product: MemoryTarget<Account>,
    product_fails: Option<ErrorClass>,
}

#[async_trait]
impl TargetSystem<Account> for Hidden {
    fn capabilities(&self) -> Capabilities {
        self.product.capabilities()
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<Account>>, TargetError> {
        match self.product_fails {
            Some(class) => Err(class.into()),
            None => self.product.read(request).await,
        }
    }

    async fn apply(&self, changes: &[Change<Account>]) -> Vec<Result<Applied, TargetError>> {
        self.product.apply(changes).await
    }
}

#[async_trait]
impl Ledger for Hidden {
    async fn load(&self, _: &str) -> Result<LedgerState, LedgerError> {
        match self.product_fails {
            Some(_) => Ok(LedgerState::default()),
            None => Err(LedgerError::new("be read", "the storage is gone")),
        }
    }

    async fn commit(&self, _: Fence, _: &str, _: &[LedgerWrite]) -> Result<(), LedgerError> {
        unreachable!("planning writes nothing")
    }

    async fn lease(&self, _: &LeaseRequest) -> Result<LeaseRow, LedgerError> {
        unreachable!("planning needs no lease")
    }
}

fn of_others<R: Record>(plan: &Plan<R>, but: &SourceId) -> BTreeSet<ChangeId> {
    let others = changes(plan).filter(|change| change.source != *but);
    others.map(|change| change.id.clone()).collect()
}

fn is_accounted_for<R: Record>(scene: &Scene<R>) {
    let plan = scene.plan();
    let report = scene.stage().apply(&plan);
    let accounted: usize = report.accounting().values().sum();
    assert_eq!(accounted, report.keys, "{:?}\n{plan}", report.accounting());
    let is_alarm = |alarm: &Alarm| matches!(alarm, Alarm::Unaccounted { .. });
    assert!(!report.alarms.iter().any(is_alarm), "{report}");

    let sources = sources(scene);
    let mut owners: BTreeMap<&TargetId, usize> = BTreeMap::new();
    for explanation in plan.explanations().values() {
        if let Some(target) = explanation.target() {
            *owners.entry(target).or_default() += 1;
        }
    }
    let mut nobodys = 0;
    for existing in &scene.existing {
        let owned = owners.get(&existing.id).copied().unwrap_or_default();
        let is_unmanaged = plan.unmanaged().contains(&existing.id);
        assert!(owned + usize::from(is_unmanaged) <= 1, "{plan}");
        nobodys += usize::from(is_unmanaged);
    }
    assert_eq!(report.keys, sources.len() + nobodys, "{plan}");
}

fn is_explained<R: Record>(scene: &Scene<R>) {
    let plan = scene.plan();
    for source in sources(scene) {
        let answer = plan.explain(&source);
        assert!(answer != Answer::Unknown, "{source}\n{plan}");
        if let Answer::Explained {
            explanation,
            ready,
            held,
            ..
        } = &answer
        {
            let is_idle = ready.is_empty() && held.is_empty();
            let expects_changes =
                matches!(explanation.outcome, Outcome::Planned(_) | Outcome::Held(_));
            assert_eq!(is_idle, !expects_changes, "{answer}");
        }
        assert!(answer.to_string().ends_with('.'), "{answer}");
    }
    for existing in &scene.existing {
        let answer = plan.explain_target(&existing.id);
        assert!(answer != Answer::Unknown, "{}\n{plan}", existing.id);
    }
    assert_eq!(plan.explain(&"nobody".into()), Answer::Unknown);
}

/// Every id that HR or the ledger has.
fn sources<R: Record>(scene: &Scene<R>) -> BTreeSet<SourceId> {
    let wishes = scene.desired.wishes.keys();
    wishes
        .chain(scene.ledger.links.keys())
        .chain(scene.ledger.tombstones.keys())
        .cloned()
        .collect()
}
