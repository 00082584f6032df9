//! The directory of the private PostgreSQL, the user it runs as, and what its files tell about its state.
//!
//! PostgreSQL refuses to run as root, so root hands it to an unprivileged user; but the data directory may lie where
//! that user cannot go, such as below /root, or so deep that a socket's path would exceed 107 bytes. Both are solved by
//! one open descriptor of the directory that the children inherit: `/proc/self/fd/N` leads into it without walking the
//! path, and is always short.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::{Path, PathBuf};

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::geteuid;
use tokio::process::Command;

use super::PostgresError;

/// Who PostgreSQL runs as when the server is root, the first that exists: Debian's own user for it, then the one that
/// owns nothing.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];
/// Lines of the log that an error message repeats.
const LOG_TAIL_LINES: usize = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Owner {
    uid: u32,
    gid: u32,
}

/// The directory of one private PostgreSQL.
#[derive(Debug)]
pub(super) struct Home {
    path: PathBuf,
    /// Kept open, and inherited by children, as long as PostgreSQL is used from this process.
    directory: File,
    /// Set when the server is root.
    owner: Option<Owner>,
}

/// A PostgreSQL that is alive in a [`Home`].
#[derive(Debug)]
pub(super) struct Postmaster {
    pub pid: i32,
    status: String,
}

impl Postmaster {
    /// Whether it accepts queries.
    pub fn is_ready(&self) -> bool {
        self.status == "ready"
    }
}

impl Home {
    /// Makes the directory if need be, owned by and open to PostgreSQL's user alone.
    pub fn open(path: &Path) -> Result<Self, PostgresError> {
        Self::prepare(path).map_err(|error| PostgresError::Directory { path: path.to_path_buf(), error })
    }

    fn prepare(path: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        let path = path.canonicalize()?;
        let directory = File::open(&path)?;
        fcntl_setfd(&directory, FdFlags::empty())?;
        let owner = owner(&directory)?;
        if let Some(Owner { uid, gid }) = owner {
            chown(&path, Some(uid), Some(gid))?;
        }
        Ok(Self { path, directory, owner })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory for this process and its children, however deep and closed its path is.
    pub fn handle(&self) -> String {
        format!("/proc/self/fd/{}", self.directory.as_raw_fd())
    }

    /// The cluster within [`Home::handle`].
    pub fn cluster_handle(&self) -> String {
        format!("{}/data", self.handle())
    }

    fn cluster(&self) -> PathBuf {
        self.path.join("data")
    }

    /// A program of PostgreSQL as its unprivileged user, in a process group of its own so that Ctrl-C in the terminal
    /// reaches the server alone, which then stops PostgreSQL in order.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").process_group(0).env_remove("PGDATA");
        if let Some(Owner { uid, gid }) = self.owner {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// The PostgreSQL that runs on this cluster, if one does. A process counts only when it works in the cluster's
    /// directory: after a reboot or in a container the number in the file may be anybody's.
    pub fn postmaster(&self) -> Option<Postmaster> {
        let text = fs::read_to_string(self.pid_file()).ok()?;
        let mut lines = text.lines();
        let pid: i32 = lines.next()?.trim().parse().ok()?;
        let works_in = fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
        let status = lines.nth(6).unwrap_or_default().trim().to_owned();
        (works_in == self.cluster()).then_some(Postmaster { pid, status })
    }

    /// Removes what a killed PostgreSQL left, as its number may meanwhile belong to another process, or to a dead one that
    /// nobody has buried; either would keep PostgreSQL from starting.
    pub fn forget_dead_postmaster(&self) -> Result<(), PostgresError> {
        for file in [self.pid_file(), self.path.join(".s.PGSQL.5432.lock")] {
            remove(&file, fs::remove_file(&file))?;
        }
        Ok(())
    }

    fn pid_file(&self) -> PathBuf {
        self.cluster().join("postmaster.pid")
    }

    /// The major version that made the cluster; `None` when there is no cluster yet.
    pub fn major_version(&self) -> Option<String> {
        let version = fs::read_to_string(self.cluster().join("PG_VERSION")).ok()?;
        Some(version.trim().to_owned())
    }

    /// Empties the place where a cluster is made and returns its path for children.
    pub fn clear_unfinished(&self) -> Result<String, PostgresError> {
        let path = self.unfinished();
        remove(&path, fs::remove_dir_all(&path))?;
        Ok(format!("{}/data.unfinished", self.handle()))
    }

    /// Puts a complete cluster in its place.
    pub fn finish_unfinished(&self) -> Result<(), PostgresError> {
        fs::rename(self.unfinished(), self.cluster())
            .map_err(|error| PostgresError::Directory { path: self.cluster(), error })
    }

    fn unfinished(&self) -> PathBuf {
        self.path.join("data.unfinished")
    }

    /// Where PostgreSQL's own messages go; begun anew at each start.
    pub fn log_path(&self) -> PathBuf {
        self.path.join("postgres.log")
    }

    /// The last lines of the log.
    pub fn log_tail(&self) -> String {
        let text = fs::read_to_string(self.log_path()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines.get(lines.len().saturating_sub(LOG_TAIL_LINES)..).unwrap_or_default().join("\n")
    }
}

fn remove(path: &Path, result: io::Result<()>) -> Result<(), PostgresError> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(PostgresError::Directory { path: path.to_path_buf(), error })
        }
        _ => Ok(()),
    }
}

/// Who PostgreSQL must run as: nobody else, unless the server is root. A cluster keeps its user for life.
fn owner(directory: &File) -> io::Result<Option<Owner>> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let metadata = directory.metadata()?;
    if metadata.uid() != 0 {
        return Ok(Some(Owner { uid: metadata.uid(), gid: metadata.gid() }));
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let found = UNPRIVILEGED.iter().find_map(|name| find_user(&users, name));
    found.map(Some).ok_or_else(|| io::Error::other("PostgreSQL cannot run as root, and there is no user for it"))
}

/// A user's numbers in the text of /etc/passwd.
fn find_user(users: &str, wanted: &str) -> Option<Owner> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(wanted)).then_some(())?;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Owner { uid, gid })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let users = "root:x:0:0:root:/root:/bin/sh\npostgres2:x:7:7::/:\npostgres:x:101:104:,,,:/var/lib:/bin/sh\n";
        assert_eq!(find_user(users, "postgres"), Some(Owner { uid: 101, gid: 104 }));
        assert_eq!(find_user(users, "nobody"), None);
    }

    #[test]
    fn another_process_with_the_number_in_the_file_is_not_postgres() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::open(directory.path()).unwrap();
        fs::create_dir(home.cluster()).unwrap();
        assert!(home.postmaster().is_none(), "there is no file");
        fs::write(home.pid_file(), format!("{}\n", std::process::id())).unwrap();
        assert!(home.postmaster().is_none(), "this test works elsewhere");
        home.forget_dead_postmaster().unwrap();
        assert!(!home.pid_file().exists());
        // Nothing is left to remove.
        home.forget_dead_postmaster().unwrap();
    }
}
