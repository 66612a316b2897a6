use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, Utc};
use unicode_normalization::UnicodeNormalization as _;

use super::dice::Dice;
use crate::{
    AbsencePeriod, Access, Account, Coverage, Employee, Existing, FieldName, Known, Snapshot,
    SourceId, Value,
    absence::{Approval, Hours, Span},
    account::field,
    employee::{EmployeeStatus, attribute},
};

/// The id of a person's supervisor.
const SUPERVISOR: FieldName = FieldName::literal("supervisor.id");

const NAMES: [(&str, &str); 10] = [
    ("Łucja", "Wiśniewska"),
    ("José", "Álvarez de la Cruz"),
    ("Søren", "Åkesson"),
    ("İpek", "Yılmaz"),
    ("Νίκος", "Παππάς"),
    ("Žofie", "Dvořáková"),
    ("Aoife", "Ní Bhriain"),
    ("Jean-Noël", "d'Arc"),
    ("Ґалина", "Їжакевич"),
    ("Bo", "Ek"),
];

/// Makes a company at two moments: as it was when everything was in order, and as it is on a day, with everything that
/// is odd in real companies.
///
/// The same arguments make the same company, on every machine. The first people take the oddities one after the
/// other, so a company of thirty has them all; of the others every second one is odd. A
/// property test that draws the seed and the size needs no more than this.
///
/// ```
/// # use chrono::{DateTime, NaiveDate};
/// # use sync_core::{
/// #     Account, AccountPolicy, ApplyOptions, HashKey, Lease, ManualClock, MemoryLedger, MemoryTarget, Reconciler,
/// #     SyncPolicy, employee, testing,
/// # };
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let (ledger, policy, key) = (MemoryLedger::new(), SyncPolicy::default(), HashKey::new([7; 32]));
/// # let (clock, options) = (ManualClock::at(DateTime::UNIX_EPOCH), ApplyOptions::default());
/// # let accounts = AccountPolicy::default();
/// # let lease = Lease::acquire(&ledger, "worker 1", std::time::Duration::from_secs(600), &clock).await?;
/// let today = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day of the calendar");
/// let company = testing::company(7, 40, today);
///
/// let product = MemoryTarget::<Account>::default();
/// company.by_hand().into_iter().for_each(|account| product.put(account));
/// # let sync = Reconciler { target: &product, ledger: &ledger, policy: &policy, key: &key };
/// for snapshot in [company.before(DateTime::UNIX_EPOCH), company.now(DateTime::UNIX_EPOCH)] {
///     let desired = employee::desire(&snapshot, &accounts, today);
///     sync.apply(&sync.plan(&desired).await?, &lease, &clock, &options).await;
///     assert!(sync.plan(&desired).await?.ready().is_empty());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn company(seed: u64, size: usize, today: NaiveDate) -> Company {
    let mut dice = Dice::new(seed);
    let mut people: Vec<Person> = Vec::with_capacity(size);
    let mut each = Oddity::ALL.into_iter();
    for index in 0..size {
        let is_second = people.last().and_then(|it| it.oddity);
        let is_second = is_second.is_some_and(Oddity::takes_two);
        let is_last = index + 1 == size;
        let oddity = if is_second {
            None
        } else {
            let any = |dice: &mut Dice| match dice.percent(50) {
                true => dice.pick(&Oddity::ALL),
                false => None,
            };
            each.next().or_else(|| any(&mut dice))
        };
        let oddity = oddity.filter(|it| !(is_last && it.takes_two()));
        let name = dice.pick(&NAMES).unwrap_or_default();
        let absence = Absent::ALL.get(index).copied();
        let absence = absence.or_else(|| dice.pick(&Absent::ALL));
        people.push(Person {
            name,
            oddity,
            absence,
        });
    }
    Company { people, today }
}

/// A made-up company; see [`company`](fn@company).
#[derive(Clone, Debug)]
pub struct Company {
    people: Vec<Person>,
    today: NaiveDate,
}

#[derive(Clone)]
struct Person {
    name: (&'static str, &'static str),
    oddity: Option<Oddity>,
    absence: Option<Absent>,
}

