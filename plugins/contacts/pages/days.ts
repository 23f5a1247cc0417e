const DATE = /^(?:(\d{4})|-)-(\d{2})-(\d{2})$/;

/** A day as it is read here: 31/12/1980, or 31/12 where the year is not told. */
export function dayText(day: string): string {
  const [, year, month, date] = DATE.exec(day) ?? [];
  if (month === undefined || date === undefined) return day;
  return [date, month, ...(year === undefined ? [] : [year])].join('/');
}
