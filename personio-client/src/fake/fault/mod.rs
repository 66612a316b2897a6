//! Faults: what goes wrong, where, how often.

mod effect;
mod target;

use std::sync::Arc;
use std::time::Duration;

use super::company::Company;
use super::dice::Dice;
use super::error_shape::ErrorShape;
use super::webhook::EventName;

pub(crate) use effect::Effect;
pub(crate) use target::{Struck, Target, begins_with};

/// Something that goes wrong with requests, or with the events of webhooks.
///
/// Without further settings it hits every request to a resource (not the token endpoints) until it is
/// [cleared](super::FakePersonio::clear_faults).
///
/// ```
/// use personio_client::fake::Fault;
///
/// // The second and third page of employees fail, then all is well again.
/// let fault = Fault::status(503).on("GET /v1/company/employees").after(1).times(2);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Fault {
    pub(crate) effect: Effect,
    pub(crate) targets: Vec<Target>,
    pub(crate) skip: u32,
    pub(crate) times: Option<u32>,
    pub(crate) probability: f64,
    pub(crate) seed: u64,
    dice: Dice,
}

impl Fault {
    /// Answers with this status and the error shape of the endpoint; nothing is read or done.
    pub fn status(status: u16) -> Self {
        Self::new(Effect::Status(status))
    }

    /// Answers with this status in this shape, whatever the endpoint; nothing is read or done.
    pub fn refusal(status: u16, shape: ErrorShape) -> Self {
        Self::new(Effect::Refusal(status, shape))
    }

    /// Answers with a gateway's HTML page under this status, 502 for instance, or 200.
    pub fn html(status: u16) -> Self {
        Self::new(Effect::Html(status))
    }

    /// Answers 429 without saying how long to wait.
    pub fn rate_limited() -> Self {
        Self::new(Effect::RateLimited { retry_after: None })
    }

    /// Answers 429 with `Retry-After` in seconds.
    pub fn rate_limited_for(seconds: u32) -> Self {
        Self::new(Effect::RateLimited {
            retry_after: Some(seconds),
        })
    }

    /// Lets the token of the request expire before its time, so that it gets 401.
    pub fn expired_token() -> Self {
        Self::new(Effect::ExpiredToken)
    }

    /// Hides an attribute, by its v1 key, as if HR had taken it from the credential.
    pub fn attribute_withdrawn(key: impl Into<String>) -> Self {
        Self::new(Effect::AttributeWithdrawn(key.into()))
    }

    /// Takes a scope away, as if HR had taken it from the credential.
    pub fn scope_withdrawn(scope: impl Into<String>) -> Self {
        Self::new(Effect::ScopeWithdrawn(scope.into()))
    }

    /// Answers a list with no rows, status 200, as if there were nothing.
    pub fn empty_list() -> Self {
        Self::new(Effect::EmptyList)
    }

    /// Moves a page, but for the first, one row towards the start: it repeats the last row of the page before, and
    /// its own last row is missing.
    pub fn row_shifted() -> Self {
        Self::new(Effect::RowShifted)
    }

    /// Puts the last row of the page before in front of a page as well; no row is missing.
    pub fn row_doubled() -> Self {
        Self::new(Effect::RowDoubled)
    }

    /// Leaves out the first row of a page, but for the first, as if a row on an earlier page had been deleted.
    pub fn row_dropped() -> Self {
        Self::new(Effect::RowDropped)
    }

    /// Lets `total_elements` of v1 lists shrink by one with every page.
    pub fn total_shrinks() -> Self {
        Self::new(Effect::TotalShrinks)
    }

    /// Lets the next link of a v2 page point to that page itself.
    pub fn repeated_cursor() -> Self {
        Self::new(Effect::RepeatedCursor)
    }

    /// Puts a shape nobody expects into this field of the record in the middle of a list, or of a single record.
    pub fn undecodable_record(field: impl Into<String>) -> Self {
        Self::new(Effect::UndecodableRecord(field.into()))
    }

    /// Ends the JSON in the middle, in an otherwise complete answer.
    pub fn truncated_json() -> Self {
        Self::new(Effect::TruncatedJson)
    }

