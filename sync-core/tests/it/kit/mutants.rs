//! Products that break one rule each, and the checks that notice.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use sync_core::{
    Account, Applied, Capabilities, Change, Class, Effect, ErrorClass, Existing, FieldName, Known,
    MemoryTarget, ReadRequest, Record as _, SourceId, TargetError, TargetId, TargetSystem, Value,
    account::field,
    async_trait,
    testing::conformance::{self, Factory, Sample as _},
};

/// What a product does wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Vice {
    PromisesLessEveryTime,
    DoesWhatItDoesNotPromise,
    CallsWhatItCannotDoRejected,
    ShowsNothing,
    ShowsOnePage,
    ShowsARecordTwice,
    ForgetsLinkedRecords,
    ShowsWhatIsNotThere,
    ChangesWhileReading,
    LooksEmptyWhenCutOff,
    MarksWhatWasEnteredByHand,
    DropsAField,
    LowersWithoutSaying,
    TrimsWithoutSaying,
    CutsWithoutSaying,
    ComposesWithoutSaying,
    LosesEmoji,
    FillsEmptyFields,
    CreatesTwice,
    AdoptsBySameAddress,
    KeepsAnotherExternalId,
    AnswersAnotherId,
    AnswersAnotherVersion,
    TouchesTheNeighbour,
    ReplacesTheWholeRecord,
    IgnoresVersions,
    ChecksVersionsTooLate,
    NeverMovesTheVersion,
    CreatesWhatItShouldUpdate,
    CallsAMissingRecordRejected,
    RefusesWhatIsThereAlready,
    ForgetsTheExternalId,
    LocksWithTheName,
    LocksForGood,
    LocksTheProtected,
    ClearsTheProtected,
    RemovesTheProtected,
    RemovesTheNeighbour,
    RemovesOnlyInWords,
    GivesIdsAgain,
    NeverTakesBack,
    StopsAtTheFirstError,
    AnswersTooLittle,
    AnswersInAnotherOrder,
    AnswersAnEmptyBatch,
    SaysNamesInErrors,
    BlamesTheRecordWhenCutOff,
    ForgetsOverARestart,
    CreatesInTwoSteps,
    UpdatesFieldByField,
}

use Vice as V;

/// Each vice with the check that must be the first to notice it.
const NOTICED: [(Vice, &str); 50] = [
    (V::PromisesLessEveryTime, "capabilities do not change"),
    (
        V::DoesWhatItDoesNotPromise,
        "a class that is not promised is refused",
    ),
    (
        V::CallsWhatItCannotDoRejected,
        "a class that is not promised is refused",
    ),
    (V::ShowsNothing, "a created record is shown"),
    (V::ShowsOnePage, "every record is shown"),
    (V::ShowsARecordTwice, "no record is shown twice"),
    (
        V::ForgetsLinkedRecords,
        "a linked record is shown wherever it lies",
    ),
    (
        V::ShowsWhatIsNotThere,
        "a record that nobody has is not shown",
    ),
    (V::ChangesWhileReading, "reading twice shows the same"),
    (
        V::LooksEmptyWhenCutOff,
        "a product that is cut off does not look empty",
    ),
    (
        V::MarksWhatWasEnteredByHand,
        "a record entered by hand is shown without an external id",
    ),
    (
        V::DropsAField,
        "a created record has the fields it was sent",
    ),
    (
        V::LowersWithoutSaying,
        "a created record has the fields it was sent",
    ),
    (V::TrimsWithoutSaying, "surrounding blanks survive"),
    (V::CutsWithoutSaying, "a long text survives or is refused"),
    (V::ComposesWithoutSaying, "marks of their own survive"),
    (V::LosesEmoji, "emoji survive"),
    (V::FillsEmptyFields, "an empty field is created empty"),
    (
        V::CreatesTwice,
        "the same creation again makes no second record",
    ),
    (
        V::AdoptsBySameAddress,
        "a creation leaves what was entered by hand alone",
    ),
    (
        V::KeepsAnotherExternalId,
        "a creation keeps the id of the source",
    ),
    (V::AnswersAnotherId, "a created record is shown"),
    (
        V::AnswersAnotherVersion,
        "the answer names the version that is shown",
    ),
    (
        V::TouchesTheNeighbour,
        "an update leaves other records alone",
    ),
    (
        V::ReplacesTheWholeRecord,
        "an update of one field leaves the others as they are",
    ),
    (
        V::IgnoresVersions,
        "an update of an outdated version is refused",
    ),
    (
        V::ChecksVersionsTooLate,
        "an update of an outdated version changes nothing",
    ),
    (V::NeverMovesTheVersion, "a change makes a new version"),
    (
        V::CreatesWhatItShouldUpdate,
        "an update of a missing record creates none",
    ),
    (
        V::CallsAMissingRecordRejected,
        "an update of a missing record is not found",
    ),
    (
        V::RefusesWhatIsThereAlready,
        "an update that is there already succeeds",
    ),
    (
        V::ForgetsTheExternalId,
        "an update keeps the id of the source",
    ),
    (
        V::LocksWithTheName,
        "a lock leaves the other fields as they are",
    ),
    (
        V::LocksForGood,
        "a lock is undone with the same id and data",
    ),
    (V::LocksTheProtected, "a protected record is not locked"),
    (V::ClearsTheProtected, "a protected record is not cleared"),
    (V::RemovesTheProtected, "a protected record is not removed"),
    (
        V::RemovesTheNeighbour,
        "a removal leaves other records alone",
    ),
    (V::RemovesOnlyInWords, "a removed record is gone"),
    (
        V::GivesIdsAgain,
        "the id of a removed record is not given again",
    ),
    (V::NeverTakesBack, "a removed person can be created anew"),
    (
        V::StopsAtTheFirstError,
        "one bad change does not stop the others",
    ),
    (V::AnswersTooLittle, "there is one answer for each change"),
    (
        V::AnswersInAnotherOrder,
        "answers stand in the order of the changes",
    ),
    (V::AnswersAnEmptyBatch, "an empty batch has no answers"),
    (V::SaysNamesInErrors, "a refusal holds no personal data"),
    (
        V::BlamesTheRecordWhenCutOff,
        "a product that is cut off creates nothing",
    ),
    (
        V::ForgetsOverARestart,
        "what is done is there after a restart",
    ),
    (
        V::CreatesInTwoSteps,
        "a creation that is dropped is made or not",
    ),
    (
        V::UpdatesFieldByField,
        "an update that is dropped is made or not",
    ),
];

