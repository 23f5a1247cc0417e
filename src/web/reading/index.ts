/**
 * Reading a message: where it comes from, its files, reports and receipts. No list and no writing.
 * Its routes are mounted by the table of routes; its models are part of the message's page.
 */
import type { RouteSpec } from '../route';
import { fileRoutes } from './files-route';
import { leaveRoutes } from './leave-route';
import { previewRoutes } from './preview-route';
import { receiptRoutes } from './receipt-route';
import { reportRoutes } from './report-route';
import { transitRoutes } from './transit-route';

export const readingRoutes: readonly RouteSpec[] = [
  ...transitRoutes,
  ...leaveRoutes,
  ...fileRoutes,
  ...previewRoutes,
  ...receiptRoutes,
  ...reportRoutes,
];
