//! A mail server that takes everything, on a port of its own.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// Nothing here depends on it but how long a broken test takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Speaks as much SMTP as a client without extensions needs.
pub struct MailServer {
    pub url: String,
    letters: UnboundedReceiver<String>,
}

impl MailServer {
    /// Refuses the first `refusals` letters for the moment.
    pub async fn start(mut refusals: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let (sender, letters) = unbounded_channel();
        actix_web::rt::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that hangs up in the middle is its own business.
                let _ = converse(stream, &mut refusals, &sender).await;
            }
        });
        Self { url, letters }
    }

    /// The next letter, head and text.
    pub async fn letter(&mut self) -> String {
        timeout(PATIENCE, self.letters.recv()).await.expect("a letter must come").unwrap()
    }
}

async fn converse(stream: TcpStream, refusals: &mut usize, letters: &UnboundedSender<String>) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 test\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "MAIL" if *refusals > 0 => {
                *refusals -= 1;
                b"451 later\r\n"
            }
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await?;
                let mut letter = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    letter.push_str(&line);
                    letter.push('\n');
                }
                // The test may have heard enough.
                let _ = letters.send(letter);
                b"250 taken\r\n"
            }
            "QUIT" => return writer.write_all(b"221 bye\r\n").await,
            _ => b"250 fine\r\n",
        };
        writer.write_all(answer).await?;
    }
    Ok(())
}
