/** The tablet: who is at work on it, and everything that goes on by itself. */

import { computed, type Signal, signal } from "@preact/signals";
import { DeviceClock } from "../device/clock";
import { ifThereIsRoom, measure, persist, UNKNOWN } from "../device/quota";
import { type DeviceRow, openStorage, type Storage, strictly, wipe } from "../device/storage";
import { browser, type Surroundings } from "../device/surroundings";
import { cleanUp, NOTHING } from "./bundle";
import {
  type Connection,
  type Field,
  type KnownPerson,
  NotAnswered,
  NotSaved,
  type Phase,
  type PushState,
  type StorageState,
  type Words,
} from "./contract";
import type { Pass } from "./delivery";
import { People } from "./people";
import { notSaved } from "./photos";
import type { Questions } from "./questions";
import { type Attempt, Schedule } from "./schedule";
import { Session } from "./session";

export const IDLE_LIMIT = 5 * 60_000;
/** An emergency is on the screen within five seconds: the question, and the answer to the one that follows it. */
export const LOOK = 3_500;
const LONGEST_LOOK = 60_000;
const WIPED: Words = {
  zh: "此平板或您在其上的登记已被吊销，平板上的数据已清除。如需继续使用请重新登录",
  en: "This tablet, or your enrolment on it, was revoked; the data on it has been removed. Sign in again to go on",
};
/** A browser that was killed lets go of its storage within seconds; a private window never gives one. */
const REOPEN = 2_000;
const NOT_OPEN: Words = { zh: "没有保存：请先解锁", en: "Not saved: unlock first" };

export interface Made {
  field: Field;
  /** Resolves when the storage is open, or the app cannot run here. */
  ready: Promise<void>;
  /** Heartbeat: every few seconds, and on waking up. */
  beat(): void;
  /** Asks whether there is an emergency; gives the milliseconds until it is to be asked again. */
  look(): Promise<number>;
  /** Somebody has touched the tablet. */
  touched(): void;
  /** Another tab has written something of this person. */
  changedElsewhere(person: string): Promise<void>;
  stop(): void;
}

export interface Options {
  device?: Surroundings;
  appVersion: string;
  /** Whether the address asks for enrolment (`/tablet/enrol`). */
  enrolling?: boolean;
  obstacle?: Words | null;
  update?: Signal<boolean>;
  applyUpdate?: () => void;
  /** Tells other tabs. */
  told?: (person: string) => void;
  /** Another tab runs a newer version and needs the database. */
  outdated?: () => void;
}

export function makeField(options: Options): Made {
  return new Tablet(options).made();
}

/** Somebody answers for the server that it does not work. */
const isTired = (pass: Pass): boolean => pass.kind === "later" && pass.tired === true;

class Tablet {
  private readonly device: Surroundings;
  private readonly phase = signal<Phase>("starting");
  private readonly obstacle = signal<Words | null>(null);
  private readonly people = signal<KnownPerson[]>([]);
  private readonly current = signal<Session | null>(null);
  private readonly deviceName = signal<string | null>(null);
  private readonly storageState = signal<StorageState>(UNKNOWN);
  private readonly push = signal<PushState>("unavailable");
  private readonly connection: Signal<Connection>;
  private readonly sessions = new Map<string, Session>();
  private readonly schedule: Schedule;
  private clock: DeviceClock;
  private storage!: Storage;
  private registry!: People;
  private row!: DeviceRow;
  private lastTouch: number;
  private looksFailed = 0;

  constructor(private readonly options: Options) {
    this.device = options.device ?? browser;
    this.clock = new DeviceClock(this.device);
    this.lastTouch = this.device.wall();
    this.schedule = new Schedule(this.device, () => this.attempt());
    const online = this.device.online();
    this.connection = signal({
      online,
      silent: false,
      sending: false,
      lastContact: null,
      offsetMs: null,
      problem: null,
    });
  }

  made(): Made {
    return {
      field: this.field(),
      ready: this.start(),
      beat: () => this.beat(),
      look: () => this.look(),
      touched: () => {
        this.lastTouch = this.device.wall();
      },
      changedElsewhere: async (person) => {
        await this.sessions.get(person)?.reload();
        await this.listPeople();
      },
      stop: () => {
        this.schedule.stop();
        this.storage?.close();
      },
    };
  }

