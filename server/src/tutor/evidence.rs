//! What a model is given of a talk's material, and what of its words is shown. Owns: which answers are kept back at a step, the
//! passages with those masked, and the sieve: sentences out of a stream, each past the gate and checked against what it cites.
//! Refuses: asking (`ask`), and deciding what is said next.
//!
//! A model is believed in nothing. What it says is dropped unless the program finds a passage that says so; what it may add of its
//! own (a comparison, an aid to memory, an invented patient) is marked as such; and what gives away an answer that is kept back is
//! dropped, wherever it comes from.

use super::{
    ask::WINDOW_TOKENS,
    ground::{Ground, Slot},
};
use app::tutor::api::Part;
use domain::{
    document::Span,
    memory::{Budget, tokens},
    tutor::{
        Act, Ask, Manner, Mode, Question, Secrecy, Session, Step, Verdict,
        judge::{Expected, judge},
        leak::{Gate, Key, Known, MASK, Passed, Splitter},
        matter::Sentence,
        support::{Evidence, Reason, Support, support},
    },
};

/// Most passages that a model is given.
const MOST_PASSAGES: usize = 48;
/// Words up to which an answer is a name, and no statement.
const NAME_WORDS: usize = 4;
/// Bytes between two sentences that are one stretch.
const APART: u32 = 3;
/// Words with which a page goes on about what it speaks of.
const STANDS_FOR: &[&str] = &["It", "Its", "They", "Their", "This", "These", "He", "She"];

/// An answer that must not be told now.
#[derive(Debug, Clone)]
struct Secret {
    key: Key,
    answer: Expected,
}

impl Secret {
    /// Whether a sentence would be a right answer: it need not have the name.
    fn is_said(&self, sentence: &str) -> bool {
        judge(&self.answer, sentence, None).verdict == Verdict::Right
    }
}

/// All answers that must not be told now.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept(Vec<Secret>);

impl Kept {
    /// What is kept back while a step's words are found: outside of a first pass every question of the lesson whose answer is not
    /// known yet, the one that comes next too; in a first pass the question at hand where the step says so. `None` where words of
    /// one's own are asked for and kept back: then all that the page says is the answer, and no model may speak.
    pub(super) fn at(session: &Session, ground: &Ground, step: &Step) -> Option<Self> {
        let kept = asked(session).filter(|(number, question)| match session.mode() {
            Mode::FirstPass => step.key == Secrecy::Kept && step.question == Some(*number),
            Mode::Practice | Mode::ClinicalCase => {
                !(is_known(question) || step.key == Secrecy::Free && step.question == Some(*number))
            }
        });
        let numbers: Vec<u16> = kept.map(|(number, _)| number).collect();
        let own_words = |number: &u16| ground.slots.get(usize::from(*number)) == Some(&Slot::OwnWords);
        // before such a question is asked, what it asks for may be explained
        let is_asked = step.key == Secrecy::Kept || !ground.is_ahead();
        if is_asked && numbers.iter().any(own_words) {
            return None;
        }
        Some(Self::of(session, ground, step, &numbers))
    }

    /// What is masked while the answer at hand is judged, of which nothing is said: all as above, but an answer that is a
    /// statement, because by the page's statement it is judged.
    pub(super) fn judging(session: &Session, ground: &Ground, step: &Step) -> Self {
        let is_name = |number: u16| {
            ground.problem(number).is_some_and(|p| p.answer.split_whitespace().count() <= NAME_WORDS)
        };
        let kept = asked(session).filter(|(number, question)| {
            session.mode() != Mode::FirstPass && !is_known(question) && is_name(*number)
        });
        let numbers: Vec<u16> = kept.map(|(number, _)| number).collect();
        Self::of(session, ground, step, &numbers)
    }

