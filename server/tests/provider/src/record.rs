//! What is remembered of everything that arrived, and who is still connected.

use std::{
    collections::HashSet,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
};

use crate::{
    Request,
    messages::{Block, Kept},
    request::contains,
    tokens::tokens,
};

/// A request that no provider of this dialect would have taken, or a script whose answer it would not have given.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The number of the request.
    pub request: usize,
    /// Where it was sent.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request {} to {}: {}", self.request, self.path, self.message)
    }
}

/// The bytes that one connection brought.
#[derive(Default)]
pub(crate) struct Tap(Mutex<Tapped>);

#[derive(Default)]
struct Tapped {
    bytes: Vec<u8>,
    /// How many of them belong to requests that are kept.
    kept: usize,
}

impl Tap {
    pub(crate) fn push(&self, bytes: &[u8]) {
        lock(&self.0).bytes.extend_from_slice(bytes);
    }

    /// The bytes since this was asked last: those of one request, if the connection carries one after the other.
    pub(crate) fn request(&self) -> Vec<u8> {
        let mut tapped = lock(&self.0);
        let request = tapped.bytes[tapped.kept..].to_vec();
        tapped.kept = tapped.bytes.len();
        request
    }

    fn contains(&self, part: &[u8]) -> bool {
        contains(&lock(&self.0).bytes, part)
    }

    fn len(&self) -> usize {
        lock(&self.0).bytes.len()
    }
}

/// Everything that arrived, over all connections and restarts.
#[derive(Default)]
pub(crate) struct Record {
    requests: Mutex<Vec<Arc<Request>>>,
    violations: Mutex<Vec<Violation>>,
    taps: Mutex<Vec<Arc<Tap>>>,
    /// Prompts that were answered, for the vendor's cache of prefixes.
    prompts: Mutex<Vec<String>>,
    /// Beginnings that were marked, for Anthropic's.
    beginnings: Mutex<HashSet<String>>,
    connections: AtomicUsize,
    open: AtomicUsize,
    abandoned: AtomicUsize,
    stopping: AtomicBool,
}

impl Record {
    pub(crate) fn connected(&self) -> Arc<Tap> {
        self.connections.fetch_add(1, SeqCst);
        let tap = Arc::new(Tap::default());
        lock(&self.taps).push(tap.clone());
        tap
    }

    /// Keeps a request and gives it its number.
    pub(crate) fn keep(&self, mut request: Request) -> Arc<Request> {
        let mut requests = lock(&self.requests);
        request.number = requests.len();
        let request = Arc::new(request);
        requests.push(request.clone());
        request
    }

    pub(crate) fn violate(&self, request: &Request, message: String) {
        let violation = Violation { request: request.number, path: request.path.clone(), message };
        lock(&self.violations).push(violation);
    }

    /// How many tokens of this prompt were seen before, by OpenAI's rule: prefixes from 1,024 tokens on, in steps of 128.
    pub(crate) fn cached(&self, prompt: String) -> u64 {
        let mut prompts = lock(&self.prompts);
        let same = |other: &String| {
            let same = prompt.chars().zip(other.chars()).take_while(|(one, other)| one == other);
            same.map(|(one, _)| one).collect::<String>()
        };
        let longest = prompts.iter().map(|other| tokens(&same(other))).max().unwrap_or_default();
        prompts.push(prompt);
        if longest < 1024 { 0 } else { longest / 128 * 128 }
    }

    /// What of these blocks was kept and is kept from now on, by Anthropic's rule: beginnings up to a mark, from 1,024 tokens
    /// on, found again if they end at most 20 blocks before a mark. How long they are kept is left out.
    pub(crate) fn kept(&self, model: &str, blocks: &[Block]) -> Kept {
        let mut beginnings = lock(&self.beginnings);
        let (mut text, mut sum, mut ends) = (model.to_string(), 0, vec![]);
        for block in blocks {
            text.push_str(&format!("\n{}\n{}", block.role, block.text));
            sum += tokens(&block.text);
            ends.push((text.clone(), sum));
        }
        let marks: Vec<usize> = (0..blocks.len()).filter(|at| blocks[*at].marked).collect();
        let near = marks.iter().flat_map(|mark| &ends[mark.saturating_sub(19)..=*mark]);
        let cached =
            near.filter(|(text, _)| beginnings.contains(text)).map(|(_, sum)| *sum).max().unwrap_or(0);
        let mut written = 0;
        for (text, sum) in marks.into_iter().map(|mark| &ends[mark]).filter(|(_, sum)| *sum >= 1024) {
            beginnings.insert(text.clone());
            written = sum.saturating_sub(cached);
        }
        Kept { cached, written }
    }

