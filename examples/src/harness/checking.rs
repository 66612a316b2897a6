use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::Days;
use personio_client::{
    ApiVersion, Client, Error as ClientError, v1,
    v2::{ListAbsencePeriods, ListNamedUnits, ListOrgUnits, OrgUnitKind},
};
use sync_core::FieldName;

use super::{Connection, Failure, Needs, Product, Result, Right};

/// What is left of the days off: Personio took it out of the list of attributes and tells it person by person.
const BALANCE: FieldName = FieldName::literal("vacation_day_balance");

/// What a credential can do of what is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Each right, and whether it is there.
    pub rights: BTreeMap<Right, Verdict>,
    /// Each attribute of employees, and whether it can be read.
    pub attributes: BTreeMap<FieldName, Verdict>,
}

/// Whether a right or an attribute is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It is there.
    Granted,
    /// It is not there.
    Missing,
    /// It is not there, and is not needed.
    MissingOptional,
    /// Personio does not say; only trying to write would tell.
    Unknown,
}

impl Checked {
    /// Names the rights of which Personio does not say whether they are there.
    pub fn untold(&self) -> Vec<&'static str> {
        let untold = self.rights.iter();
        let untold = untold.filter(|(_, verdict)| **verdict == Verdict::Unknown);
        untold.map(|(right, _)| right.as_str()).collect()
    }

    /// Names what is needed and is not there.
    pub fn missing(&self) -> Vec<String> {
        let rights = self.rights.iter();
        let rights = rights
            .filter(|(_, verdict)| **verdict == Verdict::Missing)
            .map(|(right, _)| format!("the right {}", right.as_str()));
        let attributes = self.attributes.iter();
        let attributes = attributes
            .filter(|(_, verdict)| **verdict == Verdict::Missing)
            .map(|(attribute, _)| format!("the attribute {attribute}"));
        rights.chain(attributes).collect()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Granted => "granted",
            Self::Missing => "MISSING",
            Self::MissingOptional => "missing, not needed",
            Self::Unknown => "unknown until it is tried",
        })
    }
}

impl<P: Product> Connection<P> {
    /// Logs in anew, and tries what is needed.
    ///
    /// # Errors
    ///
    /// When the credential is not accepted, and when Personio does not answer; the text says which.
    pub async fn check(&self) -> Result<Checked> {
        let needs = P::needs(&self.setup.policy);
        Checker {
            client: &self.setup.client,
            today: self.today(),
        }
        .check(&needs)
        .await
    }
}

struct Checker<'a> {
    client: &'a Client,
    today: chrono::NaiveDate,
}

