-- Who may write, and rows of every sort that the engine has or will have: it knows them, the table need not.

CREATE TABLE sync_lease (
    id INTEGER PRIMARY KEY CHECK (id = 1),  -- one database, one connection
    value TEXT NOT NULL                     -- JSON
);

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
