//! The page that an administrator looks at before a sync.

use chrono::{DateTime, Utc};
use examples::page::{self, Names, PageInput, Section};
use sync_core::{
    Access, Account, AccountPolicy, ApplyOptions, Coverage, Employee, Existing, FieldName, HashKey,
    Known, Lease, ManualClock, MemoryLedger, MemoryTarget, Plan, Reconciler, Snapshot, SourceId,
    SyncPolicy, Value, Wish,
    account::field,
    employee::{self, attribute},
    testing::Company,
};

use crate::host::TODAY;

/// A company in HR and the accounts of a product, before and after something happened in HR.
struct Scene {
    target: MemoryTarget<Account>,
    ledger: MemoryLedger,
    policy: SyncPolicy,
    key: HashKey,
}

impl Scene {
    fn new() -> Self {
        Self {
            target: MemoryTarget::default(),
            ledger: MemoryLedger::new(),
            policy: SyncPolicy::default(),
            key: HashKey::new([7; 32]),
        }
    }

    async fn plan(&self, snapshot: &Snapshot<Employee>) -> (Plan<Account>, Names) {
        let desired = employee::desire(snapshot, &AccountPolicy::default(), TODAY);
        let plan = self.reconciler().plan(&desired).await.expect("plans");
        let mut names = Names::default();
        names.learn_employees(snapshot);
        names.learn_desired(&desired);
        names.learn_existing(&self.target.records());
        (plan, names)
    }

    async fn sync(&self, snapshot: &Snapshot<Employee>) {
        let (plan, _) = self.plan(snapshot).await;
        let clock = ManualClock::at(now());
        let hour = std::time::Duration::from_secs(3600);
        let lease = Lease::acquire(&self.ledger, "test", hour, &clock)
            .await
            .expect("is free");
        let report = self
            .reconciler()
            .apply(&plan, &lease, &clock, &ApplyOptions::default())
            .await;
        assert!(report.is_success(), "{report}");
        lease.release().await.expect("is held");
    }

    fn reconciler(&self) -> Reconciler<'_, Account> {
        Reconciler {
            target: &self.target,
            ledger: &self.ledger,
            policy: &self.policy,
            key: &self.key,
        }
    }
}

fn now() -> DateTime<Utc> {
    TODAY.and_hms_opt(8, 0, 0).expect("a time").and_utc()
}

fn people(people: &[(&str, &str, &str, &str)]) -> Snapshot<Employee> {
    let people = people.iter().map(|(id, first, last, status)| {
        let email = format!("{}@example.com", first.to_lowercase());
        let employee = Employee::default()
            .with(field::FIRST_NAME, Value::from(*first))
            .with(field::LAST_NAME, Value::from(*last))
            .with(field::EMAIL, Value::from(email))
            .with(attribute::STATUS, Value::from(*status));
        (SourceId::from(*id), employee)
    });
    Snapshot::whole(Coverage::All, people, now())
}

fn by_hand(id: &str, first: &str, last: &str, email: &str) -> Existing<Account> {
    Existing::new(
        id,
        Account::new(Access::Active)
            .with(field::FIRST_NAME, first)
            .with(field::LAST_NAME, last)
            .with(field::EMAIL, email),
    )
}

fn page_of(plan: &Plan<Account>, names: &Names) -> String {
    page::html(&PageInput {
        product: "Desk booking",
        connection: Some("Berlin"),
        today: TODAY,
        sync: "buuky-style sync --db desks.sqlite",
        sections: vec![Section::of(plan, names)],
        findings: vec!["1 person has left and still holds a device".to_owned()],
    })
}

/// Somebody came, somebody married, five left at once, two share an address, one is in the product only.
async fn eventful() -> (Plan<Account>, Names) {
    let scene = Scene::new();
    scene
        .sync(&people(&[
            ("1", "Ada", "Nwosu", "active"),
            ("2", "Ben", "Olsen", "active"),
            ("3", "Cleo", "Prat", "active"),
            ("4", "Dev", "Quint", "active"),
            ("5", "Eve", "Rossi", "active"),
            ("6", "Finn", "Sato", "active"),
        ]))
        .await;
    scene
        .target
        .put(by_hand("90", "Gil", "Tarr", "gil@example.com"));
    scene
        .target
        .put(by_hand("91", "Gil", "Tarr", "gil@example.com"));
    scene
        .target
        .put(by_hand("92", "Hal", "Urban", "hal@example.com"));
    let after = people(&[
        ("1", "Ada", "Nwosu-Vale", "active"),
        ("2", "Ben", "Olsen", "inactive"),
        ("3", "Cleo", "Prat", "inactive"),
        ("4", "Dev", "Quint", "inactive"),
        ("5", "Eve", "Rossi", "inactive"),
        ("6", "Finn", "Sato", "inactive"),
        ("7", "Gil", "Tarr", "active"),
        ("8", "Ivy", "Voss", "active"),
        ("9", "Jon", "Wolf", "inactive"),
    ]);
    scene.plan(&after).await
}

