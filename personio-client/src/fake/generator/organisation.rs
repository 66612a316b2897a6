//! The units of a made-up company and the attributes it defines for itself.

use chrono_tz::Tz;

use super::super::attribute::{AttributeKind, CustomAttribute};
use super::super::company::Company;

/// Sets up offices, legal entities, departments and teams, as many as suit the number of people.
pub(super) fn set_up(company: &mut Company, employees: u32) {
    let organisation = &mut company.organisation;
    let offices = (1 + employees / 20).min(OFFICES.len() as u32) as usize;
    for (name, country, zone) in &OFFICES[..offices] {
        organisation.add_office(name, country, *zone);
    }
    let legal_entities = (employees / 40).min(LEGAL_ENTITIES.len() as u32) as usize;
    for name in &LEGAL_ENTITIES[..legal_entities] {
        organisation.add_legal_entity(name);
    }
    for (department, _) in &DEPARTMENTS[1..] {
        organisation.add_department(department);
        organisation.add_cost_center(&format!("{department} costs"));
    }
    for team in 1..=(employees / 12).clamp(2, 600) {
        organisation.add_team(&format!("Team {team}"));
    }
}

/// Defines custom attributes of every type.
pub(super) fn define_attributes(company: &mut Company) {
    use AttributeKind::{Date, Decimal, Integer, Link, List, Multiline, Standard, Tags};
    let attributes = [
        CustomAttribute::new(24_401, "Title", Standard),
        CustomAttribute::new(24_402, "IBAN", Standard).universal_id("iban"),
        CustomAttribute::new(24_403, "Birthday", Date).universal_id("date_of_birth"),
        CustomAttribute::new(24_404, "Company anniversary", Date),
        CustomAttribute::new(24_405, "Badge number", Integer),
        CustomAttribute::new(24_406, "Bonus factor", Decimal),
        CustomAttribute::new(24_407, "T-shirt size", List).options(["S", "M", "L", "XL"]),
        CustomAttribute::new(24_408, "Languages", Tags)
            .options(["Deutsch", "English", "Español", "Polski", "Türkçe"]),
        CustomAttribute::new(24_409, "Profile", Link),
        CustomAttribute::new(24_410, "Notes", Multiline),
        // HR is free to give two attributes the same label.
        CustomAttribute::new(24_411, "Title", Standard),
    ];
    attributes
        .into_iter()
        .for_each(|attribute| company.define_attribute(attribute));
}

pub(super) const OFFICES: [(&str, &str, Tz); 9] = [
    ("München", "DE", Tz::Europe__Berlin),
    ("Madrid", "ES", Tz::Europe__Madrid),
    ("Kraków", "PL", Tz::Europe__Warsaw),
    ("İstanbul", "TR", Tz::Europe__Istanbul),
    ("Dublin", "IE", Tz::Europe__Dublin),
    ("Las Palmas", "ES", Tz::Atlantic__Canary),
    ("Helsinki", "FI", Tz::Europe__Helsinki),
    ("New York", "US", Tz::America__New_York),
    ("Bengaluru", "IN", Tz::Asia__Kolkata),
];

const LEGAL_ENTITIES: [&str; 4] = [
    "Nordlicht Ibérica S.L.",
    "Nordlicht Polska Sp. z o.o.",
    "Nordlicht Teknoloji A.Ş.",
    "Nordlicht Atlantic Ltd.",
];

/// Departments with the positions in them.
pub(super) const DEPARTMENTS: [(&str, [&str; 3]); 8] = [
    (
        "Engineering",
        [
            "Software Engineer",
            "Quality Engineer",
            "Engineering Manager",
        ],
    ),
    (
        "Product",
        ["Product Manager", "Product Designer", "User Researcher"],
    ),
    (
        "Sales",
        [
            "Account Executive",
            "Sales Development Representative",
            "Head of Sales",
        ],
    ),
    (
        "Customer Care",
        [
            "Support Agent",
            "Onboarding Specialist",
            "Team Lead Support",
        ],
    ),
    (
        "People & Culture",
        ["HR Business Partner", "Recruiter", "Payroll Specialist"],
    ),
    (
        "Finance",
        ["Accountant", "Controller", "Chief Financial Officer"],
    ),
    (
        "Production",
        ["Technician", "Shift Supervisor", "Logistics Clerk"],
    ),
    (
        "Marketing",
        ["Content Editor", "Campaign Manager", "Brand Designer"],
    ),
];
