//! Projects, on which people book the time they work.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::company::Company;
use super::company_error::CompanyError;
use super::number::{CostCenterNumber, EmployeeNumber, ProjectNumber};
use super::table::Row;

/// Something people work on.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Project {
    pub(crate) number: ProjectNumber,
    pub(crate) name: String,
    pub(crate) is_archived: bool,
    pub(crate) description: Option<String>,
    /// Unique in the company.
    pub(crate) code: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) client_name: Option<String>,
    pub(crate) billable: bool,
    pub(crate) cost_center: Option<CostCenterNumber>,
    /// One level: a project with a parent is no parent.
    pub(crate) parent: Option<ProjectNumber>,
    pub(crate) start: Option<NaiveDate>,
    pub(crate) end: Option<NaiveDate>,
    pub(crate) assigned_to_all: bool,
    pub(crate) members: BTreeSet<EmployeeNumber>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

impl Project {
    pub(crate) fn named(name: &str, at: DateTime<Utc>) -> Self {
        Self {
            number: ProjectNumber::from(0),
            name: name.to_owned(),
            is_archived: false,
            description: None,
            code: None,
            kind: None,
            client_name: None,
            billable: false,
            cost_center: None,
            parent: None,
            start: None,
            end: None,
            assigned_to_all: true,
            members: BTreeSet::new(),
            created_at: at,
            updated_at: at,
        }
    }
}

impl Row for Project {
    fn number(&self) -> u32 {
        self.number.get()
    }
}

impl Company {
    /// Starts a project to which everybody is assigned.
    pub fn start_project(&mut self, name: &str) -> ProjectNumber {
        self.put_project(Project::named(name, self.now))
    }

    /// Archives a project; no more time can be booked on it.
    ///
    /// # Errors
    /// When there is no such project.
    pub fn archive_project(&mut self, project: ProjectNumber) -> Result<(), CompanyError> {
        let mut archived = self.project(project)?.clone();
        archived.is_archived = true;
        self.put_project(archived);
        Ok(())
    }

    pub(crate) fn project(&self, number: ProjectNumber) -> Result<&Project, CompanyError> {
        let found = self.projects.get(number.get());
        found.ok_or(CompanyError::UnknownProject(number))
    }

    /// Adds a project, or replaces the one with its number.
    pub(crate) fn put_project(&mut self, mut project: Project) -> ProjectNumber {
        project.updated_at = self.now;
        if let Some(place) = self.projects.get_mut(project.number.get()) {
            *place = project;
            return place.number;
        }
        let number = self.projects.add(|number| {
            project.number = number.into();
            project
        });
        number.into()
    }

    /// Deletes a project with those below it (documented); the time booked on them stays, and changes (unknown).
    pub(crate) fn delete_project(&mut self, number: ProjectNumber) {
        let goes = |project: &Project| project.number == number || project.parent == Some(number);
        self.projects.retain(|project| !goes(project));
        let is_gone = |project: ProjectNumber| self.project(project).is_err();
        let booked = self
            .attendances()
            .filter(|it| it.project.is_some_and(is_gone));
        for mut attendance in booked.cloned().collect::<Vec<_>>() {
            attendance.project = None;
            // Found a moment ago.
            drop(self.write_attendance(attendance));
        }
    }
}
