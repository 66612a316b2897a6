//! How lists are read: where they end, what is noticed, what is proved.

use futures::TryStreamExt;
use personio_client::testing::{Answer, Expected, ReplayTransport};
use personio_client::v1::{Employee, ListEmployees, ListTimeOffTypes, ListTimeOffs};
use personio_client::v2::{ListEmployments, ListPersons};
use personio_client::{EmployeeId, Gap, Lenient, Listing, PersonId, Result, TransportErrorKind};
use rstest::rstest;
use serde_json::json;

use crate::answers::{bare_v1_page, employee, employees, person, time_off, v1_page, v2_page};

const EMPLOYEES: &str = "/v1/company/employees";
const TIME_OFFS: &str = "/v1/company/time-offs";
const PERSONS: &str = "/v2/persons";

/// Answers with pages of employees, written as `1 2 of 3 | 3 of 3`: their ids and the total that each declares, or none.
fn employee_pages(limit: u32, pages: &str) -> ReplayTransport {
    let mut offset = 0;
    pages
        .split('|')
        .fold(ReplayTransport::new(), |transport, page| {
            let (ids, total) = page
                .split_once("of")
                .map_or((page, None), |(ids, total)| (ids, Some(total)));
            let ids: Vec<u64> = ids
                .split_whitespace()
                .map(|id| id.parse().unwrap())
                .collect();
            let rows = employees(ids.iter().copied());
            let body = match total.map(|total| total.trim().parse::<u64>().unwrap()) {
                Some(total) => v1_page(rows, total, total.div_ceil(u64::from(limit))),
                None => bare_v1_page(rows),
            };
            let request = Expected::get(EMPLOYEES)
                .query("limit", limit.to_string())
                .query("offset", offset.to_string());
            offset += ids.len();
            transport.expect(request, Answer::json(body))
        })
}

async fn collect(transport: &ReplayTransport, limit: u32) -> Result<Listing<Employee>> {
    transport
        .client()
        .v1()
        .employees()
        .list(ListEmployees::new().limit(limit))
        .collect()
        .await
}

fn ids(listing: &Listing<Employee>) -> Vec<u64> {
    listing
        .records
        .iter()
        .map(|employee| employee.id.get())
        .collect()
}

#[rstest]
#[case::nobody("one empty page", "of 0", &[])]
#[case::one_page("the total is reached", "1 2 of 2", &[1, 2])]
#[case::full_last_page("no request beyond the total", "1 2 of 4 | 3 4 of 4", &[1, 2, 3, 4])]
#[case::short_page_is_no_end("a clamped limit", "1 of 3 | 2 of 3 | 3 of 3", &[1, 2, 3])]
#[case::without_metadata("the empty page ends", "1 2 | 3 | ", &[1, 2, 3])]
#[tokio::test]
async fn employees_are_read_by_record_until_the_api_says_stop(
    #[case] why: &str,
    #[case] pages: &str,
    #[case] expected: &[u64],
) {
    let transport = employee_pages(2, pages);
    let listing = collect(&transport, 2).await.unwrap();
    assert_eq!(ids(&listing), expected, "{why}");
    assert_eq!(listing.completeness.gaps(), [], "{why}");
    assert_eq!(transport.verify(), Ok(()), "{why}");
}

#[tokio::test]
async fn time_offs_are_read_by_page_number_from_one() {
    let page = |number: &str| {
        Expected::get(TIME_OFFS)
            .query("limit", "2")
            .query("offset", number)
    };
    let transport = ReplayTransport::new()
        .expect(
            page("1"),
            Answer::json(v1_page(vec![time_off(1), time_off(2)], 3, 2)),
        )
        .expect(page("2"), Answer::json(v1_page(vec![time_off(3)], 3, 2)));
    let pager = transport
        .client()
        .v1()
        .time_offs()
        .list(ListTimeOffs::new().limit(2));
    let listing = pager.collect().await.unwrap();
    assert_eq!(listing.records.len(), 3);
    assert!(listing.completeness.is_complete());
    transport.verify().unwrap();
}

