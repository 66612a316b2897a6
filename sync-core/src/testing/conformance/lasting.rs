//! What is done is there after a restart.

use super::{
    Factory,
    bench::Bench,
    report::{Flaw, Verdict, expect},
};
use crate::{Class, Coverage, ReadRequest, Record, TargetSystem as _};

pub(super) async fn what_is_done_is_there_after_a_restart<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let (applied, reopened) = created_and_reopened(bench).await?;
    let read = read(&reopened).await?;
    expect(read.iter().any(|it| it.id == applied), || {
        "a record that was created is not there".to_owned()
    })
}

pub(super) async fn a_creation_is_remembered_over_a_restart<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Verdict {
    let (_, reopened) = created_and_reopened(bench).await?;
    // However it is answered.
    drop(reopened.apply(&[bench.create(1)]).await);
    let count = read(&reopened).await?.len();
    expect(count == 1, || {
        format!("{count} records are there for one record of HR")
    })
}

async fn created_and_reopened<R: Record, F: Factory<R>>(
    bench: &Bench<'_, R, F>,
) -> Result<(crate::TargetId, F::Target), Flaw> {
    bench.needs(Class::Create)?;
    let own = bench.factory.empty().await;
    let answer = own.apply(&[bench.create(1)]).await.pop();
    let Some(Ok(applied)) = answer else {
        return Err(Flaw::Broken("a creation failed".to_owned()));
    };
    match bench.factory.reopen(own).await {
        Some(reopened) => Ok((applied.target, reopened)),
        None => Err(Flaw::NotApplicable(
            "the factory cannot open a product again",
        )),
    }
}

async fn read<R: Record, T: crate::TargetSystem<R>>(
    target: &T,
) -> Result<Vec<crate::Existing<R>>, Flaw> {
    let request = ReadRequest {
        coverage: Coverage::All,
        linked: std::collections::BTreeSet::new(),
        in_doubt: std::collections::BTreeSet::new(),
    };
    let read = target.read(&request).await;
    read.map_err(|error| Flaw::Broken(format!("reading failed: {error}")))
}