  private field(): Field {
    const ofCurrent = <T>(read: (session: Session) => T, otherwise: T) =>
      computed(() => (this.current.value ? read(this.current.value) : otherwise));
    return {
      phase: this.phase,
      obstacle: this.obstacle,
      people: this.people,
      person: ofCurrent((each) => each.person.value, null),
      orders: ofCurrent((each) => each.orders.value, []),
      entries: ofCurrent((each) => each.entries.value, []),
      sentLately: ofCurrent((each) => each.sentLately.value, []),
      settledLately: ofCurrent((each) => each.settledLately.value, []),
      reference: ofCurrent((each) => each.reference.value, NOTHING),
      connection: this.connection,
      storage: this.storageState,
      push: this.push,
      update: this.options.update ?? signal(false),
      deviceName: this.deviceName,
      appVersion: this.options.appVersion,
      now: () => this.clock.now(),
      session: () => this.registry.session(),
      beginEnrolment: () => {
        this.phase.value = "enrol";
      },
      cancelEnrolment: () => this.rest(),
      enrol: (name, pin) => this.enrol(name, pin),
      unlock: (code, pin) => this.unlock(code, pin),
      lock: () => this.lock(),
      acknowledgeWipe: () => this.rest(),
      act: (ref, verb, body, photos = [], draft = undefined) =>
        this.saved((each) => each.act(ref, verb, body, photos, draft)),
      draft: (order, name) => this.current.value?.drafts.get(order, name) ?? null,
      keepDraft: (order, name, value) => this.current.value?.drafts.keep(order, name, value),
      draftsKept: async () => {
        // Who is to sign in again is still at work, although nothing of his is sent.
        const current = this.current.value;
        const sessions = new Set([...this.sessions.values(), ...(current ? [current] : [])]);
        await Promise.all([...sessions].map((each) => each.drafts.settled())).catch((error) => {
          throw notSaved(error);
        });
      },
      keepPhoto: (blob, role) => this.saved((each) => each.keepPhoto(blob, role), false),
      keepVoice: (blob, seconds) => this.saved((each) => each.keepVoice(blob, seconds), false),
      photoUrl: async (hash) => this.current.value?.photoUrl(hash) ?? null,
      placeAt: (code) => this.questions().placeAt(code),
      findHouseholds: (text) => this.questions().findHouseholds(text),
      contactsOf: (household) => this.questions().contactsOf(household),
      drop: (id) => this.saved((each) => each.drop(id)),
      keepAsSupplement: (id) => this.saved((each) => each.keepAsSupplement(id)),
      wantPush: (on) => this.wantPush(on),
      syncNow: () => this.schedule.now(),
      applyUpdate: () => this.options.applyUpdate?.(),
      askToPersist: async () => {
        await this.device.askToNotify(); // who may notify is also trusted to keep what he stores
        return this.askToPersist();
      },
    };
  }

  private questions(): Questions {
    const session = this.current.value;
    if (!session) throw new NotAnswered("not_open", null);
    return session.questions;
  }

  private async start(): Promise<void> {
    if (this.options.obstacle) return this.refuse(this.options.obstacle);
    this.storage = await this.opened();
    this.registry = new People(this.storage, this.device);
    this.row = (await this.storage.get("device", "device")) ?? this.newDevice();
    this.deviceName.value = this.row.name;
    this.clock = new DeviceClock(this.device, this.row.offsetMs);
    await cleanUp(this.storage, this.clock.now().getTime());
    await Promise.all([this.listPeople(), this.measureStorage()]);
    if (this.options.enrolling) this.phase.value = "enrol";
    else this.rest();
  }

  /** Tries until it opens: what was saved lies in it, so nothing more may be said than that it is not open yet. */
  private async opened(): Promise<Storage> {
    for (;;) {
      try {
        return await openStorage(this.device.databaseName, this.options.outdated);
      } catch {
        this.phase.value = "held";
      }
      await new Promise<void>((goOn) => this.device.later(REOPEN, goOn));
    }
  }