#[rstest]
#[case::total_grows("1 2 of 3 | 3 of 4 | 4 of 4", Gap::TotalChanged { first: 3, last: 4 })]
#[case::total_shrinks("1 2 of 4 | 3 of 3", Gap::TotalChanged { first: 4, last: 3 })]
#[case::record_slips("1 2 of 4 | 2 3 of 4", Gap::MissingRows { declared: 4, distinct: 3 })]
#[case::row_lost("1 2 of 3 | of 3", Gap::MissingRows { declared: 3, distinct: 2 })]
#[case::slip_without_total("1 2 | 2 3 | ", Gap::RepeatedRows { count: 1 })]
#[tokio::test]
async fn a_list_that_changes_while_it_is_read_is_not_proved_complete(
    #[case] pages: &str,
    #[case] gap: Gap,
) {
    let listing = collect(&employee_pages(2, pages), 2).await.unwrap();
    assert_eq!(listing.completeness.gaps(), [gap]);
    assert!(!listing.completeness.is_complete());
}

#[tokio::test]
async fn of_a_record_that_comes_twice_the_later_copy_is_kept_in_place() {
    let transport = ReplayTransport::new()
        .expect(
            Expected::get(EMPLOYEES),
            Answer::json(v1_page(vec![employee(1, "Ana"), employee(2, "Jón")], 3, 2)),
        )
        .expect(
            Expected::get(EMPLOYEES),
            Answer::json(v1_page(
                vec![employee(2, "Jónas"), employee(3, "Ema")],
                3,
                2,
            )),
        );
    let listing = collect(&transport, 2).await.unwrap();
    let names: Vec<_> = listing
        .records
        .iter()
        .filter_map(|employee| employee.first_name().into_value())
        .collect();
    assert_eq!(names, ["Ana", "Jónas", "Ema"]);
    assert_eq!(
        (
            listing.completeness.rows,
            listing.completeness.distinct,
            listing.completeness.repeated
        ),
        (4, 3, 1)
    );
    assert!(
        listing.completeness.is_complete(),
        "the declared total came, one row twice"
    );
}

#[rstest]
#[case::offset_ignored("the same page for ever", "1 2 3 | 1 2 3")]
#[case::records_for_pages("nearly the same page", "1 2 3 of 6 | 2 3 4 of 6")]
#[case::pages_for_records("far beyond the end", "1 2 3 of 6 | of 6")]
#[case::nothing_at_all("a total, but nothing on the first page", "of 6")]
#[case::one_row_again_and_again("a stuck row", "1 | 1 | 1")]
#[tokio::test]
async fn an_offset_that_counts_in_another_unit_is_an_error(#[case] why: &str, #[case] pages: &str) {
    let error = collect(&employee_pages(3, pages), 3).await.unwrap_err();
    assert!(error.is_paging(), "{why}: {error}");
    assert_eq!(error.operation(), Some("v1.employees.list"));
}

#[tokio::test]
async fn after_an_error_the_pager_asks_for_the_same_page_again() {
    let second = || Expected::get(EMPLOYEES).query("offset", "2");
    let transport = ReplayTransport::new()
        .expect(
            Expected::get(EMPLOYEES),
            Answer::json(v1_page(employees([1, 2]), 4, 2)),
        )
        .expect(second(), Answer::failure(TransportErrorKind::Other))
        .expect(second(), Answer::json(v1_page(vec![], 4, 2)))
        .expect(second(), Answer::json(v1_page(employees([3, 4]), 4, 2)));
    let mut pager = transport
        .client()
        .v1()
        .employees()
        .list(ListEmployees::new().limit(2));
    assert_eq!(pager.next_page().await.unwrap().unwrap().rows.len(), 2);
    assert!(pager.next_page().await.is_err(), "the network fails");
    assert!(
        pager.next_page().await.unwrap_err().is_paging(),
        "a page contradicts the total"
    );
    assert_eq!(pager.next_page().await.unwrap().unwrap().rows.len(), 2);
    assert!(pager.next_page().await.unwrap().is_none());
    transport.verify().unwrap();
}

#[tokio::test]
async fn one_unreadable_record_does_not_lose_the_page() {
    let odd = json!({"type": "Employee", "attributes": {"id": {"value": "Zofia Kowalska"}}});
    let transport = ReplayTransport::new().expect(
        Expected::get(EMPLOYEES),
        Answer::json(v1_page(
            vec![employee(1, "Ana"), odd, employee(3, "Ema")],
            3,
            1,
        )),
    );
    let listing = collect(&transport, 100).await.unwrap();
    assert_eq!(ids(&listing), [1, 3]);
    assert_eq!(listing.unreadable.len(), 1);
    assert_eq!(
        listing.completeness.gaps(),
        [Gap::UnreadableRecords { count: 1 }]
    );
    assert!(!format!("{listing:?}").contains("Kowalska"));
}

