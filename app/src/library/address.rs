//! The reader's address: which material, where in it, what is lit or looked for, and the way back. A link, a form
//! and a press lead to the same address, so that everything works without scripts and can be shared.

use super::api::Opening;
use domain::{document::Span, id::MaterialId};
use leptos_router::{location::Url, params::ParamsMap};
use serde::{Deserialize, Serialize};

/// Where the reader stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Address {
    /// Which material.
    pub material: MaterialId,
    /// The page to open; the first, or where one was last, if `None`.
    pub page: Option<u32>,
    /// A cited stretch to light.
    pub lit: Option<Span>,
    /// Words to find.
    pub query: Option<String>,
    /// First byte of the found stretch that is current.
    pub at: Option<u32>,
    /// The page of this site that the reader was opened from.
    pub back: Option<String>,
}

impl Address {
    /// The start of a material.
    pub fn of(material: MaterialId) -> Self {
        Self { material, page: None, lit: None, query: None, at: None, back: None }
    }

    /// From the path and the query of a page; `None` where the id is none.
    pub fn read(id: &str, query: &ParamsMap) -> Option<Self> {
        let number = |name: &str| query.get(name).and_then(|text| text.parse().ok());
        let lit = match (number("from"), number("to")) {
            (Some(start), Some(end)) if start < end => Some(Span { start, end }),
            _ => None,
        };
        Some(Self {
            material: id.parse().ok()?,
            page: number("page"),
            lit,
            query: query.get("q").map(|words| words.trim().to_string()).filter(|words| !words.is_empty()),
            at: number("at"),
            back: query.get("back").filter(|path| is_way_back(path)),
        })
    }

    /// What to ask the server for. Which hit is current makes no difference to it.
    pub fn opening(&self) -> Opening {
        Opening { material: self.material, page: self.page, lit: self.lit, query: self.query.clone() }
    }

    /// The address of a page, with the words still looked for and the way back kept.
    pub fn page(&self, page: u32) -> Self {
        Self { page: Some(page), lit: None, at: None, ..self.clone() }
    }

    /// As a link. What is lit or current is also its anchor, so that a browser without scripts goes there.
    pub fn href(&self) -> String {
        let anchor = match (self.at, self.lit, self.page) {
            (Some(_), ..) => "#hit".into(),
            (_, Some(_), _) => "#lit".into(),
            (.., Some(page)) => format!("#p{page}"),
            _ => String::new(),
        };
        format!("{}{anchor}", self.without_anchor())
    }

    /// As a link to a block, `b` + its first byte.
    pub fn href_to(&self, start: u32) -> String {
        format!("{}#b{start}", self.without_anchor())
    }

    fn without_anchor(&self) -> String {
        let number = |name: &str, number: Option<u32>| number.map(|number| format!("{name}={number}"));
        let text = |name: &str, text: &Option<String>| {
            text.as_ref().map(|text| format!("{name}={}", Url::escape(text)))
        };
        let parts: Vec<_> = [
            number("page", self.page),
            number("from", self.lit.map(|lit| lit.start)),
            number("to", self.lit.map(|lit| lit.end)),
            text("q", &self.query),
            number("at", self.at),
            text("back", &self.back),
        ]
        .into_iter()
        .flatten()
        .collect();
        let mark = if parts.is_empty() { "" } else { "?" };
        format!("/library/{}{mark}{}", self.material, parts.join("&"))
    }

    /// Where the arrow in the corner leads, and its words.
    pub fn way_back(&self) -> (String, &'static str) {
        match &self.back {
            Some(path) if path.ends_with("/results") => (path.clone(), "Back to the results"),
            Some(path) if path.starts_with("/quiz") => (path.clone(), "Back to the question"),
            Some(path) if path.starts_with("/review") => (path.clone(), "Back to the review"),
            Some(path) if path.starts_with("/tutor") => (path.clone(), "Back to the talk"),
            Some(path) if path.starts_with("/search") => (path.clone(), "Back to the search"),
            _ => ("/library".into(), "Back to the library"),
        }
    }
}

/// Whether a path may be led back to: only pages that cite, never another site.
fn is_way_back(path: &str) -> bool {
    let fits = |page: &str| {
        path == page || path.starts_with(&format!("{page}?")) || path.starts_with(&format!("{page}/"))
    };
    ["/quiz", "/review", "/search", "/tutor"].into_iter().any(fits) && !path.contains(['\\', '\n', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "018f0000-0000-7000-8000-000000000001";

    fn query(pairs: &[(&str, &str)]) -> ParamsMap {
        let mut query = ParamsMap::new();
        for (name, value) in pairs {
            query.insert(name.to_string(), value.to_string());
        }
        query
    }

    #[test]
    fn an_address_is_read_as_it_was_written() {
        let full = Address {
            material: ID.parse().unwrap(),
            page: Some(24),
            lit: Some(Span { start: 10, end: 20 }),
            query: Some("preload".into()),
            at: None,
            back: Some("/quiz/7".into()),
        };
        assert_eq!(
            full.href(),
            format!("/library/{ID}?page=24&from=10&to=20&q=preload&back=%2Fquiz%2F7#lit")
        );
        let pairs = [("page", "24"), ("from", "10"), ("to", "20"), ("q", " preload "), ("back", "/quiz/7")];
        assert_eq!(Address::read(ID, &query(&pairs)), Some(full.clone()));
        assert_eq!(full.page(25).href(), format!("/library/{ID}?page=25&q=preload&back=%2Fquiz%2F7#p25"));
        assert_eq!(Address::of(full.material).href_to(812), format!("/library/{ID}#b812"));
        assert_eq!(
            Address { at: Some(4), ..Address::of(full.material) }.href(),
            format!("/library/{ID}?at=4#hit")
        );
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        assert_eq!(Address::read("heart", &query(&[])), None);
        let bare = Address::of(ID.parse().unwrap());
        let cases: [&[(&str, &str)]; 5] = [
            &[("from", "20"), ("to", "10")],
            &[("from", "20")],
            &[("page", "two")],
            &[("q", "  ")],
            &[("back", "//evil.example/quiz")],
        ];
        for pairs in cases {
            assert_eq!(Address::read(ID, &query(pairs)), Some(bare.clone()), "{pairs:?}");
        }
    }

    #[test]
    fn the_way_back_stays_on_this_site() {
        let cases = [
            ("/quiz/7?shown=2", "Back to the question"),
            ("/quiz/7/results", "Back to the results"),
            ("/review", "Back to the review"),
            ("/search?q=node", "Back to the search"),
            ("/tutor/7", "Back to the talk"),
            ("https://evil.example/quiz", "Back to the library"),
            ("/quizzes", "Back to the library"),
            ("javascript:alert(1)", "Back to the library"),
        ];
        for (path, words) in cases {
            let address = Address::read(ID, &query(&[("back", path)])).unwrap();
            assert_eq!(address.way_back().1, words, "{path}");
        }
    }
}
