use personio_client::Observed;
use personio_client::testing::{Answer, Expected, ReplayTransport};
use personio_client::v1::ListEmployees;

#[tokio::test]
async fn smoke() {
    let transport = ReplayTransport::new().expect(
        Expected::get("/v1/company/employees").query("limit", "100").query("offset", "0"),
        Answer::json(r#"{"success": true, "metadata": {"total_elements": 1, "current_page":0,"total_pages":1}, "data": [
        {"type":"Employee","attributes":{"id":{"label":"ID","value":7,"type":"integer","universal_id":"id"},
        "first_name":{"label":"Vorname","value":"Zofia","type":"standard","universal_id":"first_name"},
        "weekly_working_hours":{"label":"x","value":"37.5","type":"standard","universal_id":"weekly_working_hours"},
        "fix_salary":{"label":"x","value":0.1,"type":"decimal","universal_id":"fix_salary","currency":"PLN"},
        "supervisor":{"label":"S","value":{"type":"Employee","attributes":{"id":{"value":2,"type":"integer"}}},"type":"standard","universal_id":"supervisor"}
        }}, {"type":"Employee","attributes":{"id":{"value":"x"}}}]}"#),
    );
    let client = transport.client();
    let listing = client
        .v1()
        .employees()
        .list(ListEmployees::new())
        .collect()
        .await
        .unwrap();
    assert_eq!(listing.records[0].first_name(), Observed::Value("Zofia"));
    println!(
        "{:?} {:?} {:?}",
        listing.records[0].fix_salary().into_value().unwrap().amount,
        listing.records[0].supervisor(),
        listing.records[0].weekly_working_hours()
    );
    println!("{listing:?}");
    transport.verify().unwrap();
}