#[tokio::test]
async fn the_suite_names_what_a_product_does_wrong() {
    for (vice, check) in NOTICED {
        let report = conformance::check_all(Factories(Some(vice))).await;
        assert_eq!(report.failed().first(), Some(&check), "{vice:?}\n{report}");
    }
}

#[tokio::test]
async fn a_product_without_a_vice_passes() {
    let report = conformance::check_all(Factories(None)).await;
    report.assert_passed();
    let not_applicable = [
        "a class that is not promised is refused",
        "a change that is refused leaves its record whole",
    ];
    assert_eq!(report.not_applicable(), not_applicable);
}

/// Makes products with a vice.
struct Factories(Option<Vice>);

#[async_trait]
impl Factory<Account> for Factories {
    type Target = Product;

    async fn empty(&self) -> Product {
        Product {
            vice: self.0,
            inner: MemoryTarget::new(promises(self.0)),
            is_cut_off: AtomicBool::new(false),
            count: AtomicU64::new(0),
        }
    }

    fn sample(&self, number: usize) -> Account {
        Account::sample(number)
    }

    fn free_text(&self) -> Vec<FieldName> {
        Account::free_text()
    }

    async fn reopen(&self, target: Product) -> Option<Product> {
        match self.0 {
            Some(V::ForgetsOverARestart) => Some(self.empty().await),
            _ => Some(target),
        }
    }

    async fn enter(&self, target: &Product, record: Account) -> Option<TargetId> {
        target.inner.put(Existing::new("by-hand", record));
        Some("by-hand".into())
    }

    async fn protect(&self, target: &Product, id: &TargetId) -> bool {
        let existing = target.inner.take(id).expect("the record is there");
        target.inner.put(Existing {
            protected: true,
            ..existing
        });
        true
    }

    async fn cut_off(&self, target: &Product) -> bool {
        target.is_cut_off.store(true, Ordering::Relaxed);
        true
    }
}

fn promises(vice: Option<Vice>) -> Capabilities {
    let capabilities = Capabilities::all().batch(5.try_into().expect("5 is not 0"));
    match vice {
        Some(V::DoesWhatItDoesNotPromise | V::CallsWhatItCannotDoRejected) => {
            capabilities.without(Class::Remove)
        }
        _ => capabilities,
    }
}

