//! Whatever goes wrong on the way from Personio, the product keeps what it has, and somebody is told.
//!
//! Each test syncs a company, lets something go wrong, syncs again, and compares the product's rows.

use personio_client::fake::Fault;
use rstest::rstest;
use sync_core::{Alarm, Class, Gap, Outcome, Plan, Record, SkipReason, with_causes};

use crate::host::Host;

const EMPLOYEES: &str = "GET /v1/company/employees";
const ABSENCES: &str = "GET /v2/absence-periods";

/// What is expected of a sync while a fault strikes.
enum Expected {
    /// It fails, and says this.
    Error(&'static str),
    /// It goes through as if nothing had happened.
    Nothing,
}

#[rstest]
#[case::a_scope_was_taken_away(
    Fault::scope_withdrawn("employees:read"),
    Expected::Error("check the credential and its rights")
)]
#[case::absences_may_no_longer_be_read(
    Fault::scope_withdrawn("personio:absences:read"),
    Expected::Error("check the credential and its rights")
)]
#[case::too_many_requests_for_good(Fault::rate_limited().on(EMPLOYEES), Expected::Error("it may work later"))]
#[case::too_many_requests_once(Fault::rate_limited().on(EMPLOYEES).times(1), Expected::Nothing)]
#[case::told_how_long_to_wait(Fault::rate_limited_for(30).on(EMPLOYEES).times(2), Expected::Nothing)]
#[case::a_wave_of_server_errors_that_ends(Fault::status(503).on(EMPLOYEES).times(2), Expected::Nothing)]
#[case::a_wave_that_does_not_end(Fault::status(502).on(ABSENCES), Expected::Error("it may work later"))]
#[case::an_answer_ends_in_the_middle(Fault::truncated_json().on(EMPLOYEES), Expected::Error("cannot read employees"))]
#[case::a_connection_breaks_for_good(Fault::cut_connection().on(ABSENCES), Expected::Error("it may work later"))]
#[case::a_page_of_html_instead_of_json(Fault::html(200).on(EMPLOYEES), Expected::Error("cannot read employees"))]
#[case::a_gateway_answers_with_html(Fault::html(502).on(EMPLOYEES).times(1), Expected::Nothing)]
#[case::the_token_expires_early(Fault::expired_token().times(1), Expected::Nothing)]
#[case::a_cursor_comes_again(Fault::repeated_cursor().on(ABSENCES), Expected::Error("cannot read absences"))]
#[tokio::test]
async fn an_answer_that_is_no_answer_changes_nothing(
    #[case] fault: Fault,
    #[case] expected: Expected,
) {
    let host = Host::synced().await;
    let before = host.content().await;
    host.fake.inject(fault).expect("the operation exists");

    match (host.sync().await, expected) {
        (Err(error), Expected::Error(part)) => {
            assert!(
                with_causes(&*error).contains(part),
                "{}",
                with_causes(&*error)
            );
        }
        (Ok(outcome), Expected::Nothing) => assert!(outcome.is_empty()),
        (Ok(outcome), Expected::Error(_)) => panic!("{}\n{}", outcome.accounts, outcome.absences),
        (Err(error), Expected::Nothing) => panic!("{}", with_causes(&*error)),
    }
    assert_eq!(host.content().await, before);
}

#[tokio::test]
async fn a_wrong_secret_is_named_and_nothing_is_written() {
    let host = Host::with_secret("wrong").await;
    let error = host.sync().await.expect_err("the login fails");
    assert!(
        with_causes(&*error).contains("check the credential and its rights"),
        "{}",
        with_causes(&*error)
    );
    assert!(
        !with_causes(&*error).contains("wrong"),
        "the secret stays out of the error"
    );
    assert!(host.content().await.is_empty());
}

#[rstest]
#[case::a_name("last_name")]
#[case::the_address("email")]
#[tokio::test]
async fn an_attribute_that_may_no_longer_be_read_is_not_cleared(#[case] attribute: &str) {
    let host = Host::synced().await;
    let before = host.content().await;
    host.fake
        .inject(Fault::attribute_withdrawn(attribute))
        .expect("strikes everywhere");
    let outcome = host.sync().await.expect("syncs");
    assert!(outcome.is_empty(), "{}", outcome.accounts);
    assert_eq!(host.content().await, before);
}