    fn of(session: &Session, ground: &Ground, step: &Step, numbers: &[u16]) -> Self {
        let told = |number: u16, question: &Question| {
            is_known(question) || step.key == Secrecy::Free && step.question == Some(number)
        };
        let known: Vec<&str> = asked(session)
            .filter(|(number, question)| told(*number, question) && !matches!(step.act, Act::Judge { .. }))
            .filter_map(|(number, _)| Some(ground.problem(number)?.answer.as_str()))
            .collect();
        let secrets = numbers.iter().filter_map(|number| {
            let problem = ground.problem(*number)?;
            let mut key = Key::new(&problem.answer).asked(&problem.stem);
            // what was told already is no secret of the question that asks for it again
            if known.iter().any(|answer| key.leak(answer).is_some()) {
                return None;
            }
            if let Some(at) = problem.options.iter().position(|option| option.correct) {
                key = key.option(at);
            }
            Some(Secret { key, answer: Expected::of(&problem.answer, &problem.stem) })
        });
        Self(secrets.collect())
    }

    /// A text without all that gives one of them away.
    pub(super) fn mask(&self, text: &str) -> String {
        self.0.iter().fold(text.to_string(), |text, secret| {
            let masked = secret.key.mask(&text).text;
            let mut cut = Splitter::default();
            let mut sentences = cut.push(&masked);
            sentences.extend(cut.finish());
            sentences
                .into_iter()
                .map(|one| if secret.is_said(&one) { format!("{MASK} ") } else { one })
                .collect()
        })
    }

    /// Whether a sentence is a right answer to one of them, by whatever words.
    fn is_said(&self, sentence: &str) -> bool {
        self.0.iter().any(|secret| secret.is_said(sentence))
    }

    /// Whether nothing is kept back.
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words that may be said while something is kept back: a sentence with any other may name it in a manner that nobody
    /// foresaw. `None` where nothing is.
    fn known(&self, ground: &Ground, passages: &[Passage], question: Option<u16>) -> Option<Known> {
        let matter = &ground.matter;
        let stem = question.and_then(|question| ground.stem(question)).unwrap_or_default();
        let around = [matter.heading.as_deref().unwrap_or_default(), matter.concept.as_str(), stem.as_str()];
        let around = around.map(|text| self.mask(text));
        let shown = passages.iter().map(|passage| passage.shown.as_str());
        (!self.is_empty()).then(|| Known::of(shown.chain(around.iter().map(String::as_str))))
    }

    fn gate(&self) -> Gate {
        Gate::of(self.0.iter().map(|secret| secret.key.clone()).collect())
    }
}

/// The questions of the lesson at hand, with their numbers.
fn asked(session: &Session) -> impl Iterator<Item = (u16, &Question)> {
    let questions = (0..).zip(session.questions());
    questions.filter(move |(_, question)| question.lesson == session.lesson())
}

/// Whether a question's answer was told, or found.
fn is_known(question: &Question) -> bool {
    let once = question.mode == Mode::FirstPass || question.ask == Ask::Check;
    question.told || question.last == Some(Verdict::Right) || once && question.last.is_some()
}

/// A sentence of the material that a model may draw on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passage {
    /// As it stands in the material.
    pub(super) sentence: Sentence,
    /// As the model sees it.
    pub(super) shown: String,
}

/// What a model may draw on at a step: the sentence of the question at hand, what explains the concept, what stands near. A
/// model calls the first one 1.
pub(super) fn passages(ground: &Ground, kept: &Kept, step: &Step) -> Vec<Passage> {
    let source = step.question.and_then(|question| ground.problem(question)).map(|problem| &problem.source);
    let matter = &ground.matter;
    let all =
        source.into_iter().chain(&matter.explanation).chain(matter.aids.iter().map(|aid| &aid.sentence));
    let mut passages: Vec<Passage> = vec![];
    let mut left = Budget::of(WINDOW_TOKENS).evidence;
    for sentence in all {
        if passages.iter().any(|passage| passage.sentence.span.contains(sentence.span)) {
            continue;
        }
        let shown = kept.mask(&sentence.text);
        let tells = shown.replace(MASK, "").chars().any(char::is_alphanumeric);
        left = left.saturating_sub(tokens(&shown));
        if tells && left > 0 && passages.len() < MOST_PASSAGES {
            passages.push(Passage { sentence: sentence.clone(), shown });
        }
    }
    passages
}

