//! The command line of RustChat.

mod commands;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use rustchat::{app, config::Config, telemetry};
use tikv_jemallocator::Jemalloc;

/// Keeps an idle socket at half the memory that the C library's allocator needs, and was faster in every load.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// Freed memory goes back to the system after one second instead of ten: of what thousands of connects leave behind, a
/// quarter of the process was only waiting.
#[expect(unsafe_code, reason = "the name under which jemalloc looks for its options")]
#[unsafe(export_name = "_rjem_malloc_conf")]
pub static ALLOCATOR_OPTIONS: &[u8] = b"dirty_decay_ms:1000,muzzy_decay_ms:0\0";

/// Self-hosted team chat.
#[derive(Parser)]
#[command(version, about, disable_help_subcommand = true)]
struct Arguments {
    /// A file with settings that differ from the defaults (see config/default.toml); or RUSTCHAT_CONFIG.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve {
        /// Print the settings in force, secrets hidden, and stop.
        #[arg(long)]
        check_config: bool,
    },
    /// Print the description of the native API (OpenAPI 3.1).
    Openapi,
    /// Bring the database's schema up to date and stop.
    Migrate,
    /// Manage accounts, also while the server runs.
    #[command(subcommand)]
    Admin(commands::Admin),
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rustchat: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Outcome {
    let config = Config::load(arguments.config.as_deref())?;
    if let Command::Serve { check_config: true } = arguments.command {
        print!("{}", config.to_toml()?);
        return Ok(());
    }
    telemetry::start(&config.log);
    actix::System::new().block_on(async {
        match arguments.command {
            Command::Serve { .. } => Ok(app::serve(config).await?),
            Command::Openapi => commands::openapi(),
            Command::Migrate => commands::migrate(&config).await,
            Command::Admin(command) => commands::admin(config, command).await,
        }
    })
}
