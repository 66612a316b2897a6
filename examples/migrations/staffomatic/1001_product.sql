-- Shift planning: people and where they work, who was selected, their absences, the hours that they worked, and the mails
-- that were sent.
--
-- AUTOINCREMENT: the id of a deleted row must never come back, because the ledger may still know it.

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    external_id TEXT UNIQUE,                -- the id in HR; empty for people who were entered by hand
    email TEXT,
    first_name TEXT,
    last_name TEXT,
    access TEXT NOT NULL DEFAULT 'active' CHECK (access IN ('active', 'staged', 'locked')),
    selected INTEGER NOT NULL DEFAULT 0,    -- somebody has said yes to synchronising this person
    hire_date TEXT,
    last_working_day TEXT,
    department TEXT,
    department_id INTEGER REFERENCES units (id) ON DELETE SET NULL,
    team TEXT,
    team_id INTEGER REFERENCES units (id) ON DELETE SET NULL,
    location TEXT,
    location_id INTEGER REFERENCES units (id) ON DELETE SET NULL,
    company TEXT,
    weekly_hours TEXT,
    vacation_days NUMERIC,                  -- entitlement, over the types of absence that count
    vacation_balance NUMERIC,               -- what is left of it
    version INTEGER NOT NULL DEFAULT 1      -- counts changes, so that an outdated one is refused
);

-- A yes or a no for each person of HR, by the id in HR. Nobody takes part before there is a yes.
CREATE TABLE selection (
    external_id TEXT PRIMARY KEY,
    answer TEXT NOT NULL CHECK (answer IN ('yes', 'no')),
    answered_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE units (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('office', 'department', 'team')),
    external_id TEXT UNIQUE,                -- the id in HR; empty for units that were entered by hand
    name TEXT NOT NULL,
    parent_id INTEGER REFERENCES units (id) ON DELETE SET NULL,
    version INTEGER NOT NULL DEFAULT 1
);

CREATE VIEW departments AS SELECT id, external_id, name FROM units WHERE kind = 'department';
CREATE VIEW locations AS SELECT id, external_id, name FROM units WHERE kind = 'office';
CREATE VIEW teams AS SELECT id, external_id, name FROM units WHERE kind = 'team';

CREATE TRIGGER departments_take_entries INSTEAD OF INSERT ON departments BEGIN
    INSERT INTO units (id, kind, external_id, name) VALUES (NEW.id, 'department', NEW.external_id, NEW.name);
END;
CREATE TRIGGER locations_take_entries INSTEAD OF INSERT ON locations BEGIN
    INSERT INTO units (id, kind, external_id, name) VALUES (NEW.id, 'office', NEW.external_id, NEW.name);
END;
CREATE TRIGGER teams_take_entries INSTEAD OF INSERT ON teams BEGIN
    INSERT INTO units (id, kind, external_id, name) VALUES (NEW.id, 'team', NEW.external_id, NEW.name);
END;

-- People stand in the unit of the name that HR gives for them, whichever of the two was there first.
CREATE TRIGGER users_find_their_units AFTER INSERT ON users BEGIN
    UPDATE users SET
        department_id = (SELECT id FROM departments WHERE name = NEW.department),
        team_id = (SELECT id FROM teams WHERE name = NEW.team),
        location_id = (SELECT id FROM locations WHERE name = NEW.location)
    WHERE id = NEW.id;
END;
CREATE TRIGGER users_follow_their_units AFTER UPDATE OF department, team, location ON users BEGIN
    UPDATE users SET
        department_id = (SELECT id FROM departments WHERE name = NEW.department),
        team_id = (SELECT id FROM teams WHERE name = NEW.team),
        location_id = (SELECT id FROM locations WHERE name = NEW.location)
    WHERE id = NEW.id;
END;

CREATE TRIGGER units_find_their_people AFTER INSERT ON units BEGIN
    UPDATE users SET department_id = NEW.id WHERE NEW.kind = 'department' AND department = NEW.name;
    UPDATE users SET team_id = NEW.id WHERE NEW.kind = 'team' AND team = NEW.name;
    UPDATE users SET location_id = NEW.id WHERE NEW.kind = 'office' AND location = NEW.name;
END;

CREATE TABLE absence_types (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    counts_as_entitlement INTEGER NOT NULL DEFAULT 0,
    deducts_vacation INTEGER NOT NULL DEFAULT 0,
    is_paid INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE absences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    external_id TEXT UNIQUE,                -- the id in HR; empty for requests that were entered here
    type_id INTEGER NOT NULL REFERENCES absence_types (id),
    starts_on TEXT NOT NULL,                -- first day
    ends_on TEXT,                           -- last day, inclusive; empty while the end is open
    half_start INTEGER NOT NULL DEFAULT 0,  -- begins at noon of the first day
    half_end INTEGER NOT NULL DEFAULT 0,    -- ends at noon of the last day
    hours TEXT,                             -- such as 09:00-13:30 Europe/Berlin
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'rejected')),
    origin TEXT NOT NULL DEFAULT 'manual' CHECK (origin IN ('personio', 'manual')),
    version INTEGER NOT NULL DEFAULT 1
);

CREATE INDEX absences_by_user ON absences (user_id);

CREATE TABLE time_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    external_id TEXT UNIQUE,                -- the id in HR, once it is there
    starts_at TEXT NOT NULL,                -- local time of the person, such as 2026-03-02T08:30
    ends_at TEXT,                           -- empty while the work goes on
    break_minutes INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'finished', 'verified')),
    finished_at TEXT,                       -- such as 2026-03-02T16:05:00Z
    verified_at TEXT
);

CREATE INDEX time_entries_by_user ON time_entries (user_id);

CREATE TABLE mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    template TEXT NOT NULL,
    change_id TEXT UNIQUE,                  -- so that no message is made twice
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
);
