/** Who is enrolled on this tablet, what opens for whom, and how somebody is enrolled. */

import { Client, Refused } from "../api/client";
import { type Counts, counts, of, type PersonRow, type Storage, strictly } from "../device/storage";
import type { Surroundings } from "../device/surroundings";
import { changePin, createKey, isPin, MOST_TRIES, seal, type Unwrapped, unwrapByPin } from "../device/vault";
import { place } from "./bundle";
import { type KnownPerson, NotEnrolled, type Words } from "./contract";
import type { Receipt } from "./delivery";

export type Unlocked = { result: "open"; key: CryptoKey; row: PersonRow } | { result: "wrong" | "locked_out" };

interface Granted {
  token: string;
  person: { code: string; name: string };
  device: { code: string; name: string };
  /** Given only to who has signed in: wraps the data key a second time. */
  recovery?: string;
}

interface SignedIn {
  csrf: string;
  person: { code: string; name: string };
}

export class People {
  constructor(
    private readonly storage: Storage,
    private readonly device: Surroundings,
  ) {}

  /** Of who was unlocked the numbers are known without reading; the others' are counted. */
  async known(unlocked: ReadonlyMap<string, { counts: Counts }>): Promise<KnownPerson[]> {
    const rows = await this.storage.getAll("people");
    return Promise.all(
      rows.map(async (row) => ({
        code: row.code,
        name: row.name,
        ...(unlocked.get(row.code)?.counts ?? (await counts(this.storage, row.code))),
        lockedOut: row.wrongTries >= MOST_TRIES,
        signInAgain: row.signInAgain,
        lastContact: row.lastContact === null ? null : new Date(row.lastContact),
        sending: unlocked.has(row.code),
      })),
    );
  }

  async wantsPush(code: string): Promise<boolean> {
    return (await this.storage.get("people", code))?.push ?? false;
  }

  async wantPush(code: string, push: boolean): Promise<void> {
    await this.change(code, (each) => ({ ...each, push }));
  }

  /** A try is counted before it is made: pulling the plug does not give it back. */
  async unlock(code: string, pin: string): Promise<Unlocked> {
    const row = await this.change(code, (each) =>
      each.wrongTries >= MOST_TRIES ? each : { ...each, wrongTries: each.wrongTries + 1 },
    );
    if (!row) return { result: "wrong" };
    if (row.before.wrongTries >= MOST_TRIES) return { result: "locked_out" };
    const key = isPin(pin) ? await unwrapByPin(row.after, pin) : null;
    if (!key) return { result: row.after.wrongTries >= MOST_TRIES ? "locked_out" : "wrong" };
    const opened = await this.change(code, (each) => ({ ...each, wrongTries: 0 }));
    return { result: "open", key, row: opened?.after ?? row.after };
  }

  /** Who is signed in by session; null for nobody or no network. */
  async session(): Promise<SignedIn["person"] | null> {
    try {
      return (await new Client(this.device, null).get<SignedIn>("/tablet/session")).body.person;
    } catch {
      return null;
    }
  }

  /** Enrols who is signed in by session. Throws `NotEnrolled`; then nothing has changed on the tablet. */
  async enrol(
    deviceCode: string,
    deviceName: string,
    pin: string,
  ): Promise<{ row: PersonRow; key: CryptoKey; deviceName: string }> {
    if (!isPin(pin)) throw new NotEnrolled("bad_pin", { zh: "PIN 为六位数字", en: "A PIN has six digits" });
    const granted = await this.granted(deviceCode, deviceName);
    const { code, name } = granted.person;
    const old = await this.storage.get("people", code);
    const { key, wrapped } = await this.keyFor(old, pin, granted.recovery ?? null);
    const fresh = {
      lastContact: null,
      keepDays: 3,
      nextSeq: old?.nextSeq ?? (await this.nextSeq(granted.token, deviceCode)),
    };
    const where = { person: code, kind: "token", id: "" } as const;
    const token = await seal(key, granted.token, place(where));
    const work = strictly(this.storage, ["people", "sealed"]);
    // As it stands now: another tab may have given numbers away while the PIN was stretched.
    const known = (await work.objectStore("people").get(code)) ?? fresh;
    const row: PersonRow = { ...known, ...wrapped, code, name, wrongTries: 0, signInAgain: false };
    void work.objectStore("people").put(row);
    void work.objectStore("sealed").put({ ...where, until: null, ...token });
    await work.done;
    return { row, key, deviceName: granted.device.name };
  }

