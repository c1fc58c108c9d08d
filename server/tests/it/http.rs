//! How files are served: what is there, what is not, and what cannot be read.

use crate::support::{databases, site::Site};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use std::{fs, os::unix::fs::symlink};

#[tokio::test]
async fn a_file_that_cannot_be_read_is_not_taken_for_one_that_is_missing() {
    let test = databases().await.remove(0);
    let folder = test.folder().join("site");
    fs::create_dir_all(folder.join("pkg")).unwrap();
    fs::write(folder.join("pkg/mitochi.js"), "export default 1").unwrap();
    symlink("loop.wasm", folder.join("pkg/loop.wasm")).unwrap();
    let site = Site::open_as(&test, |config| config.site = folder.display().to_string()).await;
    let get = |path: &str| Request::get(path).header(header::ACCEPT, "*/*");

    let found = site.ask(get("/pkg/mitochi.js").body(Body::empty()).unwrap()).await;
    assert_eq!((found.status, found.body.as_str()), (StatusCode::OK, "export default 1"));
    let known = &found.headers[header::LAST_MODIFIED];
    let again = get("/pkg/mitochi.js").header(header::IF_MODIFIED_SINCE, known).body(Body::empty()).unwrap();
    assert_eq!(site.ask(again).await.status, StatusCode::NOT_MODIFIED, "it is not sent twice");

    let missing = site.ask(get("/pkg/quiz_of_last_week.wasm").body(Body::empty()).unwrap()).await;
    assert_eq!((missing.status, missing.body.as_str()), (StatusCode::NOT_FOUND, ""), "and not as a page");
    let broken = site.ask(get("/pkg/loop.wasm").body(Body::empty()).unwrap()).await;
    assert_eq!((broken.status, broken.body.as_str()), (StatusCode::INTERNAL_SERVER_ERROR, ""));
}
