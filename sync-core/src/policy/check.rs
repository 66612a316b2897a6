//! What settings say of each other: nothing may be asked for that cannot be, or that would have no effect.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AbsenceSettings, AbsenceWindow, AccountSettings, AttendanceSettings, EndAction, Flow,
    GuardSettings, LifecyclePolicy, LifecycleSettings, OrgUnitSettings, Policy, RetryPolicy,
    Withdrawal,
    node::shown,
    problem::{Found, Path, Problem},
};
use crate::{
    FieldName, Mapping, Rule, Scope,
    absence::{Edges, Label},
    account::field,
    change::Class,
    employee::{AccessPolicy, BeforeStart, InviteWhen},
    guard::Budget,
    mapping::attributes_in,
    text::fold,
};

/// The longest time that a setting in days may have: ten years, so that no day leaves the calendar.
const MOST_DAYS: u32 = 3_660;

/// Finds everything that cannot be. What depends on several sections is looked at only when none is spoilt.
pub(super) fn check(policy: &Policy, spoilt: &BTreeSet<String>) -> Vec<Found> {
    let settings = policy.settings();
    let mut found = Checks::default();
    found.at_least_one("history_days", settings.history_days);
    found.retry(settings.retry);
    found.accounts(&settings.accounts);
    found.org_units(&settings.org_units);
    found.absences(&settings.absences);
    found.attendances(&settings.attendances);
    found.lifecycle(
        "accounts.lifecycle",
        &settings.accounts.lifecycle,
        &policy.accounts().sync.lifecycle,
        true,
    );
    found.lifecycle(
        "org_units.lifecycle",
        &settings.org_units.lifecycle,
        &policy.org_units().sync.lifecycle,
        false,
    );
    found.lifecycle(
        "absences.lifecycle",
        &settings.absences.lifecycle,
        &policy.absences().sync.lifecycle,
        false,
    );
    found.lifecycle(
        "attendances.lifecycle",
        &settings.attendances.lifecycle,
        &policy.attendances().sync.lifecycle,
        false,
    );
    let guards = [
        ("accounts.guard", &settings.accounts.guard),
        ("org_units.guard", &settings.org_units.guard),
        ("absences.guard", &settings.absences.guard),
        ("attendances.guard", &settings.attendances.guard),
    ];
    for (path, guard) in guards {
        found.guard(Path::from(path), guard);
    }
    for (kind, own) in &settings.own_kinds {
        let path = Path::from("own_kinds").key(kind);
        let life = policy.own_kind(kind).lifecycle;
        // What the host locks in its own records, only the host knows.
        found.lifecycle(path.key("lifecycle"), &own.lifecycle, &life, true);
        found.guard(path.key("guard"), &own.guard);
    }
    #[cfg(feature = "schedule")]
    if spoilt.is_empty() {
        found.schedule(settings);
    }
    #[cfg(not(feature = "schedule"))]
    let _ = spoilt;
    found.0
}

#[derive(Default)]
struct Checks(Vec<Found>);

impl Checks {
    fn value(
        &mut self,
        path: impl Into<Path>,
        value: impl Into<String>,
        allowed: impl Into<String>,
    ) {
        self.0.push(Problem::value(path.into(), value, allowed));
    }

    fn at_least_one(&mut self, path: &str, number: u32) {
        if number == 0 {
            self.value(path, "0", "write 1 or more");
        }
    }

    fn at_most(&mut self, path: &str, number: u32, most: u32) {
        if number > most {
            self.value(path, number.to_string(), format!("write at most {most}"));
        }
    }

