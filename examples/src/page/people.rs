//! Who belongs to whom, and who is left as they are.

use maud::{Markup, html};

use super::section::{Section, Who};

/// Writes what a record is called, and its ids.
pub(super) fn who(who: &Who) -> Markup {
    html! {
        @if let Some(name) = &who.name { span.name { (name) } " " }
        span.ids {
            @if let Some(id) = &who.in_hr { "HR " (id) }
            @if who.in_hr.is_some() && who.in_product.is_some() { " → " }
            @if let Some(id) = &who.in_product { "product " (id) }
        }
    }
}

fn list(people: &[Who]) -> Markup {
    html! { ul.people { @for person in people { li { (who(person)) } } } }
}

/// Writes what only a person can decide.
pub(super) fn disputes(section: &Section) -> Markup {
    let id = format!("{}-disputes", section.anchor());
    html! {
        @if !section.disputes.is_empty() {
            section aria-labelledby=(id) {
                h3 #(id) { "For a person to decide (" (section.disputes.len()) ")" }
                p { "More than one record is possible, so none is chosen and nothing is done. Make the keys differ on one of the sides." }
                div.scroll role="region" aria-label="Records for a person to decide" tabindex="0" {
                    table {
                        thead {
                            tr {
                                th scope="col" { "Record of HR" } th scope="col" { "Claimed in HR by" }
                                th scope="col" { "Possible in the product" } th scope="col" { "Taken in the product by" }
                            }
                        }
                        tbody {
                            @for dispute in &section.disputes {
                                tr {
                                    th scope="row" { (who(&dispute.who)) }
                                    td { (list(&dispute.claimants)) }
                                    td { (list(&dispute.candidates)) }
                                    td { (list(&dispute.holders)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Writes what a person should know.
pub(super) fn notices(section: &Section) -> Markup {
    by_reason(section, "notices", "Notes", &section.notices)
}

/// Writes who belongs to whom, and who to nobody.
pub(super) fn matches(section: &Section) -> Markup {
    let id = format!("{}-matches", section.anchor());
    html! {
        section aria-labelledby=(id) {
            h3 #(id) { "Who belongs to whom" }
            details {
                summary { "Matched (" (section.pairs.len()) ")" }
                div.scroll role="region" aria-label="Matched records" tabindex="0" {
                    table {
                        thead {
                            tr { th scope="col" { "In HR" } th scope="col" { "In the product" } th scope="col" { "How that is known" } }
                        }
                        tbody {
                            @for pair in &section.pairs {
                                tr {
                                    th scope="row" { (who(&pair.in_hr)) }
                                    td { (who(&pair.in_product)) }
                                    td { (pair.how) }
                                }
                            }
                        }
                    }
                }
            }
            details {
                summary { "Only in HR, wanted in the product (" (section.only_in_hr.len()) ")" }
                (list(&section.only_in_hr))
            }
            details {
                summary { "Only in the product, never touched (" (section.only_in_product.len()) ")" }
                (list(&section.only_in_product))
            }
        }
    }
}

/// Writes what is left as it is, and why.
pub(super) fn left(section: &Section) -> Markup {
    html! {
        (by_reason(section, "left", "Left as they are", &section.skipped))
        (by_reason(section, "refused", "Differences that are left", &section.refused))
    }
}

fn by_reason(section: &Section, part: &str, title: &str, reasons: &[(String, Vec<Who>)]) -> Markup {
    let id = format!("{}-{part}", section.anchor());
    html! {
        @if !reasons.is_empty() {
            section aria-labelledby=(id) {
                h3 #(id) { (title) " (" (reasons.iter().map(|(_, people)| people.len()).sum::<usize>()) ")" }
                @for (reason, people) in reasons {
                    details {
                        summary { (reason) " (" (people.len()) ")" }
                        (list(people))
                    }
                }
            }
        }
    }
}
