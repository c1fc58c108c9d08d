//! Which models are connected. Owns: the model of each tier with the breaker of its endpoint, and exchanging all of them at
//! once. Refuses: where keys come from, and asking.
//!
//! Who asks takes what is connected at that moment along to the end: an exchange takes nothing away from a request under way,
//! and what such a request still learns of an endpoint says nothing about the one that came in its place.

use super::{
    Tier,
    breaker::Breaker,
    catalogue::{Endpoint, Model, Place},
    client::Transport,
};
use crate::place;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

/// A model that stands for a tier.
#[derive(Clone)]
pub struct Seat {
    /// The tier.
    pub tier: Tier,
    /// The model.
    pub model: Model,
    /// Where it is asked.
    pub endpoint: Endpoint,
    /// How it is asked.
    pub transport: Arc<dyn Transport>,
}

impl Seat {
    /// Whether text for it stays on this machine.
    pub fn is_here(&self) -> bool {
        place::is_here(&self.endpoint.url)
    }

    /// As `provider/model`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.endpoint.name, self.model.name)
    }

    /// Who gets what it is asked.
    pub(super) fn place(&self) -> Place {
        Place { name: self.endpoint.name.clone(), title: self.endpoint.title.clone() }
    }
}

/// A seat and the breaker of its endpoint.
#[derive(Clone)]
pub(super) struct Chair {
    pub(super) seat: Arc<Seat>,
    breaker: Arc<Mutex<Breaker>>,
}

impl Chair {
    /// Looks at the breaker, or changes it.
    pub(super) fn breaker<T>(&self, with: impl FnOnce(&mut Breaker) -> T) -> T {
        with(&mut self.breaker.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

type Chairs = BTreeMap<Tier, Chair>;

/// What is connected now.
pub(super) struct Seats(RwLock<Arc<Chairs>>);

impl Seats {
    /// At most one for a tier.
    pub(super) fn new(seats: Vec<Seat>) -> Self {
        Self(RwLock::new(Arc::new(seated(seats, BTreeMap::new()))))
    }

    /// What is connected now, in the order of the tiers; an exchange does not change it.
    pub(super) fn now(&self) -> Arc<Chairs> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Others in the place of all. What is known of an endpoint's health is kept, but for those that are `changed`.
    pub(super) fn exchange(&self, seats: Vec<Seat>, changed: &[String]) {
        let mut chairs = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let known = chairs.values().map(|chair| (chair.seat.endpoint.name.clone(), chair.breaker.clone()));
        let known = known.filter(|(endpoint, _)| !changed.contains(endpoint)).collect();
        *chairs = Arc::new(seated(seats, known));
    }
}

/// Seats of one endpoint share its breaker.
fn seated(seats: Vec<Seat>, mut breakers: BTreeMap<String, Arc<Mutex<Breaker>>>) -> Chairs {
    let chair = |seat: Seat| {
        let breaker = breakers.entry(seat.endpoint.name.clone()).or_default().clone();
        (seat.tier, Chair { seat: Arc::new(seat), breaker })
    };
    seats.into_iter().map(chair).collect()
}
