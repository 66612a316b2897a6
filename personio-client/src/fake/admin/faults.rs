//! `/_fake/faults`.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::error_shape::ErrorShape;
use super::super::fault::{Effect, Fault, Target, begins_with};
use super::super::http::Answer;
use super::super::operation::operations;
use super::super::server::World;
use super::super::webhook::EventName;
use super::input::{Input, Problem, required};

/// The members that every fault may have.
const COMMON: [&str; 6] = ["fault", "route", "times", "after", "probability", "seed"];

const NAMES: &str = "status, refusal, empty, slow, drop_connection, cut_connection, lost_answer, truncate, html, rate_limit, \
    expire_token, withdraw_attribute, withdraw_scope, shift_row, double_row, drop_row, shrink_total, repeat_cursor, \
    undecodable_record, late_change, repeat_change, stale_read, clock_skew, lose_event, duplicate_event, delay_event, \
    reorder_events";

pub(super) fn list(world: &World) -> Answer {
    Answer::ok(world.faults.iter().map(written).collect())
}

pub(super) fn inject(world: &mut World, body: &[u8]) -> Result<Answer, Problem> {
    let fault = parse(&Input::read_any(body)?)?;
    let mut answer = Answer::ok(written(&fault));
    answer.status = 201;
    world.faults.inject(fault, &world.company);
    Ok(answer)
}

/// Reads a fault as it stands in a state.
pub(crate) fn read(value: &Value) -> Result<Fault, Problem> {
    let members = value.as_object().cloned();
    parse(&Input(required(members, "fault", "a JSON object")?))
}

/// Writes a fault as it can be read again.
pub(crate) fn written(fault: &Fault) -> Value {
    let mut written = json!({ "fault": fault.effect.name() });
    let mut put = |name: &str, value: Value| written[name] = value;
    match &fault.effect {
        Effect::Status(status) | Effect::Html(status) => put("status", json!(status)),
        Effect::Refusal(status, shape) => {
            put("status", json!(status));
            put("shape", json!(shape));
        }
        Effect::RateLimited { retry_after } => put("retry_after", json!(retry_after)),
        Effect::AttributeWithdrawn(key) => put("attribute", json!(key)),
        Effect::ScopeWithdrawn(scope) => put("scope", json!(scope)),
        Effect::UndecodableRecord(field) => put("field", json!(field)),
        Effect::Slow(by) => put("milliseconds", json!(by.as_millis() as u64)),
        Effect::LateChange(by)
        | Effect::RepeatedChange(by)
        | Effect::DelayedEvent(by)
        | Effect::ReorderedEvents(by) => put("seconds", json!(by.as_secs())),
        Effect::ClockSkew(seconds) => put("seconds", json!(seconds)),
        _ => {}
    }
    let routes = fault.targets.iter().filter_map(|target| match target {
        Target::Operation(operation) => Some(operation.clone()),
        Target::Route { method, prefix } => Some(format!("{method} {prefix}")),
        Target::Everything | Target::Event(_) => None,
    });
    put("route", json!(routes.collect::<Vec<_>>().first()));
    let mut events = fault.targets.iter().filter_map(|target| match target {
        Target::Event(name) => Some(name.as_str()),
        _ => None,
    });
    if let Some(name) = events.next() {
        put("event", json!(name));
    }
    put("times", json!(fault.times));
    put("after", json!(fault.skip));
    put("probability", json!(fault.probability));
    put("seed", json!(fault.seed));
    written
}

