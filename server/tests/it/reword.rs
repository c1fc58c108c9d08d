//! Other words for a search: when a model is asked, when none is, and what is made of its answer.

use crate::support::{
    databases,
    taught::{Taught, form_of},
};
use app::library::api::{Reworded, Search};
use provider::{Reply, Request};
use serde_json::json;

/// A model that knows two names, or answers what cannot be used.
fn names(request: &Request) -> Reply {
    match form_of(request).as_str() {
        "searches" if request.json().to_string().contains("nonsense") => {
            Reply::json(json!({ "queries": ["?", "NONSENSE", "far too long ".repeat(20)] }))
        }
        "searches" => Reply::json(json!({ "queries": ["epinephrine", "Adrenaline", "airways"] })),
        _ => Reply::text("I would rather not."),
    }
}

fn everywhere(query: &str) -> Search {
    Search { query: query.into(), material: None, chapter: None }
}

#[tokio::test]
async fn a_search_that_finds_nothing_is_put_in_other_words() {
    for test in databases().await {
        let taught = Taught::open(&test, names).await;
        taught.site.work().await;
        let (library, session) = (taught.library(), taught.session());
        let found = library.find(session, &everywhere("adrenaline")).await.unwrap();
        assert!(found.hits.is_empty() && found.reword, "{}: {found:?}", test.name);
        let Reworded { queries, hits } = library.reworded(session, &everywhere("adrenaline")).await.unwrap();
        assert_eq!(queries, ["epinephrine", "airways"], "{}: what was typed is no other word", test.name);
        assert!(hits[0].text.contains("Epinephrine") && !hits[0].lit.is_empty(), "{}: {hits:?}", test.name);
        assert_eq!(taught.asked_for("searches"), 1, "{}", test.name);
        // what the search found itself is not told again
        let question = everywhere("Does epinephrine cause glucose to rise?");
        let own = library.find(session, &question).await.unwrap();
        assert!(own.reword && !own.hits.is_empty(), "{}: a whole question", test.name);
        let besides = library.reworded(session, &question).await.unwrap().hits;
        let again = besides.iter().filter(|hit| own.hits.iter().any(|one| one.passage == hit.passage));
        assert_eq!(again.count(), 0, "{}", test.name);
        // an answer that cannot be used is none
        let none = library.reworded(session, &everywhere("nonsense")).await.unwrap();
        assert_eq!(none, Reworded::default(), "{}", test.name);
    }
}

#[tokio::test]
async fn nobody_is_asked_who_need_not_or_may_not_be() {
    for test in databases().await {
        let taught = Taught::open(&test, names).await;
        taught.site.work().await;
        let (library, session) = (taught.library(), taught.session());
        let none = Reworded::default();
        // words that the lecture has
        let known = everywhere("insulin glucose");
        assert!(!library.find(session, &known).await.unwrap().reword, "{}", test.name);
        assert_eq!(library.reworded(session, &known).await.unwrap(), none, "{}", test.name);
        // in a file that stays here
        taught.stay_here(true).await;
        let here = Search { material: Some(taught.material), ..everywhere("adrenaline") };
        assert_eq!(library.reworded(session, &here).await.unwrap(), none, "{}", test.name);
        // by a learner who has not agreed
        taught.book.set_agreed(taught.owner, "openai", false).await.unwrap();
        assert_eq!(
            library.reworded(session, &everywhere("adrenaline")).await.unwrap(),
            none,
            "{}",
            test.name
        );
        assert_eq!(taught.provider.requests().len(), 0, "{}", test.name);
        // without a model nothing changes
        let plain = &taught.site.state.library;
        if !plain.llm.is_connected() {
            assert!(!plain.find(session, &everywhere("adrenaline")).await.unwrap().reword, "{}", test.name);
        }
        // of somebody else's file nothing is found by other words either
        taught.book.set_agreed(taught.owner, "openai", true).await.unwrap();
        let stranger = crate::support::learner(&taught.site.state.db).await;
        let other = app::session::Session { learner: stranger, ..session };
        assert_eq!(library.reworded(other, &everywhere("adrenaline")).await.unwrap(), none, "{}", test.name);
    }
}
