//! `/_fake/quirks`.

use serde_json::{Value, json};

use super::super::http::Answer;
use super::super::quirks::Quirks;
use super::super::server::World;
use super::input::{Input, Problem};
use crate::wire;

pub(super) fn get(world: &World) -> Answer {
    Answer::ok(json!(world.quirks))
}

/// Sets the quirks that are named; the others are as they were when the fake started.
pub(super) fn put(world: &mut World, body: &[u8]) -> Result<Answer, Problem> {
    let mut wanted = json!(world.origin.quirks);
    let known: Vec<_> = wanted.as_object().into_iter().flatten().collect();
    let known: Vec<_> = known.into_iter().map(|(name, _)| &**name).collect();
    let input = Input::read(body, &known)?;
    for (name, value) in input.0 {
        wanted[name] = value;
    }
    world.quirks = read(wanted)?;
    Ok(get(world))
}

fn read(wanted: Value) -> Result<Quirks, Problem> {
    serde_path_to_error::deserialize(wanted).map_err(|failure| {
        let name = failure.path().to_string();
        let quirk = name.split(['.', '[']).next().unwrap_or_default();
        let usual = &json!(Quirks::default())[quirk];
        let allowed = format!("a value of the kind of {usual}");
        Problem::bad(&name, &wire::harmless_reason(failure.inner()), &allowed)
    })
}
