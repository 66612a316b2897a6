//! People made up, with their employments and attributes.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;

use super::super::attribute::{AttributeKind, CustomValue};
use super::super::employee::Gender;
use super::super::employment::{
    Employment, EmploymentType, Pay, SalaryInterval, Termination, TerminationType,
};
use super::super::names::{FIRST_NAMES, LAST_NAMES, local_part};
use super::super::number::{CustomAttributeNumber, EmployeeNumber};
use super::organisation::DEPARTMENTS;
use super::{Draft, at_six};

/// How many people one supervisor has at most.
const SPAN_OF_CONTROL: u32 = 7;

impl Draft {
    pub(super) fn hire(&mut self, place: u32) {
        let (first_name, gender) = *self.dice.pick(&FIRST_NAMES);
        let last_name = *self.dice.pick(&LAST_NAMES);
        let email = (!self.dice.per_mille(5)).then(|| self.free_address(first_name, last_name));
        let (employment, former) = self.employments(place);
        self.company.now = recorded(former.first().unwrap_or(&employment), self.today);
        let number = self
            .company
            .add_employee(first_name, last_name, email.as_deref(), employment);
        let custom = self.custom_values(number);
        if let Some(employee) = self.company.employees.get_mut(number.get()) {
            let diverse = self.dice.per_mille(15);
            employee.gender = Some(if diverse { Gender::Diverse } else { gender });
            employee.has_picture = self.dice.per_mille(700);
            employee.vacation_days = self.dice.between(25, 30) as u8;
            employee.former_employments = former.into();
            employee.custom = custom;
        }
        self.company.now = at_six(self.today);
    }

    /// Makes an address that nobody has: those who come after the first of a name get a number.
    fn free_address(&mut self, first_name: &str, last_name: &str) -> String {
        let local = local_part(first_name, last_name);
        let namesakes = self.namesakes.entry(local.clone()).or_default();
        *namesakes += 1;
        match namesakes {
            1 => format!("{local}@example.com"),
            place => format!("{local}{place}@example.com"),
        }
    }

    /// The current employment and, for rehires, the one before.
    fn employments(&mut self, place: u32) -> (Employment, Vec<Employment>) {
        let mut former = Vec::new();
        let rehire = place > 0 && self.dice.per_mille(20);
        if rehire {
            let mut employment = self.employment(place);
            let hired = self.days_ago(2500, 3600);
            employment.hire_date = Some(hired);
            employment.probation_period_end = Some(hired + TimeDelta::days(181));
            let left = self.days_ago(1200, 2000);
            employment.termination = Some(self.termination(hired, left));
            let recorded_at = recorded(&employment, self.today);
            (employment.created_at, employment.updated_at) = (recorded_at, recorded_at);
            former.push(employment);
        }
        let mut employment = self.employment(place);
        let fate = if place == 0 {
            500
        } else {
            self.dice.below(1000)
        };
        let hired = match fate {
            0..40 => self.today + TimeDelta::days(i64::from(self.dice.between(1, 90))),
            _ if rehire => self.days_ago(300, 1000),
            _ => self.days_ago(40, 4000),
        };
        employment.hire_date = Some(hired);
        employment.probation_period_end = Some(hired + TimeDelta::days(181));
        match fate {
            40..120 => {
                let left = hired.max(self.days_ago(1, 700));
                employment.termination = Some(self.termination(hired, left));
            }
            120..140 => {
                let leaving = self.today + TimeDelta::days(i64::from(self.dice.between(5, 100)));
                employment.termination = Some(self.termination(hired, leaving));
            }
            140..170 => {
                let until = self.today + TimeDelta::days(i64::from(self.dice.between(20, 300)));
                employment.leave = Some((hired.max(self.days_ago(5, 200)), Some(until)));
            }
            170..220 => employment.contract_end_date = Some(hired + TimeDelta::days(730)),
            _ => {}
        }
        let recorded_at = recorded(&employment, self.today);
        (employment.created_at, employment.updated_at) = (recorded_at, recorded_at);
        (employment, former)
    }

