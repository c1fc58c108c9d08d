//! Why an option is right or wrong: our words, then the learner's own page, then where it stands.

use super::api::{AnswerOption, Question};
use crate::ui::{
    Cite,
    cite::reader_href,
    prose::{Prose, bind_units},
};
use domain::id::MaterialId;
use leptos::prelude::*;

/// Letter of an option: 'A' for the first.
pub fn letter(index: usize) -> char {
    char::from(b'A' + index.min(25) as u8)
}

/// What a question is about, told without giving the key away: the nearest heading that shares no long word with
/// the key, else the material's title.
pub fn topic(question: &Question) -> String {
    let key =
        question.options.get(question.key()).map(|option| option.text.to_lowercase()).unwrap_or_default();
    let words: Vec<&str> =
        key.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 3).collect();
    question
        .headings
        .iter()
        .rev()
        .find(|heading| {
            let heading = heading.to_lowercase();
            !words.iter().any(|word| heading.contains(word))
        })
        .unwrap_or(&question.title)
        .clone()
}

/// What a rationale says besides its quote: `None` where it is nothing but the option's name and the quote, as the
/// program writes it ('SA node: "…" (p. 14).').
fn own_words(option: &AnswerOption) -> Option<String> {
    let rationale = option.rationale.trim();
    let words = match rationale.split_once(option.quote.trim()) {
        Some((before, after)) if !option.quote.trim().is_empty() => {
            let after = after.trim_start_matches(['"', '”', '’', '\'', ' ']);
            let page = format!("(p. {})", option.page);
            let after = after.trim_start_matches(page.as_str()).trim_start_matches(['.', ' ']);
            let before = before.trim_end_matches(['"', '“', '‘', '\'', ' ']);
            format!("{before} {after}").trim().to_string()
        }
        _ => rationale.to_string(),
    };
    let name = words.trim_end_matches([':', '.', ' ']);
    (!name.is_empty() && name.to_lowercase() != option.text.trim().to_lowercase()).then_some(words)
}

/// The reason of one option.
#[component]
pub fn Reason(
    /// Which.
    option: AnswerOption,
    /// Its material.
    material: MaterialId,
    /// The material's title, where the quote shall name it.
    #[prop(optional, into)]
    title: Option<String>,
) -> impl IntoView {
    let (span, page) = (option.span, option.page);
    let words = own_words(&option);
    let said = words.map(|words| {
        let (start, last) = match words.rsplit_once(' ') {
            Some((start, last)) => (format!("{start} "), last.to_string()),
            None => (String::new(), words),
        };
        view! {
            <p class="why">
                <Prose text=start/>
                // a citation never parts from the word before it
                <span class="nowrap">{last} " " <Cite material span page/></span>
            </p>
        }
    });
    let cited = said.is_some();
    let quote = (!option.quote.trim().is_empty()).then(|| {
        view! {
            <blockquote class="quote small">
                "“" {bind_units(option.quote.trim())} "”"
                {(!cited && title.is_none()).then(|| view! { " " <Cite material span page/> })}
                {title
                    .map(|title| {
                        view! {
                            <cite class="micro soft">
                                <a class="tap" href=reader_href(material, span)>
                                    {title} ", " <span class="nowrap">{format!("p.\u{a0}{page}")}</span>
                                </a>
                            </cite>
                        }
                    })}
            </blockquote>
        }
    });
    view! { {said} {quote} }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{document::Span, question::Bloom};

    fn option(text: &str, rationale: &str, quote: &str) -> AnswerOption {
        AnswerOption {
            text: text.into(),
            correct: true,
            rationale: rationale.into(),
            quote: quote.into(),
            span: Span::new(3, 9),
            page: 14,
        }
    }

    #[test]
    fn a_quote_is_not_said_twice() {
        let quote = "The SA node sets the pace.";
        for (rationale, words) in [
            ("SA node: “The SA node sets the pace.” (p. 14).", None),
            ("SA node: \"The SA node sets the pace.\" (p. 14).", None),
            ("It leads, as “The SA node sets the pace.” says.", Some("It leads, as says.")),
            ("It is the fastest.", Some("It is the fastest.")),
            ("", None),
        ] {
            assert_eq!(own_words(&option("SA node", rationale, quote)).as_deref(), words, "{rationale}");
        }
        assert_eq!(own_words(&option("SA node", "Fast.", "")).as_deref(), Some("Fast."));
    }

    #[test]
    fn the_topic_does_not_give_the_key_away() {
        let mut question = Question {
            id: domain::id::QuestionId(uuid::Uuid::nil()),
            stem: "Which?".into(),
            options: vec![option("Bundle of His", "", "")],
            concept: "Bundle of His".into(),
            bloom: Bloom::Remember,
            material: MaterialId(uuid::Uuid::nil()),
            title: "The heart".into(),
            headings: vec!["Conduction system".into(), "The bundle of His".into()],
            automatic: true,
        };
        assert_eq!(topic(&question), "Conduction system");
        question.headings.remove(0);
        assert_eq!(topic(&question), "The heart");
    }
}