    pub(crate) fn requests(&self) -> Vec<Arc<Request>> {
        lock(&self.requests).clone()
    }

    pub(crate) fn violations(&self) -> Vec<Violation> {
        lock(&self.violations).clone()
    }

    pub(crate) fn bytes(&self) -> usize {
        lock(&self.taps).iter().map(|tap| tap.len()).sum()
    }

    pub(crate) fn received(&self, words: &str) -> bool {
        lock(&self.taps).iter().any(|tap| tap.contains(words.as_bytes()))
            || lock(&self.requests).iter().any(|request| request.contains(words))
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(SeqCst)
    }

    pub(crate) fn open(&self) -> usize {
        self.open.load(SeqCst)
    }

    pub(crate) fn abandoned(&self) -> usize {
        self.abandoned.load(SeqCst)
    }

    /// Whether connections end because the provider stops, which is nobody's leaving.
    pub(crate) fn stopping(&self, stopping: bool) {
        self.stopping.store(stopping, SeqCst);
    }

    /// Forgets requests, violations, bytes and prompts, and begins to count again; what is open stays open.
    pub(crate) fn forget(&self) {
        lock(&self.requests).clear();
        lock(&self.violations).clear();
        lock(&self.prompts).clear();
        lock(&self.beginnings).clear();
        for tap in lock(&self.taps).iter() {
            *lock(&tap.0) = Tapped::default();
        }
        // taps of connections that are gone; the others still write into theirs
        lock(&self.taps).retain(|tap| Arc::strong_count(tap) > 1);
        self.connections.store(0, SeqCst);
        self.abandoned.store(0, SeqCst);
    }
}

/// A request that is being answered. Dropped before its end it counts as abandoned: hyper drops it when the client leaves.
pub(crate) struct Exchange {
    record: Arc<Record>,
    ended: bool,
}

impl Exchange {
    pub(crate) fn begin(record: &Arc<Record>) -> Self {
        record.open.fetch_add(1, SeqCst);
        Self { record: record.clone(), ended: false }
    }

    /// The last byte is on its way. Said before it is sent: a client may close as soon as it has read the end.
    pub(crate) fn end(&mut self) {
        self.ended = true;
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.record.open.fetch_sub(1, SeqCst);
        if !self.ended && !self.record.stopping.load(SeqCst) {
            self.record.abandoned.fetch_add(1, SeqCst);
        }
    }
}

/// The content of a lock, also after a test's closure panicked while it was held.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_cached_from_1024_tokens_on() {
        let record = Record::default();
        let long = "x".repeat(4 * 1500);
        assert_eq!(record.cached(long.clone()), 0, "the first one fills the cache");
        assert_eq!(record.cached(format!("{long} and more")), 1408);
        assert_eq!(record.cached(format!("y{long}")), 0, "a prefix begins at the beginning");
        assert_eq!(record.cached("x".repeat(4 * 1023)), 0, "too short");
    }

    #[test]
    fn what_is_marked_is_kept_and_found_by_the_next_turn() {
        let record = Record::default();
        let block = |text: &str, marked| Block { role: "user".into(), text: text.into(), marked };
        let long = "x".repeat(4 * 1024);
        let kept = |cached, written| Kept { cached, written };
        assert_eq!(record.kept("m", &[block(&long, false)]), kept(0, 0), "nothing is marked");
        assert_eq!(record.kept("m", &[block(&long, true), block("abcd", true)]), kept(0, 1_025));
        assert_eq!(record.kept("n", &[block(&long, true)]), kept(0, 1_024), "another model");
        let more = [block(&long, true), block("abcd", false), block("efgh", false), block("ijkl", true)];
        assert_eq!(record.kept("m", &more), kept(1_025, 2));
        assert_eq!(record.kept("m", &more), kept(1_027, 0));
        assert_eq!(record.kept("m", &[block(&long, false), block("zzzz", true)]), kept(1_024, 1));
        assert_eq!(record.kept("m", &[block("short", true)]), kept(0, 0));
        let mut far: Vec<Block> = (0..21).map(|_| block("abcd", false)).collect();
        far.insert(0, block(&long, false));
        far[21].marked = true;
        assert_eq!(record.kept("m", &far), kept(0, 1_045), "too many blocks before");
    }
}
