//! The settings that clients read, all of them as strings. Keys that no client reads are left out.
//!
//! What this server does not do is switched off here, so that clients do not offer it.

use std::collections::BTreeMap;

use sha1::{Digest, Sha1};

use crate::config::Config;
use crate::model::Millis;

/// The release of Mattermost whose API this is; clients decide by it what a server can do.
pub const VERSION: &str = "11.6.0";
/// Our own version.
pub const BUILD: &str = env!("CARGO_PKG_VERSION");

/// Names and values.
pub type ClientConfig = BTreeMap<&'static str, String>;

/// What is the same on every installation, also before login.
const FIXED: &[(&str, &str)] = &[
    ("AboutLink", ""),
    ("AllowDownloadLogs", "false"),
    ("AndroidAppDownloadLink", ""),
    ("AppDownloadLink", ""),
    ("AppsPluginEnabled", "false"),
    ("BuildDate", ""),
    ("BuildEnterpriseReady", "false"),
    ("BuildHash", ""),
    ("BuildHashEnterprise", ""),
    ("BuildNumber", BUILD),
    ("CWSURL", ""),
    ("CustomDescriptionText", ""),
    ("CustomTermsOfServiceReAcceptancePeriod", "0"),
    ("DefaultClientLocale", "en"),
    ("DiagnosticsEnabled", "false"),
    ("EnableAskCommunityLink", "false"),
    ("EnableBotAccountCreation", "false"),
    ("EnableClientMetrics", "false"),
    ("EnableCustomBrand", "false"),
    ("EnableCustomEmoji", "false"),
    ("EnableCustomTermsOfService", "false"),
    ("EnableDesktopLandingPage", "false"),
    ("EnableFile", "false"),
    ("EnableGuestAccounts", "false"),
    ("EnableGuestMagicLink", "false"),
    ("EnableJoinLeaveMessageByDefault", "true"),
    ("EnableLdap", "false"),
    ("EnableMultifactorAuthentication", "false"),
    ("EnableSaml", "false"),
    ("EnableSignInWithEmail", "true"),
    ("EnableSignInWithUsername", "true"),
    ("EnableSignUpWithEmail", "true"),
    ("EnableSignUpWithGitLab", "false"),
    ("EnableSignUpWithGoogle", "false"),
    ("EnableSignUpWithOffice365", "false"),
    ("EnableSignUpWithOpenId", "false"),
    ("EnableUserCreation", "true"),
    ("EnableUserStatuses", "true"),
    ("EnforceMultifactorAuthentication", "false"),
    ("FeatureFlagAppsEnabled", "false"),
    ("FeatureFlagChannelBookmarks", "false"),
    ("FeatureFlagCustomProfileAttributes", "false"),
    ("FeatureFlagInteractiveDialogAppsForm", "false"),
    ("FeatureFlagWebSocketEventScope", "false"),
    ("FileLevel", ""),
    ("ForgotPasswordLink", ""),
    ("GuestAccountsEnforceMultifactorAuthentication", "false"),
    ("HasImageProxy", "false"),
    ("HelpLink", ""),
    ("HideGuestTags", "false"),
    ("IntuneAuthService", ""),
    ("IntuneMAMEnabled", "false"),
    ("IntuneScope", ""),
    ("IosAppDownloadLink", ""),
    ("IsFipsEnabled", "false"),
    ("LdapLoginFieldName", ""),
    ("MobileEnableBiometrics", "false"),
    ("MobileExternalBrowser", "false"),
    ("MobileJailbreakProtection", "false"),
    ("MobilePreventScreenCapture", "false"),
    ("OpenIdButtonText", ""),
    ("PasswordEnableForgotLink", "false"),
    ("PasswordRequireLowercase", "false"),
    ("PasswordRequireNumber", "false"),
    ("PasswordRequireSymbol", "false"),
    ("PasswordRequireUppercase", "false"),
    ("PluginsEnabled", "false"),
    ("PrivacyPolicyLink", ""),
    ("ReportAProblemLink", ""),
    ("ReportAProblemMail", ""),
    ("ReportAProblemType", "hidden"),
    ("SamlLoginButtonText", ""),
    ("ServiceEnvironment", "production"),
    ("TermsOfServiceLink", ""),
    ("Version", VERSION),
    ("WebsocketPort", "80"),
    ("WebsocketSecurePort", "443"),
    ("WebsocketURL", ""),
];

