//! Pages set by hand: what a typesetter would do, and what must come out.

use super::*;
use crate::document::Style;
use proptest::prelude::*;

/// Half a size for every character, so that widths are easy to count.
fn put(sheet: &mut Sheet, x: f32, y: f32, size: f32, text: &str) {
    set(sheet, x, y, size, text, false);
}

fn set(sheet: &mut Sheet, x: f32, y: f32, size: f32, text: &str, bold: bool) {
    for (at, c) in text.chars().enumerate() {
        let x0 = x + at as f32 * size / 2.0;
        sheet.glyphs.push(Glyph { c, x0, x1: x0 + size / 2.0, y, size, bold, italic: false });
    }
}

fn sheet(number: u32) -> Sheet {
    Sheet { number, width: 600.0, height: 800.0, ..Sheet::default() }
}

fn blocks(document: &Document) -> Vec<(BlockKind, &str)> {
    document.check().unwrap();
    document.blocks.iter().map(|block| (block.kind.clone(), document.slice(block.span))).collect()
}

/// 24 words of six letters in lines of four, none of them a word's part.
fn prose(sheet: &mut Sheet, x: f32, y: f32, lines: usize, word: &str) {
    for line in 0..lines {
        put(sheet, x, y + 12.0 * line as f32, 10.0, &[word; 7].join(" "));
    }
}

#[test]
fn columns_are_read_one_after_the_other_and_a_wide_line_parts_them() {
    let mut page = sheet(1);
    set(&mut page, 50.0, 60.0, 20.0, "A heading over both columns", true);
    prose(&mut page, 50.0, 100.0, 8, "left");
    prose(&mut page, 320.0, 100.0, 8, "right");
    set(&mut page, 50.0, 300.0, 20.0, "Another one over both of them", true);
    prose(&mut page, 50.0, 340.0, 8, "third");
    prose(&mut page, 320.0, 340.0, 8, "fourth");
    // drawn right column first: the order of drawing must not matter
    page.glyphs.reverse();
    page.glyphs.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x0.total_cmp(&b.x0)));
    let document = document(&[page], None);
    let words: Vec<&str> = document.text.split_whitespace().collect();
    let order: Vec<&str> =
        words.iter().copied().filter(|w| ["left", "right", "third", "fourth"].contains(w)).collect();
    let mut once = order.clone();
    once.dedup();
    assert_eq!(once, ["left", "right", "third", "fourth"]);
    assert_eq!(order.len(), 4 * 8 * 7);
    assert_eq!(blocks(&document)[0], (BlockKind::Heading(1), "A heading over both columns"));
}

#[test]
fn words_cut_at_line_ends_are_mended_and_compounds_kept() {
    let mut page = sheet(1);
    let lines = [
        "the ventricle contracts and the atri-",
        "oventricular valve closes; the ven-",
        "tricle is then full to its end-",
        "diastolic volume. The end-diastolic",
        "volume is a well-",
        "known figure in cardiology, and some",
    ];
    for (at, line) in lines.iter().enumerate() {
        put(&mut page, 50.0, 100.0 + 12.0 * at as f32, 10.0, line);
    }
    let document = document(&[page], None);
    assert_eq!(
        document.text,
        "the ventricle contracts and the atrioventricular valve closes; the ventricle is then full to its \
         end-diastolic volume. The end-diastolic volume is a well-known figure in cardiology, and some"
    );
}

#[test]
fn running_heads_and_page_numbers_go_and_paragraphs_cross_pages() {
    let pages: Vec<Sheet> = (1..=4)
        .map(|number| {
            let mut page = sheet(number);
            put(&mut page, 50.0, 40.0, 9.0, &format!("Chapter 19: The Heart   {}", 700 + number));
            prose(&mut page, 50.0, 100.0, 5, "blood");
            put(&mut page, 300.0, 700.0, 10.0, &(number + 20).to_string());
            page
        })
        .collect();
    let document = document(&pages, None);
    assert_eq!(blocks(&document).len(), 1, "{:?}", blocks(&document));
    assert!(!document.text.contains("Chapter") && !document.text.contains("21"));
    assert_eq!(document.pages.len(), 4);
    assert_eq!(document.pages_of(document.blocks[0].span), (1, 4));
}

#[test]
fn bold_terms_and_shifted_signs_are_marked() {
    let mut page = sheet(1);
    put(&mut page, 50.0, 100.0, 10.0, "The ");
    set(&mut page, 70.0, 100.0, 10.0, "cardiac", true);
    set(&mut page, 110.0, 100.0, 10.0, "notch", true);
    put(&mut page, 135.0, 100.0, 10.0, ", Ca");
    put(&mut page, 155.0, 96.0, 6.0, "2+");
    put(&mut page, 161.0, 100.0, 10.0, " and H");
    put(&mut page, 191.0, 102.5, 6.0, "2");
    put(&mut page, 194.5, 100.0, 10.0, "O are ﬁne.");
    let document = document(&[page], None);
    assert_eq!(document.text, "The cardiac notch, Ca2+ and H2O are fine.");
    let marks: Vec<(Style, &str)> =
        document.marks.iter().map(|mark| (mark.style, document.slice(mark.span))).collect();
    assert_eq!(marks, [(Style::Bold, "cardiac notch"), (Style::Superscript, "2+"), (Style::Subscript, "2")]);
}

