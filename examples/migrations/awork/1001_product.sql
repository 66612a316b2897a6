-- A project tool: people who plan work, and a calendar that shows when they are away.

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    external_id TEXT UNIQUE,                -- not used: who is who is known by the address, and then by the ledger
    email TEXT,
    first_name TEXT,
    last_name TEXT,
    access TEXT NOT NULL DEFAULT 'active' CHECK (access IN ('active', 'staged', 'locked')),
    version INTEGER NOT NULL DEFAULT 1      -- counts changes, so that an outdated one is refused
);

CREATE TABLE absences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    external_id TEXT UNIQUE,                -- the id in HR; empty for absences that were entered by hand
    label TEXT NOT NULL DEFAULT 'absent',
    starts_on TEXT NOT NULL,                -- first day
    ends_on TEXT,                           -- last day, inclusive; empty while the end is open
    half_start INTEGER NOT NULL DEFAULT 0,  -- begins at noon of the first day
    half_end INTEGER NOT NULL DEFAULT 0,    -- ends at noon of the last day
    hours TEXT,                             -- such as 09:00-13:30 Europe/Berlin
    approval TEXT NOT NULL DEFAULT 'approved' CHECK (approval IN ('approved', 'pending', 'rejected')),
    origin TEXT NOT NULL DEFAULT 'manual' CHECK (origin IN ('personio', 'manual')),
    read_only INTEGER NOT NULL DEFAULT 0,   -- what comes from HR is changed there
    version INTEGER NOT NULL DEFAULT 1
);

CREATE INDEX absences_by_user ON absences (user_id);
