//! What a judged set cites. Owns: finding it by file, page, first and last words in material that is not ours to keep here. Refuses:
//! reading files (`reading`).

use crate::reading;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What stands between the first and the last words.
const LEFT_OUT: &str = " … ";
/// Longest text that is cited, in bytes without white space.
const LONGEST: usize = 4_000;

/// The texts of the files that were asked for, by page or passage.
pub(super) struct Places {
    folder: PathBuf,
    files: HashMap<String, HashMap<String, String>>,
}

#[derive(Deserialize)]
struct Passage {
    #[serde(rename = "_id")]
    id: String,
    text: String,
}

impl Places {
    pub(super) fn new(shared: &Path) -> Self {
        Self { folder: shared.join("data"), files: HashMap::new() }
    }

    /// The text that stands on a page and begins and ends with these words; white space does not matter.
    pub(super) fn find(&mut self, file: &str, page: &str, short: &str) -> Option<String> {
        let folder = &self.folder;
        let pages = self.files.entry(file.to_string()).or_insert_with(|| pages(&folder.join(file)));
        let text = pages.get(page)?;
        if short.is_empty() {
            return Some(text.clone());
        }
        let (first, last) = short.split_once(LEFT_OUT).unwrap_or((short, short));
        between(text, first, last)
    }
}

/// The pages of a file, or the passages of a corpus; none where it cannot be read.
fn pages(path: &Path) -> HashMap<String, String> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Ok(bytes) = std::fs::read(path) else { return HashMap::new() };
    if name.ends_with(".jsonl") {
        let text = String::from_utf8_lossy(&bytes);
        let passages = text.lines().filter_map(|line| serde_json::from_str::<Passage>(line).ok());
        return passages.map(|passage| (passage.id, passage.text)).collect();
    }
    let Ok(document) = reading::read(bytes, &name, &mut |_| {}) else { return HashMap::new() };
    let numbered = document.pages.iter().enumerate();
    numbered.map(|(at, page)| (page.number.to_string(), document.page_text(at).to_string())).collect()
}

fn between(text: &str, first: &str, last: &str) -> Option<String> {
    let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let (first, last) = (squeezed(first), squeezed(last));
    // where each byte that is left stands in the text
    let mut places: Vec<usize> = vec![];
    let mut bare = String::new();
    for (at, c) in text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
        places.extend((0..c.len_utf8()).map(|byte| at + byte));
        bare.push(c);
    }
    bare.match_indices(&first).find_map(|(start, _)| {
        let end = bare[start..].find(&last).filter(|end| *end <= LONGEST)? + start + last.len();
        let found = text.get(places[start]..=places[end - 1])?;
        Some(found.split_whitespace().collect::<Vec<_>>().join(" "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_by_its_first_and_last_words() {
        let page = "One. The left\n ventricle pumps blood into the aorta. The left atrium fills.";
        let found = |first, last| between(page, first, last);
        assert_eq!(
            found("The left ventricle", "the aorta."),
            Some("The left ventricle pumps blood into the aorta.".into())
        );
        assert_eq!(found("The left", "atrium fills."), Some(page[5..].replace("\n ", " ")));
        assert_eq!((found("The right", "aorta."), found("The left", "spleen.")), (None, None));
    }
}
