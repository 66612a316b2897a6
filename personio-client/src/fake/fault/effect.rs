//! What a fault does.

use std::sync::Arc;
use std::time::Duration;

use super::super::company::Company;
use super::super::error_shape::ErrorShape;

/// What happens to a request, or to an event of a webhook, that a fault strikes.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Status(u16),
    Refusal(u16, ErrorShape),
    Html(u16),
    RateLimited {
        retry_after: Option<u32>,
    },
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
    DroppedConnection,
    LostAnswer,
    Slow(Duration),
    /// The company to read from, once the fault is in force.
    StaleRead(Option<Arc<Company>>),
    LateChange(Duration),
    RepeatedChange(Duration),
    ClockSkew(i32),
    LostEvent,
    DuplicatedEvent,
    DelayedEvent(Duration),
    ReorderedEvents(Duration),
}

impl Effect {
    /// The name in the request log and in the admin API.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Refusal(..) => "refusal",
            Self::Html(_) => "html",
            Self::RateLimited { .. } => "rate_limit",
            Self::ExpiredToken => "expire_token",
            Self::AttributeWithdrawn(_) => "withdraw_attribute",
            Self::ScopeWithdrawn(_) => "withdraw_scope",
            Self::EmptyList => "empty",
            Self::RowShifted => "shift_row",
            Self::RowDoubled => "double_row",
            Self::RowDropped => "drop_row",
            Self::TotalShrinks => "shrink_total",
            Self::RepeatedCursor => "repeat_cursor",
            Self::UndecodableRecord(_) => "undecodable_record",
            Self::TruncatedJson => "truncate",
            Self::CutConnection => "cut_connection",
            Self::DroppedConnection => "drop_connection",
            Self::LostAnswer => "lost_answer",
            Self::Slow(_) => "slow",
            Self::StaleRead(_) => "stale_read",
            Self::LateChange(_) => "late_change",
            Self::RepeatedChange(_) => "repeat_change",
            Self::ClockSkew(_) => "clock_skew",
            Self::LostEvent => "lose_event",
            Self::DuplicatedEvent => "duplicate_event",
            Self::DelayedEvent(_) => "delay_event",
            Self::ReorderedEvents(_) => "reorder_events",
        }
    }

    /// Whether it happens to events of webhooks, not to requests.
    pub(crate) fn concerns_events(&self) -> bool {
        matches!(
            self,
            Self::LostEvent
                | Self::DuplicatedEvent
                | Self::DelayedEvent(_)
                | Self::ReorderedEvents(_)
        )
    }

    /// Whether it can happen to a request for a token at all.
    pub(super) fn concerns_tokens(&self) -> bool {
        matches!(
            self,
            Self::Status(_)
                | Self::Refusal(..)
                | Self::Html(_)
                | Self::RateLimited { .. }
                | Self::TruncatedJson
                | Self::CutConnection
                | Self::DroppedConnection
                | Self::LostAnswer
                | Self::Slow(_)
                | Self::ClockSkew(_)
        )
    }
}
