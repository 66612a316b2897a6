//! What carrying a plan out promises, whatever the product does meanwhile.

use std::{collections::BTreeSet, num::NonZeroUsize, slice};

use futures::FutureExt as _;
use proptest::{collection::vec, option, prelude::*, sample::Index, sample::select};
use sync_core::{
    ApplyOptions, Change, Class, ErrorClass, Fate, LedgerWrite, ManualClock, Plan, Progress,
    Record, SourceId, StopSignal, TargetSystem as _, Version, apply,
    testing::{Fault, Flaky},
};

use crate::{
    calendar::calendar,
    company::company,
    disturbance::{ANSWERS, Disturbance, Disturbed, Refusing, Step, look},
    scene::{Scene, Stage, changes, lease, now, wait},
};

proptest! {
    /// Lets up to three runs fail in any way, and counts the runs until the plan is empty.
    #[test]
    fn l3_accounts_come_to_rest(company in company(), faults in several_runs()) {
        comes_to_rest(company.scene(), faults);
    }

    #[test]
    fn l3_absences_come_to_rest(calendar in calendar(), faults in several_runs()) {
        comes_to_rest(calendar.scene(), faults);
    }

    /// Makes the changes in any order that keeps those of one record in theirs, and compares.
    #[test]
    fn l7_the_order_of_accounts_does_not_matter(company in company(), order in order()) {
        order_does_not_matter(&company.scene(), &order);
    }

    #[test]
    fn l7_the_order_of_absences_does_not_matter(calendar in calendar(), order in order()) {
        order_does_not_matter(&calendar.scene(), &order);
    }

    /// Stops a run after any number of changes, plans anew, and so on to the end.
    #[test]
    fn l8_accounts_may_be_synced_in_pieces(company in company(), piece in 1..=5_usize) {
        may_be_applied_in_pieces(&company.scene(), piece);
    }

    #[test]
    fn l8_absences_may_be_synced_in_pieces(calendar in calendar(), piece in 1..=5_usize) {
        may_be_applied_in_pieces(&calendar.scene(), piece);
    }

    /// Lets some changes fail, and compares the next plan with what was not made.
    #[test]
    fn l11_what_is_left_of_a_plan_of_accounts_is_the_next_plan(
        company in company(),
        faults in faults(&ANSWERS),
    ) {
        the_next_plan_is_what_is_left(company.scene(), faults);
    }

    #[test]
    fn l11_what_is_left_of_a_plan_of_absences_is_the_next_plan(
        calendar in calendar(),
        faults in faults(&ANSWERS),
    ) {
        the_next_plan_is_what_is_left(calendar.scene(), faults);
    }

    /// Changes any records in the product and any rows of the ledger after planning, and finds exactly their changes refused.
    #[test]
    fn l12_only_accounts_that_moved_on_are_refused(company in company(), moved in moved()) {
        only_what_moved_on_is_refused(&company.scene(), &moved);
    }

    #[test]
    fn l12_only_absences_that_moved_on_are_refused(calendar in calendar(), moved in moved()) {
        only_what_moved_on_is_refused(&calendar.scene(), &moved);
    }

    /// Looks into the ledger whenever a change reaches the product, over three runs of which any may be disturbed.
    #[test]
    fn l34_changes_of_accounts_are_written_down_and_settled_first(
        company in company(),
        disturbances in disturbances(),
    ) {
        intents_come_first(company.scene(), disturbances);
    }

    #[test]
    fn l34_changes_of_absences_are_written_down_and_settled_first(
        calendar in calendar(),
        disturbances in disturbances(),
    ) {
        intents_come_first(calendar.scene(), disturbances);
    }

    /// Disturbs creations in products that keep ids of HR or of changes, and counts the records.
    #[test]
    fn l35_nobody_gets_two_accounts(
        company in company(),
        disturbances in disturbances(),
        external_ids in any::<bool>(),
    ) {
        nothing_is_doubled(company.scene(), disturbances, external_ids);
    }

    #[test]
    fn l35_no_absence_becomes_two(
        calendar in calendar(),
        disturbances in disturbances(),
        external_ids in any::<bool>(),
    ) {
        nothing_is_doubled(calendar.scene(), disturbances, external_ids);
    }

    /// Refuses everything of one record for two weeks, counts the attempts, and looks at all the others.
    #[test]
    fn l37_an_account_that_always_fails_delays_nobody(company in company(), index in any::<Index>()) {
        a_poisoned_record_delays_nobody(company.scene(), index);
    }

    #[test]
    fn l37_an_absence_that_always_fails_delays_no_other(calendar in calendar(), index in any::<Index>()) {
        a_poisoned_record_delays_nobody(calendar.scene(), index);
    }

    /// Raises the signal after any number of changes, at any concurrency, and counts what reaches the product.
    #[test]
    fn l38_a_run_of_accounts_stops_between_two_changes(
        company in company(),
        after in 0..=12_usize,
        at_once in 1..=4_usize,
    ) {
        stops_between_two_changes(&company.scene(), after, at_once);
    }

    #[test]
    fn l38_a_run_of_absences_stops_between_two_changes(
        calendar in calendar(),
        after in 0..=12_usize,
        at_once in 1..=4_usize,
    ) {
        stops_between_two_changes(&calendar.scene(), after, at_once);
    }
}

