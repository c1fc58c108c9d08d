//! Whether a text looks like one patient's record. Owns: the signs and how many of them it takes. Refuses: deciding what is
//! done then, and finding every record: it would rather miss one than take a chapter about patients for one.
//!
//! One sign proves nothing: a textbook has them all, each somewhere. A record has several close together: who somebody is
//! (a number, a name, a day of birth, an address, each behind its label) beside what was done to them (a stay, notes).

/// Bytes within which signs belong to one record: about a page.
const NEAR: usize = 3_000;
/// Bytes after a label in which its value stands.
const VALUE: usize = 60;
/// Headings of notes that make notes.
const HEADINGS: u32 = 2;

/// What in a text points to one patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// The number under which a hospital or insurer knows somebody.
    Number,
    /// A patient's name, labelled as that.
    Name,
    /// A name behind 'Name:', which may be anybody's.
    Person,
    /// A date of birth.
    Birth,
    /// A house and street.
    Address,
    /// A telephone number.
    Phone,
    /// A letter of discharge, or the day of an admission or a discharge.
    Stay,
    /// Headings of clinical notes.
    Notes,
}

impl Sign {
    const ALL: [Self; 8] = [
        Self::Number,
        Self::Name,
        Self::Person,
        Self::Birth,
        Self::Address,
        Self::Phone,
        Self::Stay,
        Self::Notes,
    ];

    /// In the learner's words.
    pub fn told(self) -> &'static str {
        match self {
            Self::Number => "a patient’s number",
            Self::Name => "a patient’s name",
            Self::Person => "a name",
            Self::Birth => "a date of birth",
            Self::Address => "an address",
            Self::Phone => "a phone number",
            Self::Stay => "a hospital stay",
            Self::Notes => "clinical notes",
        }
    }
}

/// The signs that stand together, if they are enough for a record; `None` for any other text.
pub fn signs(text: &str) -> Option<Vec<Sign>> {
    let found = found(text);
    found.iter().enumerate().find_map(|(first, (at, _))| {
        let near: Vec<_> = found[first..].iter().take_while(|(other, _)| other - at <= NEAR).collect();
        let mut headings: Vec<usize> = near.iter().filter_map(|(_, found)| found.heading()).collect();
        headings.sort_unstable();
        headings.dedup();
        let notes = headings.len() as u32 >= HEADINGS;
        let has = |sign: Sign| match sign {
            Sign::Notes => notes,
            _ => near.iter().any(|(_, found)| matches!(found, Found::Sign(it) if *it == sign)),
        };
        is_record(has).then(|| Sign::ALL.into_iter().filter(|sign| has(*sign)).collect())
    })
}

/// Which signs are enough together.
fn is_record(has: impl Fn(Sign) -> bool) -> bool {
    let any = |signs: &[Sign]| signs.iter().any(|sign| has(*sign));
    let named = has(Sign::Name) || has(Sign::Person);
    let cared = [Sign::Stay, Sign::Notes];
    (has(Sign::Number) && (named || any(&[Sign::Birth, Sign::Address, Sign::Stay, Sign::Notes])))
        || (has(Sign::Birth) && (named || any(&[Sign::Address, Sign::Stay, Sign::Notes])))
        || (has(Sign::Name) && (any(&cared) || has(Sign::Address)))
        || (has(Sign::Address) && any(&cared))
        || (has(Sign::Phone) && has(Sign::Stay) && has(Sign::Notes))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Sign(Sign),
    /// One of [`NOTES`].
    Heading(usize),
}

impl Found {
    fn heading(self) -> Option<usize> {
        match self {
            Self::Heading(which) => Some(which),
            Self::Sign(_) => None,
        }
    }
}

/// Where a label may stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Anywhere,
    /// At the beginning of a line, or of a cell.
    Line,
}

/// What must follow a label.
type Fits = fn(&str) -> bool;

/// Labels with what they are labels of. All lower case.
const LABELS: &[(&[&str], At, Sign, Fits)] = &[
    (
        &[
            "mrn",
            "medical record number",
            "medical record no",
            "hospital number",
            "hospital no",
            "hospital id",
            "nhs number",
            "nhs no",
            "chi number",
            "patient id",
            "patient number",
            "patient no",
        ],
        At::Anywhere,
        Sign::Number,
        is_number,
    ),
    (
        &["patient name", "patient's name", "patient’s name", "name of patient", "name of the patient"],
        At::Anywhere,
        Sign::Name,
        is_name,
    ),
    (&["name", "full name", "surname"], At::Line, Sign::Person, is_labelled_name),
    (&["date of birth", "dob", "d.o.b", "birth date", "birthdate"], At::Anywhere, Sign::Birth, is_date),
    (&["address", "home address", "patient address"], At::Line, Sign::Address, is_address),
    (
        &["tel", "telephone", "phone", "phone number", "home phone", "mobile", "contact number"],
        At::Line,
        Sign::Phone,
        is_phone,
    ),
    (
        &[
            "admitted on",
            "admitted",
            "date of admission",
            "admission date",
            "discharged on",
            "discharged",
            "date of discharge",
            "discharge date",
        ],
        At::Anywhere,
        Sign::Stay,
        is_date,
    ),
    (&["discharge summary", "discharge letter"], At::Line, Sign::Stay, ends_line),
];

