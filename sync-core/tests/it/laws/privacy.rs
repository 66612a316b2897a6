//! Personal data is in the payload, and nowhere else.

use std::{error::Error, time::Duration};

use chrono::NaiveTime;
use proptest::{collection::vec, prelude::*, sample::select};
use sync_core::{
    Absence, AbsencePeriod, AbsencePolicy, Access, Account, AccountPolicy, ApplyOptions, Coverage,
    Desired, Employee, Existing, Known, Lease, Ledger as _, ManualClock, MemoryLedger,
    MemoryTarget, Reconciler, Record, Snapshot, SourceId, SyncPolicy, Value,
    absence::{self, Approval, Label, Span},
    account::field,
    employee::{self, attribute},
    policy::EndAction,
    testing::{Canary, Flaky, FlakyLedger, Recorder},
};

use crate::scene::{day, key, lease, now, today, wait};

const PEOPLE: usize = 5;

/// What happens to a person between two runs.
#[derive(Clone, Copy, Debug)]
enum Event {
    Renamed,
    SameEmailAsTheNext,
    NoEmail,
    Left,
    Vanished,
    StatusUnknown,
    OtherEntity,
    EnteredByHand,
    EditedInTheProduct,
    RemovedFromTheProduct,
    ProtectedInTheProduct,
    Unreadable,
}

fn histories() -> impl Strategy<Value = Vec<Vec<(usize, Event)>>> {
    use Event::*;
    let event = select(vec![
        Renamed,
        SameEmailAsTheNext,
        NoEmail,
        Left,
        Vanished,
        StatusUnknown,
        OtherEntity,
        EnteredByHand,
        EditedInTheProduct,
        RemovedFromTheProduct,
        ProtectedInTheProduct,
        Unreadable,
    ]);
    vec(vec((0..PEOPLE, event), 0..=4), 1..=3)
}

proptest! {
    /// Plants a canary in every personal field, and looks for it in everything that is said over histories with every fault.
    #[test]
    fn l60_no_personal_data_is_outside_the_payload(
        history in histories(),
        seed in any::<u64>(),
        percent in 0..60_u8,
    ) {
        let mut house = House::new(seed, percent);
        for events in history {
            events.into_iter().for_each(|(who, event)| house.happens(who, event));
            wait(house.run());
        }
        let said = house.said.join("\n");
        house.canaries.iter().for_each(|canary| canary.assert_no_leak(&said));
    }
}

/// A company of canaries, the product that follows it, and everything that was said about them.
struct House {
    canaries: Vec<Canary>,
    people: Vec<Option<Employee>>,
    unreadable: Vec<usize>,
    accounts: MemoryTarget<Account>,
    absences: MemoryTarget<Absence>,
    ledger: MemoryLedger,
    seed: u64,
    percent: u8,
    said: Vec<String>,
}

impl House {
    fn new(seed: u64, percent: u8) -> Self {
        let canaries: Vec<Canary> = (0..PEOPLE as u32).map(Canary::new).collect();
        Self {
            people: canaries.iter().map(|it| Some(it.employee())).collect(),
            canaries,
            unreadable: Vec::new(),
            accounts: MemoryTarget::default(),
            absences: MemoryTarget::default(),
            ledger: MemoryLedger::new(),
            seed,
            percent,
            said: Vec::new(),
        }
    }

    fn happens(&mut self, who: usize, event: Event) {
        let canary = self.canaries[who].clone();
        let next = self.canaries[(who + 1) % PEOPLE].clone();
        let says = |person: &mut Option<Employee>, name, known: Known<Value>| {
            *person = person.take().map(|it| it.with(name, known));
        };
        let person = &mut self.people[who];
        let mine = self.accounts.records().into_iter();
        let mut mine = mine.filter(|it| it.external_id.as_ref() == Some(&source(who)));
        match event {
            Event::Renamed => says(person, field::LAST_NAME, value(canary.text("married"))),
            Event::SameEmailAsTheNext => says(person, field::EMAIL, value(next.text("email"))),
            Event::NoEmail => says(person, field::EMAIL, Known::Cleared),
            Event::Left => says(person, attribute::STATUS, value("inactive")),
            Event::StatusUnknown => says(person, attribute::STATUS, value(canary.text("status"))),
            Event::OtherEntity => {
                says(
                    person,
                    attribute::LEGAL_ENTITY,
                    value(canary.text("entity")),
                );
            }
            Event::Vanished => *person = None,
            Event::Unreadable => self.unreadable.push(who),
            Event::EnteredByHand => {
                let email = canary.text("email").to_uppercase();
                let account = Account::new(Access::Active).with(field::EMAIL, email);
                self.accounts
                    .put(Existing::new(format!("hand-{who}"), account));
            }
            Event::EditedInTheProduct => {
                if let Some(row) = mine.next() {
                    let record = row
                        .record
                        .clone()
                        .with(field::FIRST_NAME, next.text("nick"));
                    self.accounts.put(Existing { record, ..row });
                }
            }
            Event::RemovedFromTheProduct => {
                mine.next().map(|row| self.accounts.take(&row.id));
            }
            Event::ProtectedInTheProduct => {
                if let Some(row) = mine.next() {
                    let protected = true;
                    self.accounts.put(Existing { protected, ..row });
                }
            }
        }
    }

