//! The way through a lesson. Owns: each event's consequences. Refuses: what comes of a lesson (`conclusion`).

use super::{
    Act, Ask, Depth, EXPLAIN_WORDS, Ending, Event, Judgement, MOST_ATTEMPTS, MOST_MANNERS, MOST_SWITCHES,
    Manner, Phase, Question, Refused, Rung, Secrecy, Session, Step, Verdict,
};
use crate::quiz::Confidence;
use crate::tutor::Mode;

/// Expected success that a question aims at, and an easy one.
const AIM: f32 = 0.8;
const EASY_AIM: f32 = 0.95;
/// Steepness of success over skill less difficulty: a step of .23 turns even chances into four in five.
const STEEPNESS: f32 = 6.0;
/// How far one answer moves the rating, at most.
const SWAY: f32 = 0.1;

/// Attempts that a hint needs.
fn attempts_for_hint(mode: Mode) -> u8 {
    match mode {
        Mode::FirstPass => 0,
        Mode::Practice => 1,
        Mode::ClinicalCase => 2,
    }
}

/// Hints that 'tell me' needs, where it is not granted at once.
const HINTS_FOR_TELLING: u8 = 2;

/// Probability of success by the logistic (Rasch) model, on the scale of difficulties from 0 to 1.
fn expected(skill: f32, difficulty: f32) -> f32 {
    1.0 / (1.0 + (-STEEPNESS * (skill - difficulty)).exp())
}

/// The difficulty at which success is expected in `aim` of all cases.
fn aimed(skill: f32, aim: f32) -> f32 {
    (skill - (aim / (1.0 - aim)).ln() / STEEPNESS).clamp(0.0, 1.0)
}

/// Whether a question's answer was told, or found.
fn is_known(question: &Question) -> bool {
    let once = question.mode == Mode::FirstPass || question.ask == Ask::Check;
    question.told || question.last == Some(Verdict::Right) || once && question.last.is_some()
}

impl Session {
    pub(super) fn take(&mut self, event: &Event) -> Result<Vec<Step>, Refused> {
        match (self.phase, event) {
            (Phase::Ended, _) => Err(Refused::Ended),
            (_, Event::Stop) => Ok(self.stop()),
            (Phase::Ready, Event::Start) => Ok(self.begin()),
            (Phase::Ready, _) => Err(Refused::NotStarted),
            (_, Event::Start) => Err(Refused::Started),
            (_, Event::Attempt(confidence)) => self.attempt(*confidence),
            (_, Event::NoIdea) => self.no_idea(),
            (_, Event::Edit(confidence)) => self.edit(*confidence),
            (_, Event::Judged { attempt, judgement }) => self.judged(*attempt, judgement),
            (_, Event::Hint) => self.hint(),
            (_, Event::ShowMe) if self.mode != Mode::FirstPass => Err(Refused::NotInThisMode),
            (_, Event::ShowMe | Event::TellMe) => self.tell_me(),
            (_, Event::Explain(manner)) => self.explain(*manner),
            (_, Event::Overrule(verdict)) => self.overrule(*verdict),
            (_, Event::Skip) => self.skip(),
            (_, Event::Next) => Ok(self.next_lesson()),
            (_, Event::Switch(mode)) => self.switch(*mode),
        }
    }

    fn skill(&self) -> f32 {
        self.skills[usize::from(self.lesson)]
    }

    fn current(&mut self) -> &mut Question {
        self.questions.last_mut().expect("a question is open in the phases that ask for it")
    }

    /// The question that waits for the learner.
    fn open(&mut self) -> Result<&mut Question, Refused> {
        match self.phase {
            Phase::Asked => Ok(self.current()),
            Phase::Judging => Err(Refused::Judging),
            _ => Err(Refused::NoQuestion),
        }
    }

    fn step(&self, act: Act, key: Secrecy) -> Step {
        let of_lesson = self.questions.last().is_some_and(|question| question.lesson == self.lesson);
        Step { act, question: of_lesson.then(|| self.questions.len() as u16 - 1), key }
    }

    /// So many words at normal depth.
    fn words(&self, normal: u16) -> u16 {
        match self.plan.depth {
            Depth::Short => normal / 2,
            Depth::Normal => normal,
            Depth::Deep => normal * 3 / 2,
        }
    }

