//! What a company consists of beside people: legal entities, offices, units, schedules.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::company_error::CompanyError;
use super::number::{
    CostCenterNumber, DepartmentNumber, LegalEntityNumber, OfficeNumber, TeamNumber,
    WorkScheduleNumber,
};

/// The parts of a company that employees refer to.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Organisation {
    pub(crate) legal_entities: Vec<LegalEntity>,
    pub(crate) offices: Vec<Office>,
    pub(crate) departments: Vec<Department>,
    pub(crate) teams: Vec<Team>,
    pub(crate) cost_centers: Vec<CostCenter>,
    pub(crate) work_schedules: Vec<WorkSchedule>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LegalEntity {
    pub(crate) number: LegalEntityNumber,
    pub(crate) name: String,
    /// ISO 3166 alpha-2.
    pub(crate) country: String,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Office {
    pub(crate) number: OfficeNumber,
    pub(crate) name: String,
    /// ISO 3166 alpha-2, for the calendar of public holidays.
    pub(crate) country: String,
    pub(crate) zone: Tz,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Department {
    pub(crate) number: DepartmentNumber,
    pub(crate) name: String,
    pub(crate) parent: Option<DepartmentNumber>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Team {
    pub(crate) number: TeamNumber,
    pub(crate) name: String,
    pub(crate) parent: Option<TeamNumber>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CostCenter {
    pub(crate) number: CostCenterNumber,
    pub(crate) name: String,
}

/// How long somebody works on each day of the week.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorkSchedule {
    pub(crate) number: WorkScheduleNumber,
    pub(crate) name: String,
    /// Minutes from Monday to Sunday.
    pub(crate) minutes: [u16; 7],
}

impl WorkSchedule {
    pub(crate) fn minutes_on(&self, day: NaiveDate) -> u16 {
        if is_public_holiday(day) {
            0
        } else {
            self.minutes[day.weekday().num_days_from_monday() as usize]
        }
    }
}

/// Knows the holidays that nearly all countries of the fake share: enough for a day inside an absence not to count.
fn is_public_holiday(day: NaiveDate) -> bool {
    matches!((day.month(), day.day()), (1, 1) | (5, 1) | (12, 25))
}

impl Organisation {
    /// A firm with one legal entity in Berlin and one of everything else, full-time and part-time schedules.
    pub(crate) fn small() -> Self {
        let mut organisation = Self::default();
        organisation.add_legal_entity("Nordlicht Software GmbH");
        organisation.add_office("Berlin", "DE", Tz::Europe__Berlin);
        organisation.add_department("Engineering");
        organisation.add_team("Platform");
        organisation.add_cost_center("Product development");
        organisation.add_work_schedule("Full-time, 40 hours ", [480, 480, 480, 480, 480, 0, 0]);
        organisation.add_work_schedule("Part-time, 30 hours", [450, 450, 450, 450, 0, 0, 0]);
        organisation.add_work_schedule("Part-time, 20 hours", [240, 240, 240, 240, 240, 0, 0]);
        organisation
    }

    /// Whether there is a unit of this name, or none is meant; the kind goes by its attribute in v1.
    pub(crate) fn knows(&self, key: &str, name: &Value) -> bool {
        let Some(name) = name.as_str() else {
            return name.is_null();
        };
        match key {
            "subcompany" => named(&self.legal_entities, name).is_ok(),
            "department" => named(&self.departments, name).is_ok(),
            "office" => named(&self.offices, name).is_ok(),
            _ => false,
        }
    }

    pub(crate) fn add_legal_entity(&mut self, name: &str) -> LegalEntityNumber {
        let number = LegalEntityNumber::from(7001 + self.legal_entities.len() as u32);
        self.legal_entities.push(LegalEntity {
            number,
            name: name.to_owned(),
            country: "DE".to_owned(),
        });
        number
    }

    pub(crate) fn add_office(&mut self, name: &str, country: &str, zone: Tz) -> OfficeNumber {
        let number = OfficeNumber::from(131_001 + self.offices.len() as u32);
        self.offices.push(Office {
            number,
            name: name.to_owned(),
            country: country.to_owned(),
            zone,
        });
        number
    }

    /// Departments and teams are counted from the same number, since their id spaces overlap (inferred).
    pub(crate) fn add_department(&mut self, name: &str) -> DepartmentNumber {
        let number = DepartmentNumber::from(501 + self.departments.len() as u32);
        self.departments.push(Department {
            number,
            name: name.to_owned(),
            parent: None,
        });
        number
    }

    pub(crate) fn add_team(&mut self, name: &str) -> TeamNumber {
        let number = TeamNumber::from(501 + self.teams.len() as u32);
        self.teams.push(Team {
            number,
            name: name.to_owned(),
            parent: None,
        });
        number
    }

    pub(crate) fn add_cost_center(&mut self, name: &str) -> CostCenterNumber {
        let number = CostCenterNumber::from(82_901 + self.cost_centers.len() as u32);
        self.cost_centers.push(CostCenter {
            number,
            name: name.to_owned(),
        });
        number
    }

    pub(crate) fn add_work_schedule(
        &mut self,
        name: &str,
        minutes: [u16; 7],
    ) -> WorkScheduleNumber {
        let number = WorkScheduleNumber::from(97_101 + self.work_schedules.len() as u32);
        self.work_schedules.push(WorkSchedule {
            number,
            name: name.to_owned(),
            minutes,
        });
        number
    }

    pub(crate) fn legal_entity(&self, number: LegalEntityNumber) -> Option<&LegalEntity> {
        self.legal_entities
            .iter()
            .find(|entity| entity.number == number)
    }

    pub(crate) fn office(&self, number: OfficeNumber) -> Option<&Office> {
        self.offices.iter().find(|office| office.number == number)
    }

    pub(crate) fn department(&self, number: DepartmentNumber) -> Option<&Department> {
        self.departments
            .iter()
            .find(|department| department.number == number)
    }

    pub(crate) fn team(&self, number: TeamNumber) -> Option<&Team> {
        self.teams.iter().find(|team| team.number == number)
    }

    pub(crate) fn cost_center(&self, number: CostCenterNumber) -> Option<&CostCenter> {
        self.cost_centers
            .iter()
            .find(|cost_center| cost_center.number == number)
    }

    pub(crate) fn work_schedule(&self, number: WorkScheduleNumber) -> Option<&WorkSchedule> {
        self.work_schedules
            .iter()
            .find(|schedule| schedule.number == number)
    }
}

/// A part of the organisation that people know by its name.
pub(super) trait Named {
    type Number: Copy + PartialEq;
    const KIND: &'static str;
    fn name(&self) -> &str;
    fn number(&self) -> Self::Number;
}

macro_rules! named {
    ($($unit:ident: $kind:literal, $number:ident;)+) => {$(
        impl Named for $unit {
            type Number = $number;
            const KIND: &'static str = $kind;

            fn name(&self) -> &str {
                &self.name
            }

            fn number(&self) -> Self::Number {
                self.number
            }
        }
    )+};
}

named! {
    LegalEntity: "legal entity", LegalEntityNumber;
    Office: "office", OfficeNumber;
    Department: "department", DepartmentNumber;
    Team: "team", TeamNumber;
    CostCenter: "cost center", CostCenterNumber;
    WorkSchedule: "work schedule", WorkScheduleNumber;
}

pub(super) fn named<U: Named>(units: &[U], name: &str) -> Result<U::Number, CompanyError> {
    let unit = units.iter().find(|unit| unit.name().trim() == name.trim());
    unit.map(Named::number)
        .ok_or_else(|| CompanyError::UnknownUnit {
            kind: U::KIND,
            name: name.to_owned(),
        })
}

pub(super) fn first_or_named<U: Named>(
    units: &[U],
    name: Option<&str>,
) -> Result<Option<U::Number>, CompanyError> {
    match name {
        Some(name) => named(units, name).map(Some),
        None => Ok(units.first().map(Named::number)),
    }
}
