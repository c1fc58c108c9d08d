//! What is told after an export was taken in. The download and the upload are plain routes: `/settings/export` and
//! `/settings/import`.

use crate::error::ApiError;
use leptos_router::location::Url;
use serde::{Deserialize, Serialize};

/// Where `POST /settings/import` sends a browser without scripts: the settings, which tell what came of it.
pub fn after_import(told: &Result<Imported, ApiError>) -> String {
    let (name, value) = match told {
        Ok(imported) => ("imported", serde_json::to_string(imported).unwrap_or_default()),
        Err(error) => ("not-imported", error.to_string()),
    };
    format!("/settings?{name}={}#data", Url::escape(&value))
}

/// What was taken in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// New files.
    pub files: u32,
    /// New questions.
    pub questions: u32,
    /// New answers.
    pub answers: u32,
    /// New reviews.
    pub reviews: u32,
    /// New talks.
    pub talks: u32,
    /// Other things that are new.
    pub others: u32,
    /// Things that were there already.
    pub known: u32,
    /// Things left out, because what they belong to is not there.
    pub left_out: u32,
}

impl Imported {
    /// Counts a new row of this table.
    pub fn count(&mut self, table: &str) {
        let counted = match table {
            "material" => &mut self.files,
            "question" => &mut self.questions,
            "answer" => &mut self.answers,
            "review" => &mut self.reviews,
            "talk" => &mut self.talks,
            _ => &mut self.others,
        };
        *counted += 1;
    }

    /// In words, for the learner.
    pub fn told(&self) -> String {
        let named = [
            (self.files, "file"),
            (self.questions, "question"),
            (self.answers, "answer"),
            (self.reviews, "review"),
            (self.talks, "talk"),
        ];
        let parts: Vec<String> = named
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| format!("{number} {what}{}", if *number == 1 { "" } else { "s" }))
            .collect();
        let added = match parts.as_slice() {
            [] if self.others == 0 => "Everything in it was here already.".to_string(),
            [] => "Taken in.".into(),
            parts => format!("Taken in: {}.", parts.join(", ")),
        };
        let files = if self.files > 0 { " The files are being read now." } else { "" };
        let left = match self.left_out {
            0 => String::new(),
            n => format!(" {n} left out: what they belong to is not here."),
        };
        format!("{added}{files}{left}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_in_is_told_in_words() {
        let told = |imported: Imported| imported.told();
        assert_eq!(told(Imported { known: 9, ..Imported::default() }), "Everything in it was here already.");
        let some = Imported { files: 1, reviews: 20, left_out: 2, ..Imported::default() };
        assert_eq!(
            told(some),
            "Taken in: 1 file, 20 reviews. The files are being read now. 2 left out: what they belong to is not here."
        );
    }
}
