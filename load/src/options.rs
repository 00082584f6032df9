//! What can be asked for on the command line.

use clap::{Parser, ValueEnum};

/// Puts load on a server that speaks Mattermost's API, checks what it delivers, and prints figures beside floors.
///
/// Ends with 1 if a post was lost, doubled or out of order.
#[derive(Parser)]
#[command(version, about)]
pub struct Options {
    /// What to measure, one after the other.
    #[arg(value_enum, default_values_t = [Scenario::All])]
    pub scenarios: Vec<Scenario>,
    /// Where the server answers, for example 127.0.0.1:8065; several instances of one server with commas between.
    #[arg(long, required = true, value_delimiter = ',')]
    pub server: Vec<String>,
    /// A system administrator as NAME:PASSWORD. Without one, the server's first user must not exist yet, or sign-up be
    /// open.
    #[arg(long)]
    pub admin: Option<String>,
    /// The server's process, to measure its memory and CPU time; of each instance with commas between.
    #[arg(long, value_delimiter = ',')]
    pub pid: Vec<u32>,
    /// The server's database, to measure the floors of posting and reading. Only for RustChat's own schema.
    #[arg(long)]
    pub database: Option<String>,
    /// People, each a member of the busy channel and, where sockets are needed, with a socket.
    #[arg(long, default_value_t = 1_000)]
    pub members: usize,
    /// Posts of a measurement.
    #[arg(long, default_value_t = 2_000)]
    pub posts: usize,
    /// Requests in flight.
    #[arg(long, default_value_t = 16)]
    pub in_flight: usize,
    /// Posts a second where the load is a given one. fan-out: by default half of what it reached; slow: 50;
    /// storm and steady: 10.
    #[arg(long)]
    pub rate: Option<f64>,
    /// Sockets of idle and storm: each member has several. Three times as many files must be allowed to be open.
    #[arg(long, default_value_t = 10_000)]
    pub sockets: usize,
    /// Channels of channels and mixed.
    #[arg(long, default_value_t = 200)]
    pub channels: usize,
    /// Members of each of these.
    #[arg(long, default_value_t = 10)]
    pub channel_members: usize,
    /// Seconds of measurements that last for a while.
    #[arg(long, default_value_t = 20)]
    pub seconds: u32,
    /// mixed: how many times faster than people these people are.
    #[arg(long, default_value_t = 10.0)]
    pub speed: f64,
    /// slow: sockets that stop reading.
    #[arg(long, default_value_t = 5)]
    pub slow: usize,
    /// Also print the figures as JSON, on one line.
    #[arg(long)]
    pub json: bool,
    /// Starts this many times the command after `--` and measures the time until it is ready.
    #[arg(long, default_value_t = 5)]
    pub starts: u32,
    /// A server's command line; it must listen on the address of `--server`. Measures only the start.
    #[arg(last = true)]
    pub command: Vec<String>,
}

/// What to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// All of the following but the last.
    All,
    /// Memory of idle sockets. Needs --pid.
    Idle,
    /// Posts through REST into quiet channels.
    Posts,
    /// Pages of channels.
    Pages,
    /// Posts into one channel whose members all listen.
    FanOut,
    /// Posts into many channels with few members each.
    Channels,
    /// Server CPU time of a post and of a connect, by members and channels. Needs --pid.
    Slopes,
    /// People who do what people do.
    Mixed,
    /// Sockets that stop reading in a busy channel.
    Slow,
    /// All sockets are lost at once and come back while posts go on.
    Storm,
    /// Posts at a given rate into one channel whose members all listen, while somebody else disturbs the servers.
    Steady,
}

impl Scenario {
    const ALL: [Self; 9] = [
        Self::Idle,
        Self::Posts,
        Self::Pages,
        Self::FanOut,
        Self::Channels,
        Self::Slopes,
        Self::Mixed,
        Self::Slow,
        Self::Storm,
    ];
}

impl Options {
    /// The scenarios in their order, `all` spelled out as far as the server's process is known.
    pub fn scenarios(&self) -> Vec<Scenario> {
        let needs_process = [Scenario::Slopes, Scenario::Idle];
        if self.scenarios.contains(&Scenario::All) {
            Scenario::ALL.into_iter().filter(|it| !self.pid.is_empty() || !needs_process.contains(it)).collect()
        } else {
            self.scenarios.clone()
        }
    }
}