/// What a model may say beside what its passages say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// Nothing.
    None,
    /// Questions that state nothing of their own.
    Questions,
    /// Such questions, and nothing else.
    QuestionsAlone,
    /// What the material does not say, marked so.
    Outside,
}

impl Room {
    /// At a step, while so much is kept back.
    pub(super) fn at(step: &Step, kept: &Kept) -> Self {
        match &step.act {
            Act::Unfold { .. } => Self::Outside,
            Act::Elaborate {
                manner: Some(Manner::Analogy | Manner::Mnemonic | Manner::ClinicalCase),
                ..
            } if kept.is_empty() => Self::Outside,
            Act::Hint(_) => Self::Questions,
            // what the page says on it is a hint, and hints are counted
            Act::Feedback { .. } if step.key == Secrecy::Kept => Self::QuestionsAlone,
            _ => Self::None,
        }
    }
}

/// Sentences of a model on their way to the page.
pub(super) struct Sieve<'t> {
    passages: &'t [Passage],
    heading: String,
    concept: String,
    kept: &'t Kept,
    gate: Gate,
    known: Option<Known>,
    room: Room,
    waiting: String,
    cut: Splitter,
    /// Words that may still be said.
    left: usize,
    said: bool,
    full: bool,
    /// Sentences that were dropped.
    pub(super) dropped: usize,
}

impl<'t> Sieve<'t> {
    /// For a step of at most so many words; one sentence is let through at least.
    pub(super) fn new(
        ground: &Ground,
        kept: &'t Kept,
        passages: &'t [Passage],
        step: &Step,
        words: u16,
    ) -> Self {
        let matter = &ground.matter;
        Self {
            passages,
            heading: matter.heading.clone().unwrap_or_default(),
            concept: matter.concept.clone(),
            kept,
            gate: kept.gate(),
            known: kept.known(ground, passages, step.question),
            room: Room::at(step, kept),
            waiting: String::new(),
            cut: Splitter::default(),
            left: usize::from(words),
            said: false,
            full: false,
            dropped: 0,
        }
    }

    /// Takes the next piece; gives what may be shown of what is whole.
    pub(super) fn push(&mut self, piece: &str) -> Vec<Part> {
        self.waiting.push_str(piece);
        let settled = settled(&mut self.waiting, false);
        let sentences = self.cut.push(&settled);
        self.let_through(sentences)
    }

    /// The stream has ended; `whole` where it came to its own end, and was not broken off.
    pub(super) fn finish(&mut self, whole: bool) -> Vec<Part> {
        let settled = settled(&mut self.waiting, true);
        let mut sentences = self.cut.push(&settled);
        sentences.extend(self.cut.finish());
        let is_whole = |text: &str| text.trim_end().ends_with(['.', '!', '?', '…', '”', '"', ')']);
        // half a sentence may say the opposite of the whole
        if !whole && sentences.last().is_some_and(|last| !is_whole(last)) {
            sentences.pop();
        }
        self.let_through(sentences)
    }