  async signInAgain(code: string): Promise<void> {
    await this.change(code, (row) => ({ ...row, signInAgain: true }));
  }

  async met(code: string, lastContact: number, keepDays: number): Promise<void> {
    // Who is answered has a token that holds, whatever another tab was told with an older one.
    await this.change(code, (row) => ({ ...row, lastContact, keepDays, signInAgain: false }));
  }

  private async change(code: string, make: (row: PersonRow) => PersonRow) {
    const work = strictly(this.storage, ["people"]);
    const before = await work.store.get(code);
    const after = before && make(before);
    if (after) void work.store.put(after);
    await work.done;
    return before && after ? { before, after } : null;
  }

  private async granted(device: string, name: string): Promise<Granted> {
    const client = new Client(this.device, null);
    try {
      const { csrf } = (await client.get<SignedIn>("/tablet/session")).body;
      return (await client.post<Granted>("/tablet/enrolment", { device, name }, { "X-CSRFToken": csrf })).body;
    } catch (error) {
      throw notEnrolled(error);
    }
  }

  /**
   * The key of what is here already, under the new PIN; a new key where nothing is. What was entered is never given up:
   * without a way to its key the person is asked for the old PIN.
   */
  private async keyFor(old: PersonRow | undefined, pin: string, recovery: string | null): Promise<Unwrapped> {
    if (!old) return createKey(pin, recovery, this.device.pinRounds);
    const changed = recovery === null ? null : await changePin(old, pin, recovery, this.device.pinRounds);
    if (changed) return changed;
    const key = await unwrapByPin(old, pin);
    const { salt, iterations, byPin, byRecovery } = old;
    if (key) return { key, wrapped: { salt, iterations, byPin, byRecovery } };
    if ((await this.storage.count("entries", of(old.code))) > 0) throw new NotEnrolled("old_pin_needed", OLD_PIN);
    await this.forgetSealed(old.code);
    return createKey(pin, recovery, this.device.pinRounds);
  }

  private async forgetSealed(code: string): Promise<void> {
    const work = strictly(this.storage, ["sealed", "photos"]);
    void work.objectStore("sealed").delete(of(code));
    void work.objectStore("photos").delete(of(code));
    await work.done;
  }

  /** A tablet that was emptied goes on where the server is. Not knowing it is no harm: the server says so when it matters. */
  private async nextSeq(token: string, device: string): Promise<number> {
    const empty = {
      device,
      run: crypto.randomUUID(),
      elapsed_ms: 0,
      device_now: new Date(this.device.wall()).toISOString(),
    };
    try {
      const client = new Client(this.device, token);
      const answer = await client.post<Receipt>("/api/v1/field/operations", { ...empty, operations: [] });
      return answer.body.next_seq;
    } catch {
      return 1;
    }
  }
}

const OLD_PIN: Words = {
  zh: "此平板上有您未发送的记录。请重新登录，并输入原来的 PIN",
  en: "Entries of yours on this tablet are not sent yet. Sign in again and type your old PIN",
};

function notEnrolled(error: unknown): NotEnrolled {
  if (!(error instanceof Refused)) {
    return new NotEnrolled("no_network", { zh: "没有网络，登记需要联网", en: "No network; enrolment needs one" });
  }
  if (error.status === 401) {
    return new NotEnrolled("not_signed_in", { zh: "请先登录", en: "Please sign in first" });
  }
  return new NotEnrolled(error.code, { zh: error.words, en: error.words });
}