fn parse(input: &Input) -> Result<Fault, Problem> {
    let name = required(input.text("fault")?, "fault", NAMES)?;
    let (own, effect): (&[&str], _) = match name {
        "status" => (&["status"], Effect::Status(error_status(input)?)),
        "refusal" => {
            let shape = required(input.text("shape")?, "shape", &shapes())?;
            let shape = serde_json::from_value(json!(shape));
            let shape =
                shape.map_err(|_| Problem::bad("shape", "there is no such shape", &shapes()))?;
            (
                &["status", "shape"],
                Effect::Refusal(error_status(input)?, shape),
            )
        }
        "html" => {
            let status = input.whole("status")?.unwrap_or(502);
            if !(200..=599).contains(&status) {
                let allowed = "a status from 200 to 599; 502 if left out";
                return Err(Problem::bad("status", "it is no status", allowed));
            }
            (&["status"], Effect::Html(status as u16))
        }
        "rate_limit" => {
            let retry_after = input.whole("retry_after")?;
            (&["retry_after"], Effect::RateLimited { retry_after })
        }
        "slow" => {
            let milliseconds = input.whole("milliseconds")?;
            let by = required(
                milliseconds,
                "milliseconds",
                "how long to wait, in milliseconds",
            )?;
            (
                &["milliseconds"],
                Effect::Slow(Duration::from_millis(u64::from(by))),
            )
        }
        "withdraw_attribute" => {
            let key = required(
                input.text("attribute")?,
                "attribute",
                "the key of an attribute",
            )?;
            (&["attribute"], Effect::AttributeWithdrawn(key.to_owned()))
        }
        "withdraw_scope" => {
            let scope = required(
                input.text("scope")?,
                "scope",
                "a scope such as absences:read",
            )?;
            (&["scope"], Effect::ScopeWithdrawn(scope.to_owned()))
        }
        "undecodable_record" => {
            let field = required(input.text("field")?, "field", "the name of a field")?;
            (&["field"], Effect::UndecodableRecord(field.to_owned()))
        }
        "late_change" => (&["seconds"], Effect::LateChange(seconds(input)?)),
        "repeat_change" => (&["seconds"], Effect::RepeatedChange(seconds(input)?)),
        "clock_skew" => {
            let allowed = "by how many seconds the clock is ahead; negative when behind";
            let ahead = required(input.signed("seconds")?, "seconds", allowed)?;
            (&["seconds"], Effect::ClockSkew(ahead))
        }
        "empty" => (&[], Effect::EmptyList),
        "drop_connection" => (&[], Effect::DroppedConnection),
        "cut_connection" => (&[], Effect::CutConnection),
        "lost_answer" => (&[], Effect::LostAnswer),
        "truncate" => (&[], Effect::TruncatedJson),
        "expire_token" => (&[], Effect::ExpiredToken),
        "shift_row" => (&[], Effect::RowShifted),
        "double_row" => (&[], Effect::RowDoubled),
        "drop_row" => (&[], Effect::RowDropped),
        "shrink_total" => (&[], Effect::TotalShrinks),
        "repeat_cursor" => (&[], Effect::RepeatedCursor),
        "stale_read" => (&[], Effect::StaleRead(None)),
        "lose_event" => (&["event"], Effect::LostEvent),
        "duplicate_event" => (&["event"], Effect::DuplicatedEvent),
        "delay_event" => (&["event", "seconds"], Effect::DelayedEvent(seconds(input)?)),
        "reorder_events" => (
            &["event", "seconds"],
            Effect::ReorderedEvents(seconds(input)?),
        ),
        _ => return Err(Problem::bad("fault", "there is no such fault", NAMES)),
    };
    input.only(&[&COMMON[..], own].concat())?;
    let mut fault = Fault::new(effect);
    fault = match (fault.effect.concerns_events(), input.text("route")?) {
        (true, None) => on_event(fault, input)?,
        (true, Some(_)) => {
            let allowed = "the name of an event in `event`, or nothing";
            return Err(Problem::bad("route", "events have no route", allowed));
        }
        (false, Some(route)) => {
            let (method, prefix) = parse_route(route)?;
            fault.on_route(method, prefix)
        }
        (false, None) => fault.everywhere(),
    };
    if let Some(times) = input.whole("times")? {
        fault = fault.times(times);
    }
    let probability = input.fraction("probability")?.unwrap_or(1.0);
    let seed = input.whole("seed")?.unwrap_or(0);
    let after = input.whole("after")?.unwrap_or(0);
    Ok(fault
        .after(after)
        .with_probability(probability, u64::from(seed)))
}

fn error_status(input: &Input) -> Result<u16, Problem> {
    let allowed = "a status from 400 to 599";
    let status = required(input.whole("status")?, "status", allowed)?;
    let status = Some(status).filter(|status| (400..=599).contains(status));
    let status = status.ok_or_else(|| Problem::bad("status", "it is no error", allowed))?;
    Ok(status as u16)
}

fn shapes() -> String {
    let names = ErrorShape::ALL.map(|shape| json!(shape).as_str().unwrap_or_default().to_owned());
    names.join(", ")
}

fn seconds(input: &Input) -> Result<Duration, Problem> {
    let seconds = required(input.whole("seconds")?, "seconds", "a number of seconds")?;
    Ok(Duration::from_secs(u64::from(seconds)))
}

/// Limits a fault to the event that is named, if one is.
fn on_event(fault: Fault, input: &Input) -> Result<Fault, Problem> {
    let Some(name) = input.text("event")? else {
        return Ok(fault);
    };
    let known = EventName::to_subscribe(name);
    let known = known.ok_or_else(|| {
        let names: Vec<_> = EventName::ALL.iter().map(|name| name.as_str()).collect();
        Problem::bad("event", "there is no such event", &names.join(", "))
    })?;
    Ok(fault.on_event(known))
}

/// Reads `GET /v1/company/employees`; a route that leads nowhere would never be struck.
fn parse_route(route: &str) -> Result<(&str, &str), Problem> {
    let leads_somewhere = |method: &str, prefix: &str| {
        operations().any(|operation| {
            operation
                .split_once(' ')
                .is_some_and(|(own, path)| own == method && begins_with(path, prefix))
        })
    };
    let given = route.split_once(' ');
    given
        .filter(|(method, prefix)| leads_somewhere(method, prefix))
        .ok_or_else(|| {
            let known: Vec<_> = operations().collect();
            let allowed = format!(
                "a method and the beginning of a path, of: {}",
                known.join(", ")
            );
            Problem::bad("route", "it leads nowhere", &allowed)
        })
}
