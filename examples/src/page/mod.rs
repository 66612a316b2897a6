//! A plan as one page for the administrator who is to look at it: summary, alarms, what waits for approval, every
//! change with before and after, who belongs to whom, and why others are left as they are.
//!
//! The page is one file without scripts. It needs no network, and its own policy lets it have none. What it
//! shows is personal data: it belongs to whoever may read the plan, and into no log.
//!
//! ```
//! # use chrono::NaiveDate;
//! # use examples::page::{self, Names, PageInput, Section};
//! # fn show(plan: &sync_core::Plan<sync_core::Account>, names: &Names, today: NaiveDate) -> String {
//! page::html(&PageInput {
//!     product: "Desk booking",
//!     connection: None,
//!     today,
//!     sync: "buuky-style sync --db desks.sqlite",
//!     sections: vec![Section::of(plan, names)],
//!     findings: Vec::new(),
//! })
//! # }
//! ```

mod changes;
mod names;
mod people;
mod section;

use chrono::NaiveDate;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sync_core::Class;

pub use self::{names::Names, section::Section};

/// What a page shows.
pub struct PageInput<'a> {
    /// What the product is called.
    pub product: &'a str,
    /// What the connection is called, where a product has several.
    pub connection: Option<&'a str>,
    /// The day for which the plans were made.
    pub today: NaiveDate,
    /// The command that carries the plans out. What waits is approved by `--approve DIGEST` behind it.
    pub sync: &'a str,
    /// The plans, in the order in which they are carried out.
    pub sections: Vec<Section>,
    /// What the product itself reports besides, one sentence each.
    pub findings: Vec<String>,
}

const STYLE: &str = include_str!("style.css");

/// The page loads nothing, runs nothing and sends nothing, whatever is in the data.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'";

/// Writes the page.
pub fn html(input: &PageInput<'_>) -> String {
    let title = match input.connection {
        Some(connection) => format!("{}: {connection}", input.product),
        None => input.product.to_owned(),
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(CONTENT_POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                meta name="referrer" content="no-referrer";
                title { "Plan of " (input.today) " – " (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the plan" }
                header {
                    p.product { (title) }
                    h1 { "What the next sync would do" }
                    p.lead { "Planned for " time datetime=(input.today) { (day(input.today)) } ". Nothing has been written." }
                    (contents(input))
                }
                main #main {
                    (summary(input))
                    (findings(&input.findings))
                    @for section in &input.sections { (whole(section, input.sync)) }
                }
                footer {
                    p { "This page shows personal data. Give it only to people who may see the records in HR." }
                }
            }
        }
    }
    .into_string()
}

/// Writes a number of things: `1 change`, `2 changes`.
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn day(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

fn contents(input: &PageInput<'_>) -> Markup {
    html! {
        nav aria-label="On this page" {
            ul {
                li { a href="#summary" { "Summary" } }
                @if !input.findings.is_empty() { li { a href="#findings" { "Findings" } } }
                @for section in &input.sections {
                    li { a href={ "#" (section.anchor()) } { (section.heading()) } }
                }
            }
        }
    }
}

fn summary(input: &PageInput<'_>) -> Markup {
    let sections = &input.sections;
    html! {
        section aria-labelledby="summary" {
            h2 #summary { "Summary" }
            (verdict(sections, input.sync))
            @for section in sections {
                @for alarm in &section.alarms {
                    p.alarm { strong { "Alarm, " (section.heading()) ": " } (alarm) }
                }
            }
            div.scroll role="region" aria-label="Numbers by kind of record" tabindex="0" {
                table.numbers {
                    caption { "Changes by class, records by what becomes of them" }
                    (numbers(sections))
                }
            }
        }
    }
}

fn verdict(sections: &[Section], sync: &str) -> Markup {
    let ready: usize = sections.iter().map(Section::ready).sum();
    let held: usize = sections.iter().map(Section::held).sum();
    let changes = |number| count(number, "change", "changes");
    html! {
        div.verdict.waits[held > 0] {
            @match (ready, held) {
                (0, 0) => p { strong { "There is nothing to do." } " Both sides agree as far as the policy goes." },
                (ready, 0) => p { strong { (changes(ready)) " would be made." } " Nothing waits for approval." },
                (ready, held) => {
                    p {
                        strong { (changes(held)) (if held == 1 { " waits" } else { " wait" }) " for approval." } " "
                        (if ready == 0 { "Nothing".to_owned() } else { changes(ready) }) " would be made without."
                    }
                    ul {
                        @for section in sections.iter().filter(|it| it.held() > 0) {
                            li { a href={ "#" (section.anchor()) "-held" } { (section.heading()) ": " (changes(section.held())) } }
                        }
                    }
                    (approving_all(sections, sync))
                }
            }
        }
    }
}

/// Writes how everything is approved at once, where it stands in several sections.
fn approving_all(sections: &[Section], sync: &str) -> Markup {
    let waiting: Vec<&Section> = sections.iter().filter(|it| it.held() > 0).collect();
    html! {
        @if waiting.len() > 1 {
            p { "Look at each list before you approve it. This approves all of them at once:" }
            pre { code { (sync) @for section in waiting { " --approve " (section.digest) } } }
        }
    }
}

/// Writes one row for each number that is not zero everywhere, and one column for each kind.
fn numbers(sections: &[Section]) -> Markup {
    let group = |rows: Vec<(&'static str, Vec<usize>)>| {
        let some = rows.into_iter();
        let some: Vec<_> = some
            .filter(|(_, numbers)| numbers.iter().any(|it| *it > 0))
            .collect();
        html! {
            @if !some.is_empty() {
                tbody {
                    @for (name, numbers) in some {
                        tr { th scope="row" { (name) } @for number in numbers { td { (number) } } }
                    }
                }
            }
        }
    };
    let of = |number: &dyn Fn(&Section) -> usize| sections.iter().map(number).collect();
    let classes = Class::ALL.map(|class| (changes::title(class), of(&|it| it.to(class))));
    html! {
        thead {
            tr { th scope="col" { "Number of" } @for section in sections { th scope="col" { (section.heading()) } } }
        }
        (group(classes.into()))
        (group(vec![
            ("Waiting for approval", of(&Section::held)),
            ("For a person to decide", of(&|it| it.disputes.len())),
            ("Unchanged", of(&|it| it.unchanged)),
            ("Left as they are", of(&Section::left)),
            ("Only in the product", of(&|it| it.only_in_product.len())),
        ]))
    }
}

fn findings(findings: &[String]) -> Markup {
    html! {
        @if !findings.is_empty() {
            section aria-labelledby="findings" {
                h2 #findings { "Findings" }
                ul { @for finding in findings { li { (finding) } } }
            }
        }
    }
}

/// Writes everything about one kind of record.
fn whole(section: &Section, sync: &str) -> Markup {
    html! {
        section aria-labelledby=(section.anchor()) {
            h2 #(section.anchor()) { (section.heading()) }
            @for alarm in &section.alarms { p.alarm { strong { "Alarm: " } (alarm) } }
            (changes::held(section, sync))
            (changes::ready(section))
            (people::disputes(section))
            (people::notices(section))
            (people::matches(section))
            (people::left(section))
        }
    }
}
