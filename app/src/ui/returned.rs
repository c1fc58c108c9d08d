//! What a form without scripts brought back: the server puts the error into the address of the page it came from.

use crate::error::ApiError;
use leptos::{prelude::*, server_fn::error::ServerFnUrlError};
use leptos_router::hooks::use_query_map;

/// The error of this server function (`AnswerQuestion::PATH`), if the page was come back to with one.
pub fn returned_error(path: &str) -> Option<ApiError> {
    use_query_map().with_untracked(|query| {
        let same = query.get_str("__path").is_some_and(|from| from == path);
        let error = query.get_str("__err").filter(|_| same)?;
        Some(ServerFnUrlError::<ApiError>::decode_err(error))
    })
}