    /// Begins the lesson at hand in the mode at hand.
    fn begin(&mut self) -> Vec<Step> {
        let first = match self.mode {
            Mode::FirstPass => {
                let words = self.words(EXPLAIN_WORDS).min(EXPLAIN_WORDS);
                Step { act: Act::Explain { words }, question: None, key: Secrecy::Free }
            }
            Mode::Practice => Step { act: Act::Objective, question: None, key: Secrecy::Kept },
            Mode::ClinicalCase => self.unfold(1),
        };
        match self.mode {
            Mode::FirstPass => vec![first, self.ask(Ask::Easy, 0)],
            Mode::Practice => vec![first, self.ask(Ask::Open, 0)],
            Mode::ClinicalCase => vec![first, self.ask(Ask::Open, 1)],
        }
    }

    fn parts(&self) -> u8 {
        self.plan.lessons[usize::from(self.lesson)].parts
    }

    fn unfold(&self, part: u8) -> Step {
        Step { act: Act::Unfold { part, parts: self.parts() }, question: None, key: Secrecy::Kept }
    }

    fn ask(&mut self, ask: Ask, part: u8) -> Step {
        let difficulty = aimed(self.skill(), if ask == Ask::Easy { EASY_AIM } else { AIM });
        self.questions.push(Question {
            lesson: self.lesson,
            mode: self.mode,
            ask,
            part,
            difficulty,
            attempts: 0,
            hints: 0,
            first: None,
            last: None,
            confidence: None,
            told: false,
            skipped: false,
            overruled: false,
            misconceptions: vec![],
        });
        self.phase = Phase::Asked;
        self.step(Act::Ask { ask, difficulty }, Secrecy::Kept)
    }

    fn attempt(&mut self, confidence: Option<Confidence>) -> Result<Vec<Step>, Refused> {
        let question = self.open()?;
        question.attempts += 1;
        question.confidence = confidence;
        Ok(self.judge())
    }

    fn judge(&mut self) -> Vec<Step> {
        self.phase = Phase::Judging;
        self.attempt += 1;
        vec![self.step(Act::Judge { attempt: self.attempt }, Secrecy::Free)]
    }

    fn no_idea(&mut self) -> Result<Vec<Step>, Refused> {
        let question = self.open()?;
        question.attempts += 1;
        question.confidence = None;
        self.attempt += 1;
        Ok(self.weigh(&Judgement { verdict: Verdict::Wrong, missing: vec![], misconception: None }))
    }

    fn edit(&mut self, confidence: Option<Confidence>) -> Result<Vec<Step>, Refused> {
        match self.phase {
            Phase::Judging => {
                self.current().confidence = confidence;
                Ok(self.judge())
            }
            Phase::Asked => match self.current().attempts {
                0 => Err(Refused::NoAnswer),
                _ => self.attempt(confidence),
            },
            _ => Err(Refused::NoQuestion),
        }
    }

    fn judged(&mut self, attempt: u32, judgement: &Judgement) -> Result<Vec<Step>, Refused> {
        if self.phase != Phase::Judging || attempt != self.attempt {
            return Err(Refused::Stale);
        }
        Ok(self.weigh(judgement))
    }

    /// What a judgement of the open question leads to.
    fn weigh(&mut self, judgement: &Judgement) -> Vec<Step> {
        let verdict = judgement.verdict;
        let skill = self.skill();
        let mode = self.mode;
        let question = self.current();
        let change = verdict.score() - expected(skill, question.difficulty);
        let first = question.first.is_none();
        question.first.get_or_insert(verdict);
        question.last = Some(verdict);
        question.misconceptions.extend(judgement.misconception.clone());
        let once = mode == Mode::FirstPass || question.ask == Ask::Check;
        let missed_often = question.attempts >= MOST_ATTEMPTS;
        let done = verdict == Verdict::Right || once;
        if first {
            // Elo's rule (Pelánek, Computers & Education 98, 2016)
            self.sway(change);
        }
        let feedback = |session: &Self, key: Secrecy| {
            let missing = if key == Secrecy::Free { judgement.missing.clone() } else { vec![] };
            let misconception = judgement.misconception.clone();
            session.step(Act::Feedback { verdict, missing, misconception }, key)
        };
        if done {
            let mut steps = vec![feedback(self, Secrecy::Free)];
            steps.extend(self.advance());
            return steps;
        }
        let mut steps = vec![feedback(self, Secrecy::Kept)];
        if missed_often {
            steps.extend(self.tell());
        } else {
            self.phase = Phase::Asked;
        }
        steps
    }

