use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use personio_client::{
    Client, Credentials,
    fake::{Company, FakePersonio, Generator, Limits},
};

use super::{HostClock, Result};

/// The day on which the made-up company of the embedded fake lives, unless another one is asked for.
pub const DEMO_DAY: NaiveDate =
    NaiveDate::from_ymd_opt(2026, 3, 2).expect("March has a second day");

/// Makes the company of the embedded fake: the same one at every call, so that a second run finds nothing to do.
pub fn demo_company() -> Company {
    let generator = Generator::new(7)
        .employees(40)
        .absences_per_employee(6)
        .today(DEMO_DAY);
    Company::generate(&generator)
}

/// A Personio to talk to.
#[derive(Debug)]
pub struct Personio {
    /// The client for it.
    pub client: Client,
    /// The fake that plays it, which ends with this.
    pub fake: Option<FakePersonio>,
}

impl Personio {
    /// Starts the embedded fake with the [made-up company](demo_company), at the moment that the clock shows.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub async fn embedded(clock: &HostClock) -> Result<Self> {
        let fake = FakePersonio::builder()
            .company(demo_company())
            .limits(Limits::out_of_reach())
            .start()
            .await?;
        // A little ahead, so that no answer is older than the question.
        fake.set_now(clock.now() + TimeDelta::seconds(1));
        let credentials = Credentials::new(fake.client_id(), fake.client_secret());
        let client = Self::client(credentials, fake.base_url(), clock)?;
        Ok(Self {
            client,
            fake: Some(fake),
        })
    }

    /// Gets ready to talk to a Personio at an address.
    ///
    /// # Errors
    ///
    /// When the address is no address.
    pub fn at(credentials: Credentials, base_url: &str, clock: &HostClock) -> Result<Self> {
        let client = Self::client(credentials, base_url, clock)?;
        Ok(Self { client, fake: None })
    }

    fn client(credentials: Credentials, base_url: &str, clock: &HostClock) -> Result<Client> {
        let client = Client::builder(credentials)
            .base_url(base_url)
            .clock(Arc::new(clock.clone()))
            .build()?;
        Ok(client)
    }
}
