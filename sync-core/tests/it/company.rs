//! A company of people and the accounts that a product has of them, apart in every way that happens.

use std::collections::BTreeSet;

use proptest::{option, prelude::*, sample::select};
use sync_core::{
    Access, Account, AccountPolicy, Capabilities, Coverage, Desired, Employee, Existing, FieldName,
    Known, Mapping, Rule, Scope, Snapshot, SourceId, SyncPolicy, TargetId, Value,
    account::field,
    employee::{
        self, AccessPolicy, BeforeStart, EmployeeStatus, InvitationPolicy, InviteWhen, attribute,
    },
};
use unicode_normalization::UnicodeNormalization as _;

use crate::{
    scene::{Scene, day, now},
    terms::{self, Reading},
    twist::{LedgerTwist, ledger_twist, settled, several},
};

pub(crate) const DISPLAY_NAME: FieldName = FieldName::literal("display_name");
pub(crate) const TEAM: FieldName = FieldName::literal("team");
pub(crate) const APPROVER: FieldName = FieldName::literal("approver");
pub(crate) const SUPERVISOR: FieldName = FieldName::literal("supervisor");
pub(crate) const DEPARTMENT: FieldName = FieldName::literal("department");

const FIELDS: &[&str] = &[
    "email",
    "first_name",
    "last_name",
    "display_name",
    "team",
    "access",
    "approver",
];
const TEXTS: &[&str] = &["email", "first_name", "last_name", "display_name", "team"];
const DROPPABLE: &[&str] = &["last_name", "display_name", "team", "access", "approver"];

const NAMES: &[(&str, &str)] = &[
    ("Łucja", "Wiśniewska"),
    ("José", "Álvarez"),
    ("Søren", "Åkesson"),
    ("İpek", "Yılmaz"),
    ("Νίκος", "Παππάς"),
    ("Žofie", "Dvořáková"),
    ("  Aoife", "Ní Bhriain "),
    ("J\u{30c}an", "A B  C"),
];

/// People, what the product has of them, what else it has, and the settings.
#[derive(Clone, Debug)]
pub(crate) struct Company {
    pub(crate) members: Vec<Member>,
    strays: Vec<Stray>,
    reading: Reading,
    before_start: BeforeStart,
    one_entity_only: bool,
    invites: bool,
    capabilities: Capabilities,
    policy: SyncPolicy,
}

#[derive(Clone, Debug)]
pub(crate) struct Member {
    name: usize,
    supervisor: Supervisor,
    pub(crate) in_hr: InHr,
    in_product: InProduct,
    in_ledger: LedgerTwist,
}

/// Whom HR names as the supervisor of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Supervisor {
    Nobody,
    /// Somebody is at the top of such a chain, or it is a circle.
    TheNext,
    TheFirst,
    Themselves,
    /// Somebody whom HR no longer has.
    AStranger,
    NotShown,
}

/// What has happened to a person in HR since the last run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InHr {
    Same,
    Newcomer,
    Renamed,
    NewEmail,
    EmailInOtherCase,
    EmailDecomposed,
    /// Two people share an address, or a ring of them swaps addresses.
    EmailOfTheNext,
    NoEmail,
    Nameless,
    OnLeave,
    Left,
    LastDayPassed,
    LastDayAhead,
    StartsLater,
    OtherEntity,
    Vanished,
    Unreadable,
    StatusUnknown,
    StatusWithheld,
    EmailWithheld,
    EntityWithheld,
    OtherSupervisor,
    NoSupervisor,
    SupervisorWithheld,
}

/// What has happened to the account in the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InProduct {
    Same,
    Renamed,
    Nameless,
    NameNotShown,
    AccessNotShown,
    EmailInOtherCase,
    Locked,
    Protected,
    Deleted,
    OtherApprover,
    NoApprover,
    ApproverNotShown,
}

/// An account of which HR knows nothing, as far as anybody can tell.
#[derive(Clone, Copy, Debug)]
enum Stray {
    EnteredByHand,
    WithEmailOf(usize),
    WithIdOf(usize),
    WithUnknownId,
    Admin,
}

pub(crate) fn company() -> impl Strategy<Value = Company> {
    let strays = prop::collection::vec(stray(), 0..=3);
    let before_start = select(vec![
        BeforeStart::Nothing,
        BeforeStart::Staged,
        BeforeStart::Active,
    ]);
    (
        several(member),
        strays,
        terms::reading(),
        before_start,
        any::<[bool; 2]>(),
        terms::capabilities(TEXTS, DROPPABLE),
        terms::policy(FIELDS),
    )
        .prop_map(
            |(
                members,
                strays,
                reading,
                before_start,
                [one_entity_only, invites],
                capabilities,
                policy,
            )| {
                Company {
                    members,
                    strays,
                    reading,
                    before_start,
                    one_entity_only,
                    invites,
                    capabilities,
                    policy,
                }
            },
        )
}