/// A product in memory with a vice.
struct Product {
    vice: Option<Vice>,
    inner: MemoryTarget<Account>,
    is_cut_off: AtomicBool,
    count: AtomicU64,
}

#[async_trait]
impl TargetSystem<Account> for Product {
    fn capabilities(&self) -> Capabilities {
        let capabilities = match self.vice {
            Some(V::CreatesTwice) => promises(self.vice).without_external_ids().with_change_ids(),
            vice => promises(vice),
        };
        let asked = self.count.fetch_add(1, Ordering::Relaxed);
        match self.vice {
            Some(V::PromisesLessEveryTime) if asked > 1 => capabilities.without(Class::Remove),
            _ => capabilities,
        }
    }

    async fn read(&self, request: &ReadRequest) -> Result<Vec<Existing<Account>>, TargetError> {
        let _ = request;
        if self.is_cut_off.load(Ordering::Relaxed) {
            return match self.vice {
                Some(V::LooksEmptyWhenCutOff) => Ok(Vec::new()),
                _ => Err(ErrorClass::Later(None).into()),
            };
        }
        let mut records = self.inner.records();
        match self.vice {
            Some(V::ShowsNothing) => records.clear(),
            Some(V::ShowsOnePage) => records.truncate(100),
            Some(V::ShowsARecordTwice) => records.extend(records.last().cloned()),
            Some(V::ForgetsLinkedRecords) if !request.linked.is_empty() => {
                records.retain(|it| !request.linked.contains(&it.id));
            }
            Some(V::ShowsWhatIsNotThere) => {
                let there: BTreeSet<TargetId> = records.iter().map(|it| it.id.clone()).collect();
                let missing = request.linked.iter().filter(|id| !there.contains(*id));
                let ghosts = missing.map(|id| Existing::new(id.clone(), Account::default()));
                records.extend(ghosts.collect::<Vec<_>>());
            }
            Some(V::ChangesWhileReading) => {
                for existing in &mut records {
                    let seen = self.count.fetch_add(1, Ordering::Relaxed);
                    existing.version = Some(format!("seen-{seen}").into());
                }
            }
            Some(V::MarksWhatWasEnteredByHand) => {
                for existing in &mut records {
                    existing
                        .external_id
                        .get_or_insert_with(|| SourceId::new("somebody"));
                }
            }
            _ => {}
        }
        Ok(records)
    }

    async fn apply(&self, changes: &[Change<Account>]) -> Vec<Result<Applied, TargetError>> {
        if self.is_cut_off.load(Ordering::Relaxed) {
            let class = match self.vice {
                Some(V::BlamesTheRecordWhenCutOff) => ErrorClass::Rejected,
                _ => ErrorClass::Later(None),
            };
            return changes.iter().map(|_| Err(class.into())).collect();
        }
        let mut answers = Vec::new();
        for change in changes {
            let answer = self.make(change).await;
            let is_error = answer.is_err();
            answers.push(answer);
            if is_error && self.vice == Some(V::StopsAtTheFirstError) {
                answers.resize_with(changes.len(), || Err(ErrorClass::Stop.into()));
                break;
            }
        }
        match self.vice {
            Some(V::AnswersTooLittle) if answers.len() > 1 => drop(answers.pop()),
            Some(V::AnswersInAnotherOrder) => answers.reverse(),
            Some(V::AnswersAnEmptyBatch) if answers.is_empty() => {
                answers.push(Err(ErrorClass::Rejected.into()));
            }
            _ => {}
        }
        answers
    }
}

