//! Other words for a search, by a language model, and what they find. Owns: when a model is worth asking, and what becomes
//! of its answer. Refuses: being waited for: the search is answered before, and without a model nothing is missing.

use super::LibraryService;
use crate::{
    error::Result,
    llm::{
        Effort, Request, Task,
        form::{Filled, Form},
        prompt::{self, inputs::RewriteQuery},
    },
};
use app::{
    library::api::{Found, Hit, Reworded, Search, Words},
    session::Session,
};
use domain::{
    fusion::fuse,
    id::{MaterialId, PassageId},
    query,
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// Most tokens of an answer: three short searches.
const ANSWER_TOKENS: u32 = 200;
/// Most searches that are made in the place of one.
const MOST: usize = 3;
/// Longest of them, in characters; the prompt asks for eight words.
const LONGEST: usize = 100;
/// Hits of them that are shown.
const HITS: usize = 5;

#[derive(Debug, Deserialize, JsonSchema)]
struct Searches {
    queries: Vec<String>,
}

impl Form for Searches {
    const NAME: &'static str = "searches";
}

/// Whether other words may find more: where no passage has those of the query, and for a whole question, which is seldom
/// put in the words of the page that answers it.
pub(super) fn is_worth_it(query: &str, found: &Found) -> bool {
    let nothing = found.hits.is_empty() || found.near_only;
    found.words == Words::Searched && found.passages > 0 && (nothing || query::is_question(query))
}

impl LibraryService {
    /// Asks a model for other words for a search, and searches for those too, in the same places. Empty where none may be
    /// asked, or where the search needs none.
    ///
    /// # Errors
    /// As [`LibraryService::find`].
    pub async fn reworded(&self, session: Session, request: &Search) -> Result<Reworded> {
        let own = self.find(session, request).await?;
        if !own.reword {
            return Ok(Reworded::default());
        }
        let typed = query::clean(&request.query);
        let (prompt, messages) = prompt::fill(&RewriteQuery { query: &typed });
        let asked = Request {
            task: Task::Bulk,
            effort: Effort::Quick,
            learner: session.learner,
            // of the file's text nothing is sent; but who keeps a file here may well quote it
            sources: request.material.into_iter().collect::<Vec<MaterialId>>(),
            prompt,
            messages,
            asked: Some(typed.clone()),
            schema: None,
            most_tokens: ANSWER_TOKENS,
            fresh: false,
        };
        let queries = match self.llm.fill::<Searches>(asked).await? {
            Filled::Given(searches, _) => others(searches.queries, &typed),
            Filled::NoModel(_) | Filled::Unusable => vec![],
        };
        let mut found = vec![];
        for query in &queries {
            let other = Search { query: query.clone(), ..request.clone() };
            found.push(self.find(session, &other).await?.hits);
        }
        Ok(Reworded { queries, hits: besides(&own.hits, found) })
    }
}

/// What of a model's searches is searched: short ones, each once, and none that was typed.
fn others(searches: Vec<String>, typed: &str) -> Vec<String> {
    let mut seen = HashSet::from([typed.to_lowercase()]);
    let cleaned = searches.iter().map(|search| query::clean(search));
    let fit = cleaned.filter(|search| {
        query::judge(search) == query::Fit::Good
            && search.chars().count() <= LONGEST
            && seen.insert(search.to_lowercase())
    });
    fit.take(MOST).collect()
}

/// The best hits of other searches, as one ranking, that were not found before. What is only near in meaning to other
/// words is near to the learner's own too.
fn besides(own: &[Hit], found: Vec<Vec<Hit>>) -> Vec<Hit> {
    let rankings: Vec<Vec<PassageId>> = found
        .iter()
        .map(|hits| hits.iter().filter(|hit| hit.by_words.is_some()).map(|hit| hit.passage).collect())
        .collect();
    let weighted: Vec<_> = rankings.iter().map(|ranking| (&ranking[..], 1.0)).collect();
    let mut hits: HashMap<PassageId, Hit> = HashMap::new();
    for hit in found.into_iter().flatten() {
        hits.entry(hit.passage).or_insert(hit);
    }
    let new = fuse(&weighted).into_iter().filter(|fused| own.iter().all(|hit| hit.passage != fused.item));
    new.filter_map(|fused| hits.remove(&fused.item)).take(HITS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_models_searches_are_short_different_and_few() {
        let searches = ["Dropsy", " edema ", "EDEMA", "", "?", "anasarca", "ascites", "hydrops"];
        let searches = searches.map(String::from).into_iter().chain(["x".repeat(101)]);
        assert_eq!(others(searches.rev().collect(), "dropsy"), ["hydrops", "ascites", "anasarca"]);
        assert_eq!(others(vec!["edema".into(), "dropsy".into()], "Dropsy"), ["edema"]);
    }
}
