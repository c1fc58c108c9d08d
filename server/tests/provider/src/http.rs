//! The routes: a request is kept, checked, and answered by the script.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, State},
    http::{self, HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};

use crate::{
    Dialect, Fault, Reply, Request, Script, Settings,
    answer::answer,
    dialect::{check_chat, check_embeddings},
    embedding, envelope, messages,
    plan::{self, Manner, Step, play},
    problem::Problem,
    record::{Exchange, Record, lock},
    wire::Caller,
};

/// What the routes share, over restarts too.
pub(crate) struct Stage {
    pub(crate) settings: Settings,
    pub(crate) script: Mutex<Script>,
    /// Faults of the next requests for embeddings.
    pub(crate) embeddings: Mutex<VecDeque<Fault>>,
    pub(crate) record: Arc<Record>,
}

pub(crate) fn router(stage: Arc<Stage>) -> Router {
    // one handler for all paths: an unknown one is kept and told in the dialect too
    Router::new().fallback(handle).with_state(stage)
}

async fn handle(
    State(stage): State<Arc<Stage>>,
    ConnectInfo(Caller(tap)): ConnectInfo<Caller>,
    incoming: http::Request<Body>,
) -> Response {
    let exchange = Exchange::begin(&stage.record);
    let (parts, body) = incoming.into_parts();
    let body = match axum::body::to_bytes(body, usize::MAX).await {
        Ok(body) => body.to_vec(),
        // the client left in the middle of its own request: there is nobody to answer
        Err(_) => return Response::new(Body::empty()),
    };
    let headers = parts.headers.iter();
    let request = stage.record.keep(Request {
        number: 0,
        method: parts.method.to_string(),
        path: parts.uri.path().to_string(),
        query: parts.uri.query().unwrap_or_default().to_string(),
        headers: headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        json: serde_json::from_slice(&body).unwrap_or_default(),
        body,
        raw: tap.request(),
        arrived: Instant::now(),
        dialect: stage.settings.dialect,
    });
    match respond(&stage, &request).await {
        Ok(Reaction { kind, steps }) => {
            let mut response = Response::new(play(steps, exchange));
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            named(response, &request)
        }
        Err(problem) => {
            let body = if request.is_native() { problem.native() } else { problem.body(request.dialect) };
            let steps = vec![Step::Send(body.to_string())];
            let mut response = Response::new(play(steps, exchange));
            *response.status_mut() = StatusCode::from_u16(problem.status(request.dialect))
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
            if let Some(value) = problem.retry_after().and_then(|after| HeaderValue::try_from(after).ok()) {
                response.headers_mut().insert(header::RETRY_AFTER, value);
            }
            named(response, &request)
        }
    }
}

const JSON: &str = "application/json";

/// An answer that has begun: its type, and how its body comes.
struct Reaction {
    kind: &'static str,
    steps: Vec<Step>,
}

impl Reaction {
    fn json(value: &Value) -> Self {
        Self { kind: JSON, steps: vec![Step::Send(value.to_string())] }
    }
}

/// The vendors' header that names a request, which support asks for.
fn named(mut response: Response, request: &Request) -> Response {
    let name = if request.dialect == Dialect::Claude { "request-id" } else { "x-request-id" };
    if let Ok(value) = HeaderValue::try_from(format!("req_{}", request.number)) {
        response.headers_mut().insert(name, value);
    }
    response
}

async fn respond(stage: &Stage, request: &Request) -> Result<Reaction, Problem> {
    let by_hand = by_hand(request)?;
    if let Some(key) = &stage.settings.key {
        let sent = match request.is_native() {
            true => request.header("x-api-key"),
            false => request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")),
        };
        if sent != Some(key) {
            return Err(Problem::Unauthorized);
        }
    }
    match (request.method.as_str(), request.path.as_str()) {
        ("POST", "/v1/chat/completions") => chat(stage, request, by_hand).await,
        ("POST", messages::PATH) if request.is_native() => chat(stage, request, by_hand).await,
        // Anthropic has no embeddings
        ("POST", "/v1/embeddings") if request.dialect != Dialect::Claude => {
            embeddings(stage, request, by_hand).await
        }
        ("GET", "/v1/models") => {
            go_wrong(&by_hand, request).await?;
            Ok(Reaction::json(&models(&stage.settings)))
        }
        (method, path) => {
            stage.record.violate(request, format!("nothing is at {method} {path}"));
            Err(Problem::UnknownPath(path.to_string()))
        }
    }
}

