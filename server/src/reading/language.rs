//! The language of a text. Owns: what the learner is told where it is not English. Refuses: doing anything about it: its
//! words are searched like others.

use whatlang::{Lang, detect};

/// Most characters that are looked at: some from the beginning, the middle and the end, since a title page and references
/// are often in another language than what stands between.
const SAMPLE: usize = 6_000;
/// Fewer letters than this say nothing for certain.
const FEWEST: usize = 200;

/// What to tell where a text is certainly not English: stems, meaning and questions are made for English.
pub(super) fn warning(text: &str) -> Option<String> {
    let language = foreign(text)?;
    Some(format!(
        "This file seems to be in {}. Its words can be searched; search by meaning and questions are made for English.",
        name(language)
    ))
}

/// The language, unless it is English or cannot be told.
fn foreign(text: &str) -> Option<Lang> {
    let sample = sample(text);
    if sample.chars().filter(|c| c.is_alphabetic()).count() < FEWEST {
        return None;
    }
    let found = detect(&sample).filter(whatlang::Info::is_reliable)?;
    (found.lang() != Lang::Eng).then(|| found.lang())
}

/// A third of [`SAMPLE`] from the beginning, the middle and the end.
fn sample(text: &str) -> String {
    let third = SAMPLE / 3;
    let starts = [0, (text.len() / 2).saturating_sub(third / 2), text.len().saturating_sub(third)];
    let mut end = 0;
    let mut sample = String::new();
    for start in starts {
        let start = text.ceil_char_boundary(start.max(end));
        end = text.floor_char_boundary((start + third).min(text.len())).max(start);
        sample.push_str(&text[start..end]);
        sample.push(' ');
    }
    sample
}

/// As people say it; the library's own word is right for most.
fn name(language: Lang) -> &'static str {
    match language {
        Lang::Cmn => "Chinese",
        Lang::Nob => "Norwegian",
        language => language.eng_name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GERMAN: &str = "Das Herz ist ein Hohlmuskel, der das Blut durch den Körper pumpt. Es liegt im Brustkorb hinter \
        dem Brustbein und wird vom Herzbeutel umgeben. Der Sinusknoten gibt den Takt vor, und der AV-Knoten verzögert \
        die Erregung, damit sich die Vorhöfe vor den Kammern zusammenziehen können. ";
    const ENGLISH: &str = "The heart is a hollow muscle that pumps blood through the body. The sinoatrial node sets the \
        pace, and the atrioventricular node delays the impulse so that the atria empty before the ventricles contract. \
        M. sternocleidomastoideus, Arteria carotis communis, Vena cava superior. ";

    #[test]
    fn another_language_is_told_and_english_is_not() {
        assert_eq!(foreign(GERMAN), Some(Lang::Deu));
        assert!(warning(GERMAN).unwrap().contains("in German."));
        assert_eq!(foreign(ENGLISH), None);
        assert_eq!(foreign(&ENGLISH.repeat(100)), None);
        let japanese =
            "心臓は血液を全身に送り出す筋肉のポンプである。右心房と右心室、左心房と左心室からなる。"
                .repeat(10);
        assert_eq!(warning(&japanese).map(|told| told.contains("Japanese")), Some(true));
        for short in ["", "Herz", "🫀🫀🫀", "1 2 3 4 5 6 7 8 9"] {
            assert_eq!(foreign(short), None, "{short}");
        }
    }

    #[test]
    fn what_is_cited_in_another_language_is_outweighed() {
        assert_eq!(foreign(&format!("{}{GERMAN}", ENGLISH.repeat(20))), None);
    }

    #[test]
    fn a_sample_cuts_no_character() {
        for length in [0, 1, 100, 1_999, 2_001, 6_001, 50_000] {
            let text: String = "äö€🫀x".chars().cycle().take(length).collect();
            assert!(sample(&text).len() <= SAMPLE + 3);
        }
    }
}
