//! The operations on webhooks, as an extension of the table of all operations.

use super::super::credential::scope::{WEBHOOKS, WEBHOOKS_WRITE};
use super::super::http::Answer;
use super::super::operation::{Call, ChangeCall, Handle, Handler, Operation};
use super::super::refusal::Refusal;
use super::{journal, management, trigger};

pub(crate) static OPERATIONS: [Operation; 10] = [
    reading("GET /v2/webhooks", management::list),
    changing("POST /v2/webhooks", management::create),
    reading("GET /v2/webhooks/{id}", management::get),
    changing("PATCH /v2/webhooks/{id}", management::update),
    changing("DELETE /v2/webhooks/{id}", management::delete),
    reading("GET /v2/webhooks/{id}/events", journal::events),
    reading("GET /v2/webhooks/{id}/activity", journal::activity),
    changing("POST /v2/webhooks/{id}/redelivery", trigger::redelivery),
    changing("POST /v2/webhooks/{id}/ping", trigger::ping),
    changing("POST /v2/webhooks/{id}/test-event", trigger::test_event),
];

const fn reading(
    name: &'static str,
    handle: fn(&Call<'_>) -> Result<Answer, Refusal>,
) -> Operation {
    Operation {
        name,
        echoes_token: false,
        handler: Handler::Resource {
            scope: WEBHOOKS,
            handle: Handle::Read(handle),
        },
    }
}

const fn changing(
    name: &'static str,
    handle: fn(&mut ChangeCall<'_>) -> Result<Answer, Refusal>,
) -> Operation {
    Operation {
        name,
        echoes_token: false,
        handler: Handler::Resource {
            scope: WEBHOOKS_WRITE,
            handle: Handle::Change(handle),
        },
    }
}
