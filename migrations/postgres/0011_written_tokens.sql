-- What providers are paid for keeping the beginning of a request: these tokens cost more than others, and are part of the input.
ALTER TABLE model_call
    ADD COLUMN written_tokens BIGINT NOT NULL DEFAULT 0 CHECK (written_tokens BETWEEN 0 AND input_tokens);