impl Product {
    async fn make(&self, change: &Change<Account>) -> Result<Applied, TargetError> {
        let records = self.inner.records();
        let own = change.target.as_ref();
        let own = records.iter().find(|it| Some(&it.id) == own);
        let neighbour = records
            .iter()
            .find(|it| Some(&it.id) != change.target.as_ref());
        let mut change = change.clone();
        match (self.vice, &mut change.effect) {
            (Some(V::DoesWhatItDoesNotPromise), Effect::Remove { .. }) => {
                let id = change.target.clone().expect("a removal has a target");
                self.inner.take(&id);
                return Ok(Applied::to(id));
            }
            (Some(V::CallsWhatItCannotDoRejected), Effect::Remove { .. }) => {
                return Err(ErrorClass::Rejected.into());
            }
            (Some(V::CreatesTwice), Effect::Create(record)) => {
                let number = self.count.fetch_add(1, Ordering::Relaxed);
                let id = TargetId::new(format!("new-{number}"));
                self.inner.put(Existing::new(id.clone(), record.clone()));
                return Ok(Applied::to(id));
            }
            (Some(V::AdoptsBySameAddress), Effect::Create(record)) => {
                let email = record.text(&field::EMAIL);
                let same = records
                    .iter()
                    .find(|it| it.record.text(&field::EMAIL) == email);
                if let Some(same) = same {
                    let same = same.clone().with_external_id(change.source.clone());
                    self.inner.put(same.clone());
                    return Ok(Applied::to(same.id));
                }
            }
            (Some(V::CreatesInTwoSteps), Effect::Create(record)) => {
                let half = record.clone().with_known(field::LAST_NAME, Known::Cleared);
                self.inner.put(Existing::new("half", half));
                tokio::task::yield_now().await;
                self.inner.take(&"half".into());
            }
            (Some(V::UpdatesFieldByField), Effect::Update(fields)) => {
                if let (Some(own), [first, _, ..]) = (own, &fields[..]) {
                    let known = Known::from_observed(first.after.clone());
                    let record = own.record.clone().with_known(first.field.clone(), known);
                    self.inner.put(Existing {
                        record,
                        ..own.clone()
                    });
                    tokio::task::yield_now().await;
                    self.inner.put(own.clone());
                }
            }
            (Some(V::GivesIdsAgain), Effect::Create(record)) => {
                let same =
                    |it: &&Existing<Account>| it.external_id.as_ref() == Some(&change.source);
                if let Some(same) = records.iter().find(same) {
                    return Ok(Applied::to(same.id.clone()));
                }
                let free = (1..)
                    .map(|number: u32| TargetId::new(number.to_string()))
                    .find(|id| records.iter().all(|it| it.id != *id));
                let id = free.expect("there are many numbers");
                let existing = Existing::new(id.clone(), record.clone());
                self.inner
                    .put(existing.with_external_id(change.source.clone()));
                return Ok(Applied::to(id));
            }
            (Some(V::NeverTakesBack), Effect::Create(_)) if change.generation > 0 => {
                return Err(ErrorClass::Conflict.into());
            }
            (Some(V::TouchesTheNeighbour), Effect::Update(_)) => {
                if let Some(neighbour) = neighbour {
                    let record = neighbour.record.clone().with(field::LAST_NAME, "Other");
                    self.inner.put(Existing {
                        record,
                        ..neighbour.clone()
                    });
                }
            }
            (Some(V::ReplacesTheWholeRecord), Effect::Update(fields)) => {
                if let Some(own) = own {
                    let record = fields.iter().fold(
                        own.record.clone().with(field::LAST_NAME, "?"),
                        |record, field| {
                            let known = Known::from_observed(field.after.clone());
                            record.with_known(field.field.clone(), known)
                        },
                    );
                    self.inner.put(Existing {
                        record,
                        ..own.clone()
                    });
                    return Ok(Applied::to(own.id.clone()));
                }
            }
            (Some(V::IgnoresVersions), _) => change.expected_version = None,
            (Some(V::ChecksVersionsTooLate), Effect::Update(fields)) => {
                if let Some(own) = own
                    && change.expected_version != own.version
                {
                    let mut record = own.record.clone();
                    for field in fields {
                        record
                            .set(&field.field, field.after.as_ref())
                            .expect("an account takes any field");
                    }
                    self.inner.put(Existing {
                        record,
                        ..own.clone()
                    });
                    return Err(ErrorClass::Conflict.into());
                }
            }
            (Some(V::CreatesWhatItShouldUpdate), Effect::Update(_)) if own.is_none() => {
                self.inner
                    .put(Existing::new("upserted", Account::default()));
                return Ok(Applied::to("upserted"));
            }
            (Some(V::RefusesWhatIsThereAlready), Effect::Update(fields))
                if fields
                    .iter()
                    .all(|it| it.before.clone().value() == it.after) =>
            {
                return Err(ErrorClass::Rejected.into());
            }
            (Some(V::LocksWithTheName), Effect::Lock { .. }) => {
                if let Some(own) = own {
                    let record = own.record.clone().with(field::LAST_NAME, "(left)");
                    self.inner.put(Existing {
                        record,
                        ..own.clone()
                    });
                }
            }
            (Some(V::LocksForGood), Effect::Update(fields))
                if fields.iter().any(|it| it.field == field::ACCESS) =>
            {
                return Err(ErrorClass::Rejected.into());
            }
            (Some(V::LocksTheProtected), Effect::Lock { .. })
            | (Some(V::ClearsTheProtected), Effect::Clear(_))
            | (Some(V::RemovesTheProtected), Effect::Remove { .. }) => {
                if let Some(own) = own {
                    self.inner.put(Existing {
                        protected: false,
                        ..own.clone()
                    });
                }
            }
            (Some(V::RemovesTheNeighbour), Effect::Remove { .. }) => {
                if let Some(neighbour) = neighbour {
                    self.inner.take(&neighbour.id);
                }
            }
            (Some(V::RemovesOnlyInWords), Effect::Remove { .. }) => {
                return Ok(Applied::to(change.target.expect("a removal has a target")));
            }
            _ => {}
        }
        self.distort(&mut change);
        let mut answers = self.inner.apply(std::slice::from_ref(&change)).await;
        let answer = answers.pop().expect("one answer to one change");
        self.afterwards(&change, answer)
    }