  private refuse(why: Words): void {
    this.obstacle.value = why;
    this.phase.value = "unsupported";
  }

  private newDevice(): DeviceRow {
    return { id: "device", code: crypto.randomUUID(), name: null, offsetMs: null };
  }

  /** Nobody is at work: the list of people, or the first enrolment. */
  private rest(): void {
    this.obstacle.value = null;
    this.phase.value = this.current.value ? "open" : this.people.value.length > 0 ? "locked" : "enrol";
  }

  private async enrol(name: string, pin: string): Promise<void> {
    // Known before the server knows it: a tablet that dies in between is the same tablet afterwards.
    await this.keepDevice({});
    const enrolled = await this.registry.enrol(this.row.code, name, pin);
    await this.keepDevice({ name: enrolled.deviceName });
    this.deviceName.value = enrolled.deviceName;
    this.sessions.delete(enrolled.row.code); // its token has ended
    await this.open(enrolled.row.code, enrolled.row.name, enrolled.key);
    void this.askToPersist();
  }

  private async keepDevice(changes: Partial<DeviceRow>): Promise<void> {
    const work = strictly(this.storage, ["device"]);
    this.row = { ...this.row, ...changes };
    void work.store.put(this.row);
    await work.done;
  }

  private async unlock(code: string, pin: string): Promise<"open" | "wrong" | "locked_out"> {
    const unlocked = await this.registry.unlock(code, pin);
    if (unlocked.result === "open") await this.open(code, unlocked.row.name, unlocked.key);
    else await this.listPeople();
    return unlocked.result;
  }

  private async open(code: string, name: string, key: CryptoKey): Promise<void> {
    const session = this.sessions.get(code) ?? (await this.begin(code, name, key));
    this.sessions.set(code, session);
    this.current.value = session;
    this.recall(session.code);
    this.lastTouch = this.device.wall();
    this.phase.value = "open";
    await Promise.all([this.listPeople(), this.lookAtPush()]);
    void this.schedule.now();
  }

  /** When the server was last met is known across restarts: by the tablet, whoever it was. */
  private recall(code: string): void {
    const known = this.people.value.find((each) => each.code === code)?.lastContact ?? null;
    const { lastContact } = this.connection.value;
    if (known && (!lastContact || known > lastContact)) {
      this.connection.value = { ...this.connection.value, lastContact: known, offsetMs: this.clock.offsetMs };
    }
  }

  private async wantPush(on: boolean): Promise<void> {
    const session = this.current.value;
    if (!session) return;
    const wanted = on && (await this.device.askToNotify());
    await this.registry.wantPush(session.code, wanted);
    await this.lookAtPush();
    void this.schedule.now();
  }

  /** He may have said yes here and the browser no since. */
  private async lookAtPush(): Promise<void> {
    const permission = this.device.notifying();
    const code = this.current.value?.code;
    const wanted = code !== undefined && (await this.registry.wantsPush(code));
    if (permission === "unavailable") this.push.value = permission;
    else if (permission === "denied") this.push.value = "refused";
    else this.push.value = wanted && permission === "granted" ? "on" : "off";
  }

  private begin(code: string, name: string, key: CryptoKey): Promise<Session> {
    const { storage, device, clock, row, options } = this;
    return Session.begin(
      {
        storage,
        device,
        clock,
        deviceCode: row.code,
        appVersion: options.appVersion,
        wantsPush: (person) => this.registry.wantsPush(person),
        persisted: () => this.storageState.value.persisted,
        met: async (person, contact) => {
          await ifThereIsRoom(this.registry.met(person, contact.at, contact.keepDays));
          if (this.row.offsetMs !== clock.offsetMs) {
            await ifThereIsRoom(this.keepDevice({ offsetMs: clock.offsetMs }));
          }
          this.connection.value = {
            ...this.connection.value,
            online: true,
            silent: false,
            lastContact: new Date(contact.at),
            offsetMs: clock.offsetMs,
          };
        },
      },
      code,
      name,
      key,
    );
  }

