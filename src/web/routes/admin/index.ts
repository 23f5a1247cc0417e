// The administration area: what runs, for whom, at what cost, and how to change it. It reads and
// calls the domain; permission, token and effect are checked there too.
// Mounted by the table of routes; everything it asks is in `deps.ts`.
import { adminRoutes as guarded } from './access';
import { auditRoutes } from './audit';
import { bootRoutes } from './boot';
import { changeRoutes } from './change';
import { configurationRoutes } from './configuration';
import { historyRoutes } from './history';
import { jobRoutes } from './jobs';
import { overviewRoutes } from './overview';
import { pluginRoutes } from './plugins';
import { rollbackRoutes } from './rollback';
import { siteRoutes } from './sites';

export const adminRoutes = [
  ...guarded([
    ...overviewRoutes,
    ...siteRoutes,
    ...pluginRoutes,
    ...configurationRoutes,
    ...changeRoutes,
    ...historyRoutes,
    ...rollbackRoutes,
    ...jobRoutes,
    ...bootRoutes,
  ]),
  // Readers of the log need not be administrators, nor the reverse.
  ...auditRoutes,
];