fn faults(of: &[Fault]) -> impl Strategy<Value = Vec<Option<Fault>>> + use<> {
    vec(option::weighted(0.4, select(of.to_vec())), 0..=12)
}

fn several_runs() -> impl Strategy<Value = Vec<Vec<Option<Fault>>>> {
    vec(faults(&ANSWERS), 0..=3)
}

fn order() -> impl Strategy<Value = Vec<Index>> {
    vec(any::<Index>(), 16)
}

fn moved() -> impl Strategy<Value = Vec<bool>> {
    vec(any::<bool>(), 8)
}

fn disturbances() -> impl Strategy<Value = Vec<(usize, Disturbance)>> {
    let of_effects = Disturbance::of(Step::Effect(Class::Update));
    vec((0..=20_usize, select(of_effects)), 2)
}

fn comes_to_rest<R: Record>(mut scene: Scene<R>, faults: Vec<Vec<Option<Fault>>>) {
    bring_no_news(&mut scene);
    let stage = scene.stage();
    let mut faults = faults.into_iter();
    let (mut runs, mut faulted, mut freeing) = (0, 0, 0);
    loop {
        let plan = scene.after(&stage).later(runs).approved_plan();
        if plan.is_empty() {
            break;
        }
        let product = Flaky::new(&stage.product);
        let product = product.failing_in_turn(faults.next().unwrap_or_default());
        let report = stage.apply_with(&product, &plan, runs, &ApplyOptions::default());
        runs += 1;
        faulted += usize::from(!report.is_success());
        freeing += usize::from(may_free_a_key(&plan));
        assert!(
            runs <= 1 + faulted + freeing,
            "{runs} runs, {faulted} with faults\n{plan}\n{report}"
        );
    }
}

fn order_does_not_matter<R: Record>(scene: &Scene<R>, order: &[Index]) {
    let plan = scene.approved_plan();
    let usual = scene.stage();
    usual.apply(&plan);

    let stage = scene.stage();
    let mut left: Vec<&Change<R>> = plan.ready().iter().collect();
    for turn in 0.. {
        // Those of one record keep their order.
        let mut seen = BTreeSet::new();
        let next: Vec<usize> = (0..left.len())
            .filter(|index| seen.insert(&left[*index].source))
            .collect();
        if next.is_empty() {
            break;
        }
        let chosen = *order[turn % order.len()].get(&next);
        let mut change = left.remove(chosen).clone();
        change.expected_version = None;
        if !change.class().is_internal() && change.class() != Class::Invite {
            let answers = wait(stage.product.apply(slice::from_ref(&change)));
            assert!(answers[0].is_ok(), "{change:?}\n{plan}");
        }
    }
    assert_eq!(looks(&stage), looks(&usual), "{plan}");
}

