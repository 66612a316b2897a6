-- What the sync remembers. Identifiers, keyed hashes and times; no personal data.

CREATE TABLE sync_ledger (
    kind TEXT NOT NULL,                     -- account, absence, ...
    slot TEXT NOT NULL CHECK (slot IN ('link', 'tombstone', 'intent')),
    key TEXT NOT NULL,
    value TEXT NOT NULL,                    -- JSON
    PRIMARY KEY (kind, slot, key)
) WITHOUT ROWID;

-- In a real product the key of a connection lies with the other secrets, away from the ledger.
CREATE TABLE sync_connection (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    hash_key BLOB NOT NULL
);
