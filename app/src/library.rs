//! The library: files brought in, read, searched and opened in the reader.
pub mod api;
pub mod page;
pub mod reader;
pub mod search;

mod address;
mod delete;
mod drop_zone;
mod find;
mod flow;
mod hit;
mod intake;
mod live;
mod margin;
mod material_row;
mod menu;
mod outline;
mod page_text;
mod place;
mod practise;
mod segments;
mod shelf;
mod upload;
mod upload_row;