/// What is the same on every installation, once logged in.
const FIXED_WITH_SESSION: &[(&str, &str)] = &[
    ("AllowBannerDismissal", "true"),
    ("AllowCustomThemes", "true"),
    ("AllowPersistentNotifications", "false"),
    ("AllowPersistentNotificationsForGuests", "false"),
    ("AllowSyncedDrafts", "false"),
    ("AllowedThemes", ""),
    ("AutoTranslationLanguages", ""),
    ("AvailableLocales", ""),
    ("BannerColor", ""),
    ("BannerText", ""),
    ("BannerTextColor", ""),
    ("BurnOnReadDurationSeconds", "0"),
    ("BurnOnReadMaximumTimeToLiveSeconds", "0"),
    ("CollapsedThreads", "always_on"),
    ("ContentFlaggingEnabled", "false"),
    ("CustomUrlSchemes", ""),
    ("DataRetentionEnableMessageDeletion", "false"),
    ("DefaultTheme", ""),
    ("DelayChannelAutocomplete", "false"),
    ("DeleteAccountLink", ""),
    ("DisableAppBar", "true"),
    ("DisableRefetchingOnBrowserFocus", "false"),
    ("DisableWakeUpReconnectHandler", "false"),
    ("EnableAttributeBasedAccessControl", "false"),
    ("EnableAutoTranslation", "false"),
    ("EnableBanner", "false"),
    ("EnableBurnOnRead", "false"),
    ("EnableClientPerformanceDebugging", "false"),
    ("EnableCommands", "false"),
    ("EnableConfirmNotificationsToChannel", "true"),
    ("EnableCrossTeamSearch", "false"),
    ("EnableCustomUserStatuses", "false"),
    ("EnableDeveloper", "false"),
    ("EnableEmailBatching", "false"),
    ("EnableEmailInvitations", "false"),
    ("EnableEmojiPicker", "true"),
    ("EnableExperimentalLocales", "false"),
    ("EnableFileAttachments", "false"),
    ("EnableGifPicker", "false"),
    ("EnableIncomingWebhooks", "false"),
    ("EnableInlineLatex", "false"),
    ("EnableLastActiveTime", "true"),
    ("EnableLatex", "false"),
    ("EnableLinkPreviews", "false"),
    ("EnableMarketplace", "false"),
    ("EnableMobileFileDownload", "true"),
    ("EnableMobileFileUpload", "true"),
    ("EnableOAuthServiceProvider", "false"),
    ("EnableOnboardingFlow", "false"),
    ("EnableOutgoingOAuthConnections", "false"),
    ("EnableOutgoingWebhooks", "false"),
    ("EnablePermalinkPreviews", "false"),
    ("EnablePostIconOverride", "false"),
    ("EnablePostUsernameOverride", "false"),
    ("EnablePreviewModeBanner", "false"),
    ("EnablePublicLink", "false"),
    ("EnableSVGs", "false"),
    ("EnableTesting", "false"),
    ("EnableThemeSelection", "true"),
    ("EnableTutorial", "false"),
    ("EnableUserAccessTokens", "false"),
    ("EnableUserDeactivation", "false"),
    ("EnableUserManagedAttributes", "false"),
    ("EnableUserTypingMessages", "true"),
    ("ExperimentalEnableAuthenticationTransfer", "false"),
    ("ExperimentalEnableAutomaticReplies", "false"),
    ("ExperimentalEnablePostMetadata", "true"),
    ("ExperimentalPrimaryTeam", ""),
    ("ExperimentalSharedChannels", "false"),
    ("GoogleDeveloperKey", ""),
    ("LdapFirstNameAttributeSet", "false"),
    ("LdapLastNameAttributeSet", "false"),
    ("LdapNicknameAttributeSet", "false"),
    ("LdapPictureAttributeSet", "false"),
    ("LdapPositionAttributeSet", "false"),
    ("LockTeammateNameDisplay", "false"),
    ("ManagedResourcePaths", ""),
    ("MaxFileSize", "104857600"),
    ("MaxMarkdownNodes", "0"),
    ("MaxNotificationsPerChannel", "1000"),
    ("MinimumHashtagLength", "3"),
    ("MobileAllowPdfLinkNavigation", "false"),
    ("MobileEnableSecureFilePreview", "false"),
    ("PersistentNotificationIntervalMinutes", "5"),
    ("PersistentNotificationMaxRecipients", "5"),
    ("PostAcknowledgements", "false"),
    ("PostPriority", "false"),
    ("RequireEmailVerification", "false"),
    ("RestrictDMAndGMAutotranslation", "false"),
    ("RestrictDirectMessage", "any"),
    ("SQLDriverName", "postgres"),
    ("SamlFirstNameAttributeSet", "false"),
    ("SamlLastNameAttributeSet", "false"),
    ("SamlNicknameAttributeSet", "false"),
    ("SamlPositionAttributeSet", "false"),
    ("ScheduledPosts", "false"),
    ("SendEmailNotifications", "false"),
    ("SendPushNotifications", "false"),
    ("TeammateNameDisplay", "username"),
    ("TimeBetweenUserTypingUpdatesMilliseconds", "5000"),
    ("UniqueEmojiReactionLimitPerPost", "50"),
    ("UseAnonymousURLs", "false"),
    ("UsersStatusAndProfileFetchingPollIntervalMilliseconds", "3000"),
    ("YoutubeReferrerPolicy", "false"),
];

