//! What is wrong in real companies, on request.

use std::collections::BTreeSet;

use super::super::employee::Employee;
use super::super::employment::Status;
use super::super::number::EmployeeNumber;
use super::Draft;

/// How often each thing is wrong, as far as there are enough people.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flaws {
    pub(super) supervisor_cycles: u32,
    pub(super) departed_supervisors: u32,
    pub(super) shared_emails: u32,
    pub(super) missing_emails: u32,
}

impl Draft {
    pub(super) fn spoil(&mut self, flaws: Flaws) {
        let today = self.today;
        let mut at_work = self.shuffled(|employee| employee.status_on(today) == Status::Active);
        self.close_circles(&mut at_work, flaws.supervisor_cycles);
        self.let_supervisors_leave(&at_work, flaws.departed_supervisors);
        let mut with_address = self.shuffled(|employee| employee.email().is_some());
        self.share_addresses(&mut with_address, flaws.shared_emails);
        for _ in 0..flaws.missing_emails {
            if let Some(employee) = with_address.pop() {
                self.company.put_email(employee, None);
            }
        }
    }

    /// The people to whom the question is answered yes, in a drawn order.
    fn shuffled(&mut self, chosen: impl Fn(&Employee) -> bool) -> Vec<EmployeeNumber> {
        let chosen = self.company.employees().filter(|employee| chosen(employee));
        let mut numbers: Vec<_> = chosen.map(Employee::number).collect();
        for place in (1..numbers.len()).rev() {
            numbers.swap(place, self.dice.below(place as u32 + 1) as usize);
        }
        numbers
    }

    /// Lets people supervise each other in circles of one, two and three, and takes them from the list.
    fn close_circles(&mut self, people: &mut Vec<EmployeeNumber>, count: u32) {
        for length in [1, 2, 3].into_iter().cycle().take(count as usize) {
            let circle = people.split_off(people.len().saturating_sub(length));
            for (place, member) in circle.iter().enumerate() {
                let supervisor = circle[(place + 1) % circle.len()];
                if let Some(employee) = self.company.employees.get_mut(member.get()) {
                    employee.employment.supervisor = Some(supervisor);
                }
            }
        }
    }

    /// Lets supervisors among the people leave, while the others go on naming them.
    fn let_supervisors_leave(&mut self, people: &[EmployeeNumber], count: u32) {
        let employees = self.company.employees();
        let named: BTreeSet<_> = employees.filter_map(Employee::supervisor).collect();
        let supervisors = people.iter().filter(|number| named.contains(number));
        for number in supervisors.take(count as usize) {
            let hired = self.company.employee(*number).and_then(Employee::hire_date);
            let Some(hired) = hired else { continue };
            let left = hired.max(self.days_ago(1, 700));
            let termination = self.termination(hired, left);
            if let Some(employee) = self.company.employees.get_mut(number.get()) {
                employee.employment.termination = Some(termination);
            }
        }
    }

    /// Gives people the address of somebody else: the same to the letter, in capitals, or with a blank.
    fn share_addresses(&mut self, people: &mut Vec<EmployeeNumber>, count: u32) {
        let spellings: [fn(&str) -> String; 3] = [
            str::to_owned,
            |address| match address.split_once('@') {
                Some((local, domain)) => format!("{}@{domain}", local.to_uppercase()),
                None => address.to_uppercase(),
            },
            |address| format!(" {address}"),
        ];
        for spelling in spellings.into_iter().cycle().take(count as usize) {
            let (Some(employee), Some(owner)) = (people.pop(), people.pop()) else {
                return;
            };
            let address = self.company.employee(owner).and_then(Employee::email);
            let address = address.map(spelling);
            self.company.put_email(employee, address.as_deref());
        }
    }
}
