//! Whatever goes wrong while a week passes in HR: once it is over, the product has what it would have without it, and
//! until then nobody has lost anything that HR did not take.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use chrono::Days;
use examples::story;
use personio_client::fake::{ErrorShape, Fault, LoggedRequest};
use rstest::rstest;

use crate::host::{Host, Silent, TODAY, run};

const EMPLOYEES: &str = "GET /v1/company/employees";
const ABSENCES: &str = "GET /v2/absence-periods";

/// Every kind of fault that can happen to a request, by the name in `docs/fake.md`.
fn faults() -> Vec<(&'static str, Fault)> {
    vec![
        ("status", Fault::status(500)),
        ("empty", Fault::empty_list()),
        ("slow", Fault::slow(Duration::from_millis(1))),
        ("drop_connection", Fault::dropped_connection()),
        ("cut_connection", Fault::cut_connection()),
        ("lost_answer", Fault::lost_answer()),
        ("truncate", Fault::truncated_json()),
        ("refusal", Fault::refusal(503, ErrorShape::Rows)),
        ("html", Fault::html(200)),
        ("rate_limit", Fault::rate_limited_for(30)),
        ("expire_token", Fault::expired_token()),
        ("withdraw_attribute", Fault::attribute_withdrawn("status")),
        (
            "withdraw_scope",
            Fault::scope_withdrawn("personio:absences:read"),
        ),
        ("shift_row", Fault::row_shifted()),
        ("double_row", Fault::row_doubled()),
        ("drop_row", Fault::row_dropped()),
        ("shrink_total", Fault::total_shrinks()),
        ("repeat_cursor", Fault::repeated_cursor()),
        (
            "undecodable_record",
            Fault::undecodable_record("attributes"),
        ),
        (
            "undecodable_record",
            Fault::undecodable_record("starts_from").on(ABSENCES),
        ),
        (
            "late_change",
            Fault::late_changes(Duration::from_secs(86_400)),
        ),
        (
            "repeat_change",
            Fault::repeated_changes(Duration::from_secs(86_400)),
        ),
        ("stale_read", Fault::stale_reads()),
        ("clock_skew", Fault::clock_skew(-7200)),
        // The same in the middle of a run, and as waves that come and go.
        (
            "withdraw_attribute",
            Fault::attribute_withdrawn("email").on(EMPLOYEES).after(1),
        ),
        (
            "withdraw_scope",
            Fault::scope_withdrawn("employees:read")
                .on(EMPLOYEES)
                .after(1),
        ),
        ("status", Fault::status(503).with_probability(0.5, 7)),
        (
            "cut_connection",
            Fault::cut_connection().with_probability(0.5, 8),
        ),
        ("drop_row", Fault::row_dropped().with_probability(0.5, 9)),
        ("empty", Fault::empty_list().with_probability(0.5, 10)),
    ]
}

/// In four parts, so that they run side by side.
#[rstest]
#[tokio::test]
async fn after_any_fault_the_product_equals_that_of_an_undisturbed_run(
    #[values(0, 1, 2, 3)] part: usize,
) {
    let undisturbed = Host::synced().await;
    let before = undisturbed.facts().await;
    a_week_passes(&undisturbed);
    settle(&undisturbed).await;
    let after = undisturbed.facts().await;
    let kept: BTreeSet<String> = before.intersection(&after).cloned().collect();
    assert!(kept.len() < before.len(), "the week takes something away");

    for (name, fault) in faults().into_iter().skip(part).step_by(4) {
        let host = Host::synced().await;
        host.fake
            .inject(fault.clone())
            .expect("the operation exists");
        disturbed(&host).await;
        a_week_passes(&host);
        for _ in 0..2 {
            disturbed(&host).await;
            let facts = host.facts().await;
            assert!(
                kept.is_subset(&facts),
                "{fault:?} takes away what HR leaves"
            );
        }
        let struck = |request: &LoggedRequest| request.faults.contains(&name);
        assert!(
            host.fake.requests().iter().any(struck),
            "{fault:?} never struck"
        );

        host.fake.clear_faults();
        settle(&host).await;
        assert_eq!(host.facts().await, after, "{fault:?} leaves a trace");
    }
}

#[test]
fn no_fault_is_left_out() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/fake.md");
    let page = fs::read_to_string(page).expect("the page about the fake can be read");
    let rows = page
        .lines()
        .skip_while(|line| !line.starts_with("| fault | what happens"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    // What strikes the deliveries of webhooks strikes no request of a sync.
    let documented: BTreeSet<&str> = rows
        .filter_map(|row| row.split('`').nth(1))
        .filter(|name| !name.contains("event"))
        .collect();
    let tried: BTreeSet<&str> = faults().into_iter().map(|(name, _)| name).collect();
    assert_eq!(documented, tried);
}

fn a_week_passes(host: &Host) {
    let week_later = TODAY + Days::new(7);
    let morning = week_later.and_hms_opt(8, 0, 0).expect("a time").and_utc();
    host.fake.set_now(morning);
    host.fake
        .company(|company| story::a_week_passes(company, week_later))
        .expect("happens");
}

/// Syncs while something is wrong: an error is as good as a run that finds nothing to do.
async fn disturbed(host: &Host) {
    let later = TODAY + Days::new(7);
    let _ = host.connection.sync(run(later), Silent).await;
}

/// Syncs until there is nothing to do; what vanished must be missing twice first.
async fn settle(host: &Host) {
    let later = TODAY + Days::new(7);
    for _ in 0..4 {
        let sync = host.connection.sync(run(later), Silent);
        if sync.await.expect("syncs").is_empty() {
            return;
        }
    }
    panic!("four syncs do not suffice");
}