/// What is odd about a person in HR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Oddity {
    /// Has the address of the next person too.
    SameEmail,
    /// The address is written in capital letters now.
    EmailInOtherCase,
    /// The address is written with marks of their own now (Unicode NFD).
    EmailDecomposed,
    /// Has swapped addresses with the next person.
    EmailSwapped,
    /// Has no address any more.
    NoEmail,
    /// Has another family name now.
    Renamed,
    /// Has a name with blanks around it.
    BlanksAroundName,
    /// Has a name of 200 letters.
    LongName,
    /// Has no names at all.
    Nameless,
    /// Is their own supervisor.
    OwnSupervisor,
    /// Supervises the next person, and is supervised by them.
    SupervisorCircle,
    /// Has a supervisor whom HR does not show.
    SupervisorUnknown,
    /// Is new.
    Newcomer,
    /// Is hired, and begins in three weeks.
    StartsLater,
    /// Was hired, and will not begin after all.
    Rescinded,
    /// Had left, and is back.
    Rehired,
    /// Is on parental leave.
    OnLeave,
    /// Works for the last time today.
    LastDayToday,
    /// Worked for the last time yesterday, and HR still calls them active.
    LastDayPassed,
    /// Has left.
    Left,
    /// Is not shown any more.
    Vanished,
    /// Has a status of which nobody has heard.
    StatusUnknown,
    /// Has a status that HR does not show any more.
    StatusWithheld,
    /// Has an address that HR does not show any more.
    EmailWithheld,
    /// Cannot be read.
    Unreadable,
    /// Has an account that was entered by hand, with the same address in capital letters.
    HasAccount,
}

impl Oddity {
    /// All of them.
    pub const ALL: [Self; 26] = [
        Self::SameEmail,
        Self::EmailInOtherCase,
        Self::EmailDecomposed,
        Self::EmailSwapped,
        Self::NoEmail,
        Self::Renamed,
        Self::BlanksAroundName,
        Self::LongName,
        Self::Nameless,
        Self::OwnSupervisor,
        Self::SupervisorCircle,
        Self::SupervisorUnknown,
        Self::Newcomer,
        Self::StartsLater,
        Self::Rescinded,
        Self::Rehired,
        Self::OnLeave,
        Self::LastDayToday,
        Self::LastDayPassed,
        Self::Left,
        Self::Vanished,
        Self::StatusUnknown,
        Self::StatusWithheld,
        Self::EmailWithheld,
        Self::Unreadable,
        Self::HasAccount,
    ];

    /// Tells whether the next person has a part in it, and so is not odd in another way.
    fn takes_two(self) -> bool {
        matches!(self, Self::EmailSwapped | Self::SupervisorCircle)
    }
}

impl Company {
    /// Returns what HR said when everything was in order.
    pub fn before(&self, taken_at: DateTime<Utc>) -> Snapshot<Employee> {
        let people = (0..self.people.len()).filter(|index| !self.is(*index, Oddity::Newcomer));
        let rows = people.map(|index| (source(index), self.employee(index)));
        Snapshot::whole(Coverage::All, rows, taken_at)
    }

    /// Returns what HR says now.
    pub fn now(&self, taken_at: DateTime<Utc>) -> Snapshot<Employee> {
        let people = (0..self.people.len()).filter(|index| !self.is(*index, Oddity::Vanished));
        let (unreadable, people): (Vec<usize>, Vec<usize>) =
            people.partition(|index| self.is(*index, Oddity::Unreadable));
        let rows = people
            .into_iter()
            .map(|index| (source(index), self.odd(index)));
        let mut snapshot = Snapshot::whole(Coverage::All, rows, taken_at);
        for index in unreadable {
            snapshot.insert_unreadable(source(index));
        }
        snapshot
    }

    /// Returns the absences that HR knows: half days, hours, over the new year, on the days on which clocks are moved,
    /// without an end, with an end before the beginning, and two at once.
    pub fn absences(&self, taken_at: DateTime<Utc>) -> Snapshot<AbsencePeriod> {
        let rows = self.people.iter().enumerate().flat_map(|(index, person)| {
            let spans = person.absence.map(|it| it.spans(self.today));
            let spans = spans.unwrap_or_default().into_iter().enumerate();
            spans.map(move |(number, span)| {
                let period = AbsencePeriod {
                    employee: source(index),
                    kind_id: Known::Value("17".to_owned()),
                    kind_name: Known::Value("Kur".to_owned()),
                    span,
                    approval: Known::Value(Approval::Approved),
                };
                (SourceId::new(format!("{}-{number}", 5000 + index)), period)
            })
        });
        Snapshot::whole(Coverage::All, rows, taken_at)
    }

