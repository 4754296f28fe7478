/** Moments and spans in words. Pure: the moment it is now and the zone are given. */

import { type Key, t } from "../words";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Here {
  now: Date;
  zone: string;
}

interface Parts {
  year: number;
  month: number;
  day: number;
  time: string;
}

// Making a formatter costs more than using it a thousand times; a list of 200 orders uses one.
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
  formats.set(zone, made);
  return made;
}

function partsOf(at: Date, zone: string): Parts {
  const found: Record<string, string> = {};
  for (const part of formatOf(zone).formatToParts(at)) found[part.type] = part.value;
  return {
    year: Number(found.year),
    month: Number(found.month),
    day: Number(found.day),
    time: `${found.hour}:${found.minute}`,
  };
}

/** 14:30, in the estate's zone. */
export function clockTime(at: Date | string, zone: string): string {
  return partsOf(new Date(at), zone).time;
}

/** Days from now's date to the moment's, by the calendar of the zone. */
export function daysAway(at: Date | string, { now, zone }: Here): number {
  const [then, today] = [partsOf(new Date(at), zone), partsOf(now, zone)];
  return Math.round(
    (Date.UTC(then.year, then.month - 1, then.day) - Date.UTC(today.year, today.month - 1, today.day)) / DAY,
  );
}

const NEAR: Record<string, Key> = { "-1": "time.yesterday", "0": "time.today", "1": "time.tomorrow" };

/** 今天 14:30 */
export function moment(at: Date | string, here: Here): string {
  const { month, day, time } = partsOf(new Date(at), here.zone);
  const near = NEAR[String(daysAway(at, here))];
  return near ? t(near, { time }) : t("time.date", { month, day, time });
}

/** 1 小时 5 分; what is shorter than a minute in seconds, what is longer than two days in days. */
export function span(milliseconds: number): string {
  const length = Math.abs(milliseconds);
  if (length < MINUTE) return t("time.seconds", { n: Math.round(length / 1000) });
  if (length >= 2 * DAY) return t("time.days", { n: Math.floor(length / DAY) });
  const minutes = Math.floor(length / MINUTE);
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  if (!h) return t("time.minutes", { n: m });
  return m ? t("time.hours_minutes", { h, m }) : t("time.hours", { n: h });
}

/** 还剩 25 分 – or 超时 3 分. A begun minute is still there until it has passed, and late is at least one. */
export function remaining(due: Date | string, now: Date): string {
  const left = new Date(due).getTime() - now.getTime();
  if (left >= 0) return t("time.left", { span: span(Math.max(MINUTE, Math.ceil(left / MINUTE) * MINUTE)) });
  return t("time.late", { span: span(Math.max(MINUTE, -left)) });
}

/** 今天 14:30（还剩 25 分） */
export function due(at: Date | string | null, here: Here): string {
  if (!at) return t("time.none");
  return t("time.with", { moment: moment(at, here), note: remaining(at, here.now) });
}

/** 今天 14:30（2 小时后开始） */
export function starts(at: Date | string, here: Here): string {
  const left = new Date(at).getTime() - here.now.getTime();
  return t("time.with", { moment: moment(at, here), note: t("time.in", { span: span(left) }) });
}

/** How long ago, for the page of what is not sent. */
export function ago(at: Date | string, now: Date): string {
  const passed = now.getTime() - new Date(at).getTime();
  return passed < MINUTE ? t("time.just_now") : t("time.ago", { span: span(passed) });
}

/** 12:05 or 1:02:05, for a clock that runs. */
export function running(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