async fn chat(stage: &Stage, request: &Request, by_hand: Vec<Fault>) -> Result<Reaction, Problem> {
    let settings = &stage.settings;
    valid(stage, request, check_chat(request))?;
    let mut reply = {
        let next = lock(&stage.script).next();
        next.resolve(request)
    };
    reply.faults.extend(by_hand);
    go_wrong(&reply.faults, request).await?;
    if settings.only_listed && !settings.models.iter().any(|model| model == request.model()) {
        return Err(Problem::UnknownModel(request.model().to_string()));
    }
    let tokens = request.prompt_tokens();
    if let Some(most) = settings.context.filter(|most| tokens > *most) {
        return Err(Problem::ContextTooLong { tokens, most });
    }
    let native = request.is_native();
    let cached = if native { 0 } else { stage.record.cached(request.prompt()) };
    let answer = answer(request, &reply, cached);
    if let Err(Problem::Script(message)) = &answer {
        stage.record.violate(request, message.clone());
    }
    let mut answer = answer?;
    if native {
        let kept = stage.record.kept(request.model(), &messages::blocks(request.json()));
        answer.usage =
            Some(messages::usage(request, &answer, kept, reply.faults.contains(&Fault::WrongUsage)));
    }
    let Reply { faults, every, .. } = &reply;
    let manner = Manner {
        faults,
        every: every.unwrap_or(settings.every),
        done: settings.done && !native,
        named: native,
        error: match in_stream(settings.dialect) {
            problem if native => problem.native(),
            problem => problem.body(settings.dialect),
        },
    };
    Ok(if request.streams() {
        let chunks = envelope::chunks(request, settings, &answer);
        Reaction { kind: "text/event-stream; charset=utf-8", steps: plan::of_stream(&chunks, &manner) }
    } else {
        let body = envelope::whole(request, settings, &answer);
        let content = answer.content.as_deref().unwrap_or_default();
        Reaction { kind: JSON, steps: plan::of_whole(&body, content, &manner) }
    })
}

async fn embeddings(stage: &Stage, request: &Request, by_hand: Vec<Fault>) -> Result<Reaction, Problem> {
    valid(stage, request, check_embeddings(request))?;
    let mut faults = by_hand;
    faults.extend(lock(&stage.embeddings).pop_front());
    go_wrong(&faults, request).await?;
    Ok(Reaction::json(&embedding::answer(request, &stage.settings)))
}

/// Keeps what was wrong with a request as a violation.
fn valid(stage: &Stage, request: &Request, checked: Result<(), Problem>) -> Result<(), Problem> {
    if let Err(Problem::Invalid { message, .. }) = &checked {
        stage.record.violate(request, message.clone());
    }
    checked
}

/// The faults that come before an answer: nothing for a while, or an error with its status.
async fn go_wrong(faults: &[Fault], request: &Request) -> Result<(), Problem> {
    for fault in faults {
        if let Fault::SlowHeaders(time) = fault {
            tokio::time::sleep(*time).await;
        }
    }
    match faults.iter().find_map(|fault| Problem::of(fault, request)) {
        Some(problem) => Err(problem),
        None => Ok(()),
    }
}

/// What the vendor says when it fails in the middle of a stream.
fn in_stream(dialect: Dialect) -> Problem {
    match dialect {
        Dialect::OpenAi | Dialect::Foreign => Problem::ServerError,
        Dialect::Claude => Problem::Overloaded(crate::RetryAfter::Unsaid),
        Dialect::Gemini => Problem::Unavailable(crate::RetryAfter::Unsaid),
    }
}

/// The faults that the request itself asks for: the header `x-fault`, or `fault` in its query, several with commas.
fn by_hand(request: &Request) -> Result<Vec<Fault>, Problem> {
    let in_query = request.query.split('&').find_map(|pair| pair.strip_prefix("fault="));
    let names = request.header("x-fault").into_iter().chain(in_query).flat_map(|names| names.split(','));
    #[expect(
        clippy::disallowed_methods,
        reason = "a fault by hand says 'in 30 seconds'; tests give the moment itself"
    )]
    let now = std::time::SystemTime::now();
    names.map(|name| Fault::parse(name, now).map_err(|why| Problem::invalid(why, "fault", None))).collect()
}

pub(crate) fn models(settings: &Settings) -> Value {
    let owner = match settings.dialect {
        Dialect::OpenAi => "openai",
        Dialect::Claude => "anthropic",
        Dialect::Gemini => "google",
        Dialect::Foreign => "library",
    };
    let model = |name: &String| {
        // Gemini lists its models by the path of its own API
        let id = if settings.dialect == Dialect::Gemini { format!("models/{name}") } else { name.clone() };
        let mut model = json!({"id": id, "object": "model", "owned_by": owner});
        if settings.dialect != Dialect::Gemini {
            model["created"] = json!(settings.created);
        }
        model
    };
    json!({"object": "list", "data": settings.models.iter().map(model).collect::<Vec<_>>()})
}

/// Serves until `stop` is told, and then drops every connection in the middle of what it does.
pub(crate) fn serve(
    listener: std::net::TcpListener,
    stage: &Arc<Stage>,
    stop: tokio::sync::oneshot::Receiver<()>,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    let stage = stage.clone();
    // a runtime of its own: a test that blocks or stops its clock does not stop the provider's
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("provider".into()).spawn(move || {
        runtime.block_on(async {
            let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
            let door = crate::wire::Door { listener, record: stage.record.clone() };
            let service = router(stage).into_make_service_with_connect_info::<Caller>();
            tokio::select! {
                _ = axum::serve(door, service) => {}
                _ = stop => {}
            }
        });
        // what waits without end is dropped, not waited for
        runtime.shutdown_timeout(Duration::ZERO);
    })
}
