//! Phrases with open places. Owns: the small language in which `care` is written, and finding one in a message. Refuses: what a
//! phrase means.
//!
//! A pattern is words in a row. `a|b` is one of both, `pill*` any word that begins so, `..` up to [`GAP`] words of any kind, and a
//! word that begins with `~` may be left out.

/// Words that `..` stands for, at most.
const GAP: usize = 4;

/// The words of a message: small letters, apostrophes left out.
pub(super) fn spoken(message: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in message.chars() {
        let last = words.last_mut().expect("never empty");
        match c {
            '\'' | '’' | '\u{200b}'..='\u{200f}' | '\u{ad}' => {}
            c if c.is_alphanumeric() => last.extend(c.to_lowercase()),
            _ if !last.is_empty() => words.push(String::new()),
            _ => {}
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether one of the patterns stands anywhere.
pub(super) fn says(words: &[String], patterns: &[&str]) -> bool {
    patterns.iter().any(|pattern| {
        let slots: Vec<&str> = pattern.split(' ').collect();
        (0..words.len()).any(|at| begins(&words[at..], &slots))
    })
}

/// Whether the words begin with what the slots want.
fn begins(words: &[String], slots: &[&str]) -> bool {
    let Some((slot, rest)) = slots.split_first() else { return true };
    if *slot == ".." {
        return (0..=GAP.min(words.len())).any(|skipped| begins(&words[skipped..], rest));
    }
    let (wanted, may_lack) = slot.strip_prefix('~').map_or((*slot, false), |wanted| (wanted, true));
    let taken = words
        .split_first()
        .is_some_and(|(word, after)| wanted.split('|').any(|one| is(word, one)) && begins(after, rest));
    taken || may_lack && begins(words, rest)
}

fn is(word: &str, wanted: &str) -> bool {
    wanted.strip_suffix('*').map_or(word == wanted, |beginning| word.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_by_example() {
        for (message, pattern, found) in [
            ("I don’t want it", "i dont want", true),
            ("so I want to", "i ~really want", true),
            ("I really want to", "i ~really want", true),
            ("I never want to", "i ~really want", false),
            ("save my last pills", "save .. pill*|tablet*", true),
            ("save one two three four five pills", "save .. pill*", false),
            ("the tablet", "pill*|tablet*", true),
            ("", "a", false),
        ] {
            assert_eq!(says(&spoken(message), &[pattern]), found, "{message} | {pattern}");
        }
    }
}