    fn sway(&mut self, change: f32) {
        let skill = &mut self.skills[usize::from(self.lesson)];
        *skill = (*skill + SWAY * change).clamp(0.0, 1.0);
    }

    fn hint(&mut self) -> Result<Vec<Step>, Refused> {
        let needed = attempts_for_hint(self.mode);
        let question = self.open()?;
        if question.ask == Ask::Check {
            return Err(Refused::Unaided);
        }
        if question.attempts < needed {
            return Err(Refused::AttemptsFirst(needed - question.attempts));
        }
        let rung = *Rung::ALL.get(usize::from(question.hints)).ok_or(Refused::NoMoreHints)?;
        question.hints += 1;
        Ok(vec![self.step(Act::Hint(rung), Secrecy::Kept)])
    }

    fn tell_me(&mut self) -> Result<Vec<Step>, Refused> {
        let (mode, needed) = (self.mode, attempts_for_hint(self.mode));
        let question = self.open()?;
        if mode != Mode::FirstPass {
            if question.ask == Ask::Check {
                return Err(Refused::Unaided);
            }
            if question.attempts < needed {
                return Err(Refused::AttemptsFirst(needed - question.attempts));
            }
            if question.hints < HINTS_FOR_TELLING {
                return Err(Refused::HintsFirst(HINTS_FOR_TELLING - question.hints));
            }
        }
        Ok(self.tell())
    }

    /// Tells the answer of the open question and goes on.
    fn tell(&mut self) -> Vec<Step> {
        self.current().told = true;
        let words = self.words(80);
        let mut steps = vec![self.step(Act::Tell { words }, Secrecy::Free)];
        steps.extend(self.advance());
        steps
    }

    /// What follows a question that is settled.
    fn advance(&mut self) -> Vec<Step> {
        let (ask, part, skipped) = {
            let question = self.current();
            (question.ask, question.part, question.skipped)
        };
        let elaborate = |session: &Self| {
            let act = Act::Elaborate { manner: None, words: session.words(80) };
            (!skipped).then(|| session.step(act, Secrecy::Free))
        };
        let mut steps = vec![];
        match (ask, self.mode) {
            (Ask::Check, _) => {
                self.phase = Phase::Settled;
                steps.push(self.step(Act::Conclude, self.told_so_far()));
            }
            (Ask::Easy, _) => steps.push(self.ask(Ask::Check, 0)),
            (Ask::Open, Mode::ClinicalCase) if part < self.parts() => {
                steps.push(self.unfold(part + 1));
                steps.push(self.ask(Ask::Open, part + 1));
            }
            (Ask::Open, Mode::Practice) if self.plan.depth != Depth::Short => {
                steps.extend(elaborate(self));
                steps.push(self.ask(Ask::Transfer, 0));
            }
            _ => {
                if self.plan.depth == Depth::Deep {
                    steps.extend(elaborate(self));
                }
                steps.push(self.summary());
                steps.push(self.ask(Ask::Check, 0));
            }
        }
        steps
    }

    fn summary(&self) -> Step {
        self.step(Act::Summary { words: self.words(60) }, self.told_so_far())
    }

    /// Whether all that was asked in this lesson may be told: not where a question was left unanswered.
    fn told_so_far(&self) -> Secrecy {
        let mut of_lesson = self.questions.iter().filter(|question| question.lesson == self.lesson);
        let free = self.mode == Mode::FirstPass || of_lesson.all(is_known);
        if free { Secrecy::Free } else { Secrecy::Kept }
    }