fn member() -> impl Strategy<Value = Member> {
    use InHr::*;
    let in_hr = prop_oneof![
        3 => Just(Same),
        7 => select(vec![
            Newcomer, Renamed, NewEmail, EmailInOtherCase, EmailDecomposed, EmailOfTheNext,
            NoEmail, Nameless, OnLeave, Left, LastDayPassed, LastDayAhead, StartsLater,
            OtherEntity, Vanished, Unreadable, StatusUnknown, StatusWithheld, EmailWithheld,
            EntityWithheld, OtherSupervisor, NoSupervisor, SupervisorWithheld,
        ]),
    ];
    let in_product = prop_oneof![
        5 => Just(InProduct::Same),
        4 => select(vec![
            InProduct::Renamed, InProduct::Nameless, InProduct::NameNotShown,
            InProduct::AccessNotShown, InProduct::EmailInOtherCase, InProduct::Locked,
            InProduct::Protected, InProduct::Deleted, InProduct::OtherApprover,
            InProduct::NoApprover, InProduct::ApproverNotShown,
        ]),
    ];
    (
        0..NAMES.len(),
        supervisor(),
        in_hr,
        in_product,
        ledger_twist(),
    )
        .prop_map(|(name, supervisor, in_hr, in_product, in_ledger)| Member {
            name,
            supervisor,
            in_hr,
            in_product,
            in_ledger,
        })
}

fn supervisor() -> impl Strategy<Value = Supervisor> {
    use Supervisor::*;
    select(vec![
        Nobody, TheNext, TheNext, TheFirst, TheFirst, Themselves, AStranger, NotShown,
    ])
}

fn stray() -> impl Strategy<Value = Stray> {
    let who = 0..8_usize;
    prop_oneof![
        Just(Stray::EnteredByHand),
        who.clone().prop_map(Stray::WithEmailOf),
        who.prop_map(Stray::WithIdOf),
        Just(Stray::WithUnknownId),
        Just(Stray::Admin),
    ]
}

/// A few people with settings of no consequence, whose product agrees with HR.
pub(crate) fn calm_company() -> impl Strategy<Value = Company> {
    let who = (0..NAMES.len(), supervisor()).prop_map(|(name, supervisor)| Member {
        name,
        supervisor,
        in_hr: InHr::Same,
        in_product: InProduct::Same,
        in_ledger: LedgerTwist::Kept,
    });
    prop::collection::vec(who, 0..=12).prop_map(|members| Company {
        members,
        strays: Vec::new(),
        reading: Reading::Whole,
        before_start: BeforeStart::Staged,
        one_entity_only: false,
        invites: false,
        capabilities: Capabilities::all(),
        policy: SyncPolicy::default(),
    })
}

pub(crate) fn withheld() -> impl Strategy<Value = BTreeSet<&'static str>> {
    let attributes = vec![
        "email",
        "first_name",
        "last_name",
        "department",
        "status",
        "supervisor",
        "subcompany",
    ];
    option::of(select(attributes)).prop_flat_map(|first| {
        let more = select(vec![
            "email",
            "first_name",
            "last_name",
            "department",
            "supervisor",
            "status",
        ]);
        prop::collection::btree_set(more, 0..=2).prop_map(move |mut set| {
            set.extend(first);
            set
        })
    })
}

impl Company {
    pub(crate) fn scene(&self) -> Scene<Account> {
        self.scene_of(self.in_hr())
    }

    /// The same people, of whose supervisors HR says nothing.
    pub(crate) fn without_references(mut self) -> Self {
        for member in &mut self.members {
            member.supervisor = Supervisor::NotShown;
            if member.in_hr == InHr::OtherSupervisor {
                member.in_hr = InHr::Same;
            }
        }
        self
    }

    /// The scene in which HR answers with these rows, in this order.
    pub(crate) fn scene_of(&self, rows: Vec<(SourceId, Option<Employee>)>) -> Scene<Account> {
        let mut scene = settled(self.desire(&self.before()), &self.capabilities);
        let len = self.members.len();
        for (index, member) in self.members.iter().enumerate() {
            member.in_product.apply(&source(index), &mut scene.existing);
            member.in_ledger.apply(
                &source(index),
                &source((index + 1) % len),
                &mut scene.ledger,
                &mut scene.existing,
            );
        }
        for (index, stray) in self.strays.iter().enumerate() {
            scene.existing.push(stray.account(index));
        }
        Scene {
            desired: self.desire(&self.snapshot(rows)),
            capabilities: self.capabilities.clone(),
            policy: self.policy.clone(),
            ..scene
        }
    }

