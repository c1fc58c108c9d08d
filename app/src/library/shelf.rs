//! What the shelf says about a material: its line of facts, its picture, its stages, and what of a change is worth
//! an announcement. Pure: the same on the server and in the browser.

use super::{
    api::{Material, MaterialState, Materials},
    intake::percent,
};

/// 'slide' for a presentation, else 'page'.
pub fn leaf(material: &Material) -> &'static str {
    if material.format.eq_ignore_ascii_case("PPTX") { "slide" } else { "page" }
}

/// A number with its noun, as '1 question' or '3 questions'; the space does not break.
pub fn count(number: u32, noun: &str) -> String {
    format!("{number}\u{a0}{noun}{}", if number == 1 { "" } else { "s" })
}

/// What is going on with a material that is not ready yet.
pub fn status(material: &Material) -> String {
    let leaf = leaf(material);
    match material.state {
        MaterialState::Queued => "waits for its turn".into(),
        MaterialState::Reading if material.pages_read == 0 => "opening the file".into(),
        MaterialState::Reading if material.pages_total == 0 => count(material.pages_read, leaf),
        MaterialState::Reading => format!("{leaf} {} of {}", material.pages_read, material.pages_total),
        MaterialState::Preparing => {
            let all = if material.pages_read == 1 { "" } else { "all " };
            format!("{all}{} read, writing questions", count(material.pages_read, leaf))
        }
        MaterialState::Ready | MaterialState::Failed => count(material.pages_read, leaf),
    }
}

/// How far a stage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Not begun.
    Later,
    /// Going on.
    Now,
    /// Finished.
    Done,
}

/// The stages of reading, with their words: text, passages, questions and, where the model is installed, meaning.
pub fn stages(material: &Material, by_meaning: bool) -> Vec<(Stage, String)> {
    let read = matches!(material.state, MaterialState::Preparing | MaterialState::Ready);
    let ready = material.state == MaterialState::Ready;
    let on = |begun: bool, done: bool| match (begun, done) {
        (_, true) => Stage::Done,
        (true, false) => Stage::Now,
        (false, false) => Stage::Later,
    };
    let amount = |number: u32, noun: &str| if number == 0 { None } else { Some(count(number, noun)) };
    let mut stages = vec![
        (on(material.state == MaterialState::Reading, read), "Text".to_string()),
        (on(material.passages > 0, read), amount(material.passages, "passage").unwrap_or("Passages".into())),
        (
            on(material.questions > 0 || read, ready),
            amount(material.questions, "question").map_or("Questions".into(), |n| format!("{n} so far")),
        ),
    ];
    if by_meaning {
        let all = read && material.passages_embedded >= material.passages;
        let words = match percent(material.passages_embedded.into(), material.passages.into()) {
            part if material.passages_embedded > 0 && !all => format!("Meaning {part}\u{a0}%"),
            _ => "Meaning".into(),
        };
        stages.push((on(material.passages_embedded > 0, all), words));
    }
    stages
}

/// Share of the visible work that is done, 0 to 100: pages while it is read, then passages that can be searched by
/// meaning, if there is a model for it. `None` where nothing can be counted.
pub fn progress(material: &Material, by_meaning: bool) -> Option<u64> {
    match material.state {
        MaterialState::Reading if material.pages_total > 0 => {
            Some(percent(material.pages_read.into(), material.pages_total.into()))
        }
        MaterialState::Preparing if by_meaning && material.passages > 0 => {
            Some(percent(material.passages_embedded.into(), material.passages.into()))
        }
        _ => None,
    }
}

/// Name of the picture that fits a title, from `art/icons`.
pub fn picture(material: &Material) -> &'static str {
    const PICTURES: [(&str, &[&str]); 13] = [
        ("heart", &["heart", "cardi", "ecg"]),
        ("lung", &["lung", "respir", "pulmon", "breath"]),
        ("kidney", &["kidney", "renal", "urin", "nephr", "fluid"]),
        ("bone", &["bone", "joint", "skelet", "ortho", "fractur"]),
        ("brain", &["brain", "neuro", "nerv", "mind", "psych"]),
        ("eye", &["eye", "ophthal", "vision", "sense"]),
        ("stomach", &["stomach", "digest", "gastr", "liver", "intestin", "bowel"]),
        ("blood", &["blood", "haemat", "hemat", "vessel"]),
        ("shield", &["immun", "lymph", "infect", "allerg", "microb"]),
        ("pill", &["pharma", "drug", "medicat"]),
        ("dna", &["genet", "cell", "molecul", "dna", "biochem", "embryo", "endocrin", "hormon"]),
        ("stethoscope", &["clinic", "examination", "diagnos", "introduction to the human"]),
        ("star", &["exam", "summary", "revision"]),
    ];
    if material.error.as_deref().is_some_and(|error| error.to_lowercase().contains("password")) {
        return "lock";
    }
    let title = material.title.to_lowercase();
    let fits = |words: &&(&str, &[&str])| words.1.iter().any(|word| title.contains(word));
    PICTURES.iter().find(fits).map_or("book", |(picture, _)| picture)
}

