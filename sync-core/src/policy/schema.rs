use schemars::{Schema, generate::SchemaSettings, transform::Transform};
use serde_json::Value as Json;

use super::PolicySettings;

impl PolicySettings {
    /// Returns a JSON schema (draft 2020-12) of all settings, with descriptions and defaults, for a host's settings page or for
    /// an editor.
    ///
    /// It knows names, forms and ranges. What settings say of each other is checked by [`Policy`](super::Policy) alone.
    pub fn json_schema() -> Json {
        let settings = SchemaSettings::draft2020_12().with_transform(Plainly);
        settings
            .into_generator()
            .into_root_schema_for::<Self>()
            .to_value()
    }
}

/// Turns descriptions that are written for the reference of the crate into plain text.
#[derive(Clone)]
struct Plainly;

impl Transform for Plainly {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Json::String(text)) = schema.get_mut("description") {
            *text = plain(text);
        }
        schemars::transform::transform_subschemas(self, schema);
    }
}

/// Takes links out of a text, and joins its lines.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    // Examples are for programmers.
    let mut rest = text.split("```").next().unwrap_or_default();
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        let Some((label, after)) = after.split_once(']') else {
            plain.push('[');
            rest = after;
            continue;
        };
        plain.push_str(label);
        rest = match after.strip_prefix('(').and_then(|it| it.split_once(')')) {
            Some((_, after)) => after,
            None => after,
        };
    }
    plain.push_str(rest);
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[rstest::rstest]
    #[case::no_link("The zone.", "The zone.")]
    #[case::a_type("See [`Budget`].", "See `Budget`.")]
    #[case::a_link("See [the rules](super::rules), or\nnot.", "See the rules, or not.")]
    #[case::a_bracket("From [0", "From [0")]
    fn descriptions_have_no_links(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(plain(text), expected);
    }
}
