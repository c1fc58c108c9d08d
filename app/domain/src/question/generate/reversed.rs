//! Questions that give a name and ask for what is said of it. Owns: their stems and options. Refuses: which sayings
//! may stand beside each other (`distractors`).

use super::{Draft, Writer, misconception};
use crate::question::distractors::{is_doing, siblings};
use crate::question::facts::{Fact, Family};
use crate::question::lexicon::lexicon;
use crate::question::refusal::Refusal;
use crate::question::token::{Token, write};
use crate::question::word::article_for;
use crate::question::{filters, rationale};

/// A definition without the second statement that follows it: 'a gland of the neck, and is supplied by …'.
fn noun_phrase(fact: &Fact) -> &[Token] {
    let body = &fact.body;
    let second = |at: usize| {
        body[at].is("and")
            && body.get(at + 1).is_some_and(|t| matches!(t.lower.as_str(), "is" | "are" | "has" | "have"))
    };
    let end = (4..body.len()).find(|at| !is_doing(fact) && second(*at)).unwrap_or(body.len());
    let comma = end < body.len() && body[end - 1].text == ",";
    &body[..end - usize::from(comma)]
}

impl Writer<'_, '_> {
    /// 'Which of the following best describes X?'
    pub(super) fn best(&self, fact: &Fact, fit: &[&Fact]) -> Result<Draft, Refusal> {
        let matter = self.matter;
        let list = &matter.terms.list;
        if lexicon().listed("everyday", &list[fact.key].key) {
            return Err(Refusal::Everyday);
        }
        // 'Conversely, flexion brings the thumb back': said of one place, and not what flexion is
        if is_doing(fact) && matter.prose.sentences[fact.sentence].contrast {
            return Err(Refusal::Refers);
        }
        let others = siblings(matter, &self.bench, fit, fact);
        if others.len() < 2 {
            return Err(Refusal::FewDistractors);
        }
        let text = |fact: &Fact| write(noun_phrase(fact));
        let own = text(fact);
        let texts: Vec<String> = others.iter().map(|o| text(fit[*o])).collect();
        let names: Vec<&str> = texts.iter().map(String::as_str).collect();
        if filters::key_too_long(&own, &names) {
            return Err(Refusal::LongKey);
        }
        // 'secretin' asks for 'secreted by': any word of the name that one description alone repeats
        if filters::repeats(matter, list[fact.key].form(fact.plural), &own, &names) {
            return Err(Refusal::Leak);
        }
        let opens = |t: &str| t.split(' ').next().unwrap_or("").to_string();
        let article = |t: &str| matches!(opens(t).as_str(), "a" | "an" | "the");
        if names.iter().any(|t| article(t) != article(&own)) {
            return Err(Refusal::FewDistractors);
        }
        let term = list[fact.key].form(fact.plural);
        let sentence = &matter.prose.sentences[fact.sentence];
        let mention = matter.terms.of_sentence(fact.sentence).iter().find(|m| m.term == fact.key);
        let det = mention.and_then(|m| m.first.checked_sub(1)).map(|i| sentence.tokens[i].lower.clone());
        let articles = list[fact.key].articles;
        let name = match det.as_deref() {
            // 'the hormone' of one sentence is 'parathyroid hormone' in most others, and 'inferior vena cava' of a
            // list is 'the inferior vena cava'
            _ if articles[1] * 2 > articles[2] => format!("the {term}"),
            Some("a" | "an") => format!("{} {term}", article_for(term)),
            Some("the") if !fact.plural && articles[0] > 0 => format!("{} {term}", article_for(term)),
            Some("the") if articles[1] * 3 >= articles[2] => format!("the {term}"),
            _ => term.to_string(),
        };
        let stem = match (is_doing(fact), fact.plural) {
            (true, true) => format!("Which of the following best describes what {name} do?"),
            (true, false) => format!("Which of the following best describes what {name} does?"),
            _ => format!("Which of the following best describes {name}?"),
        };
        let place = matter.prose.headings(fact.sentence);
        let kind = list[fact.key].kind.unwrap_or("term");
        let mut options = vec![rationale::choice(matter, &own, term, true, fact.sentence, "")];
        for (other, text) in others.iter().zip(&texts) {
            let of = fit[*other];
            let confused = misconception(term, kind, place.last());
            options.push(rationale::choice(
                matter,
                text,
                list[of.key].form(of.plural),
                false,
                of.sentence,
                &confused,
            ));
        }
        let mut best = fact.clone();
        best.family = Family::Best;
        self.finish(stem, options, term.to_string(), &best, 0.5)
    }
}
