//! Files on their way to the server: one request each, so that one that fails takes no other with it. Owns the
//! requests in flight, beyond the page: whoever walks on to another page loses nothing.

use super::{
    api::{FILE_MAX_BYTES, Uploaded},
    intake::{refusal, size},
};
use crate::error::ApiError;
use domain::id::MaterialId;
use leptos::{prelude::*, wasm_bindgen};
use std::{cell::RefCell, collections::HashMap};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{File, FormData, ProgressEvent, XmlHttpRequest};

/// Requests at once: more would only make each slower.
const AT_ONCE: usize = 3;

/// A file on its way.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Counts up while the browser is open.
    pub id: u32,
    /// Name of the file.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// How far it is.
    pub sending: ArcRwSignal<Sending>,
}

/// How far a file is.
#[derive(Debug, Clone, PartialEq)]
pub enum Sending {
    /// Others go first.
    Waiting,
    /// On its way, with the bytes that have gone.
    Sent(u64),
    /// The server has it.
    Taken(MaterialId),
    /// The server had it already.
    Known(MaterialId),
    /// Not taken.
    Refused {
        /// Why.
        error: ApiError,
        /// Whether the same file may do better later.
        again: bool,
    },
}

thread_local! {
    static UPLOADS: ArcRwSignal<Vec<Upload>> = ArcRwSignal::new(vec![]);
    static FILES: RefCell<HashMap<u32, File>> = RefCell::default();
    static REQUESTS: RefCell<HashMap<u32, Request>> = RefCell::default();
}

/// A request and what listens to it.
struct Request {
    xhr: XmlHttpRequest,
    _progress: Closure<dyn FnMut(ProgressEvent)>,
    _end: Closure<dyn FnMut()>,
}

/// The files on their way, oldest first; always empty on the server.
pub fn uploads() -> ArcRwSignal<Vec<Upload>> {
    if leptos::prelude::is_browser() { UPLOADS.with(Clone::clone) } else { ArcRwSignal::new(vec![]) }
}

/// Sends files; those that cannot be sent are told apart at their place.
pub fn send(files: Vec<File>) {
    let uploads = uploads();
    let mut sent = 0;
    for file in files {
        let id = uploads.with_untracked(|uploads| uploads.last().map_or(0, |last| last.id + 1));
        let (name, bytes) = (file.name(), file.size() as u64);
        let sending = match refusal(&name, bytes, sent) {
            None => {
                sent += 1;
                FILES.with_borrow_mut(|files| files.insert(id, file));
                Sending::Waiting
            }
            Some(message) if bytes > FILE_MAX_BYTES => {
                Sending::Refused { error: ApiError::TooLarge { message }, again: false }
            }
            Some(message) => Sending::Refused { error: ApiError::Unsupported { message }, again: false },
        };
        uploads
            .update(|uploads| uploads.push(Upload { id, name, bytes, sending: ArcRwSignal::new(sending) }));
    }
    go_on();
}

/// Stops a file, or takes its message away.
pub fn dismiss(id: u32) {
    uploads().update(|uploads| uploads.retain(|upload| upload.id != id));
    FILES.with_borrow_mut(|files| files.remove(&id));
    // taken out first: aborting calls `end` at once
    let request = REQUESTS.with_borrow_mut(|requests| requests.remove(&id));
    if let Some(request) = request {
        // it fails only where the request is over
        let _ = request.xhr.abort();
    }
    go_on();
}

/// Sends a file again.
pub fn retry(id: u32) {
    if FILES.with_borrow(|files| files.contains_key(&id)) {
        set(id, Sending::Waiting);
        go_on();
    }
}

/// Whether leaving the browser now would lose a file.
pub fn is_sending() -> bool {
    uploads().with_untracked(|uploads| {
        uploads.iter().any(|upload| {
            upload.sending.with_untracked(|sending| matches!(sending, Sending::Waiting | Sending::Sent(_)))
        })
    })
}

fn set(id: u32, sending: Sending) {
    let signal = uploads().with_untracked(|uploads| {
        uploads.iter().find(|upload| upload.id == id).map(|upload| upload.sending.clone())
    });
    if let Some(signal) = signal {
        signal.set(sending);
    }
}

