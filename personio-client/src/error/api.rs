//! Personio's error answers, in all their shapes.

use std::fmt;

use serde_json::Value;

use super::Objection;

/// What could safely be kept of an error answer of Personio.
///
/// Personio uses at least ten shapes of error bodies, localises its messages, and repeats input in them. So this keeps what is
/// made for machines: the HTTP status, codes, field names, the trace id. Free text is dropped, except for a few fixed sentences
/// that are known to carry no data, and for what Personio has against the input, which is kept apart as
/// [`objections`](Self::objections) and printed nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    status: u16,
    trace_id: Option<String>,
    codes: Vec<String>,
    texts: Vec<String>,
    fields: Vec<String>,
    objections: Vec<Objection>,
}

impl ApiError {
    /// Returns the HTTP status. This, not [`codes`](Self::codes), is what to branch on.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns Personio's trace id for this answer; v2 only (specified).
    pub fn trace_id(&self) -> Option<&str> {
        self.trace_id.as_deref()
    }

    /// Returns the codes, such as `common.bad_request`, `invalid_client` or `404`.
    ///
    /// The numeric code of v1 is often 0 and seldom the status (specified).
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// Returns titles, and sentences known to carry no data; for people, never to branch on.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Returns the names of the fields that Personio objected to.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// Returns what Personio has against the input, after a request that was refused with 400, 409 or 422; for the person who
    /// entered it.
    pub fn objections(&self) -> &[Objection] {
        &self.objections
    }

    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.codes.iter().any(|known| known == code)
    }

    pub(crate) fn read(status: u16, body: &[u8]) -> Self {
        let mut answer = Self {
            status,
            trace_id: None,
            codes: Vec::new(),
            texts: Vec::new(),
            fields: Vec::new(),
            objections: Vec::new(),
        };
        if let Ok(body) = serde_json::from_slice::<Value>(body) {
            answer.read_body(&body);
        }
        if !matches!(status, 400 | 409 | 422) {
            answer.objections.clear();
        }
        answer
    }

    /// The members below are tried one by one, because the shapes mix: a v1 host may answer in the style of the v2 gateway.
    fn read_body(&mut self, body: &Value) {
        if let Value::Array(answers) = body {
            answers.iter().for_each(|answer| self.read_body(answer));
            return;
        }
        for name in ["personio_trace_id", "trace_id"] {
            if let Some(Value::String(id)) = body.get(name) {
                self.trace_id = word(id);
            }
        }
        match body.get("error") {
            Some(Value::String(code)) => self.codes.extend(word(code)),
            Some(error @ Value::Object(members)) => {
                self.read_problem(error);
                // A project error holds nothing but fields: `{"name": ["..."]}`.
                let only_fields =
                    members.values().all(Value::is_array) && !members.contains_key("errors");
                if only_fields {
                    self.read_fields(error);
                }
            }
            _ => {}
        }
        if body.get("error").is_none() {
            self.read_message(body.get("message"), None);
        }
        self.read_problems(body.get("errors"));
        if let Some(Value::Array(names)) = body.pointer("/meta/missing_parameters") {
            self.fields
                .extend(names.iter().filter_map(Value::as_str).filter_map(word));
        }
    }

    fn read_problems(&mut self, problems: Option<&Value>) {
        match problems {
            Some(Value::Array(problems)) => problems
                .iter()
                .for_each(|problem| self.read_problem(problem)),
            Some(fields @ Value::Object(_)) => self.read_fields(fields),
            Some(Value::String(words)) => self.object(None, words),
            _ => {}
        }
    }

    fn read_problem(&mut self, problem: &Value) {
        match problem.get("code") {
            Some(Value::Number(code)) => self.codes.push(code.to_string()),
            Some(Value::String(code)) => self.codes.extend(word(code)),
            _ => {}
        }
        // The type is a link whose fragment is the code; it may be null.
        if let Some(Value::String(link)) = problem.get("type") {
            self.codes
                .extend(link.rsplit_once('#').and_then(|(_, code)| word(code)));
        }
        if let Some(Value::String(reason)) = problem.get("reason") {
            self.codes.extend(word(reason));
        }
        if let Some(Value::String(field)) = problem.get("field") {
            self.fields.extend(word(field));
        }
        if let Some(Value::String(title)) = problem.get("title") {
            self.texts.extend(title_like(title));
        }
        for name in ["error_data", "errors", "detailed_message"] {
            self.read_problems(problem.get(name));
        }
        let mut places = ["/_meta/field", "/field"].iter();
        let field = places.find_map(|place| problem.pointer(place)?.as_str());
        let field = field.and_then(word);
        for name in ["message", "detail", "details", "error_msg", "description"] {
            self.read_message(problem.get(name), field.as_deref());
        }
        match problem.get("_meta") {
            Some(Value::Array(notes)) => notes.iter().for_each(|note| self.read_problem(note)),
            Some(Value::Object(notes)) => {
                if let Some(Value::String(field)) = notes.get("field") {
                    self.fields.extend(word(field));
                }
            }
            _ => {}
        }
    }

    fn read_fields(&mut self, fields: &Value) {
        if let Value::Object(fields) = fields {
            for (name, words) in fields {
                let Some(name) = word(name) else { continue };
                let list = std::slice::from_ref(words);
                for words in words.as_array().map_or(list, Vec::as_slice) {
                    self.object(Some(&name), words.as_str().unwrap_or_default());
                }
                self.fields.push(name);
            }
        }
    }

    /// Notes what Personio says against the input, once.
    fn object(&mut self, field: Option<&str>, words: &str) {
        let said = |it: &Objection| it.message() == words.trim();
        if !self.objections.iter().any(said) {
            self.objections.extend(Objection::new(field, words));
        }
    }

    /// Keeps a message only if it is an internal key or a fixed sentence; anything else may repeat personal data.
    fn read_message(&mut self, message: Option<&Value>, field: Option<&str>) {
        let Some(Value::String(message)) = message else {
            return;
        };
        self.object(field, message);
        if FIXED_SENTENCES.contains(&message.as_str()) {
            self.texts.push(message.clone());
        } else if INTERNAL_KEYS
            .iter()
            .any(|prefix| message.starts_with(prefix))
        {
            self.codes.extend(word(message));
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        for code in &self.codes {
            write!(f, " {code}")?;
        }
        for text in &self.texts {
            write!(f, " \"{text}\"")?;
        }
        if !self.fields.is_empty() {
            write!(f, " in {}", self.fields.join(", "))?;
        }
        if let Some(id) = &self.trace_id {
            write!(f, " [trace {id}]")?;
        }
        Ok(())
    }
}

/// Sentences of the specifications and of live answers that carry no data.
const FIXED_SENTENCES: &[&str] = &[
    "Authorization is not provided",
    "Invalid request content",
    "Provided authorization is not valid",
    "Provided filter encoding is invalid.",
    "Provided request parameters are invalid.",
    "Provided value for limit is not valid",
    "The token has been blacklisted",
    "There is no resource for the specified id.",
    "Unauthenticated",
    "Unauthorized token",
];

/// How the internal keys begin that v1 sends in place of a message (observed).
const INTERNAL_KEYS: &[&str] = &["errors.", "models.", "personio."];

/// Keeps an identifier; whatever else stands in its place may be data.
fn word(text: &str) -> Option<String> {
    let harmless =
        |character: char| character.is_ascii_alphanumeric() || "._-[]".contains(character);
    (!text.is_empty() && text.len() <= 80 && text.chars().all(harmless)).then(|| text.to_owned())
}

/// Keeps a short title of plain words.
fn title_like(text: &str) -> Option<String> {
    let harmless = |character: char| character.is_ascii_alphabetic() || " '-,.".contains(character);
    (!text.is_empty() && text.len() <= 80 && text.chars().all(harmless)).then(|| text.to_owned())
}
