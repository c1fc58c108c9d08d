-- Language models: what each call took, whom learners let their texts go to, and which materials stay here.

CREATE TABLE model_call (
    id UUID PRIMARY KEY,
    -- NULL when the account is gone: what it cost stays in the book
    learner UUID REFERENCES learner ON DELETE SET NULL,
    at BIGINT NOT NULL,
    -- days since 1970, UTC: budgets are by this day
    day BIGINT NOT NULL,
    task TEXT NOT NULL,
    tier TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('model', 'cache', 'shared')),
    input_tokens BIGINT NOT NULL CHECK (input_tokens >= 0),
    cached_tokens BIGINT NOT NULL CHECK (cached_tokens BETWEEN 0 AND input_tokens),
    output_tokens BIGINT NOT NULL CHECK (output_tokens >= 0),
    -- a billionth of a dollar
    nanodollars BIGINT NOT NULL,
    -- milliseconds; NULL where no word came
    first_word BIGINT,
    whole BIGINT NOT NULL,
    outcome TEXT NOT NULL
);
CREATE INDEX model_call_day ON model_call (day, learner);
CREATE INDEX model_call_learner ON model_call (learner);

-- One book: what was kept by day until now goes into it.
INSERT INTO model_call (id, learner, at, day, task, tier, endpoint, model, source, input_tokens, cached_tokens,
    output_tokens, nanodollars, first_word, whole, outcome)
SELECT gen_random_uuid(), NULL, day * 86400000, day, task, '', '', model, 'model', tokens, 0, 0, nanodollars, NULL, 0, 'whole'
FROM model_usage;
DROP TABLE model_usage;

CREATE TABLE model_consent (
    learner UUID NOT NULL REFERENCES learner ON DELETE CASCADE,
    endpoint TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (learner, endpoint)
);

-- its text goes to no provider
ALTER TABLE material
    ADD COLUMN stays_here BOOLEAN NOT NULL DEFAULT FALSE;