fn may_be_applied_in_pieces<R: Record>(scene: &Scene<R>, piece: usize) {
    let whole = scene.stage();
    let plan = scene.approved_plan();
    whole.apply(&plan);

    // A large company in a few large pieces.
    let piece = piece.max(plan.ready().len() / 6);
    let stage = scene.stage();
    let mut pieces = 0;
    loop {
        let plan = scene.after(&stage).approved_plan();
        let report = apply_some(&stage, &plan, piece, 1);
        pieces += 1;
        if report.stopped.is_none() {
            break;
        }
        assert!(pieces <= 40, "{report}");
    }
    // Whoever waits for an address that somebody gives up gets it in the next run.
    for stage in [&stage, &whole] {
        stage.apply(&scene.after(stage).approved_plan());
    }
    assert_eq!(looks(&stage), looks(&whole));
    let agreed = |stage: &Stage<R>| {
        let links = stage.remembered().links.into_iter();
        links
            .map(|(source, link)| (source, link.agreed))
            .collect::<Vec<_>>()
    };
    assert_eq!(agreed(&stage), agreed(&whole));
}

/// Applies a plan, and asks it to stop after so many changes.
fn apply_some<R: Record>(
    stage: &Stage<R>,
    plan: &Plan<R>,
    changes: usize,
    at_once: usize,
) -> sync_core::Report {
    let stop = StopSignal::new();
    if changes == 0 {
        stop.raise();
    }
    let progress = |progress: Progress<'_>| {
        if progress.done >= changes {
            stop.raise();
        }
    };
    let options = ApplyOptions {
        concurrency: NonZeroUsize::new(at_once).expect("at least one"),
        progress: Some(&progress),
        stop: Some(&stop),
        ..ApplyOptions::default()
    };
    stage.apply_with(&stage.product, plan, 0, &options)
}

fn the_next_plan_is_what_is_left<R: Record>(mut scene: Scene<R>, faults: Vec<Option<Fault>>) {
    bring_no_news(&mut scene);
    let plan = scene.plan();
    let stage = scene.stage();
    let answers_arrive = faults
        .into_iter()
        .map(|fault| fault.filter(|it| *it != Fault::AnswerLost));
    let product = Flaky::new(&stage.product).failing_in_turn(answers_arrive);
    let report = stage.apply_through(&product, &plan, 1);
    let made: BTreeSet<(&SourceId, Class)> = report
        .changes
        .iter()
        // An invitation that may have been sent counts as sent.
        .filter(|it| {
            it.fate == Fate::Done || (it.class, &it.fate) == (Class::Invite, &Fate::Unknown)
        })
        .map(|change| (&change.source, change.class))
        .collect();
    let left = || changes(&plan).filter(|it| !made.contains(&(&it.source, it.class())));
    let next = scene.after(&stage).later(1).plan();
    if may_free_a_key(&plan) {
        // What takes the place of something that is gone may come on top.
        let of_next: BTreeSet<(&SourceId, Class)> =
            changes(&next).map(|it| (&it.source, it.class())).collect();
        let is_there = |it: &Change<R>| of_next.contains(&(&it.source, it.class()));
        assert!(left().all(is_there), "{plan}\n{report}\n{next}");
        return;
    }
    let left: BTreeSet<String> = left().map(essence).collect();
    let next_changes: BTreeSet<String> = changes(&next).map(essence).collect();
    assert_eq!(next_changes, left, "{plan}\n{report}\n{next}");
}

