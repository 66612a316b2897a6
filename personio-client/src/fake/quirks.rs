//! The habits of Personio's API that are unknown, disputed or changing, each one a switch.

use chrono::{FixedOffset, Offset, Utc};

/// How the fake behaves where the reference is unsure or the service has changed.
///
/// The defaults are what was last documented or observed; where nothing is known, they are the more troublesome
/// choice, because a client that bears that one bears both.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Quirks {
    /// Refuses what the documentation does not allow and the service bears without a word, and says why: parameters and
    /// fields nobody documented, values of other types, bodies of other media types.
    pub strict: bool,
    /// Takes v1 credentials from the query string; otherwise 403 (documented for the end of 2026, dates disputed).
    pub query_credentials: bool,
    /// Answers 403 on the list of readable attributes when a credential may read none (observed for some).
    pub attribute_list_forbidden: bool,
    /// Lets a token open v1 once; the next one comes in the `authorization` header (until 2023, documented).
    pub one_time_tokens: bool,
    /// Lets `expires_in` of v1 tell the remaining lifetime; otherwise always a full day (unknown; v2 always counts down).
    pub v1_expires_in_counts_down: bool,
    /// Answers a missing right with 403 everywhere; otherwise 401 on `/v2/persons` (observed).
    pub missing_right_is_always_403: bool,
    /// Page size of v1 employees when none is asked for: 50 (documented), 10 (specified).
    pub employees_default_limit: usize,
    /// Largest page of v1 employees: 100 since 2025 (documented), 200 before.
    pub employees_max_limit: usize,
    /// Cuts a too large v1 `limit` to the largest page; otherwise 422 (unknown).
    pub clamps_limit: bool,
    /// Writes empty nested objects of v1 employees as `null`, `""` and `[]` in turns (observed); otherwise `null`.
    pub empty_objects_vary: bool,
    /// Writes half days of v1 time-offs as `true` and `false` (specified); otherwise 1 and 0 (observed).
    pub half_days_as_booleans: bool,
    /// Lets v1 time-offs that begin on the day after `end_date` through (observed).
    pub end_date_includes_next_day: bool,
    /// The status with which v1 attendances are refused; their end was announced for 2026-08-30 (documented), whether it came
    /// is unknown.
    pub v1_attendances_gone: Option<u16>,
    /// The offset from UTC at which `updated_since` is read (unknown).
    pub updated_since_offset: FixedOffset,
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
            clamps_limit: false,
            empty_objects_vary: true,
            half_days_as_booleans: false,
            end_date_includes_next_day: false,
            v1_attendances_gone: None,
            updated_since_offset: Utc.fix(),
            v2_filters_take_dates_only: false,
            employment_moves_person: false,
            employments_link_astray: true,
            relative_links: false,
            last_working_date: false,
            v2_labels: false,
            null_error_type: false,
        }
    }
}