    /// Whether as much was said as may be.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    fn let_through(&mut self, sentences: Vec<String>) -> Vec<Part> {
        let mut parts = vec![];
        for sentence in sentences {
            let (text, cited) = parted(&sentence);
            if self.full || !text.chars().any(char::is_alphanumeric) {
                continue;
            }
            match self.checked(&text, &cited) {
                Some(part) => {
                    let words = text.split_whitespace().count();
                    self.full = words >= self.left;
                    if words > self.left && self.said {
                        break;
                    }
                    self.left = self.left.saturating_sub(words);
                    self.said = true;
                    parts.push(part);
                }
                None => self.dropped += 1,
            }
        }
        parts
    }

    /// What becomes of a sentence: past the gate first, because what it says elsewhere does not matter there.
    fn checked(&mut self, text: &str, cited: &[usize]) -> Option<Part> {
        let is_strange = self.known.as_ref().is_some_and(|known| known.stranger(text).is_some());
        if is_strange || self.kept.is_said(text) {
            return None;
        }
        if matches!(self.gate.decide(format!("{text} ")), Passed::Withheld { .. }) {
            return None;
        }
        match self.room {
            Room::Questions | Room::QuestionsAlone if text.ends_with('?') => {
                return self.states_nothing(text).then(|| Part::ours(text));
            }
            Room::QuestionsAlone => return None,
            // nobody has asked it to ask
            Room::None | Room::Outside if text.ends_with('?') => return None,
            Room::None | Room::Questions | Room::Outside => {}
        }
        if let Some(span) = self.found(text, cited) {
            let page = self.passages.iter().find(|passage| passage.sentence.span.start == span.start);
            return Some(Part::put(text, span, page?.sentence.page));
        }
        (self.room == Room::Outside && !self.is_contradicted(text, cited)).then(|| Part::outside(text))
    }

    /// Whether a passage that is cited for it says otherwise.
    fn is_contradicted(&self, text: &str, cited: &[usize]) -> bool {
        cited.iter().filter_map(|number| self.passage(*number)).any(|passage| {
            let support = self.support(text, &passage.sentence.text);
            matches!(support, Support::Unsupported(Reason::Contradicted(_)))
        })
    }

    fn passage(&self, number: usize) -> Option<&'t Passage> {
        self.passages.get(number.checked_sub(1)?)
    }

    fn support(&self, text: &str, page: &str) -> Support {
        // what the page calls 'it' is the concept; where it names its subject, another one is no evidence
        let first = page.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        let headings = match STANDS_FOR.contains(&first) {
            true => format!("{}. {}", self.heading, self.concept),
            false => self.heading.clone(),
        };
        support(text, Evidence { text: page, headings: &headings }, None)
    }

    /// Where the material says it: in one of the passages that are cited, in those that stand in a row, or in another one.
    fn found(&self, text: &str, cited: &[usize]) -> Option<Span> {
        let named: Vec<&Passage> = cited.iter().filter_map(|number| self.passage(*number)).collect();
        let says = |passage: &&Passage| self.support(text, &passage.sentence.text).holds();
        if let Some(passage) = named.iter().copied().find(says) {
            return Some(passage.sentence.span);
        }
        if let Some((span, together)) = joined(&named)
            && self.support(text, &together).holds()
        {
            return Some(span);
        }
        if self.is_contradicted(text, cited) {
            return None;
        }
        let others = self.passages.iter().filter(|passage| !named.contains(passage));
        // nobody pointed there: it must say so by itself, whatever stands above it
        let alone = |page| support(text, Evidence { text: page, headings: "" }, None);
        let best = others
            .filter_map(|passage| match alone(passage.sentence.text.as_str()) {
                Support::Supported(share) => Some((share, passage.sentence.span)),
                Support::Unsupported(_) => None,
            })
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        best.map(|(_, span)| span)
    }

    /// Whether a question brings nothing that the passages do not have.
    fn states_nothing(&self, text: &str) -> bool {
        let all = self.passages.iter().map(|p| p.sentence.text.as_str()).collect::<Vec<_>>().join(" ");
        match self.support(text, &all) {
            Support::Supported(_) => true,
            Support::Unsupported(Reason::Overlap | Reason::Empty | Reason::Subject) => true,
            // while something is kept back, terms that the page does not have were dropped before
            Support::Unsupported(Reason::Term) => self.known.is_some(),
            Support::Unsupported(_) => false,
        }
    }
}

