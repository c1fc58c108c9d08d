//! The button that has something taught, wherever it stands.

use super::{api::BeginTalk, how::How};
use crate::ui::{Glyph, Icon};
use domain::{
    document::Span,
    id::{MaterialId, QuestionId},
    tutor::Mode,
};
use leptos::{prelude::*, server_fn::ServerFn};

/// What is to be taught.
#[derive(Debug, Clone, PartialEq)]
pub enum Teach {
    /// What a question asks.
    Question(QuestionId),
    /// What is said at a stretch of a material.
    Stretch(MaterialId, Span),
    /// A concept of a material.
    Concept(MaterialId, String),
}

/// 'Teach me this': a form, so that it works before any script is there.
#[component]
pub fn TeachMe(
    /// What.
    what: Teach,
    /// On the button.
    #[prop(default = "Teach me this")]
    words: &'static str,
    /// In this mode, whatever is known of the learner.
    #[prop(optional)]
    mode: Option<Mode>,
    /// As it was chosen beside the button.
    #[prop(optional)]
    how: Option<How>,
    /// It is a topic that was answered worse than others.
    #[prop(optional)]
    weak: bool,
    /// Of the button.
    #[prop(default = "btn btn--line btn--sm")]
    class: &'static str,
) -> impl IntoView {
    let hidden = |name: &'static str, value: String| {
        view! { <input type="hidden" name=format!("request[{name}]") value=value/> }
    };
    let why = if weak { Some("weak") } else { matches!(what, Teach::Question(_)).then_some("missed") };
    let fields = match what {
        // it stands at those that were missed alone
        Teach::Question(question) => vec![hidden("question", question.to_string())],
        Teach::Stretch(material, span) => vec![
            hidden("material", material.to_string()),
            hidden("start", span.start.to_string()),
            hidden("end", span.end.to_string()),
        ],
        Teach::Concept(material, concept) => {
            vec![hidden("material", material.to_string()), hidden("concept", concept)]
        }
    };
    view! {
        <form method="post" action=BeginTalk::url()>
            {fields}
            {why.map(|why| hidden("why", why.to_string()))}
            {mode.map(|mode| hidden("mode", mode.slug().to_string()))}
            {how.map(How::fields)}
            <button type="submit" class=class><Icon glyph=Glyph::Chat/>{words}</button>
        </form>
    }
}
