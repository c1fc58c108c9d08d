-- What was used of providers' models, by day (days since 1970, UTC), model and task.
CREATE TABLE model_usage (
    day BIGINT NOT NULL,
    model TEXT NOT NULL,
    task TEXT NOT NULL,
    calls BIGINT NOT NULL,
    tokens BIGINT NOT NULL,
    -- a billionth of a dollar
    nanodollars BIGINT NOT NULL,
    PRIMARY KEY (day, model, task)
);
