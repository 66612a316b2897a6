//! Carries deliveries to their receivers, over real HTTP.

use std::io;
use std::sync::{Arc, Mutex};

use tokio::sync::{Mutex as Turn, Notify};

use super::super::server::{World, lock};
use super::posting::Parcel;

/// Makes the requests that are due, one after the other, so that their order is always the same.
pub(crate) struct Courier {
    http: reqwest::Client,
    /// Whose turn it is; two at once would send the same thing twice.
    turn: Turn<()>,
    bell: Notify,
}

impl Courier {
    pub(crate) fn new() -> io::Result<Self> {
        let builder = reqwest::Client::builder()
            // Receivers of tests are on this machine, whatever proxy the environment names.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            // A connection that the receiver has closed meanwhile would look like a request that failed.
            .pool_max_idle_per_host(0);
        let http = trusting(builder).build().map_err(io::Error::other)?;
        Ok(Self {
            http,
            turn: Turn::new(()),
            bell: Notify::new(),
        })
    }

    /// Makes every request that is due, those included that become due by what the others are answered.
    ///
    /// The world is free while a receiver thinks, so that it may ask the fake what the event is about.
    pub(crate) async fn deliver(&self, world: &Mutex<World>) {
        let _turn = self.turn.lock().await;
        loop {
            let Some(parcel) = lock(world).next_parcel() else {
                return;
            };
            let status = self.send(&parcel).await;
            lock(world).note_answer(&parcel, status);
        }
    }

    /// Delivers in the background: whenever the bell rings, and when time alone makes something due.
    pub(crate) async fn deliver_always(self: Arc<Self>, world: Arc<Mutex<World>>) {
        loop {
            self.deliver(&world).await;
            let wait = lock(&world).until_next_delivery();
            match wait {
                Some(wait) => drop(tokio::time::timeout(wait, self.bell.notified()).await),
                None => self.bell.notified().await,
            }
        }
    }

    /// Says that something may be due.
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }

    /// Makes one request; the status is all that matters of the answer.
    async fn send(&self, parcel: &Parcel) -> Option<u16> {
        let mut request = self
            .http
            .post(&parcel.url)
            .timeout(parcel.answer_within)
            .header("content-type", "application/json")
            .body(parcel.body.clone());
        for (name, value) in &parcel.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.ok()?;
        Some(answer.status().as_u16())
    }
}

/// Takes any certificate: that of a test is signed by nobody, and nothing that is sent is real.
#[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
fn trusting(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder.tls_danger_accept_invalid_certs(true)
}

#[cfg(not(any(feature = "rustls", feature = "rustls-no-provider")))]
fn trusting(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder
}
