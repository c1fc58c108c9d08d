//! A queue of questions and a card of one's own at its end that goes on as they are graded.

use crate::{
    library::HEART,
    quiz::{NOW, questions, wants_html},
    state::{Gallery, State},
};
use app::{
    error::ApiError,
    flashcard::api::Flashcard,
    review::api::{Card, Face, Grade, LastGrade, Queue, Reviews},
    session::Session,
};
use domain::{
    document::Span,
    flashcard::Kind,
    id::{CardId, FlashcardId},
    schedule::Rating,
    xp::{XpGain, XpReason},
};
use leptos_axum::redirect;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

const INTERVALS: [i64; 4] = [600, 3 * 86_400, 8 * 86_400, 21 * 86_400];

/// Grades given, first to last.
static GIVEN: Mutex<Vec<Rating>> = Mutex::new(Vec::new());

fn flashcard() -> Flashcard {
    let quote = "A faster pulse shortens diastole most of all, so the ventricle has less time to fill.";
    Flashcard {
        id: FlashcardId(Uuid::from_u128(0x91)),
        kind: Kind::Cloze,
        front: quote.replace("diastole", "_____"),
        back: "diastole".into(),
        concept: "Preload".into(),
        quote: quote.into(),
        span: Span { start: 10, end: 10 + quote.len() as u32 },
        page: 24,
        material: HEART,
        title: "The heart".into(),
    }
}

fn queue(state: State) -> Queue {
    let given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut cards = vec![Face::Flashcard(flashcard())];
    cards.splice(0..0, questions().into_iter().map(Face::Question));
    let left = match state {
        State::New | State::Done => 0,
        _ => (cards.len() - given.len().min(cards.len())) as u32,
    };
    let card = (left > 0).then(|| {
        let index = given.len();
        Card {
            id: CardId(Uuid::from_u128(0x61 + index as u128)),
            face: cards[index].clone(),
            reps: 3,
            intervals: INTERVALS,
            last_seen: Some(NOW - 6 * 86_400_000),
            recall: Some(0.84),
            lapses: index as u32,
        }
    });
    let last = given.last().map(|rating| LastGrade {
        rating: *rating,
        interval: INTERVALS[rating.index()],
        xp: XpGain { amount: 5, reason: XpReason::Recalled },
    });
    Queue {
        card,
        left,
        done_today: given.len() as u32 + 9,
        tomorrow: if state == State::New { 0 } else { 34 },
        next_due: (left == 0 && state != State::New).then_some(NOW + 9 * 3_600_000),
        last,
        resting: u32::from(state == State::Done) * 2,
        gamification: state != State::Plain,
        keys: true,
        now: NOW,
    }
}

#[async_trait::async_trait]
impl Reviews for Gallery {
    async fn queue(&self, _: Session) -> Result<Queue, ApiError> {
        self.enter().await?;
        Ok(queue(self.state))
    }

    async fn grade(&self, _: Session, request: Grade) -> Result<Queue, ApiError> {
        self.enter().await?;
        GIVEN.lock().unwrap_or_else(PoisonError::into_inner).push(request.rating);
        if wants_html() {
            redirect("/review");
        }
        Ok(queue(self.state))
    }

    async fn undo(&self, _: Session) -> Result<Queue, ApiError> {
        self.enter().await?;
        GIVEN.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if wants_html() {
            redirect("/review");
        }
        Ok(queue(self.state))
    }
}
