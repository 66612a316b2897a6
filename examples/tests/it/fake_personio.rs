//! The stand-alone fake, as somebody uses it from a shell.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A running `fake-personio`, killed if a test ends early.
struct Running {
    process: Child,
    address: String,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut process = command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut first_line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut first_line)
            .unwrap();
        let address = first_line.trim().strip_prefix("listening on http://");
        let address = address.expect("the first line says where").to_owned();
        Self { process, address }
    }

    fn request(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        self.request_with("", method, path, body)
    }

    /// Sends a request with further header lines, each with its line end.
    fn request_with(&self, headers: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: fake\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    /// Ends the process as a service manager does, and waits for it.
    fn end(mut self) -> bool {
        let process = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .arg(process)
                .status()
                .unwrap()
                .success()
        );
        self.process.wait().unwrap().success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already in most tests.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fake-personio"));
    command.args(arguments);
    command
}

fn company_of(state: Option<&Path>) -> Running {
    let mut arguments = vec![
        "--listen",
        "127.0.0.1:0",
        "--employees",
        "3",
        "--today",
        "2026-03-02",
    ];
    if let Some(state) = state {
        arguments.extend(["--state", state.to_str().unwrap()]);
    }
    Running::start(&arguments)
}

#[test]
fn the_first_line_says_where_it_listens_and_the_company_is_as_ordered() {
    let fake = company_of(None);
    assert!(fake.address.starts_with("127.0.0.1:"), "{}", fake.address);
    let (status, employees) = fake.request("GET", "/_fake/employees", "");
    assert_eq!((status, employees.as_array().unwrap().len()), (200, 3));
    let (_, clock) = fake.request("GET", "/_fake/clock", "");
    assert!(
        clock["now"].as_str().unwrap().starts_with("2026-03-02T08:"),
        "{clock}"
    );
    let (status, _) = fake.request("POST", "/_fake/save", "");
    assert_eq!(status, 400, "there is no file to save to");
}

#[test]
fn what_is_wrong_in_real_companies_comes_on_request() {
    let ordered = [
        ["--listen", "127.0.0.1:0"],
        ["--employees", "30"],
        ["--today", "2026-03-02"],
        ["--attendances-per-employee", "2"],
        ["--supervisor-cycles", "1"],
        ["--departed-supervisors", "1"],
        ["--shared-emails", "1"],
        ["--missing-emails", "3"],
    ];
    let fake = Running::start(&ordered.concat());
    let (_, employees) = fake.request("GET", "/_fake/employees", "");
    let employees = employees.as_array().unwrap();
    let supervisor = |person: &Value| person["supervisor"].clone();
    let own = employees
        .iter()
        .filter(|person| supervisor(person) == person["v1_id"]);
    assert_eq!(own.count(), 1, "somebody supervises themselves");
    let departed = employees.iter().filter(|person| {
        let is_named = employees
            .iter()
            .any(|other| supervisor(other) == person["v1_id"]);
        person["status"] == "inactive" && is_named
    });
    assert!(departed.count() >= 1, "a supervisor has left");
    let mut addresses: Vec<_> = employees
        .iter()
        .filter_map(|person| person["email"].as_str())
        .collect();
    assert!(addresses.len() <= 27, "three have no address");
    let given = addresses.len();
    addresses.sort_unstable();
    addresses.dedup();
    assert_eq!(addresses.len(), given - 1, "two have the same");
    let (_, state) = fake.request("GET", "/_fake/state", "");
    let periods = state["company"]["attendances"]["rows"].as_array().unwrap();
    let work = periods.iter().filter(|period| period["kind"] == "work");
    let work = work.count();
    assert!((30..=60).contains(&work), "{work}");
}

#[test]
fn what_is_not_documented_is_refused_only_where_that_was_ordered() {
    let position = r#"{"position":"Controller"}"#;
    let write = |arguments: &[&str]| {
        let company = ["--listen", "127.0.0.1:0", "--employees", "1"];
        let fake = Running::start(&[&company, arguments].concat());
        let json = "content-type: application/json\r\n";
        let login = r#"{"client_id":"fake-client","client_secret":"fake-secret"}"#;
        let (_, token) = fake.request_with(json, "POST", "/v1/auth", login);
        let token = token["data"]["token"].as_str().unwrap();
        let headers = format!("{json}authorization: Bearer {token}\r\n");
        fake.request_with(&headers, "PATCH", "/v1/company/employees/4001", position)
    };
    assert_eq!(write(&[]).0, 200, "ignored without a word");
    let (status, refused) = write(&["--strict"]);
    let told = refused["error"]["message"].as_str().unwrap();
    assert_eq!(status, 422);
    assert!(
        told.contains("`position`") && told.contains("only: employee"),
        "{told}"
    );
}

#[cfg(unix)]
#[test]
fn the_state_is_saved_at_the_end_and_taken_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let fake = company_of(Some(&file));
    let hired = r#"{"first_name":"Ada","last_name":"Nwosu","email":"ada@example.com"}"#;
    let (status, ada) = fake.request("POST", "/_fake/employees", hired);
    assert_eq!(status, 201);
    assert!(!file.exists(), "nothing is saved before it is asked for");
    assert_eq!(fake.request("POST", "/_fake/save", "").0, 204);
    assert!(file.exists());
    let change = r#"{"position":"Controller"}"#;
    let path = format!("/_fake/employees/{}", ada["id"].as_str().unwrap());
    assert_eq!(fake.request("PATCH", &path, change).0, 200);
    assert!(fake.end(), "it ends cleanly");

    let again = company_of(Some(&file));
    let (_, ada) = again.request("GET", &path, "");
    assert_eq!(
        (&ada["email"], &ada["position"]),
        (&"ada@example.com".into(), &"Controller".into())
    );
    assert!(again.end());
}

#[test]
fn a_file_that_is_no_state_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    std::fs::write(&file, r#"{"company":{"now":7}}"#).unwrap();
    let refused = command(&["--listen", "127.0.0.1:0", "--state", file.to_str().unwrap()]);
    let refused = { refused }.output().unwrap();
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success());
    assert!(
        told.contains("no state of a fake") && told.contains("company.now"),
        "{told}"
    );
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        r#"{"company":{"now":7}}"#
    );
}

#[test]
fn other_machines_are_kept_out_unless_they_are_meant() {
    let refused = command(&["--listen", "0.0.0.0:0"]).output().unwrap();
    assert!(!refused.status.success());
    assert!(
        String::from_utf8(refused.stderr)
            .unwrap()
            .contains("--allow-remote")
    );
    let fake = Running::start(&[
        "--listen",
        "0.0.0.0:0",
        "--allow-remote",
        "--employees",
        "1",
    ]);
    assert!(fake.address.starts_with("0.0.0.0:"));
}
