//! Prepares what the binary carries: the migrations, and a web client even where none has been built.

use std::fs;
use std::io;
use std::path::Path;

const NOT_BUILT: &str = "<!doctype html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><title>RustChat</title></head>
<body><h1>The web client is not built</h1>
<p>Run <code>npm ci &amp;&amp; npm run build</code> in <code>frontend/</code> and build the server again,
or start everything with <code>make run</code>.</p></body></html>
";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=frontend/dist");
    let page = Path::new("frontend/dist/index.html");
    if page.exists() {
        return Ok(());
    }
    fs::create_dir_all("frontend/dist")?;
    fs::write(page, NOT_BUILT)
}