    /// What HR says today; `None` for a row that cannot be read.
    pub(crate) fn in_hr(&self) -> Vec<(SourceId, Option<Employee>)> {
        let len = self.members.len();
        let says = |(index, member): (usize, &Member)| {
            let employee = self.employee(index);
            let row = match member.in_hr {
                InHr::Vanished => return None,
                InHr::Unreadable => None,
                InHr::EmailOfTheNext => {
                    let next = self.employee((index + 1) % len);
                    let email = next.get(&field::EMAIL).map(Value::clone);
                    Some(employee.with(field::EMAIL, email))
                }
                InHr::OtherSupervisor => {
                    let other = source((index + 2) % len);
                    Some(employee.with(SUPERVISOR, text(other.as_str())))
                }
                twist => Some(twist.apply(employee)),
            };
            Some((source(index), row))
        };
        self.members.iter().enumerate().filter_map(says).collect()
    }

    /// What HR said at the last run.
    fn before(&self) -> Snapshot<Employee> {
        let settled = |(index, member): (usize, &Member)| {
            (member.in_hr != InHr::Newcomer).then(|| (source(index), self.employee(index)))
        };
        let rows = self.members.iter().enumerate().filter_map(settled);
        Snapshot::whole(Coverage::All, rows, now())
    }

    fn snapshot(&self, rows: Vec<(SourceId, Option<Employee>)>) -> Snapshot<Employee> {
        let ids: BTreeSet<SourceId> = rows.iter().map(|(id, _)| id.clone()).collect();
        let completeness = self.reading.completeness(ids.len());
        let coverage = self.reading.coverage(Coverage::All, ids.into_iter());
        let mut snapshot = Snapshot::new(coverage, completeness, now());
        for (id, row) in rows {
            match row {
                Some(employee) => snapshot.insert(id, employee),
                None => snapshot.insert_unreadable(id),
            }
        }
        snapshot
    }

    fn desire(&self, snapshot: &Snapshot<Employee>) -> Desired<Account> {
        let entities = BTreeSet::from(["Nordlicht GmbH".to_owned()]);
        let policy = AccountPolicy {
            scope: Scope {
                statuses: None,
                legal_entities: self.one_entity_only.then_some(entities),
                selected: None,
            },
            mapping: mapping(),
            access: AccessPolicy {
                before_start: self.before_start,
                ..AccessPolicy::default()
            },
            invitations: InvitationPolicy {
                when: match self.invites {
                    true => InviteWhen::WithAccess,
                    false => InviteWhen::Never,
                },
                ..InvitationPolicy::default()
            },
        };
        employee::desire(snapshot, &policy, now())
    }

    fn employee(&self, index: usize) -> Employee {
        let (first, last) = NAMES[self.members[index].name];
        Employee::default()
            .with(attribute::STATUS, text(EmployeeStatus::Active.as_str()))
            .with(attribute::HIRE_DATE, Value::from(day(-400)))
            .with(attribute::LAST_WORKING_DAY, Known::Cleared)
            .with(attribute::LEGAL_ENTITY, text("Nordlicht GmbH"))
            .with(field::FIRST_NAME, text(first))
            .with(field::LAST_NAME, text(last))
            .with(field::EMAIL, text(&email(index)))
            .with(DEPARTMENT, text(["Sales", "Care", "Post"][index % 3]))
            .with(SUPERVISOR, self.supervisor(index))
    }
}

impl Company {
    fn supervisor(&self, index: usize) -> Known<Value> {
        let supervisor = match self.members[index].supervisor {
            Supervisor::Nobody => return Known::Cleared,
            Supervisor::NotShown => return Known::NotObserved,
            Supervisor::TheNext => source((index + 1) % self.members.len()),
            Supervisor::TheFirst => source(0),
            Supervisor::Themselves => source(index),
            Supervisor::AStranger => SourceId::new("77"),
        };
        Known::Value(text(supervisor.as_str()))
    }
}

pub(crate) fn source(index: usize) -> SourceId {
    SourceId::new((1000 + index).to_string())
}

fn email(index: usize) -> String {
    format!("zoë.{index}@example.com")
}

fn text(text: &str) -> Value {
    Value::from(text)
}

fn mapping() -> Mapping {
    let teams = [("Sales", "S"), ("Care", "C")];
    Mapping::default()
        .with(APPROVER, Rule::Reference(SUPERVISOR))
        .with(
            DISPLAY_NAME,
            Rule::Template("{first_name} {last_name}".to_owned()),
        )
        .with(
            TEAM,
            Rule::Lookup {
                attribute: DEPARTMENT,
                table: teams.map(|(of, team)| (of.to_owned(), text(team))).into(),
                otherwise: None,
            },
        )
}

