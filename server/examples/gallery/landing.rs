//! The question of the front page.

use crate::{
    http::set_cookie,
    quiz::questions,
    state::{Gallery, State},
};
use app::{
    error::ApiError,
    landing::api::{Demo, DemoAnswer, DemoAnswered, Landing},
    quiz::api::Verdict,
    session::Session,
};
use domain::{
    quiz::Confidence,
    xp::{XpGain, XpReason},
};

fn verdict(choice: u32) -> Verdict {
    let correct = questions()[0].key() == choice as usize;
    Verdict {
        correct,
        combo: correct.into(),
        xp: if correct {
            XpGain { amount: 10, reason: XpReason::FirstRight }
        } else {
            XpGain { amount: 2, reason: XpReason::Tried }
        },
        total_xp: 10,
        level_up: None,
        due: (!correct).then_some(1_747_100_000_000),
        streak: Some(1),
        finished: true,
    }
}

#[async_trait::async_trait]
impl Landing for Gallery {
    async fn demo(&self, _: Option<Session>) -> Result<Demo, ApiError> {
        self.enter().await?;
        let question = questions().remove(0);
        // a guest has missed it, so that both ends can be seen
        let answered = (self.state == State::Guest).then(|| DemoAnswered {
            choice: 0,
            confidence: Some(Confidence::Fairly),
            verdict: verdict(0),
        });
        Ok(Demo { question, answered })
    }

    async fn answer(&self, _: Option<Session>, request: DemoAnswer) -> Result<Verdict, ApiError> {
        self.enter().await?;
        set_cookie("state", State::Guest.name());
        Ok(verdict(request.choice))
    }
}
