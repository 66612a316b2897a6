//! Lists that are there and have nothing in them: recruiting (beta) and reports.
//!
//! Neither is needed to synchronise people; they are here for how they refuse: recruiting hides from callers without
//! `Beta: true`, and reports answer a missing right with 400.

use super::super::http::Answer;
use super::super::operation::Call;
use super::super::refusal::Refusal;
use super::query::{Limits, ListRequest};

/// What can be asked of applications.
pub(crate) const APPLICATIONS: &[&str] = &[
    "limit",
    "cursor",
    "candidate.email",
    "updated_at.gt",
    "updated_at.lt",
];

/// Answers with an empty page, limits 1 to 200 (documented for recruiting, unknown for reports).
pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let limits = Limits {
        default: 100,
        max: 200,
    };
    let request = ListRequest::read(call, limits)?;
    let nothing = std::iter::empty::<()>();
    Ok(request.answer(call, call.path, nothing, |()| ().into()))
}
