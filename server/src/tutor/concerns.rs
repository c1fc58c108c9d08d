//! What is said where a message is no answer, and how an act stands in a talk. Owns: the words, and the crisis lines by country.
//! Refuses: recognising them (`domain::tutor::care`).

use crate::error::{Error, Result};
use app::tutor::api::{Act, Asked, Doing, Part, Said};
use domain::tutor::{Depth, Manner, Mode, Speed, Verdict, care::Concern};

/// Crisis lines by country and time zone, with their source.
const HELPLINES: &str = include_str!("helplines.tsv");
/// Where lines of all countries are.
const EVERYWHERE: &str = "https://findahelpline.com";

/// A crisis line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Helpline {
    zones: &'static str,
    name: &'static str,
    number: &'static str,
    hours: &'static str,
    how: &'static str,
}

fn helplines() -> impl Iterator<Item = Helpline> {
    HELPLINES.lines().filter(|line| !line.starts_with('#')).skip(1).filter_map(|line| {
        let mut cells = line.split('\t');
        let (_country, zones, name) = (cells.next()?, cells.next()?, cells.next()?);
        let (number, _url) = (cells.next()?, cells.next()?);
        Some(Helpline { zones, name, number, hours: cells.next()?, how: cells.next()? })
    })
}

/// What is said to a message that is nothing to teach on; `None` where it is an answer. `zone` tells whose crisis lines are shown.
pub(super) fn answer(message: &str, zone: &str) -> Option<Said> {
    let concern = domain::tutor::care::concern(message)?;
    let words = match concern {
        // said at the field, before anything is written down
        Concern::Empty | Concern::Huge(_) => return None,
        Concern::SelfHarm => return Some(Said::Told(crisis(zone))),
        Concern::PatientAdvice => {
            "That is about a real person, and I cannot see or examine anybody: I teach from your files and give no advice on \
             treatment. Ask the team that knows the patient, or a doctor. What your file says about it I gladly go through with you."
        }
        Concern::Abuse => {
            "That was rough. If a question of mine was bad, report it, or skip it. I am here when you want to go on."
        }
        Concern::OffTopic => {
            "That is outside of what I can do: I teach from your own files. The question is still open."
        }
    };
    Some(Said::Told(vec![Part::ours(words)]))
}

/// A fixed message, the same for everybody but for the numbers; nothing is taught in it.
fn crisis(zone: &str) -> Vec<Part> {
    let mut parts = vec![Part::ours(
        "I am a program and cannot help with this the way you deserve, so let us leave the lesson. If you may hurt yourself, \
         please talk to somebody now. If you are in danger this minute, call your emergency number (112 or 911 in many \
         countries), or go to somebody who is near.",
    )];
    for line in helplines().filter(|line| line.zones.split(',').any(|one| one == zone)) {
        let hours = if line.hours.is_empty() { String::new() } else { format!(", {}", line.hours) };
        parts.push(Part::ours(format!("{}: {} ({}{hours})", line.name, line.number, line.how)));
    }
    parts.push(Part::ours(format!("Lines in other countries: {EVERYWHERE}")));
    parts.push(Part::ours("Your talk stays as it is. Nothing here is urgent but you."));
    parts
}

