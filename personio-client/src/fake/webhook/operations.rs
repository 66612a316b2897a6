//! The operations on webhooks, as an extension of the table of all operations.

use super::super::credential::scope::{WEBHOOKS, WEBHOOKS_WRITE};
use super::super::operation::{Operation, changing, reading};
use super::super::v2::query::PAGING;
use super::{journal, management, trigger};

pub(crate) static OPERATIONS: [Operation; 10] = [
    reading("GET /v2/webhooks", WEBHOOKS, management::list).asking(PAGING),
    changing("POST /v2/webhooks", WEBHOOKS_WRITE, management::create).taking(&management::WEBHOOK),
    reading("GET /v2/webhooks/{id}", WEBHOOKS, management::get),
    changing(
        "PATCH /v2/webhooks/{id}",
        WEBHOOKS_WRITE,
        management::update,
    )
    .taking(&management::WEBHOOK),
    changing(
        "DELETE /v2/webhooks/{id}",
        WEBHOOKS_WRITE,
        management::delete,
    ),
    reading("GET /v2/webhooks/{id}/events", WEBHOOKS, journal::events).asking(journal::EVENTS),
    reading(
        "GET /v2/webhooks/{id}/activity",
        WEBHOOKS,
        journal::activity,
    )
    .asking(journal::ACTIVITY),
    changing(
        "POST /v2/webhooks/{id}/redelivery",
        WEBHOOKS_WRITE,
        trigger::redelivery,
    )
    .taking(&trigger::UNKNOWN),
    changing("POST /v2/webhooks/{id}/ping", WEBHOOKS_WRITE, trigger::ping),
    changing(
        "POST /v2/webhooks/{id}/test-event",
        WEBHOOKS_WRITE,
        trigger::test_event,
    )
    .taking(&trigger::UNKNOWN),
];
