import { beforeEach, describe, expect, test } from "vitest";
import { ago, due, moment, remaining, running, span, starts } from "../../src/parts/when";
import { language } from "../../src/words";

const now = new Date("2026-11-25T14:05:00+08:00");
const here = { now, zone: "Asia/Shanghai" };
const minutes = (n: number) => new Date(now.getTime() + n * 60_000);

beforeEach(() => {
  language.value = "zh";
});

describe("moments", () => {
  test("are told by the calendar of the estate's zone", () => {
    expect(moment("2026-11-25T14:30:00+08:00", here)).toBe("今天 14:30");
    expect(moment("2026-11-25T16:30:00Z", here)).toBe("明天 00:30");
    expect(moment("2026-11-24T23:59:00+08:00", here)).toBe("昨天 23:59");
    expect(moment("2026-12-01T08:00:00+08:00", here)).toBe("12月1日 08:00");
  });

  test("midnight is 00:00 and never 24:00", () => {
    expect(moment("2026-11-25T00:00:00+08:00", here)).toBe("今天 00:00");
  });
});

describe("what remains", () => {
  test("stands behind the moment", () => {
    expect(due(minutes(25), here)).toBe("今天 14:30（还剩 25 分）");
    language.value = "en";
    expect(due(minutes(25), here)).toBe("today 14:30 (25 min left)");
  });

  test("a begun minute is still there, at the due moment there is one, a second later it is late", () => {
    expect(remaining(new Date(now.getTime() + 61_000), now)).toBe("还剩 2 分");
    expect(remaining(now, now)).toBe("还剩 1 分");
    expect(remaining(new Date(now.getTime() - 1000), now)).toBe("超时 1 分");
    expect(remaining(minutes(-65), now)).toBe("超时 1 小时 5 分");
  });

  test("no time limit is said in words", () => {
    expect(due(null, here)).toBe("没有时限");
  });

  test("what lies ahead says when it begins", () => {
    expect(starts(minutes(120), here)).toBe("今天 16:05（2 小时后开始）");
  });
});

test("spans become days when hours say nothing any more", () => {
  expect(span(47 * 3600_000)).toBe("47 小时");
  expect(span(48 * 3600_000)).toBe("2 天");
  expect(span(30_000)).toBe("30 秒");
});

test("a running clock shows hours only when there are some and never goes below zero", () => {
  expect(running(12 * 60_000 + 5000)).toBe("12:05");
  expect(running(3_725_000)).toBe("1:02:05");
  expect(running(-5)).toBe("0:00");
});

test("what was saved just now is not counted", () => {
  expect(ago(minutes(-0.5), now)).toBe("刚刚");
  expect(ago(minutes(-3), now)).toBe("3 分前");
});
