//! Everybody in HR, and of whom somebody has said that they take part.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;
use sync_core::{
    Coverage, Employee, FieldName, Snapshot, SnapshotRequest, Source as _, SourceId,
    account::field,
    employee::{EmployeeStatus, attribute},
};

use super::{Connection, Failure, Product, Result};

/// Says of each person of HR whether they take part.
#[async_trait]
pub trait Choice: Send + Sync {
    /// Returns the answers so far: yes is `true`.
    async fn answers(&self) -> Result<BTreeMap<SourceId, bool>>;

    /// Takes an answer for people.
    async fn answer(&self, people: &[SourceId], yes: bool, now: DateTime<Utc>) -> Result<()>;
}

/// A person of HR, as an administrator sees them who decides.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The id in HR.
    pub id: SourceId,
    /// Where the person stands, as HR says.
    pub status: Option<EmployeeStatus>,
    /// First and last name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Whether they take part; `None` until somebody says so.
    pub takes_part: Option<bool>,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl<P: Product> Connection<P> {
    /// Lists everybody in HR, or those of one status.
    ///
    /// # Errors
    ///
    /// When Personio or the database does not answer, and when the product lets nobody choose.
    pub async fn everybody(&self, status: Option<EmployeeStatus>) -> Result<Vec<Person>> {
        let answers = self.choice()?.answers().await?;
        let everybody = SnapshotRequest::new(Coverage::All, BTreeSet::new());
        let employees: Snapshot<Employee> = self.personio.snapshot(&everybody).await?;
        let people = employees.records().iter().map(|(id, employee)| {
            let text = |name: &FieldName| employee.text(name).unwrap_or_default();
            let name = format!("{} {}", text(&field::FIRST_NAME), text(&field::LAST_NAME));
            Person {
                id: id.clone(),
                status: employee
                    .text(&attribute::STATUS)
                    .and_then(EmployeeStatus::from_text),
                name: name.trim().to_owned(),
                email: employee.text(&field::EMAIL).map(str::to_owned),
                takes_part: answers.get(id).copied(),
            }
        });
        let is_wanted = |person: &Person| status.is_none() || person.status == status;
        Ok(people.filter(is_wanted).collect())
    }

    /// Says of people whether they take part. It counts from the next sync on.
    ///
    /// # Errors
    ///
    /// When the database does not answer, and when the product lets nobody choose.
    pub async fn choose(&self, people: &[SourceId], yes: bool) -> Result<()> {
        let now = self.setup.clock.now();
        self.choice()?.answer(people, yes, now).await
    }

    fn choice(&self) -> Result<&dyn Choice> {
        self.product.choice().ok_or_else(|| {
            Failure::usage(format!("{} lets nobody choose people one by one", P::NAME))
        })
    }
}
