import type { SiteId } from 'estafette/plugin';

export const PAGES = 'calendar_booking_pages';
export const APPOINTMENTS = 'calendar_appointments';

/** A time of a day, in milliseconds since its midnight; the end is outside. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where one meets. */
export const WHERES = ['place', 'phone', 'video'] as const;
export type Where = (typeof WHERES)[number];

/** Who may book: whoever has the address, or agents of the site who are signed in. */
export const AUDIENCES = ['site', 'public'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** What an agent says of a page on which others book. */
export interface Said {
  readonly title: string;
  readonly description: string;
  readonly lengthMinutes: number;
  /** Free time that is kept before and after each. */
  readonly pauseMinutes: number;
  /** Nothing is booked sooner, nor later. */
  readonly noticeHours: number;
  readonly horizonDays: number;
  /** Seven, Monday first. */
  readonly hours: readonly (readonly Range[])[];
  readonly onHolidays: boolean;
  /** What a guest chooses from; nothing is asked without any. */
  readonly reasons: readonly string[];
  readonly where: Where;
  /** The address of the place, or of the meeting. */
  readonly place: string;
  readonly asksPhone: boolean;
  /** Appointments of one day; 0 for as many as there is time for. */
  readonly perDay: number;
  readonly audience: Audience;
  /** `Calendar.id` that they are written into. */
  readonly calendar: string;
  /** `Calendar.id`s whose events take time; all of one's own where it is empty. */
  readonly calendars: readonly string[];
  readonly isActive: boolean;
}

export interface BookingPage {
  readonly id: string;
  readonly site: SiteId;
  readonly user: number;
  readonly slug: string;
  /** Who receives. */
  readonly name: string;
  readonly mail: string;
  readonly said: Said;
}

/** What a mail about an appointment is for. */
export type MailKind = '' | 'confirm' | 'booked' | 'moved' | 'cancelled';

/** What was booked, as it is kept. */
export interface AppointmentRow {
  readonly id: string;
  readonly page_id: string;
  readonly site: SiteId;
  readonly user_id: number;
  readonly state: 'held' | 'booked' | 'cancelled';
  /** Moments. */
  readonly start_ms: number;
  readonly end_ms: number;
  readonly until_ms: number;
  readonly title: string;
  readonly name: string;
  readonly mail: string;
  readonly phone: string;
  readonly reason: string;
  readonly comment: string;
  readonly locale: 'fr' | 'en';
  /** IANA name: on whose clock the guest chose. */
  readonly zone: string;
  readonly hash: string;
  readonly sealed: string;
  readonly origin: string;
  readonly uid: string;
  readonly version: number;
  readonly guest_mail: MailKind;
  readonly agent_mail: MailKind;
  readonly method: string;
  readonly ics: string;
  readonly made_ms: number;
}

/** Who books. */
export interface Guest {
  readonly name: string;
  readonly mail: string;
  readonly phone: string;
  readonly reason: string;
  readonly comment: string;
}