/// The fields of an account that depend on an attribute.
pub(crate) fn fields_from(attribute: &str) -> Vec<FieldName> {
    match attribute {
        "email" => vec![field::EMAIL],
        "first_name" => vec![field::FIRST_NAME, DISPLAY_NAME],
        "last_name" => vec![field::LAST_NAME, DISPLAY_NAME],
        "department" => vec![TEAM],
        "supervisor" => vec![APPROVER],
        other => unreachable!("nothing is mapped from {other}"),
    }
}

impl InHr {
    fn apply(self, employee: Employee) -> Employee {
        let email = employee.text(&field::EMAIL).unwrap_or_default().to_owned();
        let says = |name: FieldName, value: Value| employee.clone().with(name, value);
        let withheld = |name: FieldName| employee.clone().with(name, Known::NotObserved);
        match self {
            Self::Same
            | Self::Newcomer
            | Self::EmailOfTheNext
            | Self::OtherSupervisor
            | Self::Vanished
            | Self::Unreadable => employee,
            Self::Renamed => says(field::LAST_NAME, text("de la Cruz-Ørsted")),
            Self::NewEmail => says(field::EMAIL, text(&format!("new.{email}"))),
            Self::EmailInOtherCase => says(field::EMAIL, text(&email.to_uppercase())),
            Self::EmailDecomposed => says(field::EMAIL, text(&email.nfd().collect::<String>())),
            Self::NoEmail => employee.with(field::EMAIL, Known::Cleared),
            Self::Nameless => {
                says(field::FIRST_NAME, text("")).with(field::LAST_NAME, Known::Cleared)
            }
            Self::OnLeave => says(attribute::STATUS, text("leave")),
            Self::Left => says(attribute::STATUS, text("inactive")),
            Self::LastDayPassed => says(attribute::LAST_WORKING_DAY, Value::from(day(-1))),
            Self::LastDayAhead => says(attribute::LAST_WORKING_DAY, Value::from(day(0))),
            Self::StartsLater => says(attribute::STATUS, text("onboarding"))
                .with(attribute::HIRE_DATE, Value::from(day(20))),
            Self::OtherEntity => says(attribute::LEGAL_ENTITY, text("Südwind SARL")),
            Self::StatusUnknown => says(attribute::STATUS, text("sabbatical")),
            Self::StatusWithheld => withheld(attribute::STATUS),
            Self::EmailWithheld => withheld(field::EMAIL),
            Self::EntityWithheld => withheld(attribute::LEGAL_ENTITY),
            Self::NoSupervisor => employee.with(SUPERVISOR, Known::Cleared),
            Self::SupervisorWithheld => withheld(SUPERVISOR),
        }
    }
}

impl InProduct {
    fn apply(self, source: &SourceId, existing: &mut Vec<Existing<Account>>) {
        let mine = |row: &Existing<Account>| row.external_id.as_ref() == Some(source);
        if self == Self::Deleted {
            existing.retain(|row| !mine(row));
        }
        for row in existing.iter_mut().filter(|row| mine(row)) {
            let account = std::mem::take(&mut row.record);
            row.protected = self == Self::Protected;
            row.record = match self {
                Self::Same | Self::Protected | Self::Deleted => account,
                Self::Renamed => account.with(field::FIRST_NAME, text("Nickname")),
                Self::Nameless => account.with(field::FIRST_NAME, text("")),
                Self::NameNotShown => account.with_known(field::FIRST_NAME, Known::NotObserved),
                Self::AccessNotShown => account.with_known(field::ACCESS, Known::NotObserved),
                Self::EmailInOtherCase => {
                    let email = account
                        .text(&field::EMAIL)
                        .unwrap_or_default()
                        .to_uppercase();
                    account.with(field::EMAIL, email)
                }
                Self::OtherApprover => account.with(APPROVER, TargetId::new("agency")),
                Self::NoApprover => account.with_known(APPROVER, Known::Cleared),
                Self::ApproverNotShown => account.with_known(APPROVER, Known::NotObserved),
                Self::Locked => account.with(field::ACCESS, Access::Locked.as_str()),
            };
        }
    }
}

impl Stray {
    /// Numbers such as the product itself gives out, so that nobody relies on them being free.
    fn account(self, index: usize) -> Existing<Account> {
        let id = (1 + index).to_string();
        let account = Account::new(Access::Active).with(field::FIRST_NAME, "Somebody");
        let row = |account: Account| Existing::new(id.clone(), account);
        match self {
            Self::EnteredByHand => {
                row(account.with(field::EMAIL, format!("hand.{index}@example.com")))
            }
            Self::WithEmailOf(who) => row(account.with(field::EMAIL, email(who).to_uppercase())),
            Self::WithIdOf(who) => row(account).with_external_id(source(who)),
            Self::WithUnknownId => row(account).with_external_id("someone-else"),
            Self::Admin => Existing {
                protected: true,
                ..row(account.with(field::EMAIL, "admin@example.com"))
            },
        }
    }
}