#[test]
fn lists_keep_items_and_depth_and_lose_their_signs() {
    let mut page = sheet(1);
    put(&mut page, 50.0, 88.0, 10.0, "You will be able to describe the heart as it is and as it works:");
    put(&mut page, 60.0, 100.0, 10.0, "• Name the parts of the heart and");
    put(&mut page, 70.0, 112.0, 10.0, "its vessels");
    put(&mut page, 80.0, 124.0, 10.0, "– arteries");
    put(&mut page, 60.0, 136.0, 10.0, "• Explain the cycle");
    page.dots.push(Rule { x0: 60.0, y0: 142.0, x1: 63.0, y1: 145.0 });
    put(&mut page, 70.0, 148.0, 10.0, "Calculate the output");
    let item = |depth| BlockKind::ListItem { depth, ordered: false };
    assert_eq!(
        blocks(&document(&[page], None))[1..],
        [
            (item(0), "Name the parts of the heart and its vessels"),
            (item(1), "arteries"),
            (item(0), "Explain the cycle"),
            (item(0), "Calculate the output"),
        ]
    );
}

#[test]
fn tables_are_told_with_and_without_rules() {
    let rows = [
        ("Hormone", "Source"),
        ("ADH", "posterior pituitary"),
        ("Insulin", "pancreas"),
        ("PTH", "parathyroid"),
    ];
    let expected = "Hormone\tSource\nADH\tposterior pituitary\nInsulin\tpancreas\nPTH\tparathyroid";
    let mut bare = sheet(1);
    let mut ruled = sheet(1);
    for page in [&mut bare, &mut ruled] {
        prose(page, 50.0, 60.0, 8, "blood");
        for (at, (left, right)) in rows.iter().enumerate() {
            put(page, 50.0, 200.0 + 14.0 * at as f32, 10.0, left);
            put(page, 200.0, 200.0 + 14.0 * at as f32, 10.0, right);
        }
    }
    for at in 0..=4 {
        let y = 189.0 + 14.0 * at as f32;
        ruled.rules.push(Rule { x0: 45.0, y0: y, x1: 350.0, y1: y + 0.5 });
    }
    for x in [45.0, 195.0, 350.0] {
        ruled.rules.push(Rule { x0: x, y0: 189.0, x1: x + 0.5, y1: 245.5 });
    }
    for page in [bare, ruled] {
        assert_eq!(blocks(&document(&[page], None))[1], (BlockKind::Table { header: 0 }, expected));
    }
}

#[test]
fn captions_are_no_prose_and_do_not_cut_a_paragraph() {
    let mut page = sheet(1);
    prose(&mut page, 50.0, 100.0, 4, "blood");
    put(&mut page, 50.0, 180.0, 10.0, "Figure 3. The heart in its place.");
    put(&mut page, 50.0, 216.0, 10.0, "goes on below the figure and ends here.");
    let document = document(&[page], None);
    let blocks = blocks(&document);
    assert_eq!(blocks.len(), 2);
    assert!(blocks[0].1.ends_with("blood goes on below the figure and ends here."));
    assert_eq!(blocks[1], (BlockKind::Caption, "Figure 3. The heart in its place."));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_page_gives_a_valid_document_with_all_its_letters(
        words in prop::collection::vec((0u32..560, 100u32..700, 6u32..20, "[a-zéα]{1,9}[.-]?", any::<bool>()), 0..60),
        rules in prop::collection::vec((0f32..600.0, 0f32..800.0, 0f32..300.0, any::<bool>()), 0..12),
    ) {
        let mut page = sheet(1);
        for (x, y, size, word, bold) in &words {
            set(&mut page, *x as f32, *y as f32, *size as f32, word, *bold);
        }
        for (x, y, length, level) in rules {
            let (x1, y1) = if level { (x + length, y + 0.5) } else { (x + 0.5, y + length) };
            page.rules.push(Rule { x0: x, y0: y, x1, y1 });
        }
        let mut letters: Vec<char> = words.iter().flat_map(|word| word.3.chars()).filter(|c| c.is_alphabetic()).collect();
        let document = document(&[page], None);
        prop_assert_eq!(document.check(), Ok(()));
        let mut found: Vec<char> = document.text.chars().filter(|c| c.is_alphabetic()).collect();
        letters.sort_unstable();
        found.sort_unstable();
        // what is drawn twice in one place is one letter; a sign of a list is none
        prop_assert!(found.len() + 12 >= letters.len() * 9 / 10, "{} of {}", found.len(), letters.len());
    }
}