fn go_on() {
    let waiting: Vec<u32> = uploads().with_untracked(|uploads| {
        let waits = |upload: &&Upload| upload.sending.with_untracked(|sending| *sending == Sending::Waiting);
        uploads.iter().filter(waits).map(|upload| upload.id).collect()
    });
    for id in waiting {
        if REQUESTS.with_borrow(HashMap::len) >= AT_ONCE {
            return;
        }
        let Some(file) = FILES.with_borrow(|files| files.get(&id).cloned()) else { continue };
        match start(id, &file) {
            Some(request) => {
                REQUESTS.with_borrow_mut(|requests| requests.insert(id, request));
                set(id, Sending::Sent(0));
            }
            None => set(id, Sending::Refused { error: ApiError::Offline, again: true }),
        }
    }
}

fn start(id: u32, file: &File) -> Option<Request> {
    let form = FormData::new().ok()?;
    form.append_with_blob_and_filename("file", file, &file.name()).ok()?;
    let xhr = XmlHttpRequest::new().ok()?;
    xhr.open("POST", "/library/upload").ok()?;
    xhr.set_request_header("accept", "application/json").ok()?;
    let progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        set(id, Sending::Sent(event.loaded() as u64));
    });
    xhr.upload().ok()?.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    let end = Closure::<dyn FnMut()>::new(move || end(id));
    xhr.set_onloadend(Some(end.as_ref().unchecked_ref()));
    xhr.send_with_opt_form_data(Some(&form)).ok()?;
    Some(Request { xhr, _progress: progress, _end: end })
}

fn end(id: u32) {
    let Some(request) = REQUESTS.with_borrow_mut(|requests| requests.remove(&id)) else { return };
    let status = request.xhr.status().unwrap_or(0);
    let text = request.xhr.response_text().ok().flatten().unwrap_or_default();
    let sending = outcome(status, &text);
    if matches!(sending, Sending::Taken(_) | Sending::Known(_) | Sending::Refused { again: false, .. }) {
        FILES.with_borrow_mut(|files| files.remove(&id));
    }
    set(id, sending);
    go_on();
    // the closure that runs now lies in the request
    set_timeout(move || drop(request), std::time::Duration::ZERO);
}

/// What an answer means for its one file. A status of 0 is a lost connection.
fn outcome(status: u16, text: &str) -> Sending {
    let refused = |error: ApiError| {
        let again = !matches!(
            error,
            ApiError::Unsupported { .. }
                | ApiError::TooLarge { .. }
                | ApiError::Invalid { .. }
                | ApiError::Forbidden { .. }
        );
        Sending::Refused { error, again }
    };
    if let Ok(uploaded) = serde_json::from_slice::<Vec<Uploaded>>(text.as_bytes())
        && let Some(file) = uploaded.into_iter().next()
    {
        return match (file.error, file.material) {
            (Some(error), _) => refused(error),
            (None, Some(material)) if file.duplicate => Sending::Known(material),
            (None, Some(material)) => Sending::Taken(material),
            (None, None) => refused(ApiError::Malformed),
        };
    }
    refused(match (status, serde_json::from_slice::<ApiError>(text.as_bytes())) {
        (_, Ok(error)) => error,
        (0, _) => ApiError::Offline,
        (401, _) => ApiError::Unauthorized,
        (413, _) => {
            ApiError::TooLarge { message: format!("A file may have {} at most.", size(FILE_MAX_BYTES)) }
        }
        (502..=504, _) => ApiError::Offline,
        (500.., _) => ApiError::Internal { request: "unknown".into() },
        _ => ApiError::Malformed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_become_states() {
        let id = "018f0000-0000-7000-8000-000000000001";
        let taken = format!(r#"[{{"filename":"a.pdf","material":"{id}","duplicate":false,"error":null}}]"#);
        let known = taken.replace("false", "true");
        let locked = r#"[{"filename":"a.pdf","material":null,"duplicate":false,
            "error":{"kind":"invalid","field":"file","message":"It is locked."}}]"#;
        let material = MaterialId(id.parse().unwrap());
        assert_eq!(outcome(200, &taken), Sending::Taken(material));
        assert_eq!(outcome(200, &known), Sending::Known(material));
        assert_eq!(
            outcome(200, locked),
            Sending::Refused { error: ApiError::invalid("file", "It is locked."), again: false }
        );
        let again = |status, text| match outcome(status, text) {
            Sending::Refused { error, again } => (error.status(), again),
            other => panic!("{other:?}"),
        };
        assert_eq!(again(0, ""), (503, true));
        assert_eq!(again(401, ""), (401, true));
        assert_eq!(again(413, "<html>"), (413, false));
        assert_eq!(again(429, r#"{"kind":"limited","seconds":3}"#), (429, true));
        assert_eq!(again(500, "oops"), (500, true));
        assert_eq!(again(200, "[]"), (400, true));
    }
}