#[tokio::test]
async fn a_stream_gives_the_rows_of_all_pages() {
    let transport = employee_pages(2, "1 2 of 3 | 3 of 3");
    let stream = transport
        .client()
        .v1()
        .employees()
        .list(ListEmployees::new().limit(2))
        .into_stream();
    let employees: Vec<Employee> = stream
        .try_filter_map(async |row: Lenient<_>| Ok(row.readable()))
        .try_collect()
        .await
        .unwrap();
    assert_eq!(employees.len(), 3);
}

#[tokio::test]
async fn making_a_pager_sends_nothing() {
    let transport = ReplayTransport::new();
    drop(
        transport
            .client()
            .v1()
            .employees()
            .list(ListEmployees::new()),
    );
    transport.verify().unwrap();
}

#[tokio::test]
async fn stopping_early_and_starting_late_are_gaps() {
    let transport = employee_pages(1, "1 of 3 | 2 of 3");
    let mut pager = transport
        .client()
        .v1()
        .employees()
        .list(ListEmployees::new().limit(1));
    pager.next_page().await.unwrap();
    let listing = pager.collect_at_most(1).await.unwrap();
    assert_eq!(
        listing.completeness.gaps(),
        [Gap::StartedLate { pages: 1 }, Gap::StoppedEarly]
    );
}

#[rstest]
#[case::fewer(2, &[])]
#[case::exactly(3, &[Gap::ExactlyLimitWithoutMetadata { limit: 3 }])]
#[tokio::test]
async fn a_list_without_a_way_to_the_next_page_is_suspicious_when_full(
    #[case] rows: u64,
    #[case] gaps: &[Gap],
) {
    let types = (0..rows)
        .map(|id| json!({"type": "TimeOffType", "attributes": {"id": id, "name": "Urlaub"}}))
        .collect();
    let transport = ReplayTransport::new().expect(
        Expected::get("/v1/company/time-off-types"),
        Answer::json(bare_v1_page(types)),
    );
    let listing = transport
        .client()
        .v1()
        .time_off_types()
        .list(ListTimeOffTypes::new().limit(3))
        .collect()
        .await
        .unwrap();
    assert_eq!(listing.completeness.gaps(), gaps);
}

#[rstest]
#[case::zero(0)]
#[case::above_the_maximum(101)]
#[tokio::test]
async fn an_impossible_limit_is_refused_before_sending(#[case] limit: u32) {
    let transport = ReplayTransport::new();
    let error = collect(&transport, limit).await.unwrap_err();
    assert!(error.is_invalid_request(), "{error}");
    transport.verify().unwrap();
}

#[tokio::test]
async fn too_many_ids_are_refused_before_sending() {
    let transport = ReplayTransport::new();
    let request = ListTimeOffs::new().employees((0..51).map(EmployeeId::new));
    let error = transport
        .client()
        .v1()
        .time_offs()
        .list(request)
        .collect()
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @"v1.time_offs.list: the request was not sent: 51 ids in one request, split them into groups of 50");
    transport.verify().unwrap();
}

#[rstest]
#[case::absolute("https://api.personio.de/v2/persons?cursor=a%2Bb%3D", "a+b=")]
#[case::relative("/v2/persons?cursor=cur_17", "cur_17")]
#[case::query_only("?cursor=cur_17", "cur_17")]
#[tokio::test]
async fn persons_are_read_by_following_the_link(#[case] next: &str, #[case] cursor: &str) {
    let transport = ReplayTransport::new()
        .expect(
            Expected::get(PERSONS).query("limit", "50"),
            Answer::json(v2_page(vec![person("1")], Some(next))),
        )
        .expect(
            Expected::get(PERSONS).query("cursor", cursor),
            Answer::json(v2_page(vec![person("2")], None)),
        );
    let listing = transport
        .client()
        .v2()
        .persons()
        .list(ListPersons::new())
        .collect()
        .await
        .unwrap();
    assert_eq!(listing.records.len(), 2);
    assert!(listing.completeness.is_complete());
    transport.verify().unwrap();
}

