//! Which words of a statement name a thing of the subject, and abbreviations by their letters. Owns: telling 'lysosome' from 'sheet'.
//! Refuses: which names mean the same (`likeness`).

use super::{Claim, Said};
use crate::question::{
    is_everyday, is_function_word, is_head, is_term, is_verb, singular, stem, usually_names,
};

/// Words that stand for whoever is spoken of, or for anything, and change no subject.
const GENERIC: &[&str] = &[
    "patient",
    "person",
    "people",
    "human",
    "adult",
    "body",
    "process",
    "structure",
    "main",
    "major",
    "normal",
    "normally",
    "healthy",
    "typical",
    "typically",
    "usually",
    "example",
    "term",
    "thing",
    "role",
    "result",
    "called",
    "also",
    "important",
    "overall",
    "amount",
    "level",
    "simply",
    "mostly",
    "cell",
    "tissue",
    "organ",
    "part",
    "area",
    "region",
    "side",
    "group",
    "form",
    "type",
    "kind",
    "name",
    "system",
    "eye",
    "bone",
    "back",
    "front",
    "blood",
    "layer",
    "sheet",
    "fold",
    "step",
    "cycle",
];
/// Letters of an abbreviation, at most.
const LETTERS: usize = 6;

impl Said {
    /// Whether it names something of the subject, so that another word in its place makes another statement.
    pub(in crate::tutor) fn names_a_thing(&self) -> bool {
        let (form, one) = (self.form.as_str(), singular(&self.form));
        if self.measure.is_some()
            || self.pole.is_some()
            || GENERIC.contains(&form)
            || GENERIC.contains(&&*one)
        {
            return false;
        }
        if self.is_abbreviation() {
            return true;
        }
        match usually_names(form).or_else(|| usually_names(&one)) {
            Some(false) => return false,
            _ if is_term(form) || is_term(&one) || is_head(&one) => return true,
            Some(true) => return false,
            None => {}
        }
        let bare = |beginning| form.strip_prefix(beginning).is_some_and(|rest| usually_names(rest).is_some());
        !is_verb(form) && !is_verb(&one) && !bare("un") && !bare("non") && !is_everyday(&stem(form))
    }

    /// Whether it is a word of everyday English.
    pub(in crate::tutor) fn is_everyday(&self) -> bool {
        usually_names(&self.form).is_some()
    }

    /// 'ADH', 'mRNA'.
    pub(super) fn is_abbreviation(&self) -> bool {
        let letters = self.text.chars().count();
        (2..=LETTERS).contains(&letters) && self.text.chars().filter(|c| c.is_uppercase()).count() >= 2
    }
}

impl Claim {
    /// Whether an abbreviation here has the first letters of words there or the other way round: 'MCL' and 'medial collateral
    /// ligament'.
    pub(super) fn spells_out(&self, word: &Said) -> bool {
        word.is_abbreviation() && self.has_initials(&word.form)
    }

    fn has_initials(&self, letters: &str) -> bool {
        let telling: Vec<char> = self
            .forms
            .iter()
            .filter(|likeness| !is_function_word(&likeness.form))
            .filter_map(|likeness| likeness.form.chars().next())
            .collect();
        let wanted: Vec<char> = letters.chars().collect();
        telling.windows(wanted.len().max(1)).any(|row| row == wanted)
    }

    /// Whether `word`, one of `of`, belongs to a name that is abbreviated here.
    pub(in crate::tutor) fn abbreviates(&self, word: &Said, of: &Self) -> bool {
        let own: Vec<&Said> = of.words.iter().collect();
        let Some(place) = own.iter().position(|said| said.at == word.at) else { return false };
        self.words.iter().filter(|said| said.is_abbreviation()).any(|short| {
            let wanted: Vec<char> = short.form.chars().collect();
            own.windows(wanted.len()).enumerate().any(|(first, row)| {
                (first..first + wanted.len()).contains(&place)
                    && row.iter().zip(&wanted).all(|(said, c)| said.form.starts_with(*c))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_example() {
        let said = |text: &str| Claim::read(text).words[0].clone();
        for name in ["lysosome", "norepinephrine", "FSH", "mRNA", "mesoderm", "ligament", "duodenum"] {
            assert!(said(name).names_a_thing(), "{name}");
        }
        for word in ["sheet", "patients", "pace", "turns", "rises", "unselective", "12", "nearby", "begin"] {
            assert!(!said(word).names_a_thing(), "{word}");
        }
    }

    #[test]
    fn abbreviations_by_their_letters() {
        let page = Claim::read("It runs beside the medial collateral ligament of the knee.");
        assert!(page.says(&Claim::read("MCL").words[0]));
        assert!(!page.says(&Claim::read("ACL").words[0]));
        let short = Claim::read("The MCL is tight.");
        let long = Claim::read("The medial collateral ligament is tight.");
        assert!(long.words.iter().all(|word| short.says(word) || short.abbreviates(word, &long)));
    }
}