impl Checker<'_> {
    async fn check(&self, needs: &Needs) -> Result<Checked> {
        let scopes = self.log_in().await?;
        let mut checked = Checked::default();
        for right in &needs.rights {
            checked
                .rights
                .insert(*right, self.right(*right, scopes.as_ref()).await?);
        }
        if checked.rights.get(&Right::ReadEmployees) == Some(&Verdict::Granted) {
            let mut readable = self.readable().await?;
            if needs.attributes.contains(&BALANCE) && self.shows_balances().await? {
                readable.insert(BALANCE.as_str().to_owned());
            }
            let verdict = |name: &FieldName, otherwise| match readable.contains(name.as_str()) {
                true => Verdict::Granted,
                false => otherwise,
            };
            let required = needs.attributes.iter();
            let required = required.map(|name| (name.clone(), verdict(name, Verdict::Missing)));
            checked.attributes.extend(required);
            let optional = needs.optional.iter();
            let optional =
                optional.map(|name| (name.clone(), verdict(name, Verdict::MissingOptional)));
            checked.attributes.extend(optional);
        }
        Ok(checked)
    }

    /// Logs in to both versions, and returns all scopes if both answers list them.
    async fn log_in(&self) -> Result<Option<BTreeSet<String>>> {
        let mut scopes = Some(BTreeSet::new());
        for version in [ApiVersion::V1, ApiVersion::V2] {
            let grant = self.client.check(version).await.map_err(explained)?;
            scopes = match (scopes, grant.scopes) {
                (Some(known), Some(more)) => Some(known.into_iter().chain(more).collect()),
                _ => None,
            };
        }
        Ok(scopes)
    }

    async fn right(&self, right: Right, scopes: Option<&BTreeSet<String>>) -> Result<Verdict> {
        let (v1, v2) = (self.client.v1(), self.client.v2());
        let tried = match right {
            Right::ReadEmployees => {
                let list = v1::ListEmployees::new().limit(1);
                v1.employees().list(list).next_page().await.map(drop)
            }
            Right::ReadAbsences => {
                let list = ListAbsencePeriods::new()
                    .from(self.today)
                    .to(self.today + Days::new(1));
                v2.absence_periods().list(list).next_page().await.map(drop)
            }
            Right::ReadAttendances => {
                let list = v1::ListAttendances::new(self.today, self.today).limit(1);
                v1.attendances().list(list).next_page().await.map(drop)
            }
            Right::ReadOrgUnits => {
                let list = ListOrgUnits::new(&OrgUnitKind::Department);
                v2.org_units().list(list).next_page().await.map(drop)
            }
            Right::ReadWorkplaces => {
                let list = ListNamedUnits::new();
                v2.workplaces().list(list).next_page().await.map(drop)
            }
            Right::WriteEmployees | Right::WriteAbsences | Right::WriteAttendances => {
                return Ok(match scopes {
                    Some(scopes) if right.scopes().iter().any(|it| scopes.contains(*it)) => {
                        Verdict::Granted
                    }
                    Some(_) => Verdict::Missing,
                    None => Verdict::Unknown,
                });
            }
        };
        match tried {
            Ok(()) => Ok(Verdict::Granted),
            Err(error) if error.is_forbidden() => Ok(Verdict::Missing),
            Err(error) => Err(explained(error)),
        }
    }

    /// Tells whether the balance of somebody can be read, which is a right of its own.
    async fn shows_balances(&self) -> Result<bool> {
        let employees = self.client.v1().employees();
        let list = v1::ListEmployees::new().limit(1);
        let listing = employees.list(list).collect_at_most(1).await;
        let Some(somebody) = listing.map_err(explained)?.records.into_iter().next() else {
            return Ok(true);
        };
        match employees.absence_balance(somebody.id).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_forbidden() || error.is_not_found() => Ok(false),
            Err(error) => Err(explained(error)),
        }
    }

    async fn readable(&self) -> Result<BTreeSet<String>> {
        let employees = self.client.v1().employees();
        match employees.attributes().await {
            Ok(attributes) => Ok(attributes.into_iter().map(|it| it.key).collect()),
            // Some credentials may not list their attributes; what a person shows tells as well.
            Err(error) if error.is_forbidden() => {
                let list = v1::ListEmployees::new().limit(1);
                let some = employees.list(list).collect_at_most(1).await;
                let shown = some.map_err(explained)?.records.into_iter();
                Ok(shown.flat_map(|it| it.attributes.into_keys()).collect())
            }
            Err(error) => Err(explained(error)),
        }
    }
}

/// Says in the words of an administrator what is wrong.
fn explained(error: ClientError) -> Failure {
    let what = if error.is_unauthorized() {
        "Personio does not accept the credential: look at client id and secret"
    } else if error.is_forbidden() {
        "the credential lacks a right"
    } else if error.is_connect() || error.is_timeout() || error.is_interrupted() {
        "Personio cannot be reached: look at the network and the address"
    } else {
        return Failure::run(error);
    };
    Failure::run(Explained { what, error })
}

#[derive(Debug, thiserror::Error)]
#[error("{what}")]
struct Explained {
    what: &'static str,
    #[source]
    error: ClientError,
}
