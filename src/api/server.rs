//! The listeners: what answers on which address, and how they stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::http::header::{
    ContentType, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::{DefaultHeaders, NormalizePath, TrailingSlash, from_fn};
use actix_web::{App, HttpResponse, HttpServer, rt, web};
use tokio::sync::watch;

use super::{health, middleware, socket, v1, v4, web_client};
use crate::config::Config;
use crate::metrics::{Metrics, PoolUse};
use crate::services::Core;

/// Where an answer waits before it is written; larger answers take several rounds. After a burst it stays with every
/// idle socket, and the default of 32 KB would be most of what such a socket costs.
const WRITE_BUFFER: usize = 4096;
/// Between a client's connecting and the end of its request's head.
const HEAD_LIMIT: Duration = Duration::from_secs(10);
/// How long an idle connection may wait for its next request: longer than the 60 seconds of usual reverse proxies.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// The running listeners.
pub struct Listeners {
    /// Where the web client and the APIs answer.
    pub address: SocketAddr,
    handles: Vec<ServerHandle>,
    ended: watch::Receiver<bool>,
}

impl Listeners {
    /// Accepts nothing new and returns when all requests are answered and all sockets closed.
    pub async fn stop(&self) {
        futures_util::future::join_all(self.handles.iter().map(|handle| handle.stop(true))).await;
    }

    /// Returns when one of them has ended by itself.
    pub async fn ended(&self) {
        // An error means that the sender is gone, which is an end as well.
        let _ = self.ended.clone().wait_for(|ended| *ended).await;
    }
}

/// Binds the addresses of the settings and begins to answer. Must be called inside an actix `System`.
///
/// # Errors
/// When an address cannot be bound.
pub fn listen(core: &Arc<Core>, metrics: &Metrics) -> io::Result<Listeners> {
    let (address, main) = main_server(core, metrics)?;
    let mut servers = vec![main];
    if let Some(address) = core.config.server.metrics_listen {
        servers.push(metrics_server(core, metrics, address)?);
    }
    let (has_ended, ended) = watch::channel(false);
    let handles = servers.iter().map(Server::handle).collect();
    for server in servers {
        let has_ended = has_ended.clone();
        rt::spawn(async move {
            if let Err(error) = server.await {
                log::error!("a listener failed: {error}");
            }
            has_ended.send_replace(true);
        });
    }
    Ok(Listeners { address, handles, ended })
}

fn main_server(core: &Arc<Core>, metrics: &Metrics) -> io::Result<(SocketAddr, Server)> {
    let settings = &core.config.server;
    let user_timeout = Duration::from_secs(settings.tcp_user_timeout_seconds);
    let (app_core, app_metrics) = (Arc::clone(core), metrics.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::from(Arc::clone(&app_core)))
            .app_data(web::Data::new(app_metrics.clone()))
            .wrap(from_fn(middleware::measure))
            // A published driver of `/api/v4` writes `/posts/{id}//reactions`.
            .wrap(NormalizePath::new(TrailingSlash::MergeOnly))
            .wrap(from_fn(middleware::request_scope))
            .wrap(security_headers(&app_core.config))
            .configure(|config| routes(config, app_core.config.server.max_body_bytes))
    })
    .workers(if settings.workers == 0 { default_workers() } else { settings.workers })
    .keep_alive(KEEP_ALIVE)
    .client_request_timeout(HEAD_LIMIT)
    .h1_write_buffer_size(WRITE_BUFFER)
    .tcp_nodelay(true)
    .on_connect(socket::remember_connection((!user_timeout.is_zero()).then_some(user_timeout)))
    .shutdown_timeout(settings.shutdown_seconds)
    .disable_signals()
    .bind(settings.listen)?;
    let address = server.addrs().first().copied().unwrap_or(settings.listen);
    Ok((address, server.run()))
}

/// Everything that answers on the main address.
pub fn routes(config: &mut web::ServiceConfig, max_body: usize) {
    config.configure(health::routes);
    v1::configure(config, max_body);
    v4::configure(config, max_body);
    config.configure(web_client::routes);
}

/// On a listener of its own, as it asks nobody who they are.
fn metrics_server(core: &Arc<Core>, metrics: &Metrics, address: SocketAddr) -> io::Result<Server> {
    let (core, metrics) = (Arc::clone(core), metrics.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::from(Arc::clone(&core)))
            .app_data(web::Data::new(metrics.clone()))
            .route("/metrics", web::get().to(show_metrics))
    });
    Ok(server.workers(1).shutdown_timeout(1).disable_signals().bind(address)?.run())
}

async fn show_metrics(core: web::Data<Core>, metrics: web::Data<Metrics>) -> HttpResponse {
    let pool = PoolUse::measure(&core.db).await;
    let text = metrics.render(pool, &core.caches, core.realtime.metrics());
    HttpResponse::Ok().content_type(ContentType::plaintext()).body(text)
}

/// One for every two cores: the engine and PostgreSQL need the rest.
fn default_workers() -> usize {
    available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1))
}

/// For every answer, also those of the APIs, as a browser may open them as pages.
fn security_headers(config: &Config) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .add((REFERRER_POLICY, HeaderValue::from_static("same-origin")))
        .add((HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")));
    if config.is_https() {
        return headers.add((STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000")));
    }
    headers
}
