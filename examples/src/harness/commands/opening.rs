use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

use personio_client::{Credentials, fake::FakePersonio};
use sync_core::{Policy, policy::Flow};

use super::{again::again, fitting::what_does_not_fit};
use crate::{
    harness::{
        Area, Common, Connection, DEMO_DAY, Failure, HostClock, MAIN, Personio, Product, Result,
        Setup, Store,
    },
    progress::Progress,
    say::tell,
};

/// Where Personio is for everybody.
const PERSONIO: &str = "https://api.personio.de";

/// The names under which a credential comes from outside.
const CLIENT_ID: &str = "PERSONIO_CLIENT_ID";
const CLIENT_SECRET: &str = "PERSONIO_CLIENT_SECRET";

/// Everything that a command needs.
pub(super) struct Opened<P> {
    pub(super) connection: Connection<P>,
    pub(super) areas: BTreeSet<Area>,
    pub(super) file: PathBuf,
    /// Plays Personio for as long as it is kept.
    _fake: Option<FakePersonio>,
}

pub(super) async fn open<P: Product>(common: &Common, writes: bool) -> Result<Opened<P>> {
    if common.connection != MAIN && !P::SEVERAL_CONNECTIONS {
        return Err(Failure::usage(
            "--connection: this product has one connection only",
        ));
    }
    let policy = read_policy::<P>(common.policy.as_deref())?;
    let off = |area: &&Area| area.flow(&policy) == Flow::Off;
    if let Some(area) = common.only.iter().find(off) {
        return Err(Failure::usage(format!(
            "--only {area}: nothing of it flows under this policy"
        )));
    }
    let credentials = credentials(common.credentials_file.as_deref())?;
    let embedded = common.base_url.is_none() && credentials.is_none();
    let today = common.today.or_else(|| embedded.then_some(DEMO_DAY));
    let clock = today.map_or_else(HostClock::of_machine, HostClock::on);
    let hr = match embedded {
        true => "the made-up company".to_owned(),
        false => {
            let url = common.base_url.as_deref().unwrap_or(PERSONIO);
            url.trim_end_matches('/').to_owned()
        }
    };
    if embedded && !common.quiet {
        tell!(
            "HR is a made-up company; for your own, set {CLIENT_ID} and {CLIENT_SECRET}, or name a --credentials-file"
        );
    }
    let personio = match (credentials, common.base_url.as_deref()) {
        (Some(credentials), url) => Personio::at(credentials, url.unwrap_or(PERSONIO), &clock)
            .map_err(|failure| Failure::usage(format!("--base-url: {failure}")))?,
        (None, None) => Personio::embedded(&clock).await?,
        (None, Some(url)) => {
            return Err(Failure::usage(format!(
                "set {CLIENT_ID} and {CLIENT_SECRET} to the credential for {url}, or name a --credentials-file"
            )));
        }
    };
    let file = common.db.clone();
    let file = file.unwrap_or_else(|| PathBuf::from(format!("{}.sqlite", P::NAME)));
    let store = match writes {
        true => Store::File(file.clone()),
        // What only looks does not even make the file.
        false => Store::ReadOnly(file.clone()),
    };
    let mut setup = Setup::of::<P>(personio.client, store, clock)?;
    setup.policy = policy;
    setup.label.clone_from(&common.connection);
    setup.runner.clone_from(&common.runner);
    setup.hr = Some(hr);
    setup.again = again(common);
    setup.take_over = common.take_over;
    setup.today = today;
    setup.progress = Progress::on_stderr(common.quiet);
    let areas = match common.only.is_empty() {
        true => Area::ALL.into(),
        false => common.only.iter().copied().collect(),
    };
    Ok(Opened {
        connection: Connection::open(setup).await?,
        areas,
        file,
        _fake: personio.fake,
    })
}

fn read_policy<P: Product>(file: Option<&Path>) -> Result<Policy> {
    let (text, name) = match file {
        None => (P::POLICY.to_owned(), "the product's own policy".to_owned()),
        Some(file) => {
            let name = format!("--policy {}", file.display());
            let text = fs::read_to_string(file)
                .map_err(|error| Failure::usage(format!("{name}: {error}")))?;
            (text, name)
        }
    };
    let wrong = |what: String| Failure::usage(format!("{name}: {what}"));
    let policy = Policy::from_toml(&text).map_err(|error| wrong(error.to_string()))?;
    match what_does_not_fit::<P>(&policy) {
        None => Ok(policy),
        Some(what) => Err(wrong(what)),
    }
}

/// Reads the credential from a file, or from the environment. Whatever is wrong with it, no value is repeated.
fn credentials(file: Option<&Path>) -> Result<Option<Credentials>> {
    let lines = match file {
        None => None,
        Some(file) => {
            let text = fs::read_to_string(file).map_err(|error| {
                Failure::usage(format!("--credentials-file {}: {error}", file.display()))
            })?;
            let lines = text.lines().filter_map(|line| line.split_once('='));
            let lines: BTreeMap<String, String> = lines
                .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
                .collect();
            Some(lines)
        }
    };
    let read = |name: &str| {
        let value = match &lines {
            Some(lines) => lines.get(name).cloned(),
            None => env::var(name).ok(),
        };
        value.filter(|value| !value.is_empty())
    };
    let place = file.map_or_else(
        || "the environment".to_owned(),
        |file| format!("--credentials-file {}", file.display()),
    );
    match (read(CLIENT_ID), read(CLIENT_SECRET)) {
        (Some(id), Some(secret)) => Ok(Some(Credentials::new(id, secret))),
        (None, None) if file.is_none() => Ok(None),
        (None, _) => Err(Failure::usage(format!("{place}: {CLIENT_ID} is missing"))),
        (_, None) => Err(Failure::usage(format!(
            "{place}: {CLIENT_SECRET} is missing"
        ))),
    }
}
