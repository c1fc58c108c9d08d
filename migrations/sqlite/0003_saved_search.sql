-- Searches that learners keep. Its twin for PostgreSQL is migrations/postgres/0003_saved_search.sql.

CREATE TABLE saved_search (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    learner BLOB NOT NULL REFERENCES learner ON DELETE CASCADE,
    query TEXT NOT NULL,
    -- NULL: in all files
    material BLOB REFERENCES material ON DELETE CASCADE,
    -- first byte of its heading and the heading itself; NULL: in the whole file
    chapter INTEGER CHECK (chapter >= 0),
    chapter_title TEXT,
    -- the same query in small letters, in the same place: one row
    key TEXT NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (learner, key),
    CHECK ((chapter IS NULL) = (chapter_title IS NULL) AND (chapter IS NULL OR material IS NOT NULL))
) STRICT;
CREATE INDEX saved_search_material ON saved_search (material);
