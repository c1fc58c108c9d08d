//! How what could be taught next is named, and where a talk was opened from. Owns: which names say too little alone. Refuses:
//! choosing what is suggested.

use super::{capital, store};
use crate::{db::Tx, error::Result};
use app::tutor::api::{Beginning, Suggestion, Why};
use domain::{document::Document, id::MaterialId, tutor::matter};

/// Words that name a hundred things: a concept of one of them alone tells nobody what would be taught.
const PLAIN: &str = "absorption area arch artery base blood body bone border branch canal capsule cartilage cavity cell center \
    centre change chamber condition connection contraction control cord cortex cycle defect development disease disorder duct \
    effect end enzyme factor fiber fibre filtration floor flow fluid force function ganglion gene gland growth head hormone \
    inflammation injury joint layer level ligament limb line lining lobe lumen mass matrix membrane mechanism medulla molecule \
    movement muscle neck nerve node nucleus opening organ origin output part pathway phase plate pole position pressure process \
    protein range rate reaction reflex region regulation release response ring role root sac secretion segment septum sheath side \
    signal site skin space state structure substance supply surface syndrome system tendon tissue tract transport tube type unit \
    valve vein vessel volume wall wave zone";

/// Whether a concept's name alone says too little.
pub(super) fn is_plain(concept: &str) -> bool {
    let name = concept.trim().to_lowercase();
    let one = name.strip_suffix('s').unwrap_or(&name);
    PLAIN.split_whitespace().any(|word| word == name || word == one)
}

/// A suggestion, with the heading above it where its name is one word.
pub(super) async fn of(
    tx: &mut Tx,
    (material, title, concept): (MaterialId, String, String),
    why: &str,
) -> Result<Suggestion> {
    let one_word = !concept.trim().contains(char::is_whitespace);
    let item = if one_word { store::item_on(tx, material, &concept).await? } else { None };
    let under = item.and_then(|item| {
        let key = matter::key(&concept);
        item.headings.into_iter().rev().find(|heading| matter::key(heading) != key)
    });
    Ok(Suggestion { material, title, concept: capital(&concept), under, why: why.into() })
}

/// Where a talk is opened from, as it is kept.
pub(super) fn origin(request: &Beginning, document: &Document) -> Result<String> {
    let page = request.start.filter(|_| request.question.is_none()).map(|start| document.page_at(start));
    let why = request.why.or(page.map(Why::Page));
    let kept = why.map(|why| serde_json::to_string(&why)).transpose().map_err(anyhow::Error::new)?;
    Ok(kept.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_say_too_little() {
        for (concept, plain) in [
            ("Wall", true),
            ("walls", true),
            ("Cell", true),
            ("Preload", false),
            ("Heart wall", false),
            ("Stenosis", false),
            ("", false),
        ] {
            assert_eq!(is_plain(concept), plain, "{concept}");
        }
    }
}