#[tokio::test]
async fn an_empty_page_with_a_link_is_not_the_end() {
    let transport = ReplayTransport::new()
        .expect(
            Expected::get(PERSONS),
            Answer::json(v2_page(vec![], Some("?cursor=2"))),
        )
        .expect(
            Expected::get(PERSONS),
            Answer::json(v2_page(vec![person("2")], None)),
        );
    let listing = transport
        .client()
        .v2()
        .persons()
        .list(ListPersons::new())
        .collect()
        .await
        .unwrap();
    assert_eq!(listing.records.len(), 1);
    transport.verify().unwrap();
}

#[tokio::test]
async fn a_link_that_leads_back_is_an_error_instead_of_an_endless_loop() {
    let transport = ReplayTransport::new()
        .expect(
            Expected::get(PERSONS),
            Answer::json(v2_page(vec![person("1")], Some("?cursor=2"))),
        )
        .expect(
            Expected::get(PERSONS),
            Answer::json(v2_page(vec![person("2")], Some("?cursor=2"))),
        );
    let error = transport
        .client()
        .v2()
        .persons()
        .list(ListPersons::new())
        .collect()
        .await
        .unwrap_err();
    assert!(error.is_paging(), "{error}");
}

/// Answers with one person after each of these runs of empty pages, every page but the last with a new cursor.
fn persons_after_empty_pages(runs: &[usize]) -> ReplayTransport {
    let pages: Vec<_> = runs
        .iter()
        .flat_map(|run| std::iter::repeat_n(vec![], *run).chain([vec![person("1")]]))
        .collect();
    let last = pages.len() - 1;
    pages
        .into_iter()
        .enumerate()
        .fold(ReplayTransport::new(), |transport, (number, rows)| {
            let next = (number < last).then(|| format!("?cursor={}", number + 1));
            transport.expect(
                Expected::get(PERSONS),
                Answer::json(v2_page(rows, next.as_deref())),
            )
        })
}

#[rstest]
#[case::long("a long run may be honest", &[1_000], Some(1))]
#[case::in_a_row("a person ends the run", &[600, 600], Some(2))]
#[case::endless("ever new cursors, but nothing behind them", &[1_001], None)]
#[tokio::test]
async fn empty_pages_are_followed_until_the_list_is_endless(
    #[case] why: &str,
    #[case] runs: &[usize],
    #[case] rows: Option<u64>,
) {
    let transport = persons_after_empty_pages(runs);
    let listing = transport
        .client()
        .v2()
        .persons()
        .list(ListPersons::new())
        .collect()
        .await;
    match rows {
        Some(rows) => assert_eq!(listing.unwrap().completeness.rows, rows, "{why}"),
        None => assert!(listing.unwrap_err().is_paging(), "{why}"),
    }
}

#[rstest]
#[case::other_host("https://evil.example.com/v2/persons?cursor=2")]
#[case::other_scheme("http://api.personio.de/v2/persons?cursor=2")]
#[case::other_port("https://api.personio.de:8443/v2/persons?cursor=2")]
#[tokio::test]
async fn the_token_never_follows_a_link_to_another_origin(#[case] next: &str) {
    let transport = ReplayTransport::new().expect(
        Expected::get(PERSONS),
        Answer::json(v2_page(vec![person("1")], Some(next))),
    );
    let error = transport
        .client()
        .v2()
        .persons()
        .list(ListPersons::new())
        .collect()
        .await
        .unwrap_err();
    assert!(error.is_paging(), "{error}");
    transport.verify().unwrap();
}

#[tokio::test]
async fn employments_keep_their_path_although_the_link_names_one_that_does_not_exist() {
    let path = "/v2/persons/17/employments";
    let next = "https://api.personio.de/v2/employments?cursor=2";
    let transport = ReplayTransport::new()
        .expect(
            Expected::get(path),
            Answer::json(v2_page(vec![json!({"id": "a"})], Some(next))),
        )
        .expect(
            Expected::get(path).query("cursor", "2"),
            Answer::json(v2_page(vec![json!({"id": "b"})], None)),
        );
    let client = transport.client();
    let listing = client
        .v2()
        .employments(&PersonId::new("17"))
        .list(ListEmployments::new())
        .collect()
        .await
        .unwrap();
    assert_eq!(listing.records.len(), 2);
    transport.verify().unwrap();
}