#[tokio::test]
async fn without_the_status_nothing_is_decided_about_anybody() {
    let host = Host::synced().await;
    let before = host.content().await;
    host.fake
        .inject(Fault::attribute_withdrawn("status"))
        .expect("strikes everywhere");
    let outcome = host.sync().await.expect("syncs");
    assert!(outcome.is_empty());
    let blocked = |reason: &SkipReason| matches!(reason, SkipReason::Blocked(_));
    assert_eq!(
        skipped(&outcome.accounts, blocked),
        outcome.accounts.explanations().len()
    );
    assert_eq!(host.content().await, before);
}

#[rstest]
#[case::rows_shift(Fault::row_shifted().on(EMPLOYEES))]
#[case::a_row_is_lost(Fault::row_dropped().on(EMPLOYEES))]
#[case::the_total_shrinks(Fault::total_shrinks().on(EMPLOYEES))]
#[case::a_shifted_absence(Fault::row_shifted().on(ABSENCES))]
#[case::a_lost_absence(Fault::row_dropped().on(ABSENCES))]
#[case::rows_come_twice(Fault::row_doubled())]
#[tokio::test]
async fn rows_that_move_between_pages_take_nothing_away(#[case] fault: Fault) {
    let host = Host::synced().await;
    let before = host.content().await;
    host.fake.inject(fault).expect("the operation exists");
    // However often it happens: no number of bad lists makes a deletion.
    for _ in 0..3 {
        let outcome = host.sync().await.expect("syncs");
        assert!(
            outcome.is_empty(),
            "{}\n{}",
            outcome.accounts,
            outcome.absences
        );
    }
    assert_eq!(host.content().await, before);
}

#[tokio::test]
async fn a_lost_row_is_reported_as_a_gap() {
    let host = Host::synced().await;
    host.fake
        .inject(Fault::row_dropped().on(EMPLOYEES))
        .expect("the operation exists");
    let outcome = host.sync().await.expect("syncs");
    let alarms = outcome.accounts.alarms();
    assert!(
        matches!(alarms, [Alarm::Incomplete(gaps)] if gaps.iter().any(|gap| matches!(gap, Gap::CountDiffers { .. }))),
        "{alarms:?}"
    );
}

#[tokio::test]
async fn one_record_that_cannot_be_read_does_not_hide_the_others() {
    let host = Host::synced().await;
    let before = host.content().await;
    host.fake
        .inject(Fault::undecodable_record("starts_from").on(ABSENCES))
        .expect("the operation exists");
    let outcome = host.sync().await.expect("syncs");
    assert!(outcome.is_empty(), "{}", outcome.absences);
    let blocked = skipped(&outcome.absences, |reason| {
        matches!(reason, SkipReason::Blocked(_))
    });
    assert!(blocked > 0, "the unreadable record is reported");
    assert_eq!(host.content().await, before);
}

#[tokio::test]
async fn an_empty_list_of_people_locks_nobody() {
    let host = Host::synced().await;
    let before = host.content().await;
    host.fake
        .inject(Fault::empty_list().on(EMPLOYEES))
        .expect("the operation exists");
    for _ in 0..3 {
        let outcome = host.sync().await.expect("syncs");
        assert!(outcome.is_empty(), "{}", outcome.accounts);
    }
    assert_eq!(host.content().await, before);
}

#[tokio::test]
async fn an_empty_list_of_absences_removes_none() {
    let host = Host::synced().await;
    let before = host.content().await;
    host.fake
        .inject(Fault::empty_list().on(ABSENCES))
        .expect("the operation exists");
    let outcome = host.sync().await.expect("syncs");
    assert!(
        outcome
            .absences
            .ready()
            .iter()
            .all(|change| change.class() != Class::Remove)
    );
    assert_eq!(host.content().await, before);
}

#[tokio::test]
async fn a_company_that_is_really_gone_is_held_with_an_alarm() {
    let host = Host::synced().await;
    let before = host.content().await;
    host.fake
        .company(|company| {
            let everybody: Vec<_> = company
                .employees()
                .map(|employee| employee.number())
                .collect();
            everybody
                .into_iter()
                .try_for_each(|employee| company.delete_employee(employee))
        })
        .expect("everybody exists");
    let outcome = host.sync().await.expect("syncs");
    assert!(outcome.accounts.ready().is_empty() && outcome.absences.ready().is_empty());
    assert_eq!(host.content().await, before);
}

/// Counts the records that are skipped for a reason.
fn skipped<R: Record>(plan: &Plan<R>, reason: impl Fn(&SkipReason) -> bool) -> usize {
    let skipped = |outcome: &Outcome| matches!(outcome, Outcome::Skipped(why) if reason(why));
    plan.explanations()
        .values()
        .filter(|explanation| skipped(&explanation.outcome))
        .count()
}
