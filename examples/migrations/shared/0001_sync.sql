-- What the sync remembers, and its protocol. Identifiers, keyed hashes, counts and times; no personal data.
--
-- One database may have several connections, each with a label; nothing of one shows in another.

CREATE TABLE sync_connection (
    label TEXT PRIMARY KEY,
    hash_key BLOB NOT NULL,                 -- in a real product it lies with the other secrets, away from the ledger
    runner TEXT,                            -- to whom the connection belongs
    hr TEXT,                                -- where its HR is, so that it follows no other by mistake
    schedule TEXT,                          -- JSON: what has run, and what is asked for
    newcomers INTEGER NOT NULL DEFAULT 0    -- whether somebody came since absences were read whole
) WITHOUT ROWID;

-- Rows of every sort that the engine has or will have: it knows them, the table need not.
CREATE TABLE sync_ledger (
    connection TEXT NOT NULL,
    kind TEXT NOT NULL,                     -- account, absence, ...
    slot TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,                    -- JSON
    PRIMARY KEY (connection, kind, slot, key)
) WITHOUT ROWID;

-- Who may write.
CREATE TABLE sync_lease (
    connection TEXT PRIMARY KEY,
    value TEXT NOT NULL                     -- JSON
) WITHOUT ROWID;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    connection TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,                       -- empty while the run goes on
    areas TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('running', 'done', 'partial', 'stopped', 'failed', 'cut off')),
    summary TEXT NOT NULL DEFAULT ''
);

-- What became of each change of a run.
CREATE TABLE run_changes (
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT,
    fate TEXT NOT NULL
);

CREATE INDEX run_changes_by_run ON run_changes (run_id);