/// How an act stands in the talk.
///
/// # Errors
/// A written answer without a word, or one that is too long.
pub(super) fn spoken(request: &Doing, open: Option<&Asked>) -> Result<String> {
    let words = match request.act {
        Act::Answer | Act::Edit => {
            let chosen = request.choice.and_then(|choice| open?.options.get(choice as usize));
            match (chosen, domain::tutor::care::concern(&request.text)) {
                (Some(option), _) => option.clone(),
                (None, Some(Concern::Empty)) if open.is_some_and(|open| !open.options.is_empty()) => {
                    return Err(Error::invalid("choice", "Choose one of the answers."));
                }
                (None, Some(Concern::Empty)) => {
                    return Err(Error::invalid("text", "Write an answer, or say that you do not know."));
                }
                (None, Some(Concern::Huge(characters))) => {
                    let message = format!(
                        "That has {characters} characters; at most {} are read. Say it shorter.",
                        domain::tutor::care::LONGEST
                    );
                    return Err(Error::invalid("text", message));
                }
                (None, _) => request.text.trim().to_string(),
            }
        }
        Act::NoIdea => "I do not know.".into(),
        Act::Hint => "A hint, please.".into(),
        Act::ShowMe => "Show me.".into(),
        Act::TellMe => "Tell me.".into(),
        Act::Explain => match request.manner {
            Some(Manner::Simpler) => "Explain it more simply.",
            Some(Manner::Deeper) => "Explain it in more depth.",
            Some(Manner::Analogy) => "Explain it by an analogy.",
            Some(Manner::Mnemonic) => "Give me a mnemonic.",
            Some(Manner::ClinicalCase) => "Explain it at a patient.",
            None => "Explain it differently.",
        }
        .into(),
        Act::Overrule => match request.verdict {
            Some(Verdict::Right) => "My answer was right.",
            Some(Verdict::Partly) => "My answer was partly right.",
            Some(Verdict::Wrong) => "My answer was wrong.",
            None => "That was judged wrongly.",
        }
        .into(),
        Act::Skip => "Skip this question.".into(),
        Act::Next => "Go on.".into(),
        Act::Switch => match request.mode {
            Some(Mode::FirstPass) => "Explain it to me first.",
            Some(Mode::Practice) => "Let me practise it.",
            Some(Mode::ClinicalCase) => "Give me a case.",
            None => "Let us do it otherwise.",
        }
        .into(),
        Act::Stop => "Let us stop here.".into(),
        Act::Tune => match (request.depth, request.speed) {
            (Some(Depth::Short), _) => "Say less, please.",
            (Some(Depth::Normal), _) => "Say as much as you usually do.",
            (Some(Depth::Deep), _) => "Say more, please.",
            (None, Some(Speed::Quick)) => "Be quick.",
            (None, Some(Speed::Balanced)) => "Take your usual time.",
            (None, Some(Speed::Thorough)) => "Take your time.",
            (None, None) => return Err(app::error::ApiError::Malformed.into()),
        }
        .into(),
        Act::Hush => "That is enough.".into(),
        Act::Again => "Say that again, please.".into(),
    };
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(said: Option<Said>) -> Vec<String> {
        match said {
            Some(Said::Told(parts)) => parts.into_iter().map(|part| part.text).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_line_of_the_table_is_whole() {
        let all: Vec<Helpline> = helplines().collect();
        assert_eq!(all.len(), 36);
        for line in all {
            assert!(!line.name.is_empty() && !line.number.is_empty() && !line.how.is_empty(), "{line:?}");
            for zone in line.zones.split(',') {
                assert!(crate::clock::is_time_zone(zone), "{zone} of {}", line.name);
            }
        }
    }

    #[test]
    fn who_may_harm_themselves_gets_numbers_of_their_country_and_no_lesson() {
        for (zone, number) in [
            ("Europe/Berlin", "0800 1110111"),
            ("America/Chicago", "988"),
            ("Asia/Calcutta", "14416"),
            ("Australia/Sydney", "13 11 14"),
        ] {
            let said = texts(answer("I want to die", zone)).join("\n");
            assert!(said.contains(number) && said.contains(EVERYWHERE), "{zone}: {said}");
        }
        let nowhere = texts(answer("I want to die", "Antarctica/Troll"));
        assert!(nowhere.iter().any(|part| part.contains(EVERYWHERE)) && nowhere.len() == 3, "{nowhere:?}");
    }

    #[test]
    fn answers_about_the_heart_are_answers() {
        for message in
            ["the mitral valve", "it rises?", "suicide inhibition of the enzyme", "no idea but less filling"]
        {
            assert_eq!(answer(message, "UTC"), None, "{message}");
        }
    }
}
