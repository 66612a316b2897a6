//! Faults: what goes wrong, where, how often.

use super::dice::Dice;

/// Something that goes wrong with requests.
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
    operations: Vec<String>,
    skip: u32,
    times: Option<u32>,
    probability: f64,
    dice: Dice,
}

impl Fault {
    /// Answers with this status and the error shape of the endpoint; nothing is read or done.
    pub fn status(status: u16) -> Self {
        Self::new(Effect::Status(status))
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

    /// Limits the fault to an operation, named as in [`super::operations`]; may be repeated.
    pub fn on(mut self, operation: impl Into<String>) -> Self {
        self.operations.push(operation.into());
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
        self.dice = Dice::new(seed);
        self
    }

    fn new(effect: Effect) -> Self {
        Self {
            effect,
            operations: Vec::new(),
            skip: 0,
            times: None,
            probability: 1.0,
            dice: Dice::new(0),
        }
    }

    pub(crate) fn operations(&self) -> &[String] {
        &self.operations
    }

    /// Decides about one request.
    fn strikes(&mut self, operation: &str) -> bool {
        let meant = if self.operations.is_empty() {
            !operation.contains("/auth")
        } else {
            self.operations.iter().any(|meant| meant == operation)
        };
        if !meant || self.times == Some(0) {
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
}

#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Status(u16),
    Html(u16),
    RateLimited { retry_after: Option<u32> },
    ExpiredToken,
    AttributeWithdrawn(String),
    ScopeWithdrawn(String),
    EmptyList,
    RowShifted,
    RowDoubled,
    RowDropped,
    TotalShrinks,
    RepeatedCursor,
    UndecodableRecord(String),
    TruncatedJson,
    CutConnection,
}

impl Effect {
    /// The name in the request log.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Html(_) => "html",
            Self::RateLimited { .. } => "rate limited",
            Self::ExpiredToken => "expired token",
            Self::AttributeWithdrawn(_) => "attribute withdrawn",
            Self::ScopeWithdrawn(_) => "scope withdrawn",
            Self::EmptyList => "empty list",
            Self::RowShifted => "row shifted",
            Self::RowDoubled => "row doubled",
            Self::RowDropped => "row dropped",
            Self::TotalShrinks => "total shrinks",
            Self::RepeatedCursor => "repeated cursor",
            Self::UndecodableRecord(_) => "undecodable record",
            Self::TruncatedJson => "truncated json",
            Self::CutConnection => "cut connection",
        }
    }
}

/// The faults that are in force.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn inject(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Says what happens to a request, in the order in which the faults were injected.
    pub(crate) fn strike(&mut self, operation: &str) -> Vec<Effect> {
        let striking = self
            .0
            .iter_mut()
            .filter_map(|fault| fault.strikes(operation).then(|| fault.effect.clone()));
        striking.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPLOYEES: &str = "GET /v1/company/employees";

    fn hits(fault: Fault, requests: usize) -> Vec<usize> {
        let mut faults = Faults::default();
        faults.inject(fault);
        (0..requests)
            .filter(|_| !faults.strike(EMPLOYEES).is_empty())
            .collect()
    }

    #[test]
    fn a_fault_strikes_where_and_as_often_as_told() {
        assert_eq!(hits(Fault::status(503).after(1).times(2), 5), [1, 2]);
        assert_eq!(hits(Fault::status(503).on(EMPLOYEES), 2), [0, 1]);
        assert_eq!(hits(Fault::status(503).on("GET /v2/persons"), 2), [0; 0]);
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