    /// Breaks the connection in the middle of the answer.
    pub fn cut_connection() -> Self {
        Self::new(Effect::CutConnection)
    }

    /// Breaks the connection before the request is served: nothing is read or done.
    pub fn dropped_connection() -> Self {
        Self::new(Effect::DroppedConnection)
    }

    /// Serves the request and breaks the connection before the answer: what was to be written is written.
    pub fn lost_answer() -> Self {
        Self::new(Effect::LostAnswer)
    }

    /// Holds the answer back for so long, in real time; the clock of the fake does not move.
    pub fn slow(by: Duration) -> Self {
        Self::new(Effect::Slow(by))
    }

    /// Answers reads from the company as it is when the fault is injected, whatever is written afterwards.
    pub fn stale_reads() -> Self {
        Self::new(Effect::StaleRead(None))
    }

    /// Lets the filters on changes (`updated_since`, `updated_at.gt`, ...) overlook what changed less than so long ago.
    pub fn late_changes(by: Duration) -> Self {
        Self::new(Effect::LateChange(by))
    }

    /// Lets the lower bounds of the filters on changes lie so much earlier: changes are reported again.
    pub fn repeated_changes(by: Duration) -> Self {
        Self::new(Effect::RepeatedChange(by))
    }

    /// Serves the request by a clock that is so many seconds ahead, or behind when negative.
    pub fn clock_skew(seconds: i32) -> Self {
        Self::new(Effect::ClockSkew(seconds))
    }

    /// Keeps an event from its receiver for good; the list of events still has it.
    pub fn event_lost() -> Self {
        Self::new(Effect::LostEvent)
    }

    /// Delivers an event twice.
    pub fn event_duplicated() -> Self {
        Self::new(Effect::DuplicatedEvent)
    }

    /// Delivers an event so much later, by the clock of the fake.
    pub fn event_delayed(by: Duration) -> Self {
        Self::new(Effect::DelayedEvent(by))
    }

    /// Delivers each event later by a time of its own, drawn from the seed and shorter than this, so that events overtake
    /// each other.
    pub fn events_reordered(within: Duration) -> Self {
        Self::new(Effect::ReorderedEvents(within))
    }

    /// Limits a fault of events to one of them; may be repeated. It counts and spares deliveries, not requests.
    pub fn on_event(mut self, name: EventName) -> Self {
        self.targets.push(Target::Event(name));
        self
    }

    /// Limits the fault to an operation, named as in [`super::operations`]; may be repeated.
    pub fn on(mut self, operation: impl Into<String>) -> Self {
        self.targets.push(Target::Operation(operation.into()));
        self
    }

    /// Limits the fault to requests with this method whose path begins with these segments, `GET` and `/v2/persons`;
    /// may be repeated.
    pub fn on_route(mut self, method: impl Into<String>, prefix: impl Into<String>) -> Self {
        self.targets.push(Target::Route {
            method: method.into(),
            prefix: prefix.into(),
        });
        self
    }

    /// Lets the fault hit the token endpoints too.
    pub fn everywhere(mut self) -> Self {
        self.targets.push(Target::Everything);
        self
    }

