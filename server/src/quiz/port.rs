//! The port of practice: one use case, one transaction.

use super::QuizService;
use crate::{error::Error, http::forms, progress::Day, questions};
use app::{
    error::ApiError,
    quiz::api::{Answer, Opening, Quiz, QuizRequest, Quizzes, Report, Results, Verdict},
    session::Session,
};
use domain::id::QuizId;

#[async_trait::async_trait]
impl Quizzes for QuizService {
    #[tracing::instrument(skip_all)]
    async fn start(&self, session: Session, request: QuizRequest) -> Result<QuizId, ApiError> {
        let run = async {
            let mut tx = self.db.write_for(session.learner).await?;
            let day = Day::of(&mut tx, &self.clock, session).await?;
            let quiz = self.start_in(&mut tx, &day, &request).await?;
            tx.commit().await?;
            Ok::<_, Error>(quiz)
        };
        let quiz = run.await?;
        forms::lead(&format!("/quiz/{quiz}"));
        Ok(quiz)
    }

    #[tracing::instrument(skip_all, fields(quiz.id = %request.quiz))]
    async fn load(&self, session: Session, request: Opening) -> Result<Quiz, ApiError> {
        let run = async {
            let mut tx = self.db.read().await?;
            let day = Day::of(&mut tx, &self.clock, session).await?;
            self.load_in(&mut tx, &day, &request).await
        };
        Ok(run.await?)
    }

    #[tracing::instrument(skip_all, fields(quiz.id = %request.quiz, quiz.position = request.position))]
    async fn answer(&self, session: Session, request: Answer) -> Result<Verdict, ApiError> {
        let run = async {
            let mut tx = self.db.write_for(session.learner).await?;
            let day = Day::of(&mut tx, &self.clock, session).await?;
            let verdict = self.answer_in(&mut tx, &day, &request).await?;
            tx.commit().await?;
            Ok::<_, Error>(verdict)
        };
        let verdict = run.await?;
        forms::lead_plain(&format!("/quiz/{}?shown={}", request.quiz, request.position));
        Ok(verdict)
    }

    #[tracing::instrument(skip_all, fields(quiz.id = %quiz))]
    async fn results(&self, session: Session, quiz: QuizId) -> Result<Results, ApiError> {
        let run = async {
            let mut tx = self.db.read().await?;
            let day = Day::of(&mut tx, &self.clock, session).await?;
            self.results_in(&mut tx, &day, quiz).await
        };
        Ok(run.await?)
    }

    #[tracing::instrument(skip_all, fields(question.id = %request.question))]
    async fn report(&self, session: Session, request: Report) -> Result<(), ApiError> {
        let run = async {
            let mut tx = self.db.write_for(session.learner).await?;
            let now = self.clock.now();
            questions::report(&mut tx, session.learner, request.question, &request.reason, now).await?;
            tx.commit().await?;
            Ok::<_, Error>(())
        };
        run.await?;
        forms::lead_plain(&request.next);
        Ok(())
    }
}
