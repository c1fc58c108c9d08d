//! What is usual in a document: measured first, so that everything unusual can be told.

use super::Sheet;
use super::columns::{self, Column, Entry};
use super::lines::Line;
use std::collections::HashSet;

/// Hyphen, typographic hyphen, soft hyphen.
pub(super) const HYPHENS: [char; 3] = ['-', '\u{2010}', '\u{ad}'];

/// The document's own measures.
#[derive(Debug, Default)]
pub(super) struct Habits {
    /// Size of the running text.
    pub(super) body: f32,
    /// Where gutters usually run, in points from the left.
    pub(super) gutters: Vec<f32>,
    /// Distance of baselines in a paragraph, in sizes of type.
    pub(super) leading: f32,
    /// Distance from which on a new paragraph begins, in sizes of type.
    pub(super) parting: f32,
    /// Words that occur inside lines, in lower case: what a word cut by a line end may be.
    pub(super) words: HashSet<String>,
    /// Words with a hyphen that occur inside lines.
    pub(super) hyphened: HashSet<String>,
    /// Words are cut at line ends.
    pub(super) hyphenates: bool,
}

impl Habits {
    pub(super) fn of(pages: &[Vec<Line>]) -> Self {
        let mut sizes: Vec<(i32, usize)> = vec![];
        let mut habits = Habits { leading: 1.2, parting: 1.6, ..Habits::default() };
        for line in pages.iter().flatten() {
            let key = (line.size * 4.0).round() as i32;
            let weight = line.chars.len();
            match sizes.iter_mut().find(|(size, _)| *size == key) {
                Some((_, sum)) => *sum += weight,
                None => sizes.push((key, weight)),
            }
        }
        for lines in pages {
            habits.learn_words(lines);
        }
        habits.hyphenates = habits.cuts_words(pages);
        let most = sizes.into_iter().max_by_key(|(size, sum)| (*sum, *size));
        habits.body = most.map_or(10.0, |(size, _)| size as f32 / 4.0);
        habits
    }

    /// Whether hyphens at line ends often follow what is no word by itself.
    fn cuts_words(&self, pages: &[Vec<Line>]) -> bool {
        let (mut fragments, mut all, mut lines) = (0, 0, 0);
        for line in pages.iter().flatten() {
            lines += 1;
            let text = line.text();
            let Some(word) = text.strip_suffix(HYPHENS) else { continue };
            let word = word.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
            if word.chars().count() >= 2 {
                all += 1;
                fragments += usize::from(!self.words.contains(&word));
            }
        }
        // and often enough: without it only compounds end lines with a hyphen, one line in a hundred
        fragments * 5 > all * 2 && all * 50 > lines
    }

    fn learn_words(&mut self, lines: &[Line]) {
        let mut cut_lately = 0; // a line's first word may be the rest of one cut nearby
        for line in lines {
            let text = line.text();
            let mut words: Vec<&str> = text.split_whitespace().collect();
            if cut_lately > 0 && !words.is_empty() {
                words.remove(0);
            }
            cut_lately -= i32::from(cut_lately > 0);
            if text.ends_with(HYPHENS) {
                words.pop();
                cut_lately = 4;
            }
            self.learn(&words);
        }
    }

    fn learn(&mut self, words: &[&str]) {
        for word in words {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            if word.contains(&HYPHENS[..2]) {
                for part in word.split(&HYPHENS[..2]) {
                    self.words.insert(part.to_string());
                }
                self.hyphened.insert(word.replace('\u{2010}', "-"));
            } else if word.chars().count() > 1 {
                self.words.insert(word);
            }
        }
    }

    /// Gutters that several pages have in the same place.
    pub(super) fn find_gutters(&mut self, pages: &[Vec<Line>], sheets: &[Sheet]) {
        let mut found: Vec<(f32, usize)> = vec![];
        for (lines, sheet) in pages.iter().zip(sheets) {
            let boxes: Vec<columns::Area> = lines.iter().map(columns::Area::of).collect();
            if let Some(gutter) = columns::gutter(&boxes, sheet.width, &[]) {
                match found.iter_mut().find(|(at, _)| (*at - gutter).abs() < 0.03 * sheet.width) {
                    Some((_, count)) => *count += 1,
                    None => found.push((gutter, 1)),
                }
            }
        }
        let full = pages.iter().filter(|lines| lines.len() > 10).count();
        found.retain(|(_, count)| *count * 4 >= full && *count >= 1);
        self.gutters = found.into_iter().map(|(gutter, _)| gutter).collect();
    }

    /// The usual distances of lines and of paragraphs.
    pub(super) fn find_leading(&mut self, columns: &[(u32, Column)]) {
        let steps: Vec<Step> = columns.iter().flat_map(|(_, column)| steps(column, self.body)).collect();
        if let Some((leading, parting)) = spacing(&steps, 1) {
            (self.leading, self.parting) = (leading, parting);
        }
    }

    /// The distance from which on a new paragraph begins in this column: its own, where it is set more widely than
    /// the document usually is.
    pub(super) fn parting_in(&self, column: &Column) -> f32 {
        match spacing(&steps(column, self.body), 5) {
            Some((leading, parting)) if leading > 1.12 * self.leading => parting.max(self.parting),
            _ => self.parting,
        }
    }
}

/// From one line of running text to the next.
struct Step {
    /// In sizes of type.
    height: f32,
    /// The next line's first word had no room: the lines are one paragraph.
    flows: bool,
}

fn steps(column: &Column, body: f32) -> Vec<Step> {
    let step = |pair: &[Entry]| {
        let [Entry::Line(a), Entry::Line(b)] = pair else { return None };
        let usual = |line: &Line| (line.size - body).abs() < 0.3 && !line.has_shift();
        let height = (b.y - a.y) / body;
        let flows = column.right - a.x1 <= b.first_word() + 0.9 * a.size;
        (usual(a) && usual(b) && (0.8..3.2).contains(&height)).then_some(Step { height, flows })
    };
    column.entries.windows(2).filter_map(step).collect()
}

/// The most frequent distance inside paragraphs, and one between it and that of paragraphs.
fn spacing(steps: &[Step], least: usize) -> Option<(f32, f32)> {
    const BINS: usize = 64; // of 0.05 sizes each
    let bins = |flows: bool| {
        let mut bins = [0usize; BINS];
        for step in steps.iter().filter(|step| step.flows == flows) {
            bins[((step.height * 20.0) as usize).min(BINS - 1)] += 1;
        }
        bins
    };
    let (inside, after) = (bins(true), bins(false));
    let peak = |bins: &[usize; BINS], from: usize| {
        let smooth = |at: usize| bins[at.saturating_sub(1)..(at + 2).min(BINS)].iter().sum::<usize>();
        let best = (from..BINS).filter(|at| bins[*at] > 0).max_by_key(|at| (smooth(*at), BINS - at))?;
        Some((best, smooth(best)))
    };
    let centre = |at: usize| (at as f32 + 0.5) / 20.0;
    // where no line is full (verse, slides), every step counts
    let (leading, count) = peak(&inside, 0).or_else(|| peak(&after, 0))?;
    if count < least {
        return None;
    }
    let parting = match peak(&after, leading + 3) {
        Some((next, count)) if count * 40 > steps.len() => (centre(leading) + centre(next)) / 2.0,
        _ => centre(leading) * 1.3,
    };
    Some((centre(leading), parting))
}
