-- Which material is in which vector engine outside this process. No foreign key, by intent: a row whose material is gone
-- says what has to be deleted from the engine.
CREATE TABLE index_state (
    engine TEXT NOT NULL,
    generation TEXT NOT NULL,
    owner UUID NOT NULL,
    material UUID NOT NULL,
    -- rises with every change that begins
    version BIGINT NOT NULL,
    -- what is in the engine: how many windows and the first passage's id; NULL while it changes or when a change failed
    windows BIGINT,
    first_passage UUID,
    PRIMARY KEY (engine, generation, owner, material)
);
