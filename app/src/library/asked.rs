//! The search's address: what is looked for, where, and whether the stages are shown. A link, a form and a press lead to
//! the same address, so that everything works without scripts and can be shared.

use super::api::Search;
use domain::{id::MaterialId, query};
use leptos_router::{location::Url, params::ParamsMap};

/// What is asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    /// What is looked for, cleaned.
    pub query: String,
    /// In this material alone.
    pub material: Option<MaterialId>,
    /// In its chapter that begins at this byte alone; never without a material.
    pub chapter: Option<u32>,
    /// Every hit shows how each stage placed it.
    pub why: bool,
}

impl Asked {
    /// From the query of the page's address. What cannot be read is left out.
    pub fn read(address: &ParamsMap) -> Self {
        let material = address.get("material").and_then(|id| id.parse().ok());
        Self {
            query: query::clean(&address.get("q").unwrap_or_default()),
            material,
            chapter: material.and(address.get("chapter")).and_then(|start| start.parse().ok()),
            why: address.get("why").is_some_and(|why| why == "1"),
        }
    }

    /// The search that was sent or kept.
    pub fn of(search: Search) -> Self {
        let Search { query, material, chapter } = search;
        Self { query: query::clean(&query), material, chapter: material.and(chapter), why: false }
    }

    /// What to ask the server for.
    pub fn search(&self) -> Search {
        Search { query: self.query.clone(), material: self.material, chapter: self.chapter }
    }

    /// The same search, whichever way it is shown.
    pub fn plain(&self) -> Self {
        Self { why: false, ..self.clone() }
    }

    /// Whether a search that is kept is this one. Capitals make no difference.
    pub fn is(&self, kept: &Search) -> bool {
        (self.material, self.chapter) == (kept.material, kept.chapter)
            && self.query.to_lowercase() == kept.query.to_lowercase()
    }

    /// In all files.
    pub fn everywhere(&self) -> Self {
        Self { material: None, chapter: None, ..self.clone() }
    }

    /// As a link.
    pub fn href(&self) -> String {
        let query = (!self.query.is_empty()).then(|| format!("q={}", Url::escape(&self.query)));
        let material = self.material.map(|material| format!("material={material}"));
        let chapter = self.material.and(self.chapter).map(|start| format!("chapter={start}"));
        let why = self.why.then(|| "why=1".to_string());
        let parts: Vec<_> = [query, material, chapter, why].into_iter().flatten().collect();
        if parts.is_empty() { "/search".into() } else { format!("/search?{}", parts.join("&")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "018f0000-0000-7000-8000-000000000001";

    fn read(pairs: &[(&str, &str)]) -> Asked {
        let mut address = ParamsMap::new();
        for (name, value) in pairs {
            address.insert(name.to_string(), value.to_string());
        }
        Asked::read(&address)
    }

    #[test]
    fn an_address_says_what_is_asked() {
        let cases: [(&[(&str, &str)], String); 7] = [
            (&[], "/search".into()),
            (&[("q", " AV \0 node? ")], "/search?q=AV%20node%3F".into()),
            (&[("q", "node"), ("material", ID)], format!("/search?q=node&material={ID}")),
            (
                &[("q", "node"), ("material", ID), ("chapter", "812"), ("why", "1")],
                format!("/search?q=node&material={ID}&chapter=812&why=1"),
            ),
            (&[("q", "node"), ("chapter", "812")], "/search?q=node".into()),
            (&[("q", "node"), ("material", "heart"), ("chapter", "812")], "/search?q=node".into()),
            (&[("material", ID), ("chapter", "-1"), ("why", "yes")], format!("/search?material={ID}")),
        ];
        for (pairs, wanted) in cases {
            assert_eq!(read(pairs).href(), wanted, "{pairs:?}");
        }
    }

    #[test]
    fn a_kept_search_is_known_again() {
        let here = read(&[("q", "AV Node"), ("material", ID), ("chapter", "812"), ("why", "1")]);
        let kept = Search { query: "av node".into(), ..here.search() };
        assert!(here.is(&kept) && here.plain().is(&kept));
        assert!(!here.everywhere().is(&kept));
        assert!(!here.is(&Search { chapter: None, ..kept.clone() }));
        assert_eq!(Asked::of(kept).href(), format!("/search?q=av%20node&material={ID}&chapter=812"));
    }
}
