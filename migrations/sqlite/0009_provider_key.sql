-- Keys of language models' providers that the administrator set, encrypted under the server's secret.

CREATE TABLE provider_key (
    -- by its name in the catalogue
    endpoint TEXT PRIMARY KEY,
    -- nonce, ciphertext, tag; bound to the endpoint's name
    sealed BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT;
