//! The conformance suite passes products that keep the contract.

use proptest::prelude::*;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sync_core::{
    Absence, Account, Capabilities, Class, Existing, FieldError, FieldName, Fields, Known,
    MemoryTarget, Normalise, Record, TargetId, Value,
    account::field,
    async_trait,
    testing::conformance::{self, Factory, Sample},
};

use crate::company::company;

/// A product in memory, with everything that a factory can offer but another process.
pub(crate) struct InMemory(pub(crate) Capabilities);

#[async_trait]
impl<R: Record + Sample> Factory<R> for InMemory {
    type Target = MemoryTarget<R>;

    async fn empty(&self) -> MemoryTarget<R> {
        MemoryTarget::new(self.0.clone())
    }

    fn sample(&self, number: usize) -> R {
        R::sample(number)
    }

    fn free_text(&self) -> Vec<FieldName> {
        R::free_text()
    }

    fn reference(&self) -> Option<FieldName> {
        (R::KIND == Account::KIND).then(|| "approver".into())
    }

    async fn enter(&self, target: &MemoryTarget<R>, record: R) -> Option<TargetId> {
        target.put(Existing::new("by-hand", record));
        Some("by-hand".into())
    }

    async fn protect(&self, target: &MemoryTarget<R>, id: &TargetId) -> bool {
        let existing = target.take(id).expect("the record is there");
        target.put(Existing {
            protected: true,
            ..existing
        });
        true
    }
}

#[rstest::rstest]
#[case::strict(Capabilities::all())]
#[case::with_batches(Capabilities::all().batch(7.try_into().expect("7 is not 0")))]
#[case::that_stores_other_forms(
    Capabilities::all()
        .normalise(field::EMAIL, Normalise::LowerCase)
        .normalise(field::FIRST_NAME, Normalise::Trim)
        .normalise(field::LAST_NAME, Normalise::Truncate(20))
)]
#[case::that_removes_nothing(Capabilities::all().without(Class::Remove))]
#[case::that_creates_nothing(Capabilities::all().without(Class::Create))]
#[tokio::test]
async fn a_product_in_memory_keeps_the_contract(#[case] capabilities: Capabilities) {
    let report = conformance::check_all::<Account, _>(InMemory(capabilities)).await;
    report.assert_passed();
}

#[tokio::test]
async fn a_calendar_in_memory_keeps_the_contract() {
    let factory = InMemory(Capabilities::all());
    let report = conformance::check_all::<Absence, _>(factory).await;
    report.assert_passed();
}

#[tokio::test]
async fn a_closure_is_enough_to_begin_with() {
    let report = conformance::check_all(|| async { MemoryTarget::<Account>::default() }).await;
    report.assert_passed();
    assert!(report.passed().len() > 50, "{report}");
    let total = report.passed().len() + report.not_applicable().len();
    assert!(total > 70, "{report}");
}

#[tokio::test]
async fn what_cannot_be_tried_is_said() {
    let report = conformance::check_all::<Account, _>(InMemory(Capabilities::all())).await;
    insta::assert_snapshot!(report, @r"
    84 checks passed, 0 failed, 9 are not applicable
    not applicable: a product that is cut off does not look empty (C9): the factory cannot cut the product off
    not applicable: a product that is cut off creates nothing (C9): the factory cannot cut the product off
    not applicable: a class that is not promised is refused (C1): every class is promised
    not applicable: an earlier update is not made a second time (C3): the product keeps no ids of changes
    not applicable: one bad change does not stop the others (C9): a batch holds fewer than three changes
    not applicable: a change that is refused leaves its record whole (C12): every field takes any value
    not applicable: what is done is there after a restart (C12): the factory cannot open a product again
    not applicable: a creation is remembered over a restart (C3): the factory cannot open a product again
    not applicable: an error of a product that is cut off holds no personal data (C13): the factory cannot cut the product off
    ");
}

#[tokio::test]
async fn a_kind_of_the_hosts_own_keeps_the_contract() {
    let factory = InMemory(Capabilities::all());
    let report = conformance::check_all::<Desk, _>(factory).await;
    report.assert_passed();
    let locking = |check: &&str| check.contains("lock");
    let not_applicable = report.not_applicable();
    assert!(not_applicable.iter().any(locking), "a desk has no lock");
}

/// A kind of record that only this product has: who sits where.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Desk {
    room: Option<String>,
    height: Option<Decimal>,
}

impl Record for Desk {
    const KIND: &'static str = "desk";

    fn fields(&self) -> Fields {
        let room = self.room.as_deref().map(Value::from);
        let height = self.height.map(Value::Number);
        Fields::from([
            ("room".into(), Known::from_observed(room)),
            ("height".into(), Known::from_observed(height)),
        ])
    }

    fn set(&mut self, field: &FieldName, value: Option<&Value>) -> Result<(), FieldError> {
        let form = |expected| FieldError::form::<Self>(field, expected);
        match (field.as_str(), value) {
            ("room", None) => self.room = None,
            ("room", Some(Value::Text(room))) => self.room = Some(room.clone()),
            ("room", Some(_)) => return Err(form("text")),
            ("height", None) => self.height = None,
            ("height", Some(Value::Number(height))) => self.height = Some(*height),
            ("height", Some(_)) => return Err(form("a number")),
            _ => return Err(FieldError::unknown::<Self>(field)),
        }
        Ok(())
    }
}

impl Sample for Desk {
    fn sample(number: usize) -> Self {
        Self {
            room: Some(format!("Room {number}")),
            height: Some(Decimal::from(60 + number)),
        }
    }

    fn free_text() -> Vec<FieldName> {
        vec!["room".into()]
    }
}

proptest! {
    /// What is a matter of the ledger alone, such as adopting and forgetting, is none of the product's business.
    #[test]
    fn a_product_hears_only_of_what_concerns_it(company in company()) {
        let scene = company.scene();
        let stage = scene.stage();
        stage.apply(&scene.approved_plan());
        let log = stage.product.log();
        prop_assert!(log.iter().all(|change| !change.class().is_internal()));
    }
}
