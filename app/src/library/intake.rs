//! What may be uploaded, told before a byte is sent. The server checks again and looks inside; here only name and
//! size are known.

use super::api::{ACCEPT, FILE_MAX_BYTES, FILES_AT_ONCE};

/// Why a file is not sent; `None` if it is. `before` files of the same drop are sent already.
pub fn refusal(name: &str, bytes: u64, before: usize) -> Option<String> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    let known = ending.as_deref().is_some_and(|ending| ACCEPT.split(',').any(|known| known[1..] == *ending));
    if !known {
        let kind = ending.map_or("Files without an ending".into(), |ending| format!(".{ending} files"));
        return Some(format!("{kind} cannot be read. Bring PDF, PPTX, DOCX, HTML, Markdown or TXT."));
    }
    if bytes == 0 {
        return Some("This file is empty.".into());
    }
    if bytes > FILE_MAX_BYTES {
        return Some(format!(
            "A file may have {} at most, this one has {}.",
            size(FILE_MAX_BYTES),
            size(bytes)
        ));
    }
    (before >= FILES_AT_ONCE)
        .then(|| format!("{FILES_AT_ONCE} files go at once. Bring this one when the others are up."))
}

/// A size in the unit that keeps its figures short, as '640 KB' or '4.2 MB'.
pub fn size(bytes: u64) -> String {
    const KB: u64 = 1024;
    const MB: u64 = 1024 * KB;
    match bytes {
        0..KB => format!("{bytes} bytes"),
        KB..MB => format!("{} KB", bytes / KB),
        _ if bytes < 10 * MB && !bytes.is_multiple_of(MB) => format!("{:.1} MB", bytes as f64 / MB as f64),
        _ => format!("{} MB", bytes / MB),
    }
}

/// How much of a file has been sent, as '31 of 48 MB'.
pub fn sent_of(sent: u64, bytes: u64) -> String {
    let (part, whole) = (size(sent.min(bytes)), size(bytes));
    match (part.split_once(' '), whole.split_once(' ')) {
        (Some((number, unit)), Some((_, same))) if unit == same => format!("{number} of {whole}"),
        _ => format!("{part} of {whole}"),
    }
}

/// A share in per cent, rounded down so that 100 means all.
pub fn percent(part: u64, whole: u64) -> u64 {
    (part.min(whole) * 100).checked_div(whole).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_refused_by_ending_size_and_number() {
        const MB: u64 = 1024 * 1024;
        let cases = [
            ("heart.pdf", MB, 0, None),
            ("HEART.PDF", 50 * MB, 19, None),
            ("notes.tar.md", 1, 0, None),
            ("page.htm", 1, 0, None),
            ("song.mp3", MB, 0, Some(".mp3 files cannot be read")),
            ("README", MB, 0, Some("Files without an ending cannot")),
            (".pdf.", MB, 0, Some(". files cannot be read")),
            ("heart.pdf", 0, 0, Some("This file is empty")),
            ("heart.pdf", 50 * MB + 1, 0, Some("A file may have 50 MB at most")),
            ("heart.pdf", 61 * MB, 0, Some("A file may have 50 MB at most, this one has 61 MB")),
            ("heart.pdf", MB, 20, Some("20 files go at once")),
        ];
        for (name, bytes, before, wanted) in cases {
            let told = refusal(name, bytes, before);
            match wanted {
                None => assert_eq!(told, None, "{name} {bytes}"),
                Some(start) => {
                    assert!(told.as_deref().is_some_and(|told| told.starts_with(start)), "{name}: {told:?}")
                }
            }
        }
    }

    #[test]
    fn sizes_are_short() {
        let cases = [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1 KB"),
            (655_360, "640 KB"),
            (4_404_019, "4.2 MB"),
        ];
        for (bytes, wanted) in cases {
            assert_eq!(size(bytes), wanted);
        }
        assert_eq!(size(FILE_MAX_BYTES), "50 MB");
        assert_eq!(sent_of(31 << 20, 48 << 20), "31 of 48 MB");
        assert_eq!(sent_of(100 << 10, 48 << 20), "100 KB of 48 MB");
        assert_eq!(sent_of(60 << 20, 48 << 20), "48 of 48 MB");
    }

    #[test]
    fn all_is_said_only_when_it_is_all() {
        assert_eq!(
            [percent(0, 0), percent(1, 3), percent(999, 1000), percent(7, 7), percent(9, 7)],
            [0, 33, 99, 100, 100]
        );
    }
}