/// Headings of clinical notes. All lower case.
const NOTES: &[&str] = &[
    "presenting complaint",
    "chief complaint",
    "history of presenting complaint",
    "history of present illness",
    "past medical history",
    "drug history",
    "medications on admission",
    "discharge medication",
    "discharge medications",
    "current medications",
    "allergies",
    "social history",
    "family history",
    "on examination",
    "hospital course",
    "impression",
    "management plan",
    "follow-up",
    "follow up",
];

/// All signs with the byte they begin at, in their order.
fn found(text: &str) -> Vec<(usize, Found)> {
    // ASCII alone changes its case, so that every byte stays where it is
    let lower = text.to_ascii_lowercase();
    let mut found = vec![];
    for (labels, at, sign, fits) in LABELS {
        for label in *labels {
            let hits = places(&lower, label, *at).filter(|place| fits(value(text, place + label.len())));
            found.extend(hits.map(|place| (place, Found::Sign(*sign))));
        }
    }
    for (which, heading) in NOTES.iter().enumerate() {
        let hits = places(&lower, heading, At::Line).filter(|place| {
            let after = &text[place + heading.len()..];
            ends_line(after) || after.trim_start_matches([' ', '\t']).starts_with(':')
        });
        found.extend(hits.map(|place| (place, Found::Heading(which))));
    }
    found.sort_unstable_by_key(|(place, _)| *place);
    found
}

/// Where a label stands as whole words.
fn places<'t>(lower: &'t str, label: &'t str, at: At) -> impl Iterator<Item = usize> + 't {
    lower.match_indices(label).map(|(place, _)| place).filter(move |place| {
        let (before, after) = (&lower[..*place], &lower[place + label.len()..]);
        let whole = !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
        let begins = before.trim_end_matches([' ', '\t', '*', '#', '-', '•']);
        whole && (at == At::Anywhere || begins.is_empty() || begins.ends_with(['\n', '|', ':', ';']))
    })
}

/// What stands behind a label, from its separator on.
fn value(text: &str, from: usize) -> &str {
    let mut to = (from + VALUE).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    &text[from..to]
}

/// The same without the separator.
fn unlabelled(value: &str) -> &str {
    value.trim_start_matches(|c: char| c.is_whitespace() || ":.=#|*–-_".contains(c))
}

fn ends_line(after: &str) -> bool {
    let rest = after.trim_start_matches([' ', '\t', ':', '*']);
    rest.is_empty() || rest.starts_with('\n') || rest.starts_with('\r')
}

/// Five digits and more, perhaps with some letters before and gaps between.
fn is_number(value: &str) -> bool {
    let value = unlabelled(value);
    let letters = value.chars().take_while(char::is_ascii_alphabetic).count();
    if letters > 3 {
        return false;
    }
    let number = value[letters..].chars().take_while(|c| c.is_ascii_digit() || " -/".contains(*c));
    number.filter(char::is_ascii_digit).count() >= 5
}

/// Words that begin with a capital and are the next label of an empty form.
const FORM: &[&str] = &[
    "address",
    "admission",
    "age",
    "birth",
    "consultant",
    "date",
    "diagnosis",
    "dob",
    "doctor",
    "first",
    "gender",
    "hospital",
    "last",
    "medical",
    "middle",
    "mrn",
    "name",
    "nhs",
    "number",
    "patient",
    "record",
    "sex",
    "surname",
    "ward",
];

/// Two words and more of a name.
fn is_name(value: &str) -> bool {
    let mut words = 0;
    for word in unlabelled(value).split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_title = ["Mr", "Mrs", "Ms", "Miss", "Dr", "MR", "MRS", "MS"].contains(&bare);
        let is_of_name = bare.chars().next().is_some_and(char::is_uppercase)
            && bare.chars().all(|c| c.is_alphabetic() || "-'’.".contains(c))
            && !FORM.contains(&bare.to_lowercase().as_str());
        match () {
            () if is_title => {}
            () if is_of_name => words += 1,
            () => break,
        }
        // 'Ada Brown: …' is another label, 'Brown.' ends a sentence
        if word.ends_with([':', '.', ';']) && !is_title {
            break;
        }
    }
    words >= 2
}

/// The same behind a colon: 'name' is a word of every sentence.
fn is_labelled_name(value: &str) -> bool {
    value.trim_start().starts_with([':', '|']) && is_name(value)
}

/// A house number and a street.
fn is_address(value: &str) -> bool {
    if !value.trim_start().starts_with([':', '|']) {
        return false;
    }
    let mut words = unlabelled(value).split_whitespace();
    let house = words.next().unwrap_or_default().trim_end_matches(',');
    let digits = house.chars().take_while(char::is_ascii_digit).count();
    let street = words.next().is_some_and(|word| word.chars().next().is_some_and(char::is_uppercase));
    (1..=5).contains(&digits) && house.len() <= digits + 1 && street
}

