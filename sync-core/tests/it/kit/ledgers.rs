//! The conformance suite passes ledgers that keep the contract.

use sync_core::{MemoryLedger, testing::conformance};

#[tokio::test]
async fn a_ledger_in_memory_keeps_the_contract() {
    let report = conformance::ledger::check_all(|| async { MemoryLedger::new() }).await;
    insta::assert_snapshot!(report, @r"
    37 checks passed, 0 failed, 8 are not applicable
    not applicable: connections are apart (M3): the factory has one connection in a storage
    not applicable: what is written is there after a restart (M4): the factory cannot open a ledger again
    not applicable: what is forgotten is not there after a restart (M4): the factory cannot open a ledger again
    not applicable: a ledger that is cut off does not look empty (M6): the factory cannot cut the ledger off
    not applicable: a ledger that is cut off takes no writes (M6): the factory cannot cut the ledger off
    not applicable: what a newer program wrote is not left out (M6): the factory cannot age a ledger
    not applicable: a lease lasts over a restart (M7): the factory cannot open a ledger again
    not applicable: connections have leases of their own (M7): the factory has one connection in a storage
    ");
}
