//! The habits of Personio's API that are unknown, disputed or changing, each one a switch.

use chrono::{FixedOffset, NaiveDate, Offset, Utc};
use serde::{Deserialize, Serialize};

use super::webhook::{PayloadForm, RetryPlan};

/// How the fake behaves where the reference is unsure or the service has changed.
///
/// The defaults are what was last documented or observed; where nothing is known, they are the more troublesome
/// choice, because a client that bears that one bears both.
///
/// In JSON each goes by its name, as in the admin API.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Quirks {
    /// Refuses what the documentation does not allow and the service bears without a word, and says why: parameters and
    /// fields nobody documented, values of other types, bodies of other media types, webhooks over plain `http`.
    pub strict: bool,
    /// Takes v1 credentials from the query string; otherwise 403 (documented for the end of 2026, dates disputed).
    pub query_credentials: bool,
    /// Answers 403 on the list of readable attributes when a credential may read none (observed for some).
    pub attribute_list_forbidden: bool,
    /// Lets a token open v1 once; the next one comes in the `authorization` header (until 2023, documented).
    pub one_time_tokens: bool,
    /// Lets `expires_in` of v1 tell the remaining lifetime; otherwise always a full day (unknown; v2 always counts down).
    pub v1_expires_in_counts_down: bool,
    /// Answers a missing right with 403 everywhere; otherwise 401 on `/v2/persons` and 400 on `/v2/reports` (observed).
    pub missing_right_is_always_403: bool,
    /// Page size of v1 employees when none is asked for: 50 (documented), 10 (specified), everybody before 2025 (documented).
    pub employees_default_limit: usize,
    /// Largest page of v1 employees: 100 since 2025 (documented), 200 before.
    pub employees_max_limit: usize,
    /// Page size of v1 time-offs, their types and absence periods when none is asked for (specified).
    pub absences_default_limit: usize,
    /// Largest page of v1 time-offs (observed), their types and absence periods (unknown).
    pub absences_max_limit: usize,
    /// Page size of v1 attendances when none is asked for (specified).
    pub attendances_default_limit: usize,
    /// Largest page of v1 attendances (observed).
    pub attendances_max_limit: usize,
    /// Lets `offset` of v1 absence periods count records (specified, and so until 2023-08-25); otherwise pages (documented).
    pub absence_periods_count_records: bool,
    /// Cuts a too large v1 `limit` to the largest page; otherwise 422 (unknown).
    pub clamps_limit: bool,
    /// Writes empty nested objects of v1 employees as `null`, `""` and `[]` in turns (observed); otherwise `null`.
    pub empty_objects_vary: bool,
    /// Writes custom numbers of v1 employees as text (inferred); otherwise as numbers (specified).
    pub custom_numbers_as_text: bool,
    /// Writes offsets of v1 time-offs without colon, `+0100` (specified); otherwise with one (observed).
    pub offsets_without_colon: bool,
    /// Writes half days of v1 time-offs as `true` and `false` (specified); otherwise 1 and 0 (observed).
    pub half_days_as_booleans: bool,
    /// Lets v1 time-offs that begin on the day after `end_date` through (observed).
    pub end_date_includes_next_day: bool,
    /// Answers 500 to an unknown type in the filter of v1 absence periods, as until 2024-10-09; otherwise 404 (documented).
    pub unknown_absence_type_is_500: bool,
    /// Refuses v1 attendances with a break of no minutes (observed once).
    pub zero_break_refused: bool,
    /// Repeats no token in the header of v1 attendances. Clients report that the service does so today (observed), and some
    /// still in use insist on the header.
    pub attendances_repeat_no_token: bool,
    /// The status with which v1 attendances are refused once they have ended; whether they did is unknown.
    pub v1_attendances_gone: Option<u16>,
    /// The last day of v1 attendances, by the clock of the fake: 2026-08-30 was announced (documented), moves were discussed.
    pub v1_attendances_last_day: NaiveDate,
    /// The offset from UTC at which `updated_since` is read (unknown).
    #[serde(with = "offset")]
    pub updated_since_offset: FixedOffset,
    /// Lets v1 answer 422 on the list of attendances as soon as one of the company ends on a later day than it starts
    /// (observed since July 2026).
    pub v1_refuses_overnight: bool,
    /// Refuses changes of confirmed attendance periods in v2 with 422 (observed; the status is unknown).
    pub confirmed_attendances_locked: bool,
    /// How long an attendance period of v2 may be, in hours; a longer one gets 422 (documented, the figure is unknown).
    pub longest_attendance_hours: u8,
    /// Takes a midnight as the end of an absence in v2 writes for the last day, inclusive (observed in what clients send);
    /// otherwise it ends there, as it is read (unknown).
    pub absence_ends_written_inclusive: bool,
    /// Keeps an absence pending when a change of it in v2 skips approval; otherwise it is approved at once, as a new one is
    /// (unknown).
    pub absence_changes_keep_approval: bool,
    /// Hides the lists of org units, cost centers and workplaces from requests without `Beta: true` (until 2026, documented).
    pub organisation_is_beta: bool,
    /// Answers 412 on org units and legal entities, as for companies without that feature (documented).
    pub no_legal_entities_feature: bool,
    /// Puts a single attendance period, project, org unit or legal entity of v2 into `_data`; otherwise it comes bare (unknown).
    pub v2_wraps_single: bool,
    /// Revokes v2 tokens only for requests that carry one in `Authorization`; otherwise 401 (observed once).
    pub revoke_needs_token: bool,
    /// Accepts only plain dates in the filters of v2 persons and employments (observed); otherwise date-times too.
    pub v2_filters_take_dates_only: bool,
    /// Lets a change of an employment move `updated_at` of its person in v2 (unknown).
    pub employment_moves_person: bool,
    /// Lets the pages of v2 employments link to `/v2/employments`, which does not exist (specified examples).
    pub employments_link_astray: bool,
    /// Writes `next` links of v2 as paths (before 2025-09 on attendances); otherwise absolute.
    pub relative_links: bool,
    /// Calls the last working day of a v2 termination `last_working_date` (examples of the specification).
    pub last_working_date: bool,
    /// Gives labels to v2 custom attributes; usually they are missing (observed).
    pub v2_labels: bool,
    /// Leaves `type` of v2 errors null (observed).
    pub null_error_type: bool,
    /// How the events of webhooks name what they are about (unknown).
    pub webhook_payload: PayloadForm,
    /// When deliveries of webhooks are tried again (the delays are unknown), and how long an answer may take.
    pub webhook_retries: RetryPlan,
    /// Answers 409 when a second webhook gets the same URL (that there are conflicts is documented, which is unknown).
    pub webhook_urls_are_unique: bool,
    /// Answers 403 when a webhook is enabled for events of what the credential may not read (unknown).
    pub webhook_events_need_read_scopes: bool,
    /// Lists what happened while a webhook was disabled, and sends it again when asked to (unknown).
    pub disabled_webhooks_list_events: bool,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            strict: false,
            query_credentials: false,
            attribute_list_forbidden: false,
            one_time_tokens: false,
            v1_expires_in_counts_down: true,
            missing_right_is_always_403: false,
            employees_default_limit: 50,
            employees_max_limit: 100,
            absences_default_limit: 200,
            absences_max_limit: 200,
            attendances_default_limit: 200,
            attendances_max_limit: 200,
            absence_periods_count_records: false,
            clamps_limit: false,
            empty_objects_vary: true,
            custom_numbers_as_text: false,
            offsets_without_colon: false,
            half_days_as_booleans: false,
            end_date_includes_next_day: false,
            unknown_absence_type_is_500: false,
            zero_break_refused: false,
            attendances_repeat_no_token: false,
            v1_attendances_gone: None,
            v1_attendances_last_day: NaiveDate::from_ymd_opt(2026, 8, 30).unwrap_or_default(),
            v1_refuses_overnight: true,
            confirmed_attendances_locked: true,
            longest_attendance_hours: 24,
            absence_ends_written_inclusive: true,
            absence_changes_keep_approval: false,
            organisation_is_beta: false,
            no_legal_entities_feature: false,
            v2_wraps_single: false,
            revoke_needs_token: false,
            updated_since_offset: Utc.fix(),
            v2_filters_take_dates_only: false,
            employment_moves_person: false,
            employments_link_astray: true,
            relative_links: false,
            last_working_date: false,
            v2_labels: false,
            null_error_type: false,
            webhook_payload: PayloadForm::Nested,
            webhook_retries: RetryPlan::default(),
            webhook_urls_are_unique: true,
            webhook_events_need_read_scopes: true,
            disabled_webhooks_list_events: false,
        }
    }
}

/// An offset as `+01:00`.
mod offset {
    use chrono::FixedOffset;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(
        offset: &FixedOffset,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(offset)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<FixedOffset, D::Error> {
        let text = String::deserialize(deserializer)?;
        let offset = text.parse();
        offset.map_err(|_| de::Error::invalid_value(de::Unexpected::Other("text"), &"+01:00"))
    }
}
