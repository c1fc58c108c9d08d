//! British and American spellings as one. Owns: bringing a folded word to the American one. Refuses: stems (`lexical`)
//! and spelling mistakes.
//!
//! Index, query and lit words all pass through here, so that a rule which is wrong for a word ('exercize') is wrong on
//! both sides and finds it all the same.

use std::borrow::Cow;

/// Parts of words, wherever they stand.
const PARTS: &[(&str, &str)] = &[
    ("aem", "em"),
    ("aetiol", "etiol"),
    ("anaesth", "anesth"),
    ("caec", "cec"),
    ("coeli", "celi"),
    ("faec", "fec"),
    ("foet", "fet"),
    ("gynaec", "gynec"),
    ("homoeo", "homeo"),
    ("leucocyt", "leukocyt"),
    ("manoeuv", "maneuv"),
    ("oedem", "edem"),
    ("oesoph", "esoph"),
    ("oestr", "estr"),
    ("orthopaed", "orthoped"),
    ("paed", "ped"),
    ("pnoe", "pne"),
    ("rrhoe", "rrhe"),
    ("sulph", "sulf"),
];

/// Beginnings of words.
const BEGINNINGS: &[(&str, &str)] = &[
    ("amoeb", "ameb"),
    ("behaviour", "behavior"),
    ("calibre", "caliber"),
    ("centre", "center"),
    ("colour", "color"),
    ("fibre", "fiber"),
    ("grey", "gray"),
    ("labour", "labor"),
    ("litre", "liter"),
    ("millilitre", "milliliter"),
    ("metre", "meter"),
    ("odour", "odor"),
    ("tumour", "tumor"),
    ("vapour", "vapor"),
];

/// Endings of words of six letters and more.
const ENDINGS: &[(&str, &str)] = &[
    ("isations", "izations"),
    ("isation", "ization"),
    ("ising", "izing"),
    ("ises", "izes"),
    ("ised", "ized"),
    ("ise", "ize"),
    ("ysing", "yzing"),
    ("yses", "yzes"),
    ("ysed", "yzed"),
    ("yse", "yze"),
];

/// The American spelling of a folded word, or the word itself.
pub(crate) fn american(form: &str) -> Cow<'_, str> {
    if form.len() < 4 || !form.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Cow::Borrowed(form);
    }
    let mut word = Cow::Borrowed(form);
    // what one rule leaves may be what another looks for
    while let Some(other) = rewritten(&word) {
        word = Cow::Owned(other);
    }
    word
}

/// The word after the first rule that fits; each makes it American in one more place, so that there is an end.
fn rewritten(word: &str) -> Option<String> {
    let part = PARTS.iter().find(|(british, _)| word.contains(british));
    let part = part.map(|(british, american)| word.replacen(british, american, 1));
    let beginning = || {
        let strip =
            |(british, american): &(&str, &str)| Some(format!("{american}{}", word.strip_prefix(british)?));
        BEGINNINGS.iter().find_map(strip)
    };
    let ending = || {
        let strip =
            |(british, american): &(&str, &str)| Some(format!("{}{american}", word.strip_suffix(british)?));
        ENDINGS.iter().filter(|_| word.len() >= 6).find_map(strip)
    };
    part.or_else(beginning).or_else(ending)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_spellings_are_one_word() {
        for (british, american_word) in [
            ("oedema", "edema"),
            ("anaemia", "anemia"),
            ("haemoglobin", "hemoglobin"),
            ("ischaemic", "ischemic"),
            ("oesophagus", "esophagus"),
            ("foetal", "fetal"),
            ("paediatrics", "pediatrics"),
            ("diarrhoea", "diarrhea"),
            ("dyspnoea", "dyspnea"),
            ("tumours", "tumors"),
            ("fibres", "fibers"),
            ("millilitres", "milliliters"),
            ("caecum", "cecum"),
            ("oestrogen", "estrogen"),
            ("leucocyte", "leukocyte"),
            ("sulphate", "sulfate"),
            ("haemolysed", "hemolyzed"),
            ("polarisation", "polarization"),
            ("neutralise", "neutralize"),
        ] {
            assert_eq!(american(british), american(american_word), "{british}");
            assert_eq!(american(american_word), american_word);
        }
        for word in ["heart", "na+", "p53", "coel", "aorta", "rise", "grip"] {
            assert_eq!(american(word), word);
        }
    }

    proptest! {
        #[test]
        fn a_word_that_is_brought_over_stays(word in "[a-z]{1,14}") {
            let once = american(&word).into_owned();
            prop_assert_eq!(american(&once).into_owned(), once);
        }
    }
}