    /// Stores something else than it was sent.
    fn distort(&self, change: &mut Change<Account>) {
        let Effect::Create(record) = &mut change.effect else {
            return;
        };
        let name = record.text(&field::LAST_NAME).map(str::to_owned);
        let first = record.text(&field::FIRST_NAME).map(str::to_owned);
        let mut store = |name: Option<String>| {
            let known = Known::from_observed(name.map(Value::from));
            *record = record.clone().with_known(field::LAST_NAME, known);
        };
        match self.vice {
            Some(V::DropsAField) => store(None),
            Some(V::LowersWithoutSaying) => store(name.map(|it| it.to_lowercase())),
            Some(V::TrimsWithoutSaying) => store(name.map(|it| it.trim().to_owned())),
            Some(V::CutsWithoutSaying) => store(name.map(|it| it.chars().take(50).collect())),
            Some(V::ComposesWithoutSaying) => {
                store(name.map(|it| it.replace("e\u{308}", "ë").replace("a\u{303}", "ã")));
            }
            Some(V::LosesEmoji) => {
                store(name.map(|it| it.replace(|letter| u32::from(letter) > 0xffff, "?")));
            }
            Some(V::FillsEmptyFields) => {
                let filled = first.unwrap_or_else(|| "n/a".to_owned());
                *record = record.clone().with(field::FIRST_NAME, filled);
            }
            _ => {}
        }
    }

    fn afterwards(
        &self,
        change: &Change<Account>,
        answer: Result<Applied, TargetError>,
    ) -> Result<Applied, TargetError> {
        let stored = |applied: &Applied| {
            let records = self.inner.records();
            records.into_iter().find(|it| it.id == applied.target)
        };
        match (self.vice, answer) {
            (Some(V::KeepsAnotherExternalId), Ok(applied)) => {
                if let Some(existing) = stored(&applied) {
                    self.inner.put(existing.with_external_id("somebody-else"));
                }
                Ok(applied)
            }
            (Some(V::ForgetsTheExternalId), Ok(applied)) if change.class() == Class::Update => {
                if let Some(existing) = stored(&applied) {
                    self.inner.put(Existing {
                        external_id: None,
                        ..existing
                    });
                }
                Ok(applied)
            }
            (Some(V::NeverMovesTheVersion), Ok(applied)) => {
                if let Some(existing) = stored(&applied) {
                    self.inner.put(Existing {
                        version: Some("1".into()),
                        ..existing
                    });
                }
                Ok(applied.at("1"))
            }
            (Some(V::AnswersAnotherId), Ok(_)) => Ok(Applied::to("42")),
            (Some(V::AnswersAnotherVersion), Ok(applied)) => Ok(applied.at("0")),
            (Some(V::CallsAMissingRecordRejected), Err(error))
                if error.class() == ErrorClass::NotFound =>
            {
                Err(ErrorClass::Rejected.into())
            }
            (Some(V::SaysNamesInErrors), Err(error)) => {
                let email = match change.effect.field_changes() {
                    [] => "person.1@example.com".to_owned(),
                    fields => fields
                        .iter()
                        .filter_map(|it| Some(it.after.as_ref()?.to_string()))
                        .collect(),
                };
                Err(TargetError::new(error.class()).because(format!("no such user: {email}")))
            }
            (_, answer) => answer,
        }
    }
}
