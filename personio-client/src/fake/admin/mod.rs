//! The admin API below `/_fake/`, by which tests in any language let things happen in the company.

mod absences;
mod credentials;
mod employees;
mod faults;
mod input;
mod quirks;
mod webhooks;

use axum::http::Method;
use serde_json::{Value, json};

use super::http::{Answer, Body, Request};
use super::request_log::LoggedRequest;
use super::server::World;
pub(crate) use faults::{read as read_fault, written as written_fault};
use input::{Input, Problem};

/// Whether a request is for the fake itself rather than for Personio.
pub(crate) fn is_meant_by(request: &Request) -> bool {
    request.path == "/_fake" || request.path.starts_with("/_fake/")
}

/// Whether somebody wants to know that every webhook is delivered, which takes a while.
pub(crate) fn asks_to_deliver(request: &Request) -> bool {
    request.method == Method::POST
        && request.path.trim_end_matches('/') == "/_fake/webhooks/deliver"
}

pub(crate) fn answer(world: &mut World, request: &Request) -> Answer {
    route(world, request).unwrap_or_else(Problem::into_answer)
}

/// Everything there is; shown to whoever asks for something else.
const ROUTES: &str = "GET and PUT state; POST reset; POST save; GET and POST employees; GET, PATCH and DELETE employees/{id}; \
    GET and POST absences; GET, PATCH and DELETE absences/{id}; PUT credentials/{client_id}; \
    GET, POST and DELETE faults; GET and PUT quirks; GET and POST clock; GET and DELETE requests; \
    POST webhooks/deliver; GET webhooks/deliveries";

fn route(world: &mut World, request: &Request) -> Result<Answer, Problem> {
    let path = request.path.trim_end_matches('/');
    let segments: Vec<_> = path.split('/').skip(2).collect();
    let body = &request.body;
    match (request.method.as_str(), segments.as_slice()) {
        ("GET", ["state"]) => state(world),
        ("PUT", ["state"]) => replace_state(world, body),
        ("POST", ["reset"]) => {
            world.reset();
            Ok(no_content())
        }
        ("POST", ["save"]) => save(world),
        ("GET", ["employees"]) => Ok(employees::list(world)),
        ("POST", ["employees"]) => employees::create(world, body),
        ("GET", ["employees", id]) => employees::get(world, id),
        ("PATCH", ["employees", id]) => employees::change(world, id, body),
        ("DELETE", ["employees", id]) => employees::delete(world, id),
        ("GET", ["absences"]) => Ok(absences::list(world)),
        ("POST", ["absences"]) => absences::create(world, body),
        ("GET", ["absences", id]) => absences::get(world, id),
        ("PATCH", ["absences", id]) => absences::change(world, id, body),
        ("DELETE", ["absences", id]) => absences::delete(world, id),
        ("PUT", ["credentials", client_id]) => credentials::put(world, client_id, body),
        ("GET", ["faults"]) => Ok(faults::list(world)),
        ("POST", ["faults"]) => faults::inject(world, body),
        ("DELETE", ["faults"]) => {
            world.faults.clear();
            Ok(no_content())
        }
        ("GET", ["quirks"]) => Ok(quirks::get(world)),
        ("PUT", ["quirks"]) => quirks::put(world, body),
        ("GET", ["clock"]) => Ok(clock(world)),
        ("POST", ["clock"]) => set_clock(world, body),
        ("POST", ["webhooks", "deliver"]) => Ok(webhooks::tell(world)),
        ("GET", ["webhooks", "deliveries"]) => Ok(webhooks::waiting(world)),
        ("GET", ["requests"]) => Ok(requests(world)),
        ("DELETE", ["requests"]) => {
            world.log.clear();
            Ok(no_content())
        }
        _ => Err(Problem::not_found("path", "nothing is here", ROUTES)),
    }
}

fn no_content() -> Answer {
    Answer::new(204, Body::Empty)
}

fn state(world: &World) -> Result<Answer, Problem> {
    let mut document = Vec::new();
    world
        .write_state(&mut document)
        .map_err(|error| Problem::failed(&error))?;
    Ok(Answer::new(200, Body::Written(document)))
}

fn replace_state(world: &mut World, body: &[u8]) -> Result<Answer, Problem> {
    world.read_state(body).map_err(|bad| {
        Problem::bad(
            &bad.place,
            &bad.reason,
            "a document as GET /_fake/state gives it",
        )
    })?;
    Ok(no_content())
}

fn save(world: &World) -> Result<Answer, Problem> {
    match world.save() {
        Ok(true) => Ok(no_content()),
        Ok(false) => Err(Problem::bad(
            "state",
            "this fake keeps no state",
            "start it with a file for its state",
        )),
        Err(error) => Err(Problem::failed(&error)),
    }
}

fn clock(world: &World) -> Answer {
    Answer::ok(json!({ "now": world.now() }))
}

fn set_clock(world: &mut World, body: &[u8]) -> Result<Answer, Problem> {
    let input = Input::read(body, &["now", "advance_seconds"])?;
    match (input.instant("now")?, input.whole("advance_seconds")?) {
        (Some(now), None) => world.clock.set(now),
        (None, Some(seconds)) => world
            .clock
            .advance(std::time::Duration::from_secs(u64::from(seconds))),
        _ => {
            return Err(Problem::bad(
                "now",
                "one of two is needed",
                "either `now` or `advance_seconds`",
            ));
        }
    }
    world.pass_time();
    Ok(clock(world))
}

fn requests(world: &World) -> Answer {
    let written = |request: &LoggedRequest| {
        json!({
            "at": request.at,
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "status": request.status,
            "operation": request.operation,
            "fault": request.faults.first(),
            "faults": request.faults,
        })
    };
    Answer::ok(world.log.iter().map(written).collect::<Value>())
}
