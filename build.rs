//! Embeds what the binary carries: the migrations and the web client.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
