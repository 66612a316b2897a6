//! Everything a fake knows as one JSON document, to keep, to hand over and to go back to.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::admin;
use super::clock::Clock;
use super::company::Company;
use super::credential::{Credential, Credentials};
use super::fault::Faults;
use super::limits::Buckets;
use super::quirks::Quirks;
use super::server::World;
use crate::wire;

/// What a reset goes back to.
pub(crate) struct Origin {
    pub(crate) company: Company,
    pub(crate) credentials: Vec<Credential>,
    pub(crate) clock: Clock,
    pub(crate) quirks: Quirks,
}

/// A state that cannot be used: where in the document, and why.
pub(crate) struct BadState {
    pub(crate) place: String,
    pub(crate) reason: String,
}

impl World {
    pub(crate) fn write_state(&self, to: impl Write) -> io::Result<()> {
        let state = Written {
            company: &self.company,
            credentials: self.credentials.iter().collect(),
            faults: self.faults.iter().map(admin::written_fault).collect(),
        };
        Ok(serde_json::to_writer(to, &state)?)
    }

    /// Replaces everything, or nothing if the document is not a state.
    pub(crate) fn read_state(&mut self, document: &[u8]) -> Result<(), BadState> {
        let state = State::read(document)?;
        let mut faults = Faults::default();
        for (place, fault) in state.faults.iter().enumerate() {
            let fault = admin::read_fault(fault).map_err(|problem| BadState {
                place: format!("faults[{place}].{}", problem.field),
                reason: problem.message,
            })?;
            faults.inject(fault, &state.company);
        }
        self.clock.set(state.company.now);
        self.start_over(state.company, state.credentials);
        self.faults = faults;
        Ok(())
    }

    /// Takes over the state in its file, if there is one.
    pub(crate) fn load(&mut self) -> io::Result<()> {
        let Some(file) = &self.state_file else {
            return Ok(());
        };
        let document = match std::fs::read(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            read => read?,
        };
        self.read_state(&document).map_err(|bad| {
            let told = format!("no state of a fake: {} in `{}`", bad.reason, bad.place);
            io::Error::new(io::ErrorKind::InvalidData, told)
        })
    }

    /// Goes back to how everything was when the fake started, without faults and requests.
    pub(crate) fn reset(&mut self) {
        self.clock = self.origin.clock;
        self.quirks = self.origin.quirks.clone();
        self.start_over(self.origin.company.clone(), self.origin.credentials.clone());
        self.log.clear();
    }

    /// Saves the state to its file, if it has one, in one step: nobody ever reads half a state.
    pub(crate) fn save(&self) -> io::Result<bool> {
        let Some(file) = &self.state_file else {
            return Ok(false);
        };
        let draft = file.with_extension("saving");
        let mut writer = io::BufWriter::new(std::fs::File::create(&draft)?);
        self.write_state(&mut writer)?;
        writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        std::fs::rename(draft, file)?;
        Ok(true)
    }

    fn start_over(&mut self, company: Company, credentials: Vec<Credential>) {
        self.company = company;
        self.credentials = Credentials::default();
        for credential in credentials {
            self.credentials.put(credential);
        }
        self.faults = Faults::default();
        self.buckets = Buckets::default();
        self.attempts.clear();
    }
}

#[derive(Serialize)]
struct Written<'a> {
    company: &'a Company,
    credentials: Vec<&'a Credential>,
    faults: Vec<Value>,
}

/// A state on its way in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    company: Company,
    credentials: Vec<Credential>,
    #[serde(default)]
    faults: Vec<Value>,
}

impl State {
    fn read(document: &[u8]) -> Result<Self, BadState> {
        let mut json = serde_json::Deserializer::from_slice(document);
        serde_path_to_error::deserialize(&mut json).map_err(|failure| BadState {
            place: failure.path().to_string(),
            reason: wire::harmless_reason(failure.inner()),
        })
    }
}
