//! A record of the host that is recognised by more than one key.

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use sync_core::{
    Capabilities, Coverage, Existing, FieldError, FieldName, Fields, HashKey, Known, LedgerState,
    MatchKey, Outcome, PlanRequest, Record, Snapshot, SourceId, SyncPolicy, Value, Weight, Wish,
    plan,
};

/// A badge, recognised by its number first and by the holder's address second.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Badge(Fields);

impl Badge {
    fn new(number: Option<&str>, email: &str) -> Self {
        let number = Known::from_observed(number.map(Value::from));
        Self(Fields::from([
            ("email".into(), Known::Value(email.into())),
            ("number".into(), number),
        ]))
    }
}

impl Record for Badge {
    const KIND: &'static str = "badge";

    fn fields(&self) -> Fields {
        self.0.clone()
    }

    fn set(&mut self, field: &FieldName, value: Option<&Value>) -> Result<(), FieldError> {
        self.0
            .insert(field.clone(), Known::from_observed(value.cloned()));
        Ok(())
    }

    fn match_keys(&self) -> Vec<MatchKey> {
        let key = |name: &'static str| {
            let text = self.0.get(&name.into())?.as_ref().value()?.as_text()?;
            Some(MatchKey {
                name: name.into(),
                text: text.to_owned(),
            })
        };
        ["number", "email"].into_iter().filter_map(key).collect()
    }

    fn weight(_: &FieldName, _: &Known<Value>, _: Option<&Value>) -> Weight {
        Weight::Ordinary
    }
}

#[test]
fn one_badge_that_two_people_find_by_different_keys_is_nobodys() {
    let people = [
        (SourceId::new("1"), Badge::new(Some("7"), "a@example.com")),
        (SourceId::new("2"), Badge::new(None, "b@example.com")),
    ];
    let snapshot = Snapshot::whole(Coverage::All, people, DateTime::UNIX_EPOCH);
    let plan = plan(&PlanRequest {
        desired: &snapshot.desire(|_, badge| Wish::Present(badge.clone())),
        existing: &[Existing::new("t", Badge::new(Some("7"), "b@example.com"))],
        ledger: &LedgerState::default(),
        capabilities: &Capabilities::all(),
        policy: &SyncPolicy::default(),
        key: &HashKey::new([1; 32]),
    });
    assert!(plan.is_empty(), "{plan}");
    for explanation in plan.explanations().values() {
        assert!(
            matches!(explanation.outcome, Outcome::Disputed(_)),
            "{plan}"
        );
    }
}