    /// Synchronises people and their absences, everything going wrong now and then.
    async fn run(&mut self) {
        self.seed = self.seed.wrapping_add(1);
        let mut snapshot = Snapshot::whole(Coverage::All, self.rows(), now());
        for who in &self.unreadable {
            snapshot.insert_unreadable(source(*who));
        }
        let mut policy = SyncPolicy::default();
        policy.lifecycle.ended = EndAction::Remove;
        let desired = employee::desire(&snapshot, &AccountPolicy::default(), today());
        let mut said = vec![format!("{snapshot:?} {:?}", self.people)];
        said.extend(self.sync(&self.accounts, &desired, &policy).await);

        let accounts = self.ledger.load(Account::KIND).await;
        let accounts = accounts.expect("memory can be read").targets();
        let snapshot = Snapshot::whole(Coverage::All, self.periods(), now());
        let label = AbsencePolicy {
            label: Label::AsInHr,
            ..AbsencePolicy::default()
        };
        let desired = absence::desire(&snapshot, &accounts, &label);
        let policy = SyncPolicy::for_absences();
        said.push(format!("{snapshot:?}"));
        said.extend(self.sync(&self.absences, &desired, &policy).await);
        self.said.extend(said);
    }

    async fn sync<R: Record>(
        &self,
        product: &MemoryTarget<R>,
        desired: &Desired<R>,
        policy: &SyncPolicy,
    ) -> Vec<String> {
        let recorder = Recorder::new();
        let unreadable = usize::from(self.seed.is_multiple_of(11));
        let flaky = Flaky::new(product)
            .failing_by_seed(self.seed, self.percent)
            .unreadable(unreadable);
        let torn = FlakyLedger::new(&self.ledger).failing_by_seed(self.seed, self.percent / 6);
        let (target, ledger) = (recorder.target(&flaky), recorder.ledger(&torn));
        let sync = Reconciler {
            target: &target,
            ledger: &ledger,
            policy,
            key: &key(),
        };
        let mut said = vec![format!("{desired:?}")];
        match sync.plan(desired).await {
            Err(error) => said.push(words(&error)),
            Ok(mut plan) => {
                said.push(format!(
                    "{plan} {plan:?} {:#?} {}",
                    plan.shown(),
                    plan.digest()
                ));
                let digest = plan.held_digest();
                plan.release(&digest).expect("the digest is the plan's own");
                let clock = ManualClock::at(now());
                let lease = lease(&ledger, &clock).await;
                let report = sync
                    .apply(&plan, &lease, &clock, &ApplyOptions::default())
                    .await;
                said.push(format!("{report} {report:?}"));
            }
        }
        let remembered = self.ledger.load(R::KIND).await.expect("memory can be read");
        said.push(serde_json::to_string(&remembered).expect("a ledger is plain data"));
        said.push(format!("{remembered:?} {product:?} {target:?} {ledger:?}"));
        said.push(recorder.take());
        said
    }

    fn rows(&self) -> Vec<(SourceId, Employee)> {
        let rows = self.people.iter().enumerate();
        rows.filter_map(|(who, person)| Some((source(who), person.clone()?)))
            .collect()
    }

    fn periods(&self) -> Vec<(SourceId, AbsencePeriod)> {
        let period = |who: usize| AbsencePeriod {
            employee: source(who),
            kind_id: Known::Value("17".to_owned()),
            kind_name: Known::Value(self.canaries[who].text("reason")),
            span: Span::days(day(3), day(5)),
            approval: Known::Value(Approval::Approved),
        };
        let there = (0..PEOPLE).filter(|who| self.people[*who].is_some());
        there
            .map(|who| (SourceId::new(format!("a{who}")), period(who)))
            .collect()
    }
}

/// `Debug` says what a value is, which an empty text would not.
#[test]
fn l60_debug_names_the_type_and_not_the_person() {
    let canary = Canary::new(7);
    let span = Span::hours(day(3), NaiveTime::MIN, NaiveTime::MIN);
    let hours = span.hours.clone();
    let request = AbsencePeriod {
        employee: "7".into(),
        kind_id: Known::Value("17".to_owned()),
        kind_name: Known::Value(canary.text("reason")),
        span: span.clone(),
        approval: Known::Value(Approval::Approved),
    };
    let absence = Absence {
        account: "7".into(),
        label: Known::Value(canary.text("reason")),
        span: span.clone(),
        approval: Approval::Approved,
    };
    let (ledger, clock) = (MemoryLedger::new(), ManualClock::at(now()));
    let held = wait(lease(&ledger, &clock));
    let ten_minutes = Duration::from_secs(600);
    let refused = wait(Lease::acquire(&ledger, "another", ten_minutes, &clock));
    let said = format!(
        "{span:?}\n{hours:?}\n{request:?}\n{absence:?}\n{held:?}\n{:?}",
        refused.expect_err("somebody holds it"),
    );
    insta::assert_snapshot!(said, @r"
    Span(..)
    Some(Hours(..))
    AbsencePeriod { employee: SourceId(7), .. }
    Absence { account: TargetId(7), .. }
    Lease(1)
    LedgerError(be leased, Busy { until: 2026-03-02T09:01:00Z })
    ");
}

fn source(who: usize) -> SourceId {
    SourceId::new(format!("p{who}"))
}

fn value(text: impl Into<String>) -> Known<Value> {
    Known::Value(Value::from(text.into()))
}

fn words(error: &dyn Error) -> String {
    let cause = error.source().map(words).unwrap_or_default();
    format!("{error} {error:?} {cause}")
}
