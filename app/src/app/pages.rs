//! The pages as the router takes them. Owns: where the WASM is split. Refuses: what a page shows.
//!
//! A part of the site is loaded when its first page is opened, so that nobody waits for all of it. What is used together
//! is one part. Parts are few: what several of them share goes into a file for each combination, of which four parts
//! load 8 each, six parts 30, and a part for each page 130.
//!
//! A development build is one piece: only `cargo leptos … --split` cuts, and without it a split function cannot be called.

use crate::{
    account::{
        log_in::LogInPage, onboarding::OnboardingPage, register::RegisterPage, settings::SettingsPage,
    },
    landing::page::LandingPage,
    library::{page::LibraryPage, reader::ReaderPage, search::SearchPage},
    memory::page::MemoryPage,
    models::overview::OverviewPage,
    progress::home::HomePage,
    quiz::{page::QuizPage, results::ResultsPage},
    review::page::ReviewPage,
    security::{page::SecurityPage, password::PasswordPage},
    tutor::{talk::TalkPage, talks::TalksPage},
    users::page::UsersPage,
};
use leptos::prelude::*;
use leptos_router::LazyRoute;

/// A part of the site: the function that is split off, its preload (which `lazy` makes), and the pages behind it.
macro_rules! part {
    ($part:ident, $preload:ident: $Which:ident { $($Name:ident => $Page:ident,)* }) => {
        enum $Which {
            $($Name,)*
        }

        impl $Which {
            fn view(self) -> AnyView {
                match self {
                    $(Self::$Name => view! { <$Page/> }.into_any(),)*
                }
            }
        }

        #[cfg(not(debug_assertions))]
        #[leptos::lazy]
        fn $part(page: $Which) -> AnyView {
            page.view()
        }

        #[cfg(debug_assertions)]
        async fn $part(page: $Which) -> AnyView {
            page.view()
        }

        $(
            #[doc = concat!("[`", stringify!($Page), "`].")]
            pub(super) struct $Name;

            impl LazyRoute for $Name {
                fn data() -> Self {
                    Self
                }

                async fn view(_: Self) -> AnyView {
                    $part($Which::$Name).await
                }

                async fn preload() {
                    #[cfg(all(target_arch = "wasm32", not(debug_assertions)))]
                    $preload().await;
                }
            }
        )*
    };
}

part!(entrance, __preload_entrance: Entrance {
    Landing => LandingPage,
    Register => RegisterPage,
    LogIn => LogInPage,
    Onboarding => OnboardingPage,
    Password => PasswordPage,
});

part!(desk, __preload_desk: Desk {
    Home => HomePage,
    Settings => SettingsPage,
    Memory => MemoryPage,
    Security => SecurityPage,
});

// figures; a part more would add to all others, which share less then
part!(office, __preload_office: Office {
    Overview => OverviewPage,
    Users => UsersPage,
    Results => ResultsPage,
});

part!(shelves, __preload_shelves: Shelves {
    Library => LibraryPage,
    Reader => ReaderPage,
});

// what leads back to one's own pages
part!(asking, __preload_asking: Asking {
    Search => SearchPage,
    Talks => TalksPage,
});

part!(talking, __preload_talking: Talking {
    Talk => TalkPage,
});

part!(practice, __preload_practice: Practice {
    Quiz => QuizPage,
    Review => ReviewPage,
});
