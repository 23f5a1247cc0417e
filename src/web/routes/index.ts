/** The core's routing table: URL contract of `docs/urls.md`. */
import { commandRoutes } from '../commands';
import { desktopRoutes } from '../desktop';
import { installableRoutes } from '../installable';
import { offlineRoutes } from '../offline';
import { readingRoutes } from '../reading';
import type { RouteSpec } from '../route';
import { actionRoutes } from './actions';
import { adminRoutes } from './admin';
import { attachmentRoutes } from './attachments';
import { autocompleteRoutes } from './autocomplete';
import { composeRoutes } from './compose';
import { composeListRoutes } from './compose-lists';
import { confirmRoutes } from './confirm';
import { eventRoutes } from './events';
import { exportRoutes } from './export';
import { helpRoutes } from './help';
import { journeyRoutes } from './help-journeys';
import { homeRoutes } from './home';
import { identityRoutes } from './identities';
import { imageRoutes } from './image';
import { importRoutes } from './imports';
import { labelRoutes } from './labels';
import { lateCopyRoutes } from './late-copies';
import { loginRoutes } from './login';
import { mailRoutes } from './mail';
import { mailboxRoutes } from './mailboxes';
import { muteRoutes } from './mute';
import { olderRoutes } from './older';
import { outboxRoutes } from './outbox';
import { partRoutes } from './parts';
import { recipientClassRoutes } from './recipient-classes';
import { searchRoutes } from './search';
import { searchActionRoutes } from './search-actions';
import { savedSearchRoutes } from './searches';
import { securityRoutes } from './security';
import { settingsRoutes } from './settings';
import { snoozeRoutes } from './snooze';
import { templateRoutes } from './templates';
import { threadRoutes } from './threads';

export const ROUTES: readonly RouteSpec[] = [
  ...loginRoutes,
  ...confirmRoutes,
  ...journeyRoutes,
  ...helpRoutes,
  ...homeRoutes,
  ...installableRoutes,
  ...offlineRoutes,
  ...commandRoutes,
  ...imageRoutes,
  // Before the message of that uid.
  ...exportRoutes,
  ...olderRoutes,
  ...muteRoutes,
  ...mailRoutes,
  ...searchRoutes,
  ...searchActionRoutes,
  ...savedSearchRoutes,
  ...mailboxRoutes,
  ...labelRoutes,
  ...threadRoutes,
  ...snoozeRoutes,
  ...importRoutes,
  ...partRoutes,
  ...readingRoutes,
  ...actionRoutes,
  ...composeRoutes,
  ...lateCopyRoutes,
  ...outboxRoutes,
  ...composeListRoutes,
  ...identityRoutes,
  ...templateRoutes,
  ...autocompleteRoutes,
  ...recipientClassRoutes,
  ...attachmentRoutes,
  ...settingsRoutes,
  ...securityRoutes,
  ...adminRoutes,
  ...desktopRoutes,
  ...eventRoutes,
];
