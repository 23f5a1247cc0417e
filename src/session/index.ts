// Who is there: sign-in, sessions and their states, users, permissions, request forgery.
// Not cookies, pages or routes (web), nor what a session is used for.
// Called by the web floor, the composition, and through contexts by plugins.
export { type Absentees, createAbsentees } from './absentees';
export { createActor } from './actor';
export type { AppPassword, AppPasswordScope } from './app-password-store';
export {
  APP_PASSWORD,
  type AppPasswords,
  createAppPasswords,
  MAX_APP_PASSWORDS,
} from './app-passwords';
export type { Identity } from './authenticate';
export { type ConfirmedBy, isConfirmedSince } from './confirming';
export { countUsers } from './count-users';
export { type CountryOf, loadCountries, parseCountries } from './countries';
export { createLoginCsrf, type LoginCsrf, type LoginToken, sameToken } from './csrf';
export { createDeviceCookies, DEVICE_DAYS, type DeviceCookies, deviceIdOf } from './device';
export { type DeviceWords, deviceText, deviceWords } from './device-words';
export { createDirectoryLookup, type DirectoryLookup } from './directory-lookup';
export {
  type AuthenticateQuery,
  type Challenge,
  type ChallengesQuery,
  type CloseReason,
  type EndedSession,
  type ErasingTables,
  type LocatedUser,
  type LocateQuery,
  type NewUser,
  type OpeningQuery,
  type RefusedSignIn,
  type RenewedDevice,
  type SecuredAccount,
  type SecurityEvent,
  sessionHooks,
  type UserRecord,
} from './hooks';
export { createImapLogin, type ImapLogin, type VerifyImap } from './imap-login';
export {
  createKeptStates,
  type KeptState,
  type KeptStates,
  type StateFault,
  type TakenState,
} from './kept-state';
export { createKeyRing, deriveKey, type KeyRing, purposeKey, type ServerKey } from './keys';
export { isLocalPath, landingPage } from './landing';
export { createLdapLogin, type LdapLogin } from './ldap-login';
export type { SignInLink } from './links-store';
export { canonicalLogin } from './login-input';
export { externalSecret, mailCredential } from './mail-access';
export { sessionMigrations } from './migrations';
export { isRefusedFrom, type NetworkSide, networkSide, wantsFactorFrom } from './networks';
export { countOpenSessions } from './open-sessions-store';
export { checkRequestOrigin, type RequestOrigin } from './origin';
export { can, type PermissionDeps } from './permissions';
export { type SecretHandle, secretHandle } from './secret';
export type {
  ClosedSession,
  LoadedSession,
  SessionSummary,
  SignedIn,
  SignInRequest,
} from './service-types';
export { nextState, type State, type Transition } from './session';
export {
  createSessions,
  type Leaving,
  type ProviderNotice,
  type Sessions,
  type SessionsDeps,
} from './sessions';
export { isRefusal, REFUSAL_FLOOR_MS } from './sign-in';
export { stateMigrations } from './state-migrations';
export {
  createThrottle,
  networkOf,
  THROTTLE_POLICIES,
  type Throttle,
  type ThrottlePolicies,
  type ThrottlePolicy,
} from './throttle';
export { createFormThrottle, type FormThrottle } from './throttle-forms';
export type { RefreshTokens } from './tokens';
export type {
  Actor,
  Assurance,
  ExternalSecret,
  MailCredential,
  MailServer,
  Principal,
  SealedTokens,
  Session,
  SessionKey,
  SessionSecret,
  SessionState,
  User,
} from './types';
export { createUserAffairs, type UserAffairs, type UserAffairsDeps } from './user-affairs';
export { createUserStore, type UserExport, type UserStore, type UserStoreDeps } from './user-store';
export {
  type LinkEvent,
  type VouchedIdentity,
  type VouchedRequest,
  viaOf,
  type Way,
} from './vouched';