    /// Ends the fault after it has hit this many requests.
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Spares the first requests.
    pub fn after(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// Hits a request only with this probability, drawn from the seed; 0 is never, 1 is always.
    pub fn with_probability(mut self, probability: f64, seed: u64) -> Self {
        self.probability = probability;
        self.seed = seed;
        self.dice = Dice::new(seed);
        self
    }

    pub(crate) fn new(effect: Effect) -> Self {
        Self {
            effect,
            targets: Vec::new(),
            skip: 0,
            times: None,
            probability: 1.0,
            seed: 0,
            dice: Dice::new(0),
        }
    }

    /// Decides about one request.
    fn strikes(&mut self, request: &Struck<'_>) -> bool {
        self.means(request) && self.falls()
    }

    /// Decides about the delivery of one event.
    fn strikes_event(&mut self, name: EventName) -> bool {
        let mut targets = self.targets.iter();
        let is_meant =
            self.targets.is_empty() || targets.any(|target| *target == Target::Event(name));
        self.effect.concerns_events() && is_meant && self.falls()
    }

    /// Whether it is the turn of something that is meant.
    fn falls(&mut self) -> bool {
        if self.times == Some(0) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        let strikes = self.probability >= 1.0
            || f64::from(self.dice.below(u32::MAX)) < self.probability * f64::from(u32::MAX);
        if strikes && let Some(times) = &mut self.times {
            *times -= 1;
        }
        strikes
    }

    fn means(&self, request: &Struck<'_>) -> bool {
        if self.effect.concerns_events() {
            return false;
        }
        let for_tokens = request
            .operation
            .is_some_and(|operation| operation.contains("/auth"));
        if self.targets.is_empty() {
            return request.operation.is_some() && !for_tokens;
        }
        self.targets.iter().any(|target| match target {
            Target::Operation(operation) => request.operation == Some(operation),
            Target::Route { method, prefix } => {
                method == request.method && begins_with(request.path, prefix)
            }
            Target::Everything => !for_tokens || self.effect.concerns_tokens(),
            Target::Event(_) => false,
        })
    }
}

/// The faults that are in force.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Puts a fault in force; one that makes reads stale remembers the company as it is now.
    pub(crate) fn inject(&mut self, mut fault: Fault, company: &Company) {
        if let Effect::StaleRead(remembered) = &mut fault.effect {
            *remembered = Some(Arc::new(company.clone()));
        }
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }

    /// Says what happens to a request, in the order in which the faults were injected.
    pub(crate) fn strike(&mut self, request: &Struck<'_>) -> Vec<Effect> {
        let striking = self
            .0
            .iter_mut()
            .filter_map(|fault| fault.strikes(request).then(|| fault.effect.clone()));
        striking.collect()
    }

    /// Says what happens to the delivery of an event, in the order in which the faults were injected.
    pub(crate) fn strike_event(&mut self, name: EventName) -> Vec<Effect> {
        let striking = self.0.iter_mut().filter_map(|fault| {
            fault.strikes_event(name).then(|| match fault.effect {
                Effect::ReorderedEvents(within) => {
                    let most = u32::try_from(within.as_millis()).unwrap_or(u32::MAX);
                    let drawn = u64::from(fault.dice.below(most));
                    Effect::DelayedEvent(Duration::from_millis(drawn))
                }
                ref effect => effect.clone(),
            })
        });
        striking.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPLOYEES: &str = "GET /v1/company/employees";

    fn hits(fault: Fault, requests: usize) -> Vec<usize> {
        let mut faults = Faults::default();
        faults.inject(fault, &Company::new(chrono::DateTime::UNIX_EPOCH));
        let request = Struck {
            operation: Some(EMPLOYEES),
            method: "GET",
            path: "/v1/company/employees",
        };
        (0..requests)
            .filter(|_| !faults.strike(&request).is_empty())
            .collect()
    }

    #[test]
    fn a_fault_strikes_where_and_as_often_as_told() {
        assert_eq!(hits(Fault::status(503).after(1).times(2), 5), [1, 2]);
        assert_eq!(hits(Fault::status(503).on(EMPLOYEES), 2), [0, 1]);
        assert_eq!(hits(Fault::status(503).on("GET /v2/persons"), 2), [0; 0]);
        assert_eq!(
            hits(Fault::status(503).on_route("GET", "/v1/company"), 2),
            [0, 1]
        );
        for (method, prefix) in [("POST", "/v1"), ("GET", "/v1/comp"), ("GET", "/v2")] {
            let elsewhere = Fault::status(503).on_route(method, prefix);
            assert_eq!(hits(elsewhere, 2), [0; 0], "{method} {prefix}");
        }
    }

    #[test]
    fn a_probable_fault_strikes_about_as_often_as_said_and_always_the_same_requests() {
        let often = || hits(Fault::status(503).with_probability(0.3, 7), 1000);
        assert_eq!(often(), often());
        assert!(
            (250..350).contains(&often().len()),
            "{} of 1000",
            often().len()
        );
        assert_eq!(
            hits(Fault::status(503).with_probability(0.0, 7), 1000),
            [0; 0]
        );
    }
}
