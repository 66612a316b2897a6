//! Absences that a product writes into Personio.

use personio_client::fake::{AbsenceStatus, FakePersonio, Fault, NewAbsence, NewEmployee};
use personio_client::sync::PersonioAbsences;
use rstest::rstest;
use sync_core::absence::{Approval, Span, field};
use sync_core::{Absence, Coverage, Effect, ErrorClass, Evidence, Known, TargetId, Window};

use super::{change, client, day, make, read, to, with_company, words};

async fn with_ada() -> (FakePersonio, PersonioAbsences, Absence) {
    let fake = with_company(|company| {
        company
            .hire(NewEmployee::new("Ada", "Nwosu").hire_date(day(1, 5)))
            .unwrap();
    })
    .await;
    let ada = fake.company(|company| company.employees().next().unwrap().number());
    let target = PersonioAbsences::new(client(&fake), "Shiftly");
    let absence = Absence {
        account: TargetId::new(ada.to_string()),
        label: Known::Value("Paid vacation".to_owned()),
        span: Span::days(day(6, 8), day(6, 12)),
        approval: Approval::Approved,
    };
    (fake, target, absence)
}

fn statuses(fake: &FakePersonio) -> Vec<AbsenceStatus> {
    fake.company(|company| company.absences().map(|it| it.status()).collect())
}

#[rstest]
#[case::whole_days("Paid vacation", Span::days(day(6, 8), day(6, 12)))]
#[case::half_days("Paid vacation", Span::days(day(6, 8), day(6, 12)).from_noon().until_noon())]
#[case::one_morning("Paid vacation", Span::days(day(6, 8), day(6, 8)).until_noon())]
#[case::open_ended("Sick leave", Span::days(day(6, 8), day(6, 8)).open())]
#[case::hours("Doctor's appointment", hours(day(6, 8)))]
#[case::in_other_letters(" paid VACATION ", Span::days(day(6, 8), day(6, 8)))]
#[tokio::test]
async fn an_absence_is_read_as_it_was_written(#[case] label: &str, #[case] span: Span) {
    let (_fake, target, absence) = with_ada().await;
    let absence = Absence {
        label: Known::Value(label.to_owned()),
        span,
        ..absence
    };
    let create = change("17", None, Effect::Create(absence.clone()));
    let id = make(&target, create).await.unwrap();
    let [existing] = &read(&target, Coverage::All, &[], &[]).await[..] else {
        panic!("one absence")
    };
    assert_eq!(existing.id.as_str(), id);
    assert_eq!(existing.external_id.as_ref().unwrap().as_str(), "17");
    assert!(existing.record.span == absence.span);
    assert_eq!(existing.record.approval, Approval::Approved);
}

fn hours(on: chrono::NaiveDate) -> Span {
    let at = |hour| chrono::NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    Span::hours(on, at(9), at(11))
}

#[tokio::test]
async fn a_pending_absence_waits_and_an_approval_in_the_product_approves_it() {
    let (fake, target, absence) = with_ada().await;
    let pending = Absence {
        approval: Approval::Pending,
        ..absence.clone()
    };
    let id = make(&target, change("17", None, Effect::Create(pending)))
        .await
        .unwrap();
    assert_eq!(statuses(&fake), [AbsenceStatus::Pending]);
    let approve = change("17", Some(&id), to(&absence, &[field::APPROVAL]));
    assert_eq!(make(&target, approve).await.unwrap(), id);
    assert_eq!(statuses(&fake), [AbsenceStatus::Approved]);
}

#[tokio::test]
async fn an_account_that_keeps_an_absence_pending_is_told_of() {
    let (fake, target, absence) = with_ada().await;
    fake.edit_quirks(|quirks| quirks.absence_changes_keep_approval = true);
    let pending = Absence {
        approval: Approval::Pending,
        ..absence.clone()
    };
    let id = make(&target, change("17", None, Effect::Create(pending)))
        .await
        .unwrap();
    let approve = change("17", Some(&id), to(&absence, &[field::APPROVAL]));
    let error = make(&target, approve).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Rejected);
    assert!(
        words(&error).contains("somebody must decide there"),
        "{}",
        words(&error)
    );
}

#[tokio::test]
async fn a_changed_absence_keeps_its_id_and_a_removed_one_is_gone() {
    let (_fake, target, absence) = with_ada().await;
    let id = make(&target, change("17", None, Effect::Create(absence.clone())))
        .await
        .unwrap();
    let longer = Absence {
        span: Span::days(day(6, 9), day(6, 19)),
        label: Known::Value("Sick leave".to_owned()),
        ..absence.clone()
    };
    let fields = [field::FIRST_DAY, field::LAST_DAY, field::LABEL];
    make(&target, change("17", Some(&id), to(&longer, &fields)))
        .await
        .unwrap();
    let [existing] = &read(&target, Coverage::All, &[], &[]).await[..] else {
        panic!("one absence")
    };
    assert!(existing.record == longer && existing.id.as_str() == id);
    let remove = || Effect::Remove {
        before: longer.clone(),
        evidence: Evidence::DeScoped,
    };
    make(&target, change("17", Some(&id), remove()))
        .await
        .unwrap();
    assert!(
        read(&target, Coverage::All, &[&id], &["17"])
            .await
            .is_empty()
    );
    let error = make(&target, change("17", Some(&id), remove()))
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::NotFound);
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_absence() {
    let (fake, target, absence) = with_ada().await;
    let lost = Fault::lost_answer().on("POST /v2/absence-periods").times(1);
    fake.inject(lost).unwrap();
    let create = || change("17", None, Effect::Create(absence.clone()));
    let error = make(&target, create()).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Unknown);

    // It lies outside the window of the next run, which asks for it because it is in doubt.
    let window = Window::new(day(1, 1), day(1, 31)).unwrap();
    let found = read(&target, Coverage::Window(window), &[], &["17"]).await;
    assert_eq!(found.len(), 1);
    let again = make(&target, create()).await.unwrap();
    assert_eq!(again, found[0].id.as_str());
    assert_eq!(statuses(&fake).len(), 1);
}

#[rstest]
#[case::of_no_type(|absence: &mut Absence| absence.label = Known::Value("Sabbatical".into()), "no type of absence of this name")]
#[case::that_was_refused(|absence: &mut Absence| absence.approval = Approval::Rejected, "no call to refuse")]
#[case::of_nobody(|absence: &mut Absence| absence.account = "1".into(), "person.id is missing or unknown")]
#[case::at_a_time_that_is_taken(|absence: &mut Absence| absence.span = Span::days(day(7, 1), day(7, 1)), "conflicts with another")]
#[tokio::test]
async fn an_absence_that_personio_does_not_take_is_told_of_in_its_words(
    #[case] spoil: fn(&mut Absence),
    #[case] expected: &str,
) {
    let (fake, target, mut absence) = with_ada().await;
    fake.company(|company| {
        let ada = company.employees().next().unwrap().number();
        let taken = NewAbsence::days(ada, "Sick leave", day(6, 29), day(7, 3));
        company.book(taken).unwrap();
    });
    spoil(&mut absence);
    let error = make(&target, change("17", None, Effect::Create(absence)))
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::Rejected);
    assert!(words(&error).contains(expected), "{}", words(&error));
}
