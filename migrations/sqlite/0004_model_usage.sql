-- What was used of providers' models, by day (days since 1970, UTC), model and task.
CREATE TABLE model_usage (
    day INTEGER NOT NULL,
    model TEXT NOT NULL,
    task TEXT NOT NULL,
    calls INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    -- a billionth of a dollar
    nanodollars INTEGER NOT NULL,
    PRIMARY KEY (day, model, task)
) STRICT;
