//! The settings that clients read, all of them as strings. Keys that no client reads are left out.
//!
//! What this server does not do is switched off here, so that clients do not offer it.

use std::collections::BTreeMap;

use sha1::{Digest, Sha1};

use crate::protocol::v4::{self, SERVER_VERSION};
use crate::services::{Core, server};

/// Names and values.
pub(super) type ClientConfig = BTreeMap<&'static str, String>;

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
    ("BuildNumber", SERVER_VERSION),
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
    ("PasswordEnableForgotLink", "true"),
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
    ("Version", SERVER_VERSION),
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
pub(super) fn limited(core: &Core, no_accounts: bool) -> ClientConfig {
    let (config, installation) = (&core.config, &core.installation);
    let mut map = fixed(FIXED);
    map.extend([
        ("DiagnosticId", installation.id.clone()),
        ("EnableOpenServer", config.accounts.open_signup.to_string()),
        ("NoAccounts", no_accounts.to_string()),
        ("PasswordMinimumLength", config.accounts.password_min_length.to_string()),
        ("SiteName", config.server.site_name.clone()),
        ("SiteURL", config.server.site_url.clone()),
        ("TelemetryId", installation.id.clone()),
    ]);
    map
}

/// What whoever is logged in may know.
pub(super) fn full(core: &Core) -> ClientConfig {
    let config = &core.config;
    let mut map = limited(core, false);
    map.extend(fixed(FIXED_WITH_SESSION));
    map.extend([
        ("InstallationDate", core.installation.installed_at.to_string()),
        ("MaxPostSize", config.posts.max_chars.to_string()),
        ("PostEditTimeLimit", config.posts.edit_limit_seconds.to_string()),
        ("SchemaVersion", server::schema_version().to_string()),
        ("ShowEmailAddress", config.accounts.show_email_addresses.to_string()),
        ("ShowFullName", config.accounts.show_full_names.to_string()),
    ]);
    map
}

/// Names the server and the state of its settings: clients refetch them when it changes.
#[must_use]
pub fn version_id(core: &Core) -> String {
    let mut hash = Sha1::new();
    for (name, value) in full(core) {
        hash.update(name);
        hash.update([0]);
        hash.update(value);
        hash.update([0]);
    }
    let name: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    v4::version_id(&name)
}

fn fixed(entries: &[(&'static str, &str)]) -> ClientConfig {
    entries.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_there_twice() {
        assert_eq!(fixed(FIXED).len() + fixed(FIXED_WITH_SESSION).len(), FIXED.len() + FIXED_WITH_SESSION.len());
        assert!(FIXED.iter().all(|(key, _)| !FIXED_WITH_SESSION.iter().any(|(other, _)| key == other)));
    }
}
