//! The kit: parts that more than one page is made of. Owns no data and calls no server function.
//!
//! Looks come from the classes in `style/components` (`btn`, `card`, `chip`, `choice`, `row`, `stack` …), which a
//! page writes itself; a component stands here only where there is behaviour or several elements that belong
//! together.

pub mod cite;
pub mod dialog;
pub mod field;
pub mod icon;
pub mod keys;
pub mod note;
pub mod progress;
pub mod prose;
pub mod returned;
pub mod sprite;
pub mod state;
pub mod toast;

pub use cite::{Cite, Quote};
pub use dialog::Dialog;
pub use field::{Field, PasswordField, SubmitButton};
pub use icon::{Glyph, Icon, IconSize};
pub use note::{FormError, Hue, Note};
pub(crate) use progress::at;
pub use progress::{Bar, Ring};
pub use sprite::{Art, ArtSprite, Mito, MitoSprite};
pub use state::{Empty, ErrorState, Skeleton};
pub use toast::{Toast, ToastRegion, Toasts};
