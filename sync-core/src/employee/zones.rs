use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Employee, FieldName, Zone};

/// In which zone a person's days begin and end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Zones {
    /// The customer's zone: where HR itself lives, and everybody of whom nothing else is known.
    pub home: Zone,
    /// The attribute that tells where a person works, such as `office` or `subcompany`.
    pub attribute: Option<FieldName>,
    /// The zone for each text of the attribute. A text without an entry that is itself the name of a
    /// zone counts as that zone.
    pub table: BTreeMap<String, Zone>,
}

impl Zones {
    /// Returns the zone of a person.
    pub fn of(&self, employee: &Employee) -> Zone {
        let place = self.attribute.as_ref().and_then(|name| employee.text(name));
        let zone = place.and_then(|place| {
            let listed = self.table.get(place).copied();
            listed.or_else(|| place.parse().ok())
        });
        zone.unwrap_or(self.home)
    }
}

impl From<Zone> for Zones {
    /// Everybody lives where the customer does.
    fn from(home: Zone) -> Self {
        Self {
            home,
            ..Self::default()
        }
    }
}