/// Passages that follow on each other on one page, as one.
fn joined(passages: &[&Passage]) -> Option<(Span, String)> {
    let mut sorted = passages.to_vec();
    sorted.sort_by_key(|passage| passage.sentence.span);
    let (first, last) = (sorted.first()?, sorted.last()?);
    let in_a_row = sorted.windows(2).all(|pair| {
        let (a, b) = (&pair[0].sentence, &pair[1].sentence);
        a.page == b.page && a.span.end + APART >= b.span.start
    });
    let text = sorted.iter().map(|passage| passage.sentence.text.as_str()).collect::<Vec<_>>().join(" ");
    let span = Span { start: first.sentence.span.start, end: last.sentence.span.end };
    (sorted.len() > 1 && in_a_row).then_some((span, text))
}

/// Takes from the buffer what is settled, with numbers of passages brought before the full stop that they follow on.
fn settled(buffer: &mut String, ended: bool) -> String {
    let mut out = String::new();
    let mut at = 0;
    while let Some(found) = buffer[at..].find(['.', '!', '?']) {
        let stop = at + found;
        let rest = &buffer[stop..];
        let signs = rest.len() - rest.trim_start_matches(['.', '!', '?', '"', '”', '’', ')']).len();
        let behind = &rest[signs..];
        let blank = behind.len() - behind.trim_start_matches(' ').len();
        let numbers = numbers_at(&behind[blank..]);
        let is_open = behind[blank..].is_empty() || numbers == Numbers::Unfinished;
        if is_open && !ended {
            out.push_str(&buffer[at..stop]);
            buffer.drain(..stop);
            return out;
        }
        out.push_str(&buffer[at..stop]);
        match numbers {
            Numbers::Until(end) => {
                out.push(' ');
                out.push_str(&behind[blank..blank + end]);
                out.push_str(&rest[..signs]);
                at = stop + signs + blank + end;
            }
            Numbers::None | Numbers::Unfinished => {
                out.push_str(&rest[..signs]);
                at = stop + signs;
            }
        }
    }
    out.push_str(&buffer[at..]);
    buffer.clear();
    out
}

/// Numbers of passages at the beginning of a text.
#[derive(Debug, PartialEq, Eq)]
enum Numbers {
    None,
    /// `[2` and nothing more yet.
    Unfinished,
    /// One or several, up to here.
    Until(usize),
}

fn numbers_at(text: &str) -> Numbers {
    let mut end = 0;
    loop {
        let rest = &text[end..];
        let blank = rest.len() - rest.trim_start_matches(' ').len();
        let Some(inside) = rest[blank..].strip_prefix('[') else { break };
        let digits = inside.len() - inside.trim_start_matches(is_listed).len();
        match &inside[digits..] {
            "" => return Numbers::Unfinished,
            more if more.starts_with(']') && inside[..digits].contains(|c: char| c.is_ascii_digit()) => {
                end += blank + 1 + digits + 1;
            }
            _ => break,
        }
    }
    if end == 0 { Numbers::None } else { Numbers::Until(end) }
}

fn is_listed(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, ',' | ';' | ' ' | '–' | '-')
}

/// A sentence without the numbers of passages and without signs of markup, and those numbers.
fn parted(sentence: &str) -> (String, Vec<usize>) {
    let mut text = String::with_capacity(sentence.len());
    let mut cited = vec![];
    let mut rest = sentence;
    while let Some(open) = rest.find('[') {
        text.push_str(&rest[..open]);
        match numbers_at(&rest[open..]) {
            Numbers::Until(end) => {
                let inside = rest[open..open + end].split(|c: char| !c.is_ascii_digit());
                cited.extend(inside.filter_map(|number| number.parse::<usize>().ok()));
                text.truncate(text.trim_end().len());
                rest = &rest[open + end..];
            }
            Numbers::None | Numbers::Unfinished => {
                text.push('[');
                rest = &rest[open + 1..];
            }
        }
    }
    text.push_str(rest);
    let text = text.replace("**", "").replace('`', "");
    let text = text.trim_start_matches(['-', '*', '•', '#', '>', ' ', '\n', '\t']);
    (text.split_whitespace().collect::<Vec<_>>().join(" "), cited)
}

#[cfg(test)]
mod tests;
