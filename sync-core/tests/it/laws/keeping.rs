//! What the ledger keeps, for how long, and in which form.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};
use sync_core::{
    Account, Clock as _, ErasedId, Export, Gap, Known, LedgerErrorClass, LedgerState, Origin,
    Record, RowChange, Value, Wish,
    testing::{Fault, Flaky},
};

use crate::{
    calendar::calendar,
    company::company,
    scene::{Scene, key, now, wait},
    world::World,
};

/// How a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run {
    Quiet,
    Busy,
    /// HR cannot be read, so there is no plan.
    Unread,
    Incomplete,
    Stopped,
}

proptest! {
    /// Runs of every kind, hours apart; only one that saw all of HR and went through makes the picture young again.
    #[test]
    fn l46_the_age_of_the_picture_grows_until_a_run_goes_through(
        runs in vec((0..100_i64, select(vec![Run::Quiet, Run::Busy, Run::Unread, Run::Incomplete, Run::Stopped])), 1..=10)
    ) {
        wait(the_picture_ages(&runs));
    }

    /// Looks for every text of HR and of the product in what the ledger holds after a run.
    #[test]
    fn l61_the_ledger_of_accounts_holds_no_personal_data(company in company()) {
        holds_no_personal_data(&company.scene());
    }

    /// Looks for every text of HR and of the product in what the ledger holds after a run.
    #[test]
    fn l61_the_ledger_of_absences_holds_no_personal_data(calendar in calendar()) {
        holds_no_personal_data(&calendar.scene());
    }

    /// Erases one record after another; its id is in no row any more, and its keyed hash keeps it away.
    #[test]
    fn l62_nothing_but_a_keyed_hash_is_left_of_an_erased_person(company in company(), who in any::<Index>()) {
        erasure_leaves_a_keyed_hash(&company.scene(), who);
    }

    /// Takes from every row what the first format did not have; it loads, and gives the same plan.
    #[test]
    fn l67_the_first_format_gives_the_same_plan_of_accounts(company in company()) {
        the_first_format_is_read(company.scene());
    }

    /// Takes from every row what the first format did not have; it loads, and gives the same plan.
    #[test]
    fn l67_the_first_format_gives_the_same_plan_of_absences(calendar in calendar()) {
        the_first_format_is_read(calendar.scene());
    }
}

/// A newer number, a sort of row that nobody knows, and a document from the future.
#[test]
fn l67_a_newer_format_is_refused() {
    let class = |result: Result<(), sync_core::LedgerError>| result.map_err(|error| error.class());
    let newer = Err(LedgerErrorClass::NewerFormat);
    assert_eq!(class(LedgerState::default().read("format", "", "3")), newer);
    assert_eq!(class(LedgerState::default().read("aura", "1", "{}")), newer);
    let document = r#"{"format": 3, "kinds": "as they are then"}"#;
    assert_eq!(class(Export::from_json(document).map(drop)), newer);
}

async fn the_picture_ages(runs: &[(i64, Run)]) {
    let mut world = World::settled().await;
    let mut complete_at = world.clock.now();
    for (hours, run) in runs {
        world
            .clock
            .advance(std::time::Duration::from_secs(*hours as u64 * 3600));
        let next = world.people.len() + 1;
        if matches!(run, Run::Busy | Run::Stopped) {
            world.hire(&next.to_string(), "Ana Kovač");
        }
        world.gaps = match run {
            Run::Incomplete => vec![Gap::StoppedEarly],
            _ => Vec::new(),
        };
        if *run == Run::Unread {
            // Nothing comes as far as the ledger.
        } else if *run == Run::Stopped {
            let plan = world.plan_accounts().await;
            let down = Flaky::new(&world.accounts).failing_in_turn(vec![Some(Fault::Down)]);
            let report = world.apply(&plan, &down).await;
            assert!(report.stopped.is_some());
            assert_eq!(report.complete_at, Some(complete_at));
        } else {
            let report = world.sync_accounts().await;
            if *run != Run::Incomplete {
                complete_at = world.clock.now();
            }
            assert_eq!(report.complete_at, Some(complete_at), "{run:?}");
        }
        let pulse = world.remembers::<Account>().await.pulse;
        let now = world.clock.now();
        assert_eq!(pulse.age(now), Some(now - complete_at), "{run:?}");
    }
}

