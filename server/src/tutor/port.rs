//! The port of the tutor: one use case, one transaction.

use super::{TutorService, keep, store};
use crate::{
    error::{Error, Result},
    http::forms,
    progress::Day,
};
use app::{
    error::ApiError,
    session::Session,
    tutor::api::{Beginning, Doing, Done, Renaming, Reporting, TITLE_MAX_CHARS, Talk, Talks, Tutor, Wanted},
};
use domain::id::TalkId;

#[async_trait::async_trait]
impl Tutor for TutorService {
    #[tracing::instrument(skip_all)]
    async fn begin(&self, session: Session, request: Beginning) -> Result<TalkId, ApiError> {
        let run = async {
            let voice = self.voice_of_beginning(session, &request).await?;
            let mut tx = self.db.write_for(session.learner).await?;
            let day = Day::of(&mut tx, &self.clock, session).await?;
            let (talk, floor) = self.begin_in(&mut tx, &day, &request, voice).await?;
            tx.commit().await?;
            floor.into_iter().for_each(|floor| self.speak(session, floor));
            Ok::<_, Error>(talk)
        };
        let talk = run.await?;
        forms::lead(&format!("/tutor/{talk}"));
        Ok(talk)
    }

    #[tracing::instrument(skip_all)]
    async fn talks(&self, session: Session, request: Wanted) -> Result<Talks, ApiError> {
        let run = async {
            let mut tx = self.db.read().await?;
            let day = Day::of(&mut tx, &self.clock, session).await?;
            self.talks_in(&mut tx, &day, &request).await
        };
        Ok(run.await?)
    }

    #[tracing::instrument(skip_all, fields(talk.id = %talk))]
    async fn talk(&self, session: Session, talk: TalkId) -> Result<Talk, ApiError> {
        let run = async {
            let mut tx = self.db.read().await?;
            let day = Day::of(&mut tx, &self.clock, session).await?;
            let row = store::find(&mut tx, session.learner, talk).await?;
            if row.is_some_and(|row| self.is_abandoned(&row, day.now)) {
                drop(tx);
                return self.take_up(session, talk).await;
            }
            self.talk_in(&mut tx, &day, talk).await
        };
        Ok(run.await?)
    }

    #[tracing::instrument(skip_all, fields(talk.id = %request.talk, talk.act = ?request.act))]
    async fn act(&self, session: Session, request: Doing) -> Result<Done, ApiError> {
        let run = async {
            let voice = self.voice_of(session, request.talk).await?;
            let mut tx = self.db.write_for(session.learner).await?;
            let day = Day::of(&mut tx, &self.clock, session).await?;
            let (done, floor) = self.act_in(&mut tx, &day, &request, voice).await?;
            tx.commit().await?;
            floor.into_iter().for_each(|floor| self.speak(session, floor));
            self.live.tell_talk(request.talk);
            Ok::<_, Error>(done)
        };
        let done = run.await?;
        forms::lead_plain(&format!("/tutor/{}", request.talk));
        Ok(done)
    }

    #[tracing::instrument(skip_all, fields(talk.id = %request.talk))]
    async fn rename(&self, session: Session, request: Renaming) -> Result<(), ApiError> {
        let run = async {
            let title = request.title.split_whitespace().collect::<Vec<_>>().join(" ");
            if title.is_empty() || title.chars().count() > TITLE_MAX_CHARS {
                let message = format!("A name has 1 to {TITLE_MAX_CHARS} characters.");
                return Err(Error::invalid("title", message));
            }
            let mut tx = self.db.write_for(session.learner).await?;
            if !store::rename(&mut tx, session.learner, request.talk, &title).await? {
                return Err(Error::not_found("This talk"));
            }
            tx.commit().await?;
            Ok::<_, Error>(())
        };
        run.await?;
        forms::lead_plain(&format!("/tutor/{}", request.talk));
        Ok(())
    }

    #[tracing::instrument(skip_all, fields(talk.id = %request.talk))]
    async fn report(&self, session: Session, request: Reporting) -> Result<(), ApiError> {
        let run = async {
            let mut tx = self.db.write_for(session.learner).await?;
            keep::report(&mut tx, session.learner, &request, self.clock.now()).await?;
            tx.commit().await?;
            Ok::<_, Error>(())
        };
        run.await?;
        forms::lead_plain(&format!("/tutor/{}", request.talk));
        Ok(())
    }

    #[tracing::instrument(skip_all, fields(talk.id = %talk))]
    async fn delete(&self, session: Session, talk: TalkId) -> Result<(), ApiError> {
        let run = async {
            let mut tx = self.db.write_for(session.learner).await?;
            if !store::delete(&mut tx, session.learner, talk).await? {
                return Err(Error::not_found("This talk"));
            }
            tx.commit().await?;
            self.live.tell_talk(talk);
            Ok::<_, Error>(())
        };
        run.await?;
        forms::lead_plain("/tutor");
        Ok(())
    }
}
