//! How the company arranges what it consists of.

use super::company::Company;
use super::company_error::CompanyError;
use super::organisation::named;

impl Company {
    /// Says in which country a legal entity is registered, ISO 3166 alpha-2; Germany otherwise.
    ///
    /// # Errors
    /// When there is no such legal entity.
    pub fn register_legal_entity(&mut self, name: &str, country: &str) -> Result<(), CompanyError> {
        let number = named(&self.organisation.legal_entities, name)?;
        let mut entities = self.organisation.legal_entities.iter_mut();
        if let Some(entity) = entities.find(|entity| entity.number == number) {
            country.clone_into(&mut entity.country);
        }
        Ok(())
    }

    /// Puts a department below another one.
    ///
    /// # Errors
    /// When one of them does not exist, or the other one lies below this one already.
    pub fn put_department_below(&mut self, name: &str, parent: &str) -> Result<(), CompanyError> {
        let departments = &mut self.organisation.departments;
        let (own, parent) = (named(departments, name)?, named(departments, parent)?);
        let parent_of = |unit| departments.iter().find(|it| it.number == unit)?.parent;
        refuse_circle(own, parent, parent_of)?;
        if let Some(unit) = departments.iter_mut().find(|unit| unit.number == own) {
            unit.parent = Some(parent);
        }
        Ok(())
    }

    /// Puts a team below another one.
    ///
    /// # Errors
    /// When one of them does not exist, or the other one lies below this one already.
    pub fn put_team_below(&mut self, name: &str, parent: &str) -> Result<(), CompanyError> {
        let teams = &mut self.organisation.teams;
        let (own, parent) = (named(teams, name)?, named(teams, parent)?);
        let parent_of = |unit| teams.iter().find(|it| it.number == unit)?.parent;
        refuse_circle(own, parent, parent_of)?;
        if let Some(unit) = teams.iter_mut().find(|unit| unit.number == own) {
            unit.parent = Some(parent);
        }
        Ok(())
    }

    /// Sets up a cost center.
    pub fn add_cost_center(&mut self, name: &str) {
        self.organisation.add_cost_center(name);
    }
}

fn refuse_circle<N: Copy + PartialEq>(
    own: N,
    parent: N,
    parent_of: impl Fn(N) -> Option<N>,
) -> Result<(), CompanyError> {
    let mut above = std::iter::successors(Some(parent), |unit| parent_of(*unit));
    match above.any(|unit| unit == own) {
        true => Err(CompanyError::BelowItself),
        false => Ok(()),
    }
}
