//! What a key asks for while a question is open.

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// This option.
    Choose(usize),
    /// Rule out the chosen one, or bring it back.
    RuleOut,
    /// One step less sure.
    LessSure,
    /// One step more sure.
    MoreSure,
    /// Check the answer, or go on.
    Go,
    /// Show or hide the keys.
    Help,
}

/// The command behind a key, for a question with so many options.
pub fn command(key: &str, options: usize) -> Option<Command> {
    let mut letters = key.chars();
    let (Some(letter), None) = (letters.next(), letters.next()) else {
        return (key == "Enter").then_some(Command::Go);
    };
    let option = match letter.to_ascii_lowercase() {
        c @ '1'..='9' => c as usize - '1' as usize,
        c @ 'a'..='e' => c as usize - 'a' as usize,
        'x' => return Some(Command::RuleOut),
        '-' | '−' | '–' => return Some(Command::LessSure),
        '+' | '=' => return Some(Command::MoreSure),
        '?' => return Some(Command::Help),
        _ => return None,
    };
    (option < options).then_some(Command::Choose(option))
}

#[cfg(test)]
mod tests {
    use super::{Command::*, command};

    #[test]
    fn keys_mean() {
        for (key, options, meaning) in [
            ("1", 4, Some(Choose(0))),
            ("4", 4, Some(Choose(3))),
            ("5", 4, None),
            ("0", 4, None),
            ("E", 5, Some(Choose(4))),
            ("e", 4, None),
            ("b", 3, Some(Choose(1))),
            ("X", 3, Some(RuleOut)),
            ("-", 3, Some(LessSure)),
            ("−", 3, Some(LessSure)),
            ("=", 3, Some(MoreSure)),
            ("Enter", 3, Some(Go)),
            ("?", 3, Some(Help)),
            ("Escape", 3, None),
            ("F1", 3, None),
            ("é", 3, None),
        ] {
            assert_eq!(command(key, options), meaning, "{key}");
        }
    }
}
