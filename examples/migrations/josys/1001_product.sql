-- The product's own tables. A person may open the file and look.
--
-- Everything belongs to one of several connections with HR, and shows in no other.
-- AUTOINCREMENT: the id of a deleted row must never come back, because the ledger may still know it.

CREATE TABLE connections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    label TEXT NOT NULL UNIQUE
);

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_id INTEGER NOT NULL REFERENCES connections (id),
    external_id TEXT,                       -- the id in HR; empty for accounts that were entered by hand
    email TEXT,
    first_name TEXT,
    last_name TEXT,
    access TEXT NOT NULL DEFAULT 'active' CHECK (access IN ('active', 'staged', 'locked')),
    status TEXT,                            -- as HR calls it
    role TEXT,                              -- the position
    department TEXT,
    team TEXT,
    "groups" TEXT,                          -- department and team, see the triggers
    created_at TEXT,                        -- when HR got the person
    hire_date TEXT,
    version INTEGER NOT NULL DEFAULT 1,     -- counts changes, so that an outdated one is refused
    UNIQUE (connection_id, external_id)
);

CREATE TRIGGER accounts_groups_of_new AFTER INSERT ON accounts
WHEN new."groups" IS NULL
BEGIN
    UPDATE accounts SET "groups" = coalesce(department || ', ' || team, department, team) WHERE id = new.id;
END;

CREATE TRIGGER accounts_groups_of_changed AFTER UPDATE OF department, team ON accounts
BEGIN
    UPDATE accounts SET "groups" = coalesce(department || ', ' || team, department, team) WHERE id = new.id;
END;

CREATE VIEW users AS
SELECT id, external_id, email, first_name, last_name, access, connection_id FROM accounts;

-- Whoever holds one cannot be deleted.
CREATE TABLE devices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE RESTRICT,
    label TEXT NOT NULL
);

CREATE INDEX devices_by_account ON devices (account_id);

-- People whom IT knows before HR does. The next sync creates them in HR, and the one after shows them as accounts.
CREATE TABLE new_employees (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    connection_id INTEGER NOT NULL REFERENCES connections (id),
    first_name TEXT,
    last_name TEXT,
    email TEXT,
    position TEXT,
    department TEXT,
    hire_date TEXT,
    external_id TEXT,                       -- the id in HR, once HR has the person
    problem TEXT                            -- why HR refused, in HR's own words
);
