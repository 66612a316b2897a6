use std::collections::BTreeMap;

use async_trait::async_trait;
use sync_core::{
    Completeness, Coverage, Gap, Known, Snapshot, SnapshotRequest, Source, SourceError, SourceId,
    Tally, Unit, UnitKind,
};

use super::{PersonioSource, found, source_error, tally_of};
use crate::{
    CostCenterId, Error, LegalEntityId, Listing, Observed, OrgUnitId, WorkplaceId,
    v2::{
        CostCenter, LegalEntity, ListLegalEntities, ListNamedUnits, ListOrgUnits, OrgUnit,
        OrgUnitKind, Workplace,
    },
};

#[async_trait]
impl Source<Unit> for PersonioSource {
    /// Reads the units of the wanted kinds, see [`PersonioSource::unit_kinds`].
    ///
    /// A unit is known by its kind and its id, such as `department:501`, because the ids of departments and teams may be the same.
    /// A kind whose list the credential may not read is left out, and the snapshot is in doubt; if it may read none, that is an
    /// error. There is no list of what changed: all units are read whatever is asked for.
    async fn snapshot(&self, request: &SnapshotRequest) -> Result<Snapshot<Unit>, SourceError> {
        let taken_at = self.client.inner.clock.now();
        let mut read = Read::default();
        let mut closed = None;
        for kind in &self.unit_kinds {
            match self.list_units(*kind).await {
                Ok(rows) => read.take(*kind, rows),
                Err(error) if is_closed(&error) => {
                    read.tally.gaps.push(Gap::Other(format!(
                        "the credential may not read units of the kind {}",
                        kind.as_str()
                    )));
                    closed = Some(error);
                }
                Err(error) => return Err(source_error("units")(error)),
            }
        }
        if let Some(error) = closed.filter(|_| read.kinds.is_empty()) {
            return Err(source_error("units")(error));
        }
        let is_asked_for = |id: &SourceId| match &request.coverage {
            Coverage::Ids(ids) => ids.contains(id),
            Coverage::All | Coverage::Window(_) | Coverage::ChangedSince(_) => true,
        };
        let completeness = Completeness::of(&read.tally);
        let mut snapshot = Snapshot::new(request.coverage.clone(), completeness, taken_at);
        for (id, unit) in read.units {
            match unit {
                Some(unit) if is_asked_for(&id) => snapshot.insert(id, unit),
                Some(_) => {}
                None => snapshot.insert_unreadable(id),
            }
        }
        let kinds = &read.kinds;
        self.look_up(&mut snapshot, &request.known, |id| async move {
            let (kind, id) = parts(&id)
                .ok_or_else(|| Error::invalid_request("the id of a unit begins with its kind"))?;
            // What cannot be listed says nothing when it cannot be found.
            if !kinds.contains(&kind) {
                return Err(Error::invalid_request("units of this kind were not read"));
            }
            Ok(self
                .get_unit(kind, id)
                .await?
                .and_then(|row| row.unit(kind)))
        })
        .await;
        Ok(snapshot)
    }
}

/// What the lists gave together. A unit without a name cannot be used.
#[derive(Default)]
struct Read {
    kinds: Vec<UnitKind>,
    units: BTreeMap<SourceId, Option<Unit>>,
    tally: Tally,
}

impl Read {
    fn take(&mut self, kind: UnitKind, listing: Listing<Row>) {
        let tally = tally_of(&listing);
        self.kinds.push(kind);
        self.tally.rows += tally.rows;
        self.tally.distinct += tally.distinct;
        self.tally.gaps.extend(tally.gaps);
        let unreadable = listing
            .unreadable
            .iter()
            .filter_map(|row| row.id.as_deref());
        let unreadable = unreadable.map(|id| (source_id(kind, id), None));
        self.units.extend(unreadable);
        let units = listing.records.into_iter();
        self.units
            .extend(units.map(|row| (source_id(kind, &row.id), row.unit(kind))));
    }
}

/// What is known of a unit, whatever its kind.
struct Row {
    id: String,
    name: Option<String>,
    parent: Observed<String>,
}

impl Row {
    fn unit(self, kind: UnitKind) -> Option<Unit> {
        Some(Unit {
            kind,
            name: self.name?,
            parent: match self.parent {
                Observed::Value(id) => Known::Value(source_id(kind, &id)),
                Observed::Null => Known::Cleared,
                Observed::NotObserved => Known::NotObserved,
            },
        })
    }
}

