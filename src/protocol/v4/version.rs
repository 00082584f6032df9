//! The version that clients are told.

/// The version of Mattermost's server whose contract this API keeps; clients choose features by it.
pub const SERVER_VERSION: &str = "11.6.0";

/// `X-Version-Id` and the `server_version` of `hello`: version, build number, a name for the client configuration (when
/// it changes, clients fetch the configuration again) and whether there is a licence.
#[must_use]
pub fn version_id(config_name: &str) -> String {
    format!("{SERVER_VERSION}.{SERVER_VERSION}.{config_name}.false")
}
