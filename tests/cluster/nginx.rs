//! Everything through an nginx that sends each request and each socket to any instance, with the configuration that
//! `config/nginx.conf` offers.

use std::fs;
use std::net::SocketAddr;
use std::process::Child;

use actix_web::http::Method;
use tempfile::TempDir;

use crate::common::Client;
use crate::crowd::Crowd;
use crate::stack::{Server, Stack, dying_with_us, eventually, own_address};

const CONFIG: &str = include_str!("../../config/nginx.conf");

/// What Debian's own `nginx.conf` has around it, in a directory of its own.
const AROUND: &str = "
pid nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include rustchat.conf;
}
";

struct Nginx {
    address: SocketAddr,
    process: Child,
    _directory: TempDir,
}

impl Nginx {
    async fn before(servers: &[Server]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let address = own_address();
        let mut config = put(CONFIG, "listen 80;", &format!("listen {address};"));
        for (example, server) in ["10.0.0.11:8065", "10.0.0.12:8065"].iter().zip(servers) {
            config = put(&config, example, &server.address.to_string());
        }
        fs::write(directory.path().join("rustchat.conf"), config).unwrap();
        fs::write(directory.path().join("nginx.conf"), AROUND).unwrap();
        let process = dying_with_us("nginx")
            .args(["-e", "stderr", "-c", "nginx.conf", "-g", "daemon off; master_process off;", "-p"])
            .arg(directory.path())
            .spawn()
            .expect("the tests need nginx: run scripts/setup test");
        eventually("nginx answers", async || {
            Client::new(address).try_send(Method::GET, "/health/ready", None).await.is_ok()
        })
        .await;
        Self { address, process, _directory: directory }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Replaces what must be there.
fn put(config: &str, example: &str, real: &str) -> String {
    assert_eq!(config.matches(example).count(), 1, "{example}");
    config.replace(example, real)
}

#[actix_web::test]
async fn without_stickiness_nothing_is_lost_when_instances_die_or_stop() {
    let stack = Stack::of(2).await;
    let nginx = Nginx::before(&stack.servers).await;
    let mut crowd = Crowd::gather(vec![nginx.address.to_string()]).await;
    crowd.talk();
    crowd.hears(60).await;
    stack.servers[0].stop().await;
    crowd.hears(40).await;
    stack.servers[0].start().await;
    crowd.hears(40).await;
    assert!(crowd.resumed() > 0, "a session that was handed over is found wherever nginx sends its client");
    stack.servers[1].kill();
    crowd.hears(40).await;
    stack.servers[1].start().await;
    crowd.hears(40).await;
    crowd.finish(&stack).await;
}