    fn explain(&mut self, manner: Manner) -> Result<Vec<Step>, Refused> {
        if self.phase == Phase::Judging {
            return Err(Refused::Judging);
        }
        let lesson = self.lesson;
        let told = |question: &Question| {
            question.lesson == lesson && (question.told || question.last == Some(Verdict::Right))
        };
        if self.mode != Mode::FirstPass && !self.questions.iter().any(told) {
            return Err(Refused::NothingExplained);
        }
        let open = self.phase == Phase::Asked;
        if open && self.current().ask == Ask::Check {
            if self.mode != Mode::FirstPass {
                return Err(Refused::Unaided);
            }
            // the page is read again: no longer unaided
            self.current().hints = self.current().hints.saturating_add(1);
        }
        if self.manners >= MOST_MANNERS {
            return Err(Refused::OftenEnough);
        }
        self.manners += 1;
        let key = if self.secret().is_some() { Secrecy::Kept } else { self.told_so_far() };
        Ok(vec![self.step(Act::Elaborate { manner: Some(manner), words: self.words(120) }, key)])
    }

    fn overrule(&mut self, verdict: Verdict) -> Result<Vec<Step>, Refused> {
        if self.phase == Phase::Judging {
            return Err(Refused::Judging);
        }
        let lesson = self.lesson;
        let last = self.questions.iter().rposition(|q| q.last.is_some()).ok_or(Refused::NoAnswer)?;
        let at_hand = self.phase == Phase::Asked && last + 1 == self.questions.len();
        let question = &mut self.questions[last];
        let before = question.last.filter(|_| question.lesson == lesson).ok_or(Refused::NoAnswer)?;
        if question.overruled {
            return Err(Refused::OftenEnough);
        }
        if before == verdict {
            return Err(Refused::NoChange);
        }
        question.overruled = true;
        question.last = Some(verdict);
        let only_attempt = question.attempts <= 1;
        if only_attempt {
            question.first = Some(verdict);
        }
        let key = if is_known(question) { Secrecy::Free } else { Secrecy::Kept };
        if only_attempt {
            self.sway(verdict.score() - before.score());
        }
        let mut steps = vec![Step { act: Act::Overruled(verdict), question: Some(last as u16), key }];
        if at_hand && verdict == Verdict::Right {
            steps.extend(self.advance());
        }
        Ok(steps)
    }

    fn skip(&mut self) -> Result<Vec<Step>, Refused> {
        if !matches!(self.phase, Phase::Asked | Phase::Judging) {
            return Err(Refused::NoQuestion);
        }
        self.current().skipped = true;
        Ok(self.advance())
    }

    fn next_lesson(&mut self) -> Vec<Step> {
        self.leave();
        let next = self.plan.lessons.get(usize::from(self.lesson) + 1).copied();
        match next {
            None => self.end(Ending::Done),
            Some(lesson) if lesson.mode == Mode::FirstPass && self.time_is_up() => self.end(Ending::TimeUp),
            Some(lesson) => {
                self.lesson += 1;
                self.mode = lesson.mode;
                (self.manners, self.switches) = (0, 0);
                self.begin()
            }
        }
    }

    /// Leaves the open question, if one is.
    fn leave(&mut self) {
        if matches!(self.phase, Phase::Asked | Phase::Judging) {
            self.current().skipped = true;
        }
    }

    fn switch(&mut self, mode: Mode) -> Result<Vec<Step>, Refused> {
        if !matches!(self.phase, Phase::Asked | Phase::Judging) {
            return Err(Refused::NoQuestion);
        }
        if mode == self.mode {
            return Err(Refused::NoChange);
        }
        if self.switches >= MOST_SWITCHES {
            return Err(Refused::OftenEnough);
        }
        self.leave();
        self.switches += 1;
        self.mode = mode;
        Ok(self.begin())
    }

    fn stop(&mut self) -> Vec<Step> {
        let open = matches!(self.phase, Phase::Asked | Phase::Judging);
        self.leave();
        let mut steps = if open { vec![self.summary()] } else { vec![] };
        steps.extend(self.end(Ending::Stopped));
        steps
    }

    fn end(&mut self, ending: Ending) -> Vec<Step> {
        self.phase = Phase::Ended;
        vec![Step { act: Act::End(ending), question: None, key: Secrecy::Kept }]
    }
}
