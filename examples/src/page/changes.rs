//! The tables of changes.

use maud::{Markup, html};
use sync_core::Class;

use super::{
    count,
    people::who,
    section::{Field, Row, Section, Shown, What},
};

/// A table of more rows than these is folded.
const OPEN: usize = 25;

/// Writes what waits, with what approves it.
pub(super) fn held(section: &Section, sync: &str) -> Markup {
    let id = format!("{}-held", section.anchor());
    html! {
        @if section.held() > 0 {
            section.held aria-labelledby=(id) {
                h3 #(id) { "Waiting for approval (" (section.held()) ")" }
                p {
                    "None of these is made before a person has looked at them. If the list is right, this approves exactly these "
                    (count(section.held(), "change", "changes")) ":"
                }
                pre { code { (sync) " --approve " (section.digest) } }
                @for (reason, rows) in &section.waiting {
                    h4 { "Why: " (reason) }
                    (folded("Changes that wait", rows))
                }
            }
        }
    }
}

/// Writes what may be made.
pub(super) fn ready(section: &Section) -> Markup {
    let id = format!("{}-ready", section.anchor());
    html! {
        section aria-labelledby=(id) {
            h3 #(id) { "Changes (" (section.ready()) ")" }
            @if section.ready() == 0 { p { "No change would be made." } }
            @for (class, rows) in &section.changes {
                h4 { span class={ "class " (class) } { (title(*class)) } " " (rows.len()) }
                p.note { (meaning(*class)) }
                (folded(title(*class), rows))
            }
        }
    }
}

/// Names a class as the engine does.
pub(super) fn title(class: Class) -> &'static str {
    match class {
        Class::Adopt => "Adopt",
        Class::Create => "Create",
        Class::Update => "Update",
        Class::Refer => "Refer",
        Class::Clear => "Clear",
        Class::Lock => "Lock",
        Class::Remove => "Remove",
        Class::Forget => "Forget",
        Class::Invite => "Invite",
        class => class.as_str(),
    }
}

fn meaning(class: Class) -> &'static str {
    match class {
        Class::Adopt => {
            "Already in the product; the sync cares for it from now on. Nothing changes in the product."
        }
        Class::Create => "In HR, and not in the product yet.",
        Class::Update => "Fields get the value that HR has.",
        Class::Refer => "Fields are made to refer to other records, when all of those are there.",
        Class::Clear => "Fields are emptied, because HR says that they are empty.",
        Class::Lock => "Access is taken away; the record and its data stay.",
        Class::Remove => "The record is removed from the product.",
        Class::Forget => "Gone on both sides; only the memory of the sync changes.",
        Class::Invite => "A message goes out that cannot be taken back.",
        _ => "",
    }
}

fn folded(title: &str, rows: &[Row]) -> Markup {
    html! {
        details open[rows.len() <= OPEN] {
            summary { "Show " (count(rows.len(), "change", "changes")) }
            (table(title, rows))
        }
    }
}

fn table(title: &str, rows: &[Row]) -> Markup {
    // Fields that change take columns; what only comes or goes is one list.
    let has_fields = rows.iter().any(|row| matches!(row.what, What::Fields(_)));
    let is_mixed = rows.iter().any(|row| row.class != rows[0].class);
    html! {
        div.scroll role="region" aria-label=(title) tabindex="0" {
            table.changes {
                thead {
                    tr {
                        th.of-record scope="col" { "Record" }
                        @if is_mixed { th.of-class scope="col" { "To" } }
                        @if has_fields {
                            th.of-field scope="col" { "Field" } th scope="col" { "Now" } th scope="col" { "Then" }
                        } @else {
                            th scope="col" { "Content" }
                        }
                        th.of-why scope="col" { "Why" }
                    }
                }
                @for row in rows { tbody { (lines(row, is_mixed, has_fields)) } }
            }
        }
    }
}

fn lines(row: &Row, is_mixed: bool, has_fields: bool) -> Markup {
    let fields: &[Field] = match &row.what {
        What::Fields(fields) => fields,
        _ => &[],
    };
    let height = (fields.len() > 1).then_some(fields.len());
    html! {
        tr {
            th scope=(if height.is_some() { "rowgroup" } else { "row" }) rowspan=[height] { (who(&row.who)) }
            @if is_mixed { td rowspan=[height] { span class={ "class " (row.class) } { (row.class) } } }
            @match fields.first() {
                Some(field) => (columns(field)),
                None => td colspan=[has_fields.then_some("3")] { (content(&row.what)) },
            }
            td rowspan=[height] { (row.why) }
        }
        @for field in fields.iter().skip(1) { tr { (columns(field)) } }
    }
}

fn columns(field: &Field) -> Markup {
    html! {
        td { (field.name) }
        td.now { (shown(&field.before)) @if field.is_drift { span.note { "changed in the product" } } }
        td.then { (shown(&field.after)) }
    }
}

fn shown(value: &Shown) -> Markup {
    html! {
        @match value {
            Shown::Unknown => em { "not shown" },
            Shown::Empty => em { "empty" },
            Shown::Value(value) => (value),
        }
    }
}

fn content(what: &What) -> Markup {
    html! {
        @match what {
            What::Whole(fields) => dl {
                @for (name, value) in fields { div { dt { (name) } dd { (value) } } }
            },
            What::Message(template) => { "message “" (template) "”" },
            What::Nothing | What::Fields(_) => em { "no change in the product" },
        }
    }
}
