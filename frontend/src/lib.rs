//! The browser's entry point: takes over the page that the server rendered.

/// Called by the page once the WASM is there.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(app::App);
}

/// Room for the splitter of the WASM. It divides constants among the parts of the site only where, aligned anew, they need no
/// more bytes than before; a few bytes too many, and all of them (170 KB) are put into the core that every page loads. Nothing
/// refers to these, so that they are written into no file.
#[cfg(all(target_arch = "wasm32", not(debug_assertions)))]
#[used]
static ROOM: [u8; 4096] = [0xA5; 4096];
