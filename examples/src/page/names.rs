use std::collections::BTreeMap;

use sync_core::{
    Account, Desired, Employee, Existing, FieldName, Fields, Known, Record, Snapshot, SourceId,
    TargetId, Value, Wish, absence,
};

/// What people call the records of a run, so that a page need not speak in ids alone.
///
/// What nobody has told it about is shown by its id.
#[derive(Default)]
pub struct Names {
    in_hr: BTreeMap<(&'static str, SourceId), Title>,
    in_product: BTreeMap<(&'static str, TargetId), Title>,
}

struct Title {
    text: String,
    /// Whose record it is, if it is not a person itself.
    account: Option<TargetId>,
}

impl Names {
    /// Learns the names of everybody in HR, also of those who have left or take no part.
    pub fn learn_employees(&mut self, snapshot: &Snapshot<Employee>) {
        for (source, employee) in snapshot.records() {
            if let Some(title) = Title::of(&employee.attributes) {
                self.in_hr.insert((Account::KIND, source.clone()), title);
            }
        }
    }

    /// Learns the names of the records that the product should have.
    pub fn learn_desired<R: Record>(&mut self, desired: &Desired<R>) {
        for (source, wish) in &desired.wishes {
            if let Wish::Present(record) = wish
                && let Some(title) = Title::of(&record.fields())
            {
                self.in_hr.insert((R::KIND, source.clone()), title);
            }
        }
    }

    /// Learns the names of the records that the product has.
    pub fn learn_existing<R: Record>(&mut self, existing: &[Existing<R>]) {
        for row in existing {
            if let Some(title) = Title::of(&row.record.fields()) {
                self.in_product.insert((R::KIND, row.id.clone()), title);
            }
        }
    }

    pub(super) fn in_hr<R: Record>(&self, id: &SourceId) -> Option<String> {
        let title = self.in_hr.get(&(R::KIND, id.clone()))?;
        Some(self.full(title))
    }

    pub(super) fn in_product<R: Record>(&self, id: &TargetId) -> Option<String> {
        let title = self.in_product.get(&(R::KIND, id.clone()))?;
        Some(self.full(title))
    }

    /// Names a record from its fields.
    pub(super) fn of_record<R: Record>(&self, record: &R) -> Option<String> {
        Title::of(&record.fields()).map(|title| self.full(&title))
    }

    /// Writes the value of a field, and the name of the record that it refers to.
    pub(super) fn value<R: Record>(&self, field: &FieldName, value: &Value) -> String {
        let (name, id) = match value {
            Value::Source(id) => (self.in_hr::<R>(id), format!("{id} in HR")),
            Value::Target(id) => (self.in_product::<R>(id), id.to_string()),
            Value::Text(id) if *field == absence::field::ACCOUNT => {
                (self.in_product::<Account>(&TargetId::new(id)), id.clone())
            }
            value => (None, value.to_string()),
        };
        match name {
            Some(name) => format!("{name} ({id})"),
            None => id,
        }
    }

    fn full(&self, title: &Title) -> String {
        let owner = title
            .account
            .as_ref()
            .and_then(|account| self.in_product::<Account>(account));
        match owner {
            Some(owner) => format!("{owner}: {}", title.text),
            None => title.text.clone(),
        }
    }
}

impl Title {
    /// Names a record by what people know it by: a person by the name, anything else by its name or label and its time.
    fn of(fields: &Fields) -> Option<Self> {
        let text = |name: &'static str| match fields.get(&FieldName::literal(name)) {
            Some(Known::Value(value)) => Some(value.to_string()),
            _ => None,
        };
        let person = joined([text("first_name"), text("last_name")], " ");
        let name = person.or_else(|| text("name")).or_else(|| text("label"));
        let first = text("first_day").or_else(|| text("starts_at"));
        let last = text("last_day").or_else(|| text("ends_at"));
        let time = joined(
            [first.clone(), last.filter(|it| Some(it) != first.as_ref())],
            " – ",
        );
        let title = joined([name, time], ", ").or_else(|| text("email"));
        title.map(|title| Self {
            text: title,
            account: text("account").map(TargetId::new),
        })
    }
}

/// Joins what is there.
fn joined<const N: usize>(parts: [Option<String>; N], between: &str) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(between))
}
