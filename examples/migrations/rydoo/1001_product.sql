-- An expense tool: people with their place in the organisation, whoever approves their claims, and the claims.

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    external_id TEXT UNIQUE,                -- the id in HR; empty for people who were entered by hand
    email TEXT,
    first_name TEXT,
    last_name TEXT,
    access TEXT NOT NULL DEFAULT 'active' CHECK (access IN ('active', 'staged', 'locked')),
    gender TEXT,
    hire_date TEXT,
    office TEXT,
    occupation_type TEXT,
    branch_id TEXT,
    branch_name TEXT,
    group_id TEXT,
    group_name TEXT,
    approver_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
    version INTEGER NOT NULL DEFAULT 1      -- counts changes, so that an outdated one is refused
);

CREATE INDEX users_by_approver ON users (approver_id);

CREATE TABLE claims (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The books keep what was paid to somebody who is gone.
    user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
    title TEXT,
    status TEXT NOT NULL DEFAULT 'open'     -- paid and rejected ones are settled, all others are open
);

CREATE INDEX claims_by_user ON claims (user_id);

-- A claim counts as a change of its user, so that a removal that was planned before it is refused.
CREATE TRIGGER a_new_claim_changes_its_user AFTER INSERT ON claims
BEGIN
    UPDATE users SET version = version + 1 WHERE id = NEW.user_id;
END;

CREATE TRIGGER a_claim_taken_up_again_changes_its_user AFTER UPDATE OF status, user_id ON claims
BEGIN
    UPDATE users SET version = version + 1 WHERE id = NEW.user_id;
END;