    /// A list of whom or what something is about. One that is there must name something.
    fn names<'a>(&mut self, path: &str, names: impl IntoIterator<Item = &'a String>) {
        let names: Vec<_> = names.into_iter().collect();
        if names.is_empty() {
            self.value(
                path,
                "an empty list",
                "name at least one, or leave it out for all",
            );
        }
        if names.iter().any(|name| name.trim().is_empty()) {
            self.value(path, "a blank name", "name something, or leave it out");
        }
    }

    fn retry(&mut self, retry: RetryPolicy) {
        let longest = retry.longest_pause_minutes;
        if longest < retry.pause_minutes {
            let allowed = "write at least as much as retry.pause_minutes";
            self.value("retry.longest_pause_minutes", longest.to_string(), allowed);
        }
        self.at_most("retry.longest_pause_minutes", longest, MOST_DAYS * 24 * 60);
        self.at_most("retry.for_days", retry.for_days, MOST_DAYS);
    }

    fn accounts(&mut self, accounts: &AccountSettings) {
        self.scope(&accounts.scope);
        self.mapping(&accounts.mapping);
        self.access(&accounts.access);
        let writes = || accounts.mapping.rules().map(|(field, _)| field);
        let is_written =
            |field: &FieldName| *field == field::ACCESS || writes().any(|it| it == field);
        for owned in accounts.ownership.keys().filter(|owned| !is_written(owned)) {
            let fields: Vec<_> = writes().map(FieldName::as_str).collect();
            let path = Path::from("accounts.ownership").key(owned.as_str());
            let allowed = format!("name a field of the mapping: {}", fields.join(", "));
            self.0.push(Problem::unknown(path, allowed));
        }
        let invitations = &accounts.invitations;
        if invitations.when != InviteWhen::Never {
            let when = "accounts.invitations.when";
            if !writes().any(|field| *field == field::EMAIL) {
                self.value(
                    when,
                    word(&invitations.when),
                    "let accounts.mapping write email, or write \"never\"",
                );
            }
            if accounts.flow != Flow::FromHr {
                self.value(
                    when,
                    word(&invitations.when),
                    "let accounts.flow be \"from_hr\", or write \"never\"",
                );
            }
        }
        if invitations.template.trim().is_empty() {
            self.value(
                "accounts.invitations.template",
                "blank text",
                "name what the product sends",
            );
        }
    }

    fn scope(&mut self, scope: &Scope) {
        if scope.statuses.as_ref().is_some_and(BTreeSet::is_empty) {
            let allowed = "name at least one, or leave it out for all";
            self.value("accounts.scope.statuses", "an empty list", allowed);
        }
        if let Some(entities) = &scope.legal_entities {
            self.names("accounts.scope.legal_entities", entities);
        }
    }

    fn mapping(&mut self, mapping: &Mapping) {
        for (field, rule) in mapping.rules() {
            let path = Path::from("accounts.mapping").key(field.as_str());
            if *field == field::ACCESS {
                let allowed = "leave it out; access follows from accounts.access alone";
                self.0.push(Problem::unknown(path.clone(), allowed));
            }
            if field.as_str().trim().is_empty() {
                self.0.push(Problem::unknown(
                    path.clone(),
                    "name a field of the account",
                ));
            }
            self.rule(&path, rule);
        }
    }

    fn rule(&mut self, path: &Path, rule: &Rule) {
        let blank = "blank text";
        match rule {
            Rule::Attribute(name) if name.as_str().trim().is_empty() => {
                self.value(path.clone(), blank, "name an attribute of HR");
            }
            Rule::Reference(name) if name.as_str().trim().is_empty() => {
                self.value(path.key("reference"), blank, "name an attribute of HR");
            }
            Rule::Template(text) => {
                let allowed = match attributes_in(text) {
                    Some(names) if names.is_empty() => {
                        "name at least one attribute in braces, such as {first_name}; fixed text is a constant"
                    }
                    Some(_) => return,
                    None => "close each brace, and name an attribute in it",
                };
                self.value(path.key("template"), shown(text), allowed);
            }
            Rule::Lookup {
                attribute, table, ..
            } => {
                if attribute.as_str().trim().is_empty() {
                    self.value(
                        path.key("lookup").key("attribute"),
                        blank,
                        "name an attribute of HR",
                    );
                }
                if table.is_empty() {
                    let allowed = "write a value for at least one text";
                    self.value(path.key("lookup").key("table"), "an empty table", allowed);
                }
            }
            Rule::Attribute(_) | Rule::Reference(_) | Rule::Constant(_) => {}
        }
    }

    fn access(&mut self, access: &AccessPolicy) {
        let lead = "accounts.access.lead_days";
        self.at_most(lead, access.lead_days.into(), MOST_DAYS);
        if access.before_start == BeforeStart::Active && access.lead_days > 0 {
            let allowed = "write 0: before_start = \"active\" gives access at once";
            self.value(lead, access.lead_days.to_string(), allowed);
        }
        let distinct: BTreeSet<_> = access.end.iter().collect();
        if access.end.is_empty() {
            let allowed = "name at least one sign, or nobody ever loses access";
            self.value("accounts.access.end", "an empty list", allowed);
        } else if distinct.len() < access.end.len() {
            self.value("accounts.access.end", "a list", "name each sign once");
        }
        let zones = &access.zones;
        let attribute = zones.attribute.as_ref().map(FieldName::as_str);
        if attribute.is_some_and(|name| name.trim().is_empty()) {
            let path = "accounts.access.zones.attribute";
            self.value(
                path,
                "blank text",
                "name an attribute of HR, or leave it out",
            );
        }
        if zones.attribute.is_none() && !zones.table.is_empty() {
            let path = "accounts.access.zones.table";
            self.value(
                path,
                "a table",
                "name the attribute that is looked up, in accounts.access.zones.attribute",
            );
        }
    }

    fn org_units(&mut self, org_units: &OrgUnitSettings) {
        if org_units.kinds.as_ref().is_some_and(BTreeSet::is_empty) {
            let allowed = "name at least one, or leave it out for all";
            self.value("org_units.kinds", "an empty list", allowed);
        }
    }

    fn absences(&mut self, absences: &AbsenceSettings) {
        if let Some(kinds) = &absences.kinds {
            self.names("absences.kinds", kinds);
        }
        if absences.approvals.is_empty() {
            self.value(
                "absences.approvals",
                "an empty list",
                "name at least one state",
            );
        }
        match &absences.label {
            Label::Absent | Label::AsInHr => {}
            Label::Listed(labels) => {
                let path = Path::from("absences.label.listed");
                if labels.is_empty() {
                    self.value(
                        path.clone(),
                        "an empty table",
                        "write a label for at least one type",
                    );
                }
                let is_chosen = |kind| absences.kinds.as_ref().is_none_or(|it| it.contains(kind));
                for (kind, label) in labels {
                    if !is_chosen(kind) {
                        let allowed = "name one of absences.kinds";
                        self.0.push(Problem::unknown(path.key(kind), allowed));
                    }
                    if label.trim().is_empty() {
                        self.value(path.key(kind), "blank text", "write what the product shows");
                    }
                }
            }
            Label::Namesake(names) => {
                let path = "absences.label.namesake";
                let distinct: BTreeSet<_> = names.iter().map(|name| fold(name)).collect();
                if distinct.contains("") {
                    self.value(path, "a blank name", "leave it out");
                } else if distinct.len() < names.len() {
                    let allowed = "write each name once; case and blanks do not tell them apart";
                    self.value(path, "a list", allowed);
                }
            }
        }
        match absences.window {
            AbsenceWindow::Days { before, after } => {
                self.at_most("absences.window.days.before", before, MOST_DAYS);
                self.at_most("absences.window.days.after", after, MOST_DAYS);
            }
            AbsenceWindow::All if absences.fit.edges == Edges::Clip => {
                let allowed = "write \"whole\", or an absences.window other than \"all\"";
                self.value("absences.fit.edges", word(&absences.fit.edges), allowed);
            }
            AbsenceWindow::All | AbsenceWindow::CurrentYear => {}
        }
    }

    fn attendances(&mut self, attendances: &AttendanceSettings) {
        self.at_most("attendances.first_days", attendances.first_days, MOST_DAYS);
        // A leap year, beyond which nothing is still being corrected.
        self.at_most(
            "attendances.settled_minutes",
            attendances.settled_minutes,
            366 * 24 * 60,
        );
        if let Some(months) = attendances.verified_within_months {
            let path = "attendances.verified_within_months";
            self.at_least_one(path, months);
            self.at_most(path, months, 1_200);
        }
    }

    /// Checks what is written against what it means for a kind of record that can be locked, or cannot.
    fn lifecycle(
        &mut self,
        path: impl Into<Path>,
        written: &LifecycleSettings,
        policy: &LifecyclePolicy,
        has_locks: bool,
    ) {
        let path = path.into();
        let ends = [
            (path.key("ended"), policy.ended),
            (path.key("descoped"), policy.descoped),
            (path.key("vanished").key("action"), policy.vanished.action),
        ];
        let removes = ends.iter().any(|(_, action)| *action == EndAction::Remove);
        for (path, _) in ends
            .into_iter()
            .filter(|it| !has_locks && it.1 == EndAction::Lock)
        {
            let allowed = "write \"leave\" or \"remove\"; only accounts can be locked";
            self.value(path, "\"lock\"", allowed);
        }
        if let Some(days) = written.grace_days.filter(|days| *days > 0) {
            let path = path.key("grace_days");
            if days > MOST_DAYS {
                self.value(path, days.to_string(), format!("write at most {MOST_DAYS}"));
            } else if !has_locks {
                self.value(
                    path,
                    days.to_string(),
                    "write 0; only accounts can be locked before they are removed",
                );
            } else if !removes {
                self.value(
                    path,
                    days.to_string(),
                    "write 0, or let something be removed: ended, descoped or vanished.action",
                );
            }
        }
        if let Some(days) = written.vanished.days.filter(|days| *days > MOST_DAYS) {
            self.value(
                path.key("vanished").key("days"),
                days.to_string(),
                format!("write at most {MOST_DAYS}"),
            );
        }
    }

    fn guard(&mut self, path: Path, guard: &GuardSettings) {
        self.budgets(&path.key("budgets"), &guard.budgets);
        let mut spans = BTreeSet::new();
        for (index, rolling) in guard.rolling.iter().enumerate() {
            let path = path.key("rolling").index(index);
            let hours = rolling.hours.get();
            if hours > MOST_DAYS * 24 {
                self.value(
                    path.key("hours"),
                    hours.to_string(),
                    format!("write at most {}", MOST_DAYS * 24),
                );
            }
            if !spans.insert(hours) {
                self.value(
                    path.key("hours"),
                    hours.to_string(),
                    "write each number of hours once",
                );
            }
            self.budgets(&path.key("budgets"), &rolling.budgets);
        }
        let Withdrawal {
            seen_percent,
            gone_percent,
        } = guard.withdrawal;
        for (key, percent) in [
            ("seen_percent", seen_percent),
            ("gone_percent", gone_percent),
        ] {
            if !(1..=100).contains(&percent) {
                let path = path.key("withdrawal").key(key);
                self.value(
                    path,
                    percent.to_string(),
                    "write a whole number from 1 to 100",
                );
            }
        }
    }

    fn budgets(&mut self, path: &Path, budgets: &BTreeMap<Class, Budget>) {
        for (class, budget) in budgets {
            let path = path.key(class.as_str());
            if !class.is_counted() {
                let counted = Class::ALL.into_iter().filter(|class| class.is_counted());
                let counted: Vec<_> = counted.map(Class::as_str).collect();
                let allowed = format!("write one of {}; others need no budget", counted.join(", "));
                self.0.push(Problem::unknown(path, allowed));
            } else if budget.percent > 99 {
                let allowed = "write a whole number from 0 to 99; all of them always need approval";
                self.value(path.key("percent"), budget.percent.to_string(), allowed);
            }
        }
    }

    /// A timetable must run what flows, and nothing that does not.
    #[cfg(feature = "schedule")]
    fn schedule(&mut self, settings: &super::PolicySettings) {
        let Some(schedule) = &settings.schedule else {
            return;
        };
        let flows = [
            ("accounts", settings.accounts.flow),
            ("org_units", settings.org_units.flow),
            ("absences", settings.absences.flow),
            ("attendances", settings.attendances.flow),
        ];
        for (section, flow) in flows {
            let runs = schedule.runs.iter().enumerate();
            let mut runs = runs.flat_map(|(run, it)| {
                it.areas
                    .iter()
                    .enumerate()
                    .map(move |(at, area)| (run, at, area))
            });
            match runs.find(|(_, _, area)| area.as_str() == section) {
                Some((run, at, _)) if flow == Flow::Off => {
                    let path = Path::from("schedule.runs")
                        .index(run)
                        .key("areas")
                        .index(at);
                    self.value(
                        path,
                        shown(section),
                        format!(
                            "leave it out, or let {section}.flow be something else than \"off\""
                        ),
                    );
                }
                None if flow != Flow::Off && !schedule.runs.is_empty() => {
                    let allowed = format!(
                        "let one of them name the area {section:?}, or write {section}.flow = \"off\""
                    );
                    self.value("schedule.runs", "a list", allowed);
                }
                _ => {}
            }
        }
    }
}

/// Shows a choice as it is written.
fn word(choice: &impl serde::Serialize) -> String {
    serde_json::to_string(choice).unwrap_or_default()
}