/// The text of the page without markup, so that a test reads it as a person does.
fn text(page: &str) -> String {
    let body = page.split_once("</style>").expect("has a style").1;
    let mut text = String::new();
    let mut is_markup = false;
    for letter in body.chars() {
        match letter {
            '<' => {
                is_markup = true;
                text.push(' ');
            }
            '>' => is_markup = false,
            letter if !is_markup => text.push(letter),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_page_says_what_would_change_from_what_to_what_and_why() {
    let (plan, names) = eventful().await;
    let text = text(&page_of(&plan, &names));
    for sentence in [
        "Desk booking: Berlin",
        "Planned for 2 March 2026 . Nothing has been written.",
        "last name Nwosu Nwosu-Vale differs from HR",
        "Ivy Voss HR 8",
        "email ivy@example.com",
        "new in HR",
        "1 person has left and still holds a device",
    ] {
        assert!(
            text.contains(sentence),
            "{sentence:?} is missing in:\n{text}"
        );
    }
}

#[tokio::test]
async fn what_waits_names_the_budget_and_the_digest_that_approves_it() {
    let (plan, names) = eventful().await;
    assert_eq!(
        plan.held().len(),
        5,
        "five leavers of six are over the budget"
    );
    let text = text(&page_of(&plan, &names));
    for sentence in [
        "5 changes wait for approval.".to_owned(),
        format!("Why: {}", plan.held()[0].reason),
        "Ben Olsen HR 2 → product 2".to_owned(),
        "access active locked inactive in HR".to_owned(),
        format!(
            "buuky-style sync --db desks.sqlite --approve {}",
            plan.held_digest()
        ),
    ] {
        assert!(
            text.contains(&sentence),
            "{sentence:?} is missing in:\n{text}"
        );
    }
}

#[tokio::test]
async fn the_page_lists_who_belongs_to_whom_and_who_to_nobody() {
    let (plan, names) = eventful().await;
    let text = text(&page_of(&plan, &names));
    for sentence in [
        "Matched (6)",
        "Ada Nwosu-Vale HR 1 Ada Nwosu product 1 linked by an earlier run",
        "Only in HR, wanted in the product (1) Ivy Voss HR 8",
        "Only in the product, never touched (3)",
        "Hal Urban product 92",
        "For a person to decide (1)",
        "Gil Tarr HR 7 Gil Tarr HR 7 Gil Tarr product 90 Gil Tarr product 91",
        "inactive in HR, and not here (1) Jon Wolf HR 9",
    ] {
        assert!(
            text.contains(sentence),
            "{sentence:?} is missing in:\n{text}"
        );
    }
}

#[tokio::test]
async fn nothing_that_hr_or_the_product_says_becomes_markup() {
    let evil = "<script>alert('1')</script>\"><img src=x onerror=alert(1)>";
    let scene = Scene::new();
    scene
        .target
        .put(by_hand("<b>1</b>", evil, evil, "other@example.com"));
    let snapshot = people(&[("<i>1</i>", evil, evil, "active")]);
    let (plan, names) = scene.plan(&snapshot).await;
    let page = page::html(&PageInput {
        product: evil,
        connection: Some(evil),
        today: TODAY,
        sync: evil,
        sections: vec![Section::of(&plan, &names)],
        findings: vec![evil.to_owned()],
    });
    assert!(page.contains("&lt;script&gt;alert"), "it is shown as text");
    for markup in ["<script", "<img", "<b>", "<i>", "onerror=alert(1)>"] {
        assert!(!page.contains(markup), "{markup} is in the page");
    }
}

#[tokio::test]
async fn a_field_that_is_empty_is_told_from_one_that_is_not_shown() {
    let scene = Scene::new();
    let unseen = Account::new(Access::Active)
        .with(field::EMAIL, "ada@example.com")
        .with_known(field::FIRST_NAME, Known::Cleared);
    scene.target.put(Existing::new("1", unseen));
    let (plan, names) = scene
        .plan(&people(&[("1", "Ada", "Nwosu", "active")]))
        .await;
    let text = text(&page_of(&plan, &names));
    assert!(text.contains("first name empty Ada"), "{text}");
    assert!(text.contains("last name not shown Nwosu"), "{text}");
}

#[tokio::test]
async fn the_page_needs_nothing_but_itself() {
    let (plan, names) = eventful().await;
    let page = page_of(&plan, &names);
    for outside in [
        "http:", "https:", "//", "<script", "<link", "url(", "@import", "src=",
    ] {
        assert!(!page.contains(outside), "{outside} is in the page");
    }
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
}

/// Counts what opens and what closes, since a browser repairs a page silently.
#[tokio::test]
async fn the_page_is_built_so_that_everybody_can_read_it() {
    let (plan, names) = eventful().await;
    let page = page_of(&plan, &names);
    let count = |text: &str| page.matches(text).count();
    assert!(page.contains("<html lang=\"en\">"));
    assert_eq!((count("<h1"), count("<main")), (1, 1));
    let headings = page
        .split("<th")
        .skip(1)
        .filter(|it| !it.starts_with("ead"));
    let mut tags = headings.map(|rest| rest.split('>').next().expect("ends"));
    assert!(
        tags.all(|tag| tag.contains("scope=")),
        "every heading says of what"
    );
    assert!(page.contains("href=\"#main\"") && page.contains("<main id=\"main\">"));
    for element in ["section", "details", "table", "tbody", "ul", "div", "span"] {
        let opened = count(&format!("<{element}>")) + count(&format!("<{element} "));
        assert_eq!(opened, count(&format!("</{element}>")), "{element}");
    }
    let anchors: Vec<&str> = page.split("href=\"#").skip(1).collect();
    for anchor in anchors {
        let name = anchor.split('"').next().expect("ends");
        assert_eq!(count(&format!(" id=\"{name}\"")), 1, "#{name}");
    }
}

#[tokio::test]
async fn a_plan_of_thousands_is_folded_and_whole() {
    let scene = Scene::new();
    let everybody: Vec<(String, String)> = (0..5000)
        .map(|number| (number.to_string(), format!("Person{number}")))
        .collect();
    let everybody: Vec<(&str, &str, &str, &str)> = everybody
        .iter()
        .map(|(id, name)| (id.as_str(), name.as_str(), "Example", "active"))
        .collect();
    let (plan, names) = scene.plan(&people(&everybody)).await;
    let page = page_of(&plan, &names);
    assert_eq!(page.matches("<details open>").count(), 0);
    assert!(text(&page).contains("Show 5000 changes"));
    assert!(page.contains("person4999@example.com"));
}

#[tokio::test]
async fn every_oddity_of_a_company_finds_a_place() {
    let company: Company = sync_core::testing::company(11, 60, TODAY);
    let scene = Scene::new();
    for account in company.by_hand() {
        scene.target.put(account);
    }
    let (plan, names) = scene.plan(&company.now(now())).await;
    let page = page_of(&plan, &names);
    for source in plan.explanations().keys() {
        let is_unchanged = plan.ready().iter().all(|it| it.source != *source);
        assert!(
            is_unchanged || page.contains(&format!("HR {source}")),
            "{source} is planned and not shown"
        );
    }
    for notice in plan.notices() {
        assert!(text(&page).contains(&notice.matter.to_string()));
    }
}

#[tokio::test]
async fn a_small_page_in_full() {
    let scene = Scene::new();
    scene
        .sync(&people(&[("1", "Ada", "Nwosu", "active")]))
        .await;
    let snapshot = people(&[
        ("1", "Ada", "Vale", "active"),
        ("2", "Ben", "Olsen", "active"),
    ]);
    let (plan, names) = scene.plan(&snapshot).await;
    let page = page_of(&plan, &names);
    let body = page.split_once("</style>").expect("has a style").1;
    insta::assert_snapshot!(body.replace("><", ">\n<"));
}

#[tokio::test]
async fn with_nothing_to_do_the_page_says_so() {
    let scene = Scene::new();
    let snapshot = people(&[("1", "Ada", "Nwosu", "active")]);
    scene.sync(&snapshot).await;
    let (plan, names) = scene.plan(&snapshot).await;
    assert!(text(&page_of(&plan, &names)).contains("There is nothing to do."));
}

#[tokio::test]
async fn an_alarm_stands_at_the_top() {
    let scene = Scene::new();
    scene
        .sync(&people(&[("1", "Ada", "Nwosu", "active")]))
        .await;
    let (plan, names) = scene.plan(&people(&[])).await;
    let text = text(&page_of(&plan, &names));
    let alarm = text
        .find("Alarm, Accounts: HR sent nothing")
        .expect("the alarm");
    assert!(alarm < text.find("Unchanged").unwrap_or(usize::MAX));
}

#[tokio::test]
async fn without_names_the_page_speaks_in_ids() {
    let (plan, _) = eventful().await;
    let text = text(&page_of(&plan, &Names::default()));
    assert!(text.contains("HR 2 → product 2"), "{text}");
}

#[tokio::test]
async fn a_reference_is_shown_with_the_name_that_it_leads_to() {
    let scene = Scene::new();
    let approver = FieldName::from("approver");
    let snapshot = people(&[
        ("1", "Ada", "Nwosu", "active"),
        ("2", "Ben", "Olsen", "active"),
    ]);
    scene.sync(&snapshot).await;
    let mut names = Names::default();
    names.learn_employees(&snapshot);
    names.learn_existing(&scene.target.records());
    let desired = snapshot.desire(|source, employee| {
        let text = |field| employee.text(&field).expect("is known");
        let account = Account::new(Access::Active)
            .with(field::FIRST_NAME, text(field::FIRST_NAME))
            .with(field::LAST_NAME, text(field::LAST_NAME))
            .with(field::EMAIL, text(field::EMAIL));
        Wish::Present(match source.as_str() {
            "2" => account.with(approver.clone(), SourceId::from("1")),
            _ => account,
        })
    });
    let plan = scene.reconciler().plan(&desired).await.expect("plans");
    let text = text(&page_of(&plan, &names));
    assert!(
        text.contains("approver not shown Ada Nwosu (1 in HR)"),
        "{text}"
    );
}