/// What a change is, whenever it is planned. Who is invited may have been created meanwhile.
fn essence<R: Record>(change: &Change<R>) -> String {
    let Change {
        source,
        target,
        generation,
        agreement,
        ..
    } = change;
    let class = change.class();
    let target = target.as_ref().filter(|_| class != Class::Invite);
    format!("{class} {source} {target:?} {generation} {agreement:?}")
}

fn only_what_moved_on_is_refused<R: Record>(scene: &Scene<R>, moved: &[bool]) {
    let plan = scene.approved_plan();
    let stage = scene.stage();
    let mut in_product = BTreeSet::new();
    for (row, _) in scene
        .existing
        .iter()
        .zip(moved)
        .filter(|(_, moved)| **moved)
    {
        if row.version.is_some() {
            let mut row = row.clone();
            row.version = Some(Version::new("99"));
            in_product.insert(row.id.clone());
            stage.product.put(row);
        }
    }
    let mut in_ledger = BTreeSet::new();
    let links = scene.ledger.links.iter().zip(moved.iter().rev());
    for ((source, link), _) in links.filter(|(_, moved)| **moved) {
        let mut link = link.clone();
        link.revision += 1;
        in_ledger.insert(source.clone());
        let write = [LedgerWrite::Link(source.clone(), link)];
        let clock = ManualClock::at(now());
        let lease = wait(lease(&stage.ledger, &clock));
        wait(lease.commit(R::KIND, &write)).expect("memory takes it");
    }

    let report = stage.apply(&plan);
    for change in &report.changes {
        let is_outdated = change.class != Class::Adopt
            && change
                .target
                .as_ref()
                .is_some_and(|target| in_product.contains(target));
        let conflict = |fate: &Fate| {
            matches!(
                fate,
                Fate::Blocked
                    | Fate::Failed {
                        class: ErrorClass::Conflict,
                        ..
                    }
            )
        };
        match &change.fate {
            Fate::Stale => assert!(in_ledger.contains(&change.source), "{report}"),
            _ if in_ledger.contains(&change.source) => panic!("not refused: {report}"),
            fate if is_outdated => assert!(conflict(fate), "{report}"),
            fate => assert_eq!(*fate, Fate::Done, "{report}"),
        }
    }
}

fn intents_come_first<R: Record>(scene: Scene<R>, disturbances: Vec<(usize, Disturbance)>) {
    let stage = scene.stage();
    disturbed_runs(&scene, &stage, disturbances);
}

/// Runs once for each disturbance, and once more. The product and the ledger that are disturbed check the intents.
fn disturbed_runs<R: Record>(
    scene: &Scene<R>,
    stage: &Stage<R>,
    disturbances: Vec<(usize, Disturbance)>,
) {
    let mut late = Vec::new();
    let disturbances = disturbances.into_iter().map(Some).chain([None]);
    for (days, disturbance) in disturbances.enumerate() {
        let disturbed = Disturbed::new(&stage.product, &stage.ledger, disturbance);
        let clock = ManualClock::at(now() + chrono::Duration::days(days as i64));
        let plan = scene.after(stage).later(days).approved_plan();
        for disturbed in late.drain(..) {
            let disturbed: Disturbed<'_, R> = disturbed;
            wait(disturbed.late_effect());
        }
        let options = ApplyOptions::default();
        let lease = wait(lease(&disturbed, &clock));
        let _crashed = apply(&plan, &disturbed, &lease, &clock, &options).now_or_never();
        late.push(disturbed);
    }
}

fn nothing_is_doubled<R: Record>(
    mut scene: Scene<R>,
    disturbances: Vec<(usize, Disturbance)>,
    external_ids: bool,
) {
    bring_no_news(&mut scene);
    scene.capabilities.external_ids = external_ids;
    scene.capabilities.change_ids = !external_ids;
    let undisturbed = scene.stage();
    disturbed_runs(&scene, &undisturbed, Vec::new());
    let stage = scene.stage();
    disturbed_runs(&scene, &stage, disturbances);
    for stage in [&stage, &undisturbed] {
        for days in 3..6 {
            let plan = scene.after(stage).later(days).approved_plan();
            stage.apply_with(&stage.product, &plan, days, &ApplyOptions::default());
        }
    }
    assert_eq!(looks(&stage).len(), looks(&undisturbed).len());
}

