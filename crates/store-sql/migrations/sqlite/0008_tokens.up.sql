-- Whoever comes over the network is known by a token. Its hash alone is kept, so
-- that nobody who reads this file or a copy of it can come in.
CREATE TABLE api_tokens (
    name         TEXT    NOT NULL PRIMARY KEY CHECK (length(name) > 0),
    hash         BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    scope        TEXT    NOT NULL CHECK (scope IN ('read', 'run', 'admin')),
    created_by   TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    -- Of everything but the last use, which nothing depends on.
    sum          INTEGER NOT NULL
) STRICT;
