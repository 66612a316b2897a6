-- A ledger has rows of sorts that come later; the engine knows them, the table need not.

CREATE TABLE sync_rows (
    kind TEXT NOT NULL,                     -- account, absence, ...
    slot TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,                    -- JSON
    PRIMARY KEY (kind, slot, key)
) WITHOUT ROWID;

INSERT INTO sync_rows SELECT kind, slot, key, value FROM sync_ledger;
DROP TABLE sync_ledger;
ALTER TABLE sync_rows RENAME TO sync_ledger;