fn is_phone(value: &str) -> bool {
    let number = unlabelled(value).chars().take_while(|c| c.is_ascii_digit() || " ()+-./".contains(*c));
    number.filter(char::is_ascii_digit).count() >= 9
}

/// The first three letters of the months.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A day of the calendar.
fn is_date(value: &str) -> bool {
    let value = unlabelled(value);
    let parts: Vec<String> = value
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .take(3)
        .map(str::to_lowercase)
        .collect();
    let [a, b, c] = &parts[..] else { return false };
    let ordinal = |part: &str| {
        let digits = part.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        digits.parse::<u32>().ok().filter(|_| part.len() <= digits.len() + 2)
    };
    let day = |part: &str| ordinal(part).is_some_and(|day| (1..=31).contains(&day));
    let number = |part: &str| part.len() <= 2 && day(part);
    let year =
        |part: &str| part.len() == 4 && part.parse().is_ok_and(|year: u32| (1850..2200).contains(&year));
    let short = |part: &str| part.len() == 2 && part.chars().all(|c| c.is_ascii_digit());
    let month = |part: &str| part.len() >= 3 && MONTHS.iter().any(|month| part.starts_with(month));
    (number(a) && number(b) && (year(c) || short(c)))
        || (year(a) && number(b) && number(c))
        || (day(a) && month(b) && (year(c) || short(c)))
        || (month(a) && day(b) && year(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn records_are_known() {
        for record in [
            "Patient Name: John Doe\nMRN: 00482913\nDOB: 04/11/1957\nChief complaint: chest pain",
            "DISCHARGE SUMMARY\n\nName: SMITH, Margaret\nDate of Birth: 3rd March 1941\nWard 7B",
            "Re: Mrs Ada Brown, date of birth 12 May 1950, NHS number 943 476 5919.\nDear Doctor,",
            "| Hospital number | RX 1234567 |\n| Name | Ada Brown |\n",
            "72F. MRN 8841273.\nAllergies: none\nPast medical history: AF, T2DM\nImpression: NSTEMI",
            "Date of birth\n1950-05-12\nPresenting complaint\nShortness of breath\nDrug history\nBisoprolol",
            "Address: 12 Elm Street, Leeds\nTel: 0113 496 0000\nDate of admission: 02.03.2024\nOn examination: pale",
            "Admitted on March 4, 2024 and discharged on March 9, 2024. Patient's name: Mr Tom Li Green.",
            "Hospital course:\nstable\nAllergies:\npenicillin\nTel: (0113) 496 0000\nDischarged: 9/3/24",
        ] {
            assert!(signs(record).is_some(), "{record}");
        }
        let told = signs("Patient Name: John Doe\nMRN: 00482913").unwrap();
        assert_eq!(told, [Sign::Number, Sign::Name]);
    }

    #[test]
    fn what_is_about_patients_is_no_record() {
        for text in [
            "",
            "The patient was admitted on the third day with chest pain. Patients with a date of birth before 1950 were \
             excluded, and the patient name is never shown.",
            "A 54-year-old man was admitted on 3 March 2021 with dyspnoea. Past medical history: hypertension.\n\
             Allergies: none.\nSocial history: smokes.",
            "A discharge summary should name the diagnosis.\n\nDischarge summary\n\nIt is sent to the general practitioner.",
            "Patient name: ______\nDate of birth: __/__/____\nHospital number: ______\nAllergies:\nDrug history:",
            "Patient Name: Hospital Number: Date of Birth: Address:",
            "The MRN complex (MRE11, RAD50, NBS1) binds breaks. MRN 2 of 10.",
            "Name: Fern Li\nDate: 12 May 2026\nEssay on the heart\nFamily history\nImpression\n",
            "Dr Ada Brown\nTel: 0113 496 0000\nLearning objectives\nFollow-up\nAllergies\n",
            "Address: Department of Physiology\nFamily history\nAllergies",
            "NHS number: ten digits, the last of which is a check digit. Patient no. 5 of 100 000 was lost. Date of birth is asked.",
            "name: the muscle of Brown Ada",
        ] {
            assert_eq!(signs(text), None, "{text}");
        }
    }

    #[test]
    fn signs_of_different_pages_make_no_record() {
        let filler = "The heart pumps blood. ".repeat(200);
        let text = format!("MRN: 00482913\n{filler}\nDOB: 04/11/1957\n");
        assert_eq!(signs(&text), None);
        let inside = format!("{filler}\nMRN: 00482913\nDOB: 04/11/1957\n{filler}");
        assert_eq!(signs(&inside), Some(vec![Sign::Number, Sign::Birth]));
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "(\\PC|\n|MRN|DOB|Name:|é|[0-9/]){0,200}") {
            let _ = signs(&text);
        }

        #[test]
        fn text_around_a_record_changes_nothing(before in "\\PC{0,80}", after in "\\PC{0,80}") {
            let text = format!("{before}\nPatient name: John Doe\nMRN: 00482913\n{after}");
            prop_assert!(signs(&text).is_some());
        }
    }
}