  /**
   * Asks whether there is an emergency, a question that costs the server next to nothing; if anything of it has changed,
   * all is asked for at once. Returns the milliseconds until the next look.
   */
  private async look(): Promise<number> {
    const session = this.current.value;
    if (!session || !this.device.visible() || !this.device.online()) return LOOK;
    try {
      if (await session.isAlarmed()) void this.schedule.now();
      this.looksFailed = 0;
    } catch {
      // The schedule says what is wrong; here it is only asked less often.
      this.looksFailed += 1;
    }
    return Math.min(LOOK * 2 ** this.looksFailed, LONGEST_LOOK);
  }

  /** The session goes on sending; only its screen is closed. */
  private lock(): void {
    this.current.value?.forgetPictures();
    this.current.value = null;
    if (this.phase.value === "open") this.rest();
    void this.listPeople();
  }

  private async saved<T>(work: (session: Session) => Promise<T>, tell = true): Promise<T> {
    const session = this.current.value;
    if (!session) throw new NotSaved("not_open", NOT_OPEN);
    try {
      const result = await work(session);
      if (tell) this.afterSaving(session);
      return result;
    } catch (error) {
      void this.measureStorage();
      throw notSaved(error);
    }
  }

  private afterSaving(session: Session): void {
    this.options.told?.(session.code);
    void this.listPeople();
    void this.schedule.soon();
  }

  private async attempt(): Promise<Attempt> {
    const sessions = [...this.sessions.values()];
    if (sessions.length === 0) return { failed: false, moved: false, wait: null };
    this.connection.value = { ...this.connection.value, sending: true };
    const passes: Pass[] = [];
    for (const session of sessions) passes.push(await this.passOf(session));
    this.report(passes);
    await Promise.all([this.listPeople(), this.measureStorage()]);
    const waits = passes.map((pass) => (pass.kind === "later" ? (pass.wait ?? 0) : 0));
    return {
      failed: passes.some((pass) => pass.kind === "unreachable" || pass.kind === "later"),
      moved: sessions.some((each) => each.moved),
      wait: Math.max(...waits),
    };
  }

  private async passOf(session: Session): Promise<Pass> {
    const pass = await session.pass();
    // Who has signed in again meanwhile has another token: what the old one was told is over.
    if (this.sessions.get(session.code) !== session) return { kind: "elsewhere" };
    if (pass.kind === "revoked") await this.wipe(pass.what === "device" ? null : session.code);
    if (pass.kind === "sign_in") {
      this.sessions.delete(session.code);
      await this.registry.signInAgain(session.code);
    }
    if (pass.kind === "done") this.options.told?.(session.code);
    return pass;
  }

  private report(passes: Pass[]): void {
    const unreachable = passes.some((pass) => pass.kind === "unreachable");
    const problem = passes.map((pass) => (pass.kind === "later" ? pass.problem : null)).find((each) => each) ?? null;
    const online = this.device.online() && !unreachable;
    const silent = this.device.online() && passes.some((pass) => pass.kind === "unreachable" || isTired(pass));
    this.connection.value = { ...this.connection.value, online, silent, sending: false, problem };
  }

  private async wipe(person: string | null): Promise<void> {
    for (const code of person === null ? [...this.sessions.keys()] : [person]) this.sessions.delete(code);
    await wipe(this.storage, person);
    if (person === null) {
      this.row = this.newDevice();
      this.deviceName.value = null;
    }
    const seen = person === null || this.current.value?.code === person;
    if (seen) {
      this.current.value = null;
      this.obstacle.value = WIPED;
      this.phase.value = "wiped";
    }
    await this.listPeople();
  }

  private beat(): void {
    this.clock.beat();
    const online = this.device.online();
    if (!online && this.connection.value.online) this.connection.value = { ...this.connection.value, online };
    if (this.phase.value === "open" && this.device.wall() - this.lastTouch > IDLE_LIMIT) this.lock();
  }

  private async listPeople(): Promise<void> {
    this.people.value = await this.registry.known(this.sessions);
  }

  private async measureStorage(): Promise<void> {
    this.storageState.value = await measure(this.device);
  }

  private async askToPersist(): Promise<boolean> {
    const granted = await persist(this.device);
    await this.measureStorage();
    return granted;
  }
}
