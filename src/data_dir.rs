//! The data directory: one server at a time, and the secret that is made at the first start.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use uuid::Uuid;

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// It cannot be made, read or written.
    #[error("cannot use the data directory {}: {error}", path.display())]
    Unusable {
        /// The directory or a file in it.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// Another process holds it.
    #[error("another RustChat server runs on the data directory {}", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// The secret is not what this server once wrote.
    #[error("{} is damaged; restore it, or remove it, which ends every session", path.display())]
    DamagedSecret {
        /// The file.
        path: PathBuf,
    },
}

/// The data directory, held by this process until it is dropped.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Makes the directory if need be, open to this user alone, and locks it. The lock ends with the process, however
    /// it ends.
    ///
    /// # Errors
    /// [`DataDirError::InUse`] when another process holds it.
    pub fn lock(path: &Path) -> Result<Self, DataDirError> {
        let unusable = |error| DataDirError::Unusable { path: path.to_path_buf(), error };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(unusable)?;
        let lock = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path.join("server.lock"))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_path_buf(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataDirError::InUse { path: path.to_path_buf() }),
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }

    /// The key that signs session tokens: made at the first call, the same ever after.
    ///
    /// # Errors
    /// When it cannot be kept, or what was kept is damaged.
    pub fn jwt_secret(&self) -> Result<String, DataDirError> {
        let path = self.path.join("jwt.secret");
        let unusable = |error| DataDirError::Unusable { path: path.clone(), error };
        match fs::read_to_string(&path) {
            Ok(secret) if is_secret(secret.trim()) => Ok(secret.trim().to_owned()),
            Ok(_) => Err(DataDirError::DamagedSecret { path }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let secret = generate();
                keep(&path, &secret).map_err(unusable)?;
                Ok(secret)
            }
            Err(error) => Err(unusable(error)),
        }
    }
}

/// 244 random bits as 64 hexadecimal digits.
fn generate() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

fn is_secret(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Written beside its place first, so that a crash leaves either nothing or all of it.
fn keep(path: &Path, secret: &str) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&unfinished)?;
    writeln!(file, "{secret}")?;
    file.sync_all()?;
    fs::rename(unfinished, path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn one_holder_at_a_time() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("deep/data");
        let first = DataDir::lock(&path).unwrap();
        assert!(matches!(DataDir::lock(&path), Err(DataDirError::InUse { .. })));
        drop(first);
        DataDir::lock(&path).unwrap();
    }

    #[test]
    fn the_secret_stays_private_and_the_same() {
        let root = tempfile::tempdir().unwrap();
        let data = DataDir::lock(root.path()).unwrap();
        let secret = data.jwt_secret().unwrap();
        assert_eq!(data.jwt_secret().unwrap(), secret);
        let path = root.path().join("jwt.secret");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, "").unwrap();
        assert!(matches!(data.jwt_secret(), Err(DataDirError::DamagedSecret { .. })));
    }
}