    /// Returns what people have entered into the product by hand: an administrator whom no sync may touch, somebody of
    /// whom HR knows nothing, and accounts that belong to people in HR.
    pub fn by_hand(&self) -> Vec<Existing<Account>> {
        let account = |email: String| Account::new(Access::Active).with(field::EMAIL, email);
        let administrator = account("admin@example.com".to_owned());
        let mut accounts = vec![
            Existing {
                protected: true,
                ..Existing::new("hand-1", administrator)
            },
            Existing::new("hand-2", account("guest@example.com".to_owned())),
        ];
        let known = (0..self.people.len()).filter(|index| self.is(*index, Oddity::HasAccount));
        accounts.extend(known.map(|index| {
            let email = email(index).to_uppercase();
            Existing::new(format!("hand-{}", index + 3), account(email))
        }));
        accounts
    }

    /// Returns what is odd about whom.
    pub fn oddities(&self) -> BTreeMap<SourceId, Oddity> {
        let people = self.people.iter().enumerate();
        people
            .filter_map(|(index, person)| Some((source(index), person.oddity?)))
            .collect()
    }

    fn is(&self, index: usize, oddity: Oddity) -> bool {
        self.people.get(index).and_then(|it| it.oddity) == Some(oddity)
    }

    /// A person as HR had them when everything was in order.
    fn employee(&self, index: usize) -> Employee {
        let (first, last) = self.people.get(index).map(|it| it.name).unwrap_or_default();
        let status = match self.people.get(index).and_then(|it| it.oddity) {
            Some(Oddity::Rescinded) => EmployeeStatus::Onboarding,
            Some(Oddity::Rehired) => EmployeeStatus::Inactive,
            _ => EmployeeStatus::Active,
        };
        Employee::default()
            .with(attribute::STATUS, Value::from(status.as_str()))
            .with(
                attribute::HIRE_DATE,
                Value::from(self.today - Days::new(400)),
            )
            .with(attribute::LAST_WORKING_DAY, Known::Cleared)
            .with(attribute::LEGAL_ENTITY, Value::from("Nordlicht GmbH"))
            .with(field::FIRST_NAME, Value::from(first))
            .with(field::LAST_NAME, Value::from(last))
            .with(field::EMAIL, Value::from(email(index)))
            .with(SUPERVISOR, Value::from(source(index / 7).as_str()))
    }