fn holds_no_personal_data<R: Record>(scene: &Scene<R>) {
    let stage = scene.stage();
    stage.apply(&scene.approved_plan());
    let export = wait(Export::of(
        &stage.ledger,
        &[R::KIND, &format!("{}.runs", R::KIND)],
    ));
    let export = export.expect("memory can be read").to_json();
    let wished = scene.desired.wishes.values().filter_map(|wish| match wish {
        Wish::Present(record) => Some(record),
        _ => None,
    });
    let records = wished.chain(scene.existing.iter().map(|it| &it.record));
    for (field, known) in records.flat_map(Record::fields) {
        // Short words, and those that everybody shares, say nothing about anybody.
        if !["access", "approval"].contains(&field.as_str())
            && let Known::Value(Value::Text(text)) = known
            && text.chars().count() > 6
            && !scene.existing.iter().any(|it| it.id.as_str() == text)
        {
            assert!(!export.contains(&text), "the ledger holds {text}");
        }
    }
}

fn erasure_leaves_a_keyed_hash<R: Record>(scene: &Scene<R>, who: Index) {
    let stage = scene.stage();
    stage.apply(&scene.plan());
    let state = stage.remembered();
    let known: Vec<_> = state
        .links
        .keys()
        .chain(state.tombstones.keys())
        .cloned()
        .collect();
    if known.is_empty() {
        return;
    }
    let source = who.get(&known);
    let mut state = state.clone();
    for write in state.clone().erasure(R::KIND, source, &key(), now()) {
        state.apply(&write);
    }
    let rows = serde_json::to_string(&state).expect("a ledger is plain data");
    assert!(
        !rows.contains(&format!("\"{source}\"")),
        "{source} is still in {rows}"
    );
    assert!(
        state
            .erased
            .contains_key(&ErasedId::of(&key(), R::KIND, source))
    );

    // The product has removed the record too, and HR still has it.
    let mut later = scene.after(&stage);
    let target = stage
        .remembered()
        .links
        .get(source)
        .map(|link| link.target.clone());
    later
        .existing
        .retain(|it| it.external_id.as_ref() != Some(source) && Some(&it.id) != target.as_ref());
    later.ledger = state;
    later.desired.taken_at = now() + TimeDelta::days(1);
    let plan = later.plan();
    let created = plan
        .ready()
        .iter()
        .any(|change| change.source == *source && change.class() == sync_core::Class::Create);
    assert!(!created, "{source} is back\n{plan}");
}

fn the_first_format_is_read<R: Record>(mut scene: Scene<R>) {
    let mut first = LedgerState::default();
    for write in scene.ledger.writes() {
        let row = write.row();
        let RowChange::Put(text) = row.change else {
            continue;
        };
        if !["link", "tombstone", "intent"].contains(&row.slot) {
            continue;
        }
        let mut value: serde_json::Value = serde_json::from_str(&text).expect("a row is JSON");
        let newer: &[&str] = match row.slot {
            "intent" => &["attempt", "generation", "agreed", "origin"],
            _ => &["lost", "origin", "locked", "awaits_invitation"],
        };
        for newer in newer {
            value
                .as_object_mut()
                .expect("a row is an object")
                .remove(*newer);
        }
        let read = first.read(row.slot, &row.key, &value.to_string());
        read.expect("the first format is read");
    }
    // What that format could not remember.
    scene.ledger.invitations.clear();
    scene.ledger.executed.clear();
    scene.ledger.erased.clear();
    scene.ledger.approvals.clear();
    scene.ledger.setbacks.clear();
    scene.ledger.settings = None;
    scene
        .ledger
        .tombstones
        .values_mut()
        .for_each(|it| it.lost = false);
    for link in scene.ledger.links.values_mut() {
        link.origin = Origin::default();
        link.locked = None;
        link.awaits_invitation = false;
    }
    for intent in scene.ledger.intents.values_mut() {
        (intent.attempt, intent.generation) = (0, 0);
        (intent.agreed, intent.origin) = (BTreeMap::new(), Origin::default());
    }
    let plan = scene.plan();
    scene.ledger = first;
    assert_eq!(scene.plan(), plan);

    let stage = scene.stage();
    stage.apply(&plan);
    assert_eq!(
        stage.remembered().format,
        Some(2),
        "it is brought up to date"
    );
}