fn a_poisoned_record_delays_nobody<R: Record>(mut scene: Scene<R>, index: Index) {
    bring_no_news(&mut scene);
    let first = scene.approved_plan();
    let writes = |change: &&Change<R>| change.class() != Class::Adopt;
    let candidates: Vec<&Change<R>> = first.ready().iter().filter(writes).collect();
    if candidates.is_empty() {
        return;
    }
    let poisoned = &index.get(&candidates).source;
    let stage = scene.stage();
    let mut attempts = 0;
    for days in 0..14 {
        let plan = scene.after(&stage).later(days).approved_plan();
        let product = Refusing {
            product: &stage.product,
            source: poisoned,
            class: None,
        };
        let report = stage.apply_with(&product, &plan, days, &ApplyOptions::default());
        let failed = |class: Class| {
            let of_class = |it: &&sync_core::ChangeReport| {
                it.class == class && matches!(it.fate, Fate::Failed { .. })
            };
            report.changes.iter().filter(of_class).count()
        };
        // A lock is never given up.
        attempts += Class::ALL
            .into_iter()
            .filter(|it| *it != Class::Lock)
            .map(failed)
            .sum::<usize>();
        assert!(
            report.failures().all(|change| change.source == *poisoned),
            "{report}"
        );
        // By then whoever waits for an address that somebody gives up has it.
        if days > 2 {
            assert!(
                plan.ready().iter().all(|change| change.source == *poisoned),
                "{plan}"
            );
        }
    }
    // On the day of the first failure and on each of the seven days after it, at most.
    assert!(attempts <= 8, "{attempts} attempts");
}

fn stops_between_two_changes<R: Record>(scene: &Scene<R>, after: usize, at_once: usize) {
    let plan = scene.approved_plan();
    let stage = scene.stage();
    let report = apply_some(&stage, &plan, after, at_once);
    let is_tried = |fate: &Fate| !matches!(fate, Fate::NotTried | Fate::Stale | Fate::Blocked);
    let tried = report
        .changes
        .iter()
        .filter(|change| is_tried(&change.fate))
        .count();
    let under_way = at_once * scene.capabilities.batch.get();
    assert!(
        tried <= after + under_way,
        "{tried} tried, {after} wanted\n{report}"
    );
    assert_eq!(report.changes.len(), plan.ready().len());
    let known: BTreeSet<_> = scene.ledger.intents.keys().collect();
    let open = stage.remembered().intents;
    assert!(
        open.keys().all(|id| known.contains(id)),
        "an intent is open"
    );

    let quiet_after = if may_free_a_key(&plan) { 2 } else { 1 };
    for _ in 0..quiet_after {
        stage.apply(&scene.after(&stage).approved_plan());
    }
    assert!(scene.after(&stage).plan().is_empty());
}

/// Tells whether a plan may take a key, such as an address, from one record that another waits for: nobody gets it in
/// the same plan, but in the next one.
fn may_free_a_key<R: Record>(plan: &Plan<R>) -> bool {
    changes(plan).any(|change| change.class().is_destructive())
}

/// Lets nothing come due merely because runs are days apart.
fn bring_no_news<R: Record>(scene: &mut Scene<R>) {
    let lifecycle = &mut scene.policy.lifecycle;
    (lifecycle.vanished.snapshots, lifecycle.vanished.days) = (1, 0);
    lifecycle.grace_days = 0;
}

fn looks<R: Record>(stage: &Stage<R>) -> Vec<String> {
    let rows = stage.product.records();
    let mut looks: Vec<String> = rows.iter().map(|row| look(&row.record)).collect();
    looks.sort();
    looks
}
