import type { Page } from 'playwright-core';

/** The list of messages as a browser shows it. */
export const uidsOf = (page: Page): Promise<string[]> =>
  page.locator('.row').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-uid') ?? ''));

/** Selector of a row. */
export const row = (uid: string | undefined): string => `.row[data-uid="${uid ?? ''}"]`;

/** Selector of a row while it has the focus. */
export const focused = (uid: string | undefined): string => `${row(uid)} a.subject:focus`;