/// What anybody may know.
#[must_use]
pub fn limited(config: &Config, installation: &str, no_accounts: bool) -> ClientConfig {
    let mut map = fixed(FIXED);
    map.extend([
        ("DiagnosticId", installation.to_owned()),
        ("EnableOpenServer", config.accounts.open_signup.to_string()),
        ("NoAccounts", no_accounts.to_string()),
        ("PasswordMinimumLength", config.accounts.password_min_length.to_string()),
        ("SiteName", config.server.site_name.clone()),
        ("SiteURL", config.server.site_url.clone()),
        ("TelemetryId", installation.to_owned()),
    ]);
    map
}

/// What whoever is logged in may know. `schema` is the version of the database's schema.
#[must_use]
pub fn full(config: &Config, installation: &str, installed_at: Millis, schema: i64) -> ClientConfig {
    let mut map = limited(config, installation, false);
    map.extend(fixed(FIXED_WITH_SESSION));
    map.extend([
        ("InstallationDate", installed_at.to_string()),
        ("MaxPostSize", config.posts.max_chars.to_string()),
        ("PostEditTimeLimit", config.posts.edit_limit_seconds.to_string()),
        ("SchemaVersion", schema.to_string()),
        ("ShowEmailAddress", config.accounts.show_email_addresses.to_string()),
        ("ShowFullName", config.accounts.show_full_names.to_string()),
    ]);
    map
}

/// Names a state of the settings: clients refetch them when it changes.
#[must_use]
pub fn version_id(config: &ClientConfig) -> String {
    let mut hash = Sha1::new();
    for (name, value) in config {
        hash.update(name);
        hash.update([0]);
        hash.update(value);
        hash.update([0]);
    }
    let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{VERSION}.{BUILD}.{hash}.false")
}

fn fixed(entries: &[(&'static str, &str)]) -> ClientConfig {
    entries.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_knows_more_and_the_hash_follows_the_settings() {
        let mut config = Config::defaults().unwrap();
        let before = full(&config, "id", 1, 3);
        let anonymous = limited(&config, "id", false);
        assert!(anonymous.keys().all(|key| before.contains_key(key)));
        assert!(!anonymous.contains_key("MaxPostSize"));
        config.server.site_name = "Elsewhere".to_owned();
        assert_ne!(version_id(&before), version_id(&full(&config, "id", 1, 3)));
    }
}
