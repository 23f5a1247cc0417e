// Who is there: sign-in, sessions and their states, users, permissions, request forgery.
// Not cookies, pages or routes (web), nor what a session is used for.
// Called by the web floor, the composition, and through contexts by plugins.
export { createActor } from './actor';
export type { Identity } from './authenticate';
export { countUsers } from './count-users';
export { createLoginCsrf, type LoginCsrf, type LoginToken, sameToken } from './csrf';
export {
  type AuthenticateQuery,
  type Challenge,
  type ChallengesQuery,
  type CloseReason,
  type ErasingTables,
  type LocatedUser,
  type LocateQuery,
  type NewUser,
  type OpeningQuery,
  type SecurityEvent,
  sessionHooks,
  type UserRecord,
} from './hooks';
export { createImapLogin, type ImapLogin, type VerifyImap } from './imap-login';
export { createKeyRing, type KeyRing, type ServerKey } from './keys';
export { isLocalPath, landingPage } from './landing';
export { createLdapLogin, type LdapLogin } from './ldap-login';
export { sessionMigrations } from './migrations';
export { countOpenSessions } from './open-sessions-store';
export { checkRequestOrigin, type RequestOrigin } from './origin';
export { can, type PermissionDeps } from './permissions';
export type { SecretHandle } from './secret';
export type {
  ClosedSession,
  LoadedSession,
  SessionSummary,
  SignedIn,
  SignInRequest,
} from './service-types';
export { nextState, type State, type Transition } from './session';
export { createSessions, type Sessions, type SessionsDeps } from './sessions';
export { isRefusal, REFUSAL_FLOOR_MS } from './sign-in';
export {
  createThrottle,
  networkOf,
  THROTTLE_POLICIES,
  type Throttle,
  type ThrottlePolicies,
  type ThrottlePolicy,
} from './throttle';
export type {
  Actor,
  MailCredential,
  Principal,
  Session,
  SessionKey,
  SessionState,
  User,
} from './types';
export { createUserAffairs, type UserAffairs, type UserAffairsDeps } from './user-affairs';
export { createUserStore, type UserExport, type UserStore, type UserStoreDeps } from './user-store';