    /// A person as HR has them now.
    fn odd(&self, index: usize) -> Employee {
        let employee = self.employee(index);
        let next = (index + 1) % self.people.len().max(1);
        let before = index.wrapping_sub(1);
        match self.people.get(before).and_then(|it| it.oddity) {
            Some(Oddity::EmailSwapped) => {
                return employee.with(field::EMAIL, Value::from(email(before)));
            }
            Some(Oddity::SupervisorCircle) => {
                return employee.with(SUPERVISOR, Value::from(source(before).as_str()));
            }
            _ => {}
        }
        let set = |name: FieldName, value: &str| employee.clone().with(name, Value::from(value));
        let status = |status: EmployeeStatus| set(attribute::STATUS, status.as_str());
        let last_day = |day: NaiveDate| {
            employee
                .clone()
                .with(attribute::LAST_WORKING_DAY, Value::from(day))
        };
        let yesterday = self.today - Days::new(1);
        let Some(oddity) = self.people.get(index).and_then(|it| it.oddity) else {
            return employee;
        };
        match oddity {
            Oddity::SameEmail | Oddity::EmailSwapped => set(field::EMAIL, &email(next)),
            Oddity::EmailInOtherCase => set(field::EMAIL, &email(index).to_uppercase()),
            Oddity::EmailDecomposed => set(field::EMAIL, &email(index).nfd().collect::<String>()),
            Oddity::NoEmail => employee.with(field::EMAIL, Known::Cleared),
            Oddity::Renamed => set(field::LAST_NAME, "Ikonen-Ørsted"),
            Oddity::BlanksAroundName => set(field::LAST_NAME, "  Ó Súilleabháin\t"),
            Oddity::LongName => set(field::LAST_NAME, &"Ā".repeat(200)),
            Oddity::Nameless => set(field::FIRST_NAME, "").with(field::LAST_NAME, Known::Cleared),
            Oddity::OwnSupervisor => set(SUPERVISOR, source(index).as_str()),
            Oddity::SupervisorCircle => set(SUPERVISOR, source(next).as_str()),
            Oddity::SupervisorUnknown => set(SUPERVISOR, "no-such-person"),
            Oddity::StartsLater => status(EmployeeStatus::Onboarding).with(
                attribute::HIRE_DATE,
                Value::from(self.today + Days::new(21)),
            ),
            Oddity::Rescinded | Oddity::Left => status(EmployeeStatus::Inactive)
                .with(attribute::LAST_WORKING_DAY, Value::from(yesterday)),
            Oddity::Rehired => {
                status(EmployeeStatus::Active).with(attribute::HIRE_DATE, Value::from(self.today))
            }
            Oddity::OnLeave => status(EmployeeStatus::Leave),
            Oddity::LastDayToday => last_day(self.today),
            Oddity::LastDayPassed => last_day(yesterday),
            Oddity::StatusUnknown => set(attribute::STATUS, "sabbatical"),
            Oddity::StatusWithheld => employee.with(attribute::STATUS, Known::NotObserved),
            Oddity::EmailWithheld => employee.with(field::EMAIL, Known::NotObserved),
            Oddity::Newcomer | Oddity::Vanished | Oddity::Unreadable | Oddity::HasAccount => {
                employee
            }
        }
    }
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person")
            .field("oddity", &self.oddity)
            .field("absence", &self.absence)
            .finish_non_exhaustive()
    }
}

/// What sort of absence a person has.
#[derive(Clone, Copy, Debug)]
enum Absent {
    OneDay,
    HalfDay,
    FromNoonUntilNoon,
    Hours,
    OverNewYear,
    ClocksForward,
    ClocksBack,
    OpenEnd,
    EndsBeforeItBegins,
    TwoAtOnce,
}

impl Absent {
    const ALL: [Self; 10] = [
        Self::OneDay,
        Self::HalfDay,
        Self::FromNoonUntilNoon,
        Self::Hours,
        Self::OverNewYear,
        Self::ClocksForward,
        Self::ClocksBack,
        Self::OpenEnd,
        Self::EndsBeforeItBegins,
        Self::TwoAtOnce,
    ];

    fn spans(self, today: NaiveDate) -> Vec<Span> {
        let day = |days| today + Days::new(days);
        let of_year =
            |month, day| NaiveDate::from_ymd_opt(today.year(), month, day).unwrap_or(today);
        let span = match self {
            Self::OneDay => Span::days(day(7), day(7)),
            Self::HalfDay => Span::days(day(7), day(7)).until_noon(),
            Self::FromNoonUntilNoon => Span::days(day(7), day(9)).from_noon().until_noon(),
            Self::Hours => Span {
                hours: Some(Hours {
                    from: NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default(),
                    to: NaiveTime::from_hms_opt(13, 30, 0),
                    zone: Some("Europe/Berlin".to_owned()),
                }),
                ..Span::days(day(7), day(7))
            },
            Self::OverNewYear => Span::days(of_year(12, 28), of_year(12, 28) + Days::new(9)),
            // The last Sundays of March and October, as far as a week around them tells.
            Self::ClocksForward => Span::days(of_year(3, 25), of_year(3, 31)),
            Self::ClocksBack => Span::days(of_year(10, 25), of_year(10, 31)),
            Self::OpenEnd => Span {
                last_day: None,
                ..Span::days(day(7), day(7))
            },
            Self::EndsBeforeItBegins => Span::days(day(9), day(7)),
            Self::TwoAtOnce => {
                return vec![Span::days(day(7), day(10)), Span::days(day(9), day(12))];
            }
        };
        vec![span]
    }
}

fn source(index: usize) -> SourceId {
    SourceId::new((1000 + index).to_string())
}

fn email(index: usize) -> String {
    format!("zoë.{index}@example.com")
}
