-- What a search asks for and would else work out of whole documents each time: their chapters, and the words that are in them.

-- No row: not worked out yet; the next start does it.
CREATE TABLE outline (
    material UUID PRIMARY KEY REFERENCES material ON DELETE CASCADE,
    chapters JSONB NOT NULL
);

-- What a misspelt word may mean, and an unfinished one may become. Empty on SQLite, where the index of words lies beside the
-- one process and knows them; here several processes shall read a query in the same way.
CREATE TABLE term (
    material UUID NOT NULL REFERENCES material ON DELETE CASCADE,
    -- as written, in small letters and American spelling; compared by bytes, so that the key finds beginnings too
    form TEXT COLLATE "C" NOT NULL,
    stem TEXT COLLATE "C" NOT NULL,
    -- passages that have it
    passages BIGINT NOT NULL CHECK (passages > 0),
    PRIMARY KEY (material, form)
);
CREATE INDEX term_stem ON term (material, stem);

-- Without the right to it, or where it is not installed, everything else works: then each process corrects by its own index.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX term_trigram ON term USING gin (form gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'pg_trgm cannot be used: %', SQLERRM;
END
$$;
