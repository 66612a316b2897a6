//! `GET /v1/company/employees/{id}/profile-picture`, with and without a width.

use super::super::http::{Answer, Body};
use super::super::operation::Call;
use super::super::refusal::Refusal;
use super::employees::find;

/// Sends a picture of one pixel, whatever the width: the fake cannot draw.
///
/// No such person, no picture, and not readable look the same (specified).
pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let employee = find(call, call.placeholders.first().copied().unwrap_or_default())?;
    if employee.has_picture && call.access.may_read("profile_picture") {
        Ok(Answer::new(200, Body::Bytes("image/png", PIXEL)))
    } else {
        Err(Refusal::v1(404, 0, "Es ist ein Problem aufgetreten"))
    }
}

/// A PNG of one grey pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\
    \0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\
    \0\0\0\nIDATx\xdach\0\0\0\x82\0\x81\xdaE\x08;\
    \0\0\0\0IEND\xaeB`\x82";