impl From<OrgUnit> for Row {
    fn from(unit: OrgUnit) -> Self {
        Self {
            id: unit.id.to_string(),
            name: unit.name,
            parent: unit.parent_id.map(|id| id.to_string()),
        }
    }
}

/// Rows of units that have nothing above them.
macro_rules! row_without_parent {
    ($($unit:ty),*) => {
        $(impl From<$unit> for Row {
            fn from(unit: $unit) -> Self {
                Self { id: unit.id.to_string(), name: unit.name, parent: Observed::NotObserved }
            }
        })*
    };
}

row_without_parent!(LegalEntity, CostCenter, Workplace);

impl PersonioSource {
    async fn list_units(&self, kind: UnitKind) -> Result<Listing<Row>, Error> {
        let v2 = self.client.v2();
        let named = ListNamedUnits::new();
        match kind {
            UnitKind::LegalEntity => {
                let list = v2.legal_entities().list(ListLegalEntities::new());
                list.collect().await.map(rows)
            }
            UnitKind::Department => self.list_org_units(&OrgUnitKind::Department).await,
            UnitKind::Team => self.list_org_units(&OrgUnitKind::Team).await,
            UnitKind::Office => v2.workplaces().list(named).collect().await.map(rows),
            UnitKind::CostCenter => v2.cost_centers().list(named).collect().await.map(rows),
        }
    }

    async fn list_org_units(&self, kind: &OrgUnitKind) -> Result<Listing<Row>, Error> {
        let list = self.client.v2().org_units().list(ListOrgUnits::new(kind));
        list.collect().await.map(rows)
    }

    /// Asks for one unit; where that is not possible, for the list of this one alone.
    async fn get_unit(&self, kind: UnitKind, id: &str) -> Result<Option<Row>, Error> {
        let v2 = self.client.v2();
        let org_unit = OrgUnitId::new(id);
        match kind {
            UnitKind::LegalEntity => {
                let entity = v2.legal_entities().get(&LegalEntityId::new(id)).await;
                Ok(found(entity)?.map(Row::from))
            }
            UnitKind::Department => {
                let unit = v2
                    .org_units()
                    .get(&OrgUnitKind::Department, &org_unit)
                    .await;
                Ok(found(unit)?.map(Row::from))
            }
            UnitKind::Team => {
                let unit = v2.org_units().get(&OrgUnitKind::Team, &org_unit).await;
                Ok(found(unit)?.map(Row::from))
            }
            UnitKind::Office => {
                let only = ListNamedUnits::new().ids(&[WorkplaceId::new(id)]);
                only_row(v2.workplaces().list(only).collect().await?, id)
            }
            UnitKind::CostCenter => {
                let only = ListNamedUnits::new().ids(&[CostCenterId::new(id)]);
                only_row(v2.cost_centers().list(only).collect().await?, id)
            }
        }
    }
}

fn rows<T: Into<Row>>(listing: Listing<T>) -> Listing<Row> {
    Listing {
        records: listing.records.into_iter().map(Into::into).collect(),
        unreadable: listing.unreadable,
        completeness: listing.completeness,
    }
}

/// Returns the one unit that was asked for; a list that is not whole does not tell that there is none.
fn only_row<T: Into<Row>>(listing: Listing<T>, id: &str) -> Result<Option<Row>, Error> {
    let listing = rows(listing);
    let is_whole = listing.completeness.is_complete();
    match listing.records.into_iter().find(|row| row.id == id) {
        None if !is_whole => Err(Error::paging("the list of one unit is not whole")),
        row => Ok(row),
    }
}

/// Tells whether a list is closed to the credential, or to the whole company: a missing feature is answered with 412, a list that
/// is hidden with 404 (documented, observed).
fn is_closed(error: &Error) -> bool {
    error.is_forbidden() || error.is_not_found() || error.status() == Some(412)
}

fn source_id(kind: UnitKind, id: &str) -> SourceId {
    SourceId::from(format!("{}:{id}", kind.as_str()))
}

fn parts(id: &SourceId) -> Option<(UnitKind, &str)> {
    let (kind, id) = id.as_str().split_once(':')?;
    Some((UnitKind::from_text(kind)?, id))
}