/// What a listener must hear of a change: the ends and the first questions, never each page.
pub fn announcement(before: &Materials, after: &Materials) -> Option<String> {
    let mut news = vec![];
    for now in &after.materials {
        let title = &now.title;
        let Some(then) = before.materials.iter().find(|then| then.id == now.id) else { continue };
        if then.state != now.state && now.state == MaterialState::Ready {
            news.push(format!("{title} is ready, with {}.", count(now.questions, "question")));
        } else if then.state != now.state && now.state == MaterialState::Failed {
            news.push(format!("{title} could not be read. {}", now.error.as_deref().unwrap_or_default()));
        } else if then.stays_here != now.stays_here {
            news.push(match now.stays_here {
                true => format!("{title} stays here."),
                false => format!("{title} is not marked ‘stays here’ any more."),
            });
        } else if then.questions == 0 && now.questions > 0 {
            news.push(format!("{title}: the first questions are there."));
        }
    }
    (!news.is_empty()).then(|| news.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::MaterialId;

    fn material(state: MaterialState) -> Material {
        Material {
            id: MaterialId("018f0000-0000-7000-8000-000000000001".parse().unwrap()),
            title: "The heart".into(),
            filename: "heart.pdf".into(),
            format: "PDF".into(),
            bytes: 1,
            state,
            pages_read: 14,
            pages_total: 26,
            passages: 40,
            passages_embedded: 10,
            questions: 21,
            due: 0,
            known_percent: None,
            error: None,
            warnings: vec![],
            stays_here: false,
            built_in: false,
            created: 0,
        }
    }

    fn shelf(material: Material) -> Materials {
        Materials {
            materials: vec![material],
            by_meaning: true,
            guest: false,
            keys: true,
            used: 0,
            quota: None,
        }
    }

    #[test]
    fn the_status_says_what_is_going_on() {
        let with = |state, read, total| Material { pages_read: read, pages_total: total, ..material(state) };
        let cases = [
            (with(MaterialState::Queued, 0, 0), "waits for its turn"),
            (with(MaterialState::Reading, 0, 26), "opening the file"),
            (with(MaterialState::Reading, 3, 0), "3\u{a0}pages"),
            (with(MaterialState::Reading, 14, 26), "page 14 of 26"),
            (with(MaterialState::Preparing, 1, 1), "1\u{a0}page read, writing questions"),
            (with(MaterialState::Preparing, 26, 26), "all 26\u{a0}pages read, writing questions"),
            (Material { format: "PPTX".into(), ..with(MaterialState::Reading, 2, 9) }, "slide 2 of 9"),
        ];
        for (material, wanted) in cases {
            assert_eq!(status(&material), wanted);
        }
    }

    #[test]
    fn stages_tick_in_their_order() {
        use Stage::{Done, Later, Now};
        let steps = |material: Material| {
            stages(&material, true).into_iter().map(|(stage, _)| stage).collect::<Vec<_>>()
        };
        let blank =
            Material { passages: 0, passages_embedded: 0, questions: 0, ..material(MaterialState::Queued) };
        assert_eq!(steps(blank), [Later, Later, Later, Later]);
        assert_eq!(steps(material(MaterialState::Reading)), [Now, Now, Now, Now]);
        assert_eq!(steps(material(MaterialState::Preparing)), [Done, Done, Now, Now]);
        let whole = Material { passages_embedded: 40, ..material(MaterialState::Ready) };
        assert_eq!(steps(whole), [Done, Done, Done, Done]);
        assert_eq!(stages(&material(MaterialState::Reading), false).len(), 3);
        assert_eq!(stages(&material(MaterialState::Reading), true)[3].1, "Meaning 25\u{a0}%");
    }

    #[test]
    fn progress_counts_what_can_be_counted() {
        assert_eq!(progress(&material(MaterialState::Reading), true), Some(53));
        assert_eq!(progress(&material(MaterialState::Preparing), true), Some(25));
        assert_eq!(progress(&material(MaterialState::Preparing), false), None);
        assert_eq!(progress(&Material { pages_total: 0, ..material(MaterialState::Reading) }, true), None);
    }

    #[test]
    fn only_turns_are_announced() {
        let cases = [
            (
                material(MaterialState::Reading),
                Material { pages_read: 15, ..material(MaterialState::Reading) },
                None,
            ),
            (
                Material { questions: 0, ..material(MaterialState::Reading) },
                material(MaterialState::Reading),
                Some("The heart: the first questions are there."),
            ),
            (
                material(MaterialState::Preparing),
                material(MaterialState::Ready),
                Some("The heart is ready, with 21\u{a0}questions."),
            ),
            (
                material(MaterialState::Reading),
                Material { error: Some("It is locked.".into()), ..material(MaterialState::Failed) },
                Some("The heart could not be read. It is locked."),
            ),
        ];
        for (before, after, wanted) in cases {
            assert_eq!(announcement(&shelf(before), &shelf(after)).as_deref(), wanted);
        }
        assert_eq!(announcement(&Materials::default(), &shelf(material(MaterialState::Ready))), None);
    }

    #[test]
    fn pictures_follow_the_title() {
        let titled = |title: &str| Material { title: title.into(), ..material(MaterialState::Ready) };
        for (title, wanted) in
            [("The Heart", "heart"), ("Renal seminar, week 6", "kidney"), ("Joints", "bone"), ("Law", "book")]
        {
            assert_eq!(picture(&titled(title)), wanted, "{title}");
        }
        let locked = Material { error: Some("Locked with a password".into()), ..titled("The heart") };
        assert_eq!(picture(&locked), "lock");
    }
}
