//! The way between one server and Redis, which can be cut.

use std::net::SocketAddr;

use actix_web::rt;
use rustchat_actors::testing::RedisServer;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// Passes everything on while it is whole. Cut, it answers nothing and closes nothing, as a network does whose packets
/// go nowhere.
pub struct Proxy {
    address: SocketAddr,
    whole: watch::Sender<bool>,
}

impl Proxy {
    pub async fn to(redis: &RedisServer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (whole, state) = watch::channel(true);
        let socket = redis.url().strip_prefix("unix://").unwrap().to_owned();
        rt::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                rt::spawn(pass(client, socket.clone(), state.clone()));
            }
        });
        Self { address, whole }
    }

    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    pub fn heal(&self) {
        self.whole.send_replace(true);
    }
}

async fn pass(mut client: TcpStream, socket: String, mut whole: watch::Receiver<bool>) {
    if *whole.borrow() {
        let Ok(mut redis) = UnixStream::connect(socket).await else { return };
        tokio::select! {
            _ = copy_bidirectional(&mut client, &mut redis) => return,
            _ = whole.wait_for(|whole| !whole) => {}
        }
    }
    // Both ends stay open until the way is whole again; then the client notices.
    let _ = whole.wait_for(|whole| *whole).await;
}