    fn employment(&mut self, place: u32) -> Employment {
        let mut employment = self.company.new_employment();
        let organisation = &self.company.organisation;
        let department = self.dice.below(DEPARTMENTS.len() as u32) as usize;
        let (schedule, hours) = match self.dice.below(100) {
            0..80 => (0, Decimal::from(40)),
            80..90 => (1, Decimal::from(30)),
            90..97 => (2, Decimal::from(20)),
            _ => (0, Decimal::new(375, 1)),
        };
        let external = self.dice.per_mille(50);
        employment.kind = if external {
            EmploymentType::External
        } else {
            EmploymentType::Internal
        };
        employment.position = Some((*self.dice.pick(&DEPARTMENTS[department].1)).into());
        employment.supervisor = supervisor_of(place);
        employment.department = Some(organisation.departments[department].number);
        employment.team = Some(self.dice.pick(&organisation.teams).number);
        employment.office = Some(self.dice.pick(&organisation.offices).number);
        employment.legal_entity = Some(self.dice.pick(&organisation.legal_entities).number);
        employment.work_schedule =
            (!external).then(|| organisation.work_schedules[schedule].number);
        employment.weekly_working_hours = Some(hours);
        let cost_center = organisation.cost_centers[department].number;
        employment.cost_centers = if self.dice.per_mille(100) {
            Box::new([
                (cost_center, 60),
                (
                    organisation.cost_centers[(department + 1) % DEPARTMENTS.len()].number,
                    40,
                ),
            ])
        } else {
            Box::new([(cost_center, 100)])
        };
        employment.pay = if external {
            Pay {
                hourly: Some(Decimal::new(i64::from(self.dice.between(300, 950)), 1)),
                ..Pay::default()
            }
        } else {
            let salary = Decimal::from(self.dice.between(28, 95) * 100);
            Pay {
                salary: Some(salary),
                interval: Some(SalaryInterval::Monthly),
                hourly: None,
            }
        };
        employment
    }

    pub(super) fn termination(&mut self, hired: NaiveDate, date: NaiveDate) -> Termination {
        use TerminationType::{Agreement, ContractExpired, Employee, Fired};
        let remaining_vacation = i64::from(self.dice.below(4)) * 7;
        Termination {
            date,
            last_working_day: hired.max(date - TimeDelta::days(remaining_vacation)),
            noticed_on: date - TimeDelta::days(90),
            kind: Some(
                *self
                    .dice
                    .pick(&[Employee, Employee, Fired, ContractExpired, Agreement]),
            ),
            reason: None,
        }
    }

    fn custom_values(
        &mut self,
        employee: EmployeeNumber,
    ) -> Vec<(CustomAttributeNumber, CustomValue)> {
        let attributes = self.company.custom_attributes.clone();
        let values = attributes.iter().filter_map(|attribute| {
            let value = match attribute.kind {
                _ if self.dice.per_mille(250) => return None,
                AttributeKind::Date => CustomValue::Date(self.days_ago(8000, 20_000)),
                AttributeKind::Integer => {
                    CustomValue::Integer(i64::from(self.dice.between(1, 99_999)))
                }
                AttributeKind::Decimal => {
                    CustomValue::Decimal(f64::from(self.dice.between(80, 140)) / 100.0)
                }
                AttributeKind::List => {
                    CustomValue::Text(self.dice.pick(&attribute.options).as_str().into())
                }
                AttributeKind::Tags => {
                    let chosen = attribute
                        .options
                        .iter()
                        .filter(|_| self.dice.per_mille(400));
                    CustomValue::Tags(chosen.cloned().collect())
                }
                AttributeKind::Link => {
                    CustomValue::Text(format!("https://people.example.com/{employee}").into())
                }
                AttributeKind::Multiline => {
                    CustomValue::Text("Parking space 7\nKeys: front door".into())
                }
                AttributeKind::Standard => match attribute.universal_id.as_deref() {
                    Some(_) => CustomValue::Text(
                        format!("XX00 {:04} 0000", employee.get() % 10_000).into(),
                    ),
                    None => CustomValue::Text(
                        (*self.dice.pick(&["Dr.", "Mgr", "Prof.", "Ing."])).into(),
                    ),
                },
            };
            Some((attribute.number, value))
        });
        values.collect()
    }
}

/// The supervisor by place in the company: always somebody hired earlier, so that no circle can close.
fn supervisor_of(place: u32) -> Option<EmployeeNumber> {
    const FIRST_NUMBER: u32 = 4001;
    Some(EmployeeNumber::from(
        FIRST_NUMBER + place.checked_sub(1)? / SPAN_OF_CONTROL,
    ))
}

/// When an employment was put on record: a month before it starts, or yesterday.
fn recorded(employment: &Employment, today: NaiveDate) -> DateTime<Utc> {
    let hired = employment.hire_date.unwrap_or(today);
    at_six((hired - TimeDelta::days(30)).min(today - TimeDelta::days(1)))
}
