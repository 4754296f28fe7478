/**
 * Pictures: shrunk, stripped, kept encrypted under the SHA-256 of their bytes, and sent in pieces that resume. Voice notes
 * go the same way, as they were recorded.
 */

import { type Client, Refused } from "../api/client";
import { ifThereIsRoom, isFull } from "../device/quota";
import { of, type PhotoRow, type Storage, strictly, written } from "../device/storage";
import type { Surroundings } from "../device/surroundings";
import { open, openBytes, seal, sealBytes, sha256 } from "../device/vault";
import { NotSaved, type Photo, type PhotoRole, type Words } from "./contract";
import { readPosition } from "./exif";
import { MOST_BYTES } from "./voice";

export const LONGEST_SIDE = 1600;
/** Of a floor plan that travels with a round: as wide as a tablet. */
const LONGEST_SIDE_OF_COPY = 1024;
export const CHUNK = 256 * 1024;
const DOOR = "/api/v1/field/photos";

interface Meta extends Partial<Omit<Photo, "hash" | "size">> {
  /** Of a voice note. */
  voice?: { seconds: number; type: string };
}
type State = PhotoRow["state"];
interface Progress {
  received: number[];
  complete: boolean;
}

const NOTHING_THERE: Progress = { received: [], complete: false };

type Refusal = NonNullable<PhotoRow["refusal"]>;

/** What Apple's cameras write; only Apple's browsers can read it. */
const HEIC: Words = {
  zh: "这是 HEIC 格式的照片，这台平板打不开。请用“用相机拍”重拍，或在相机设置里把格式改为“兼容性最佳”（JPEG）",
  en: "This is a HEIC picture, which this tablet cannot open. Take it with the camera in the app, or set the camera to “most compatible” (JPEG)",
};
const BRANDS = ["heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"];

/** By its first bytes: a file's name and type are what somebody has called it. */
async function isHeic(blob: Blob): Promise<boolean> {
  const head = new TextDecoder("latin1").decode(await blob.slice(4, 12).arrayBuffer());
  return head.startsWith("ftyp") && BRANDS.includes(head.slice(4));
}

const TOO_LARGE: Words = {
  zh: "没有保存：语音太大。请录短一些",
  en: "Not saved: the voice note is too large. Record a shorter one",
};

export class Photos {
  /** State by hash: what entries ask for while they are shown and sent. */
  private readonly states = new Map<string, State>();
  private readonly refusals = new Map<string, Refusal>();
  /** Of which parts may have gone in this run. */
  private readonly tried = new Set<string>();

  constructor(
    private readonly storage: Storage,
    private readonly person: string,
    private readonly key: CryptoKey,
    private readonly device: Surroundings,
  ) {}

  async load(): Promise<void> {
    let cursor = await this.storage.transaction("photos").store.openCursor(of(this.person));
    while (cursor) {
      this.note(cursor.value.hash, cursor.value.state, cursor.value.refusal);
      cursor = await cursor.continue();
    }
  }

  /** Looks for pictures that another tab has kept since `load`. */
  async find(hashes: readonly string[]): Promise<void> {
    for (const hash of hashes.filter((each) => !this.states.has(each))) {
      const row = await this.storage.get("photos", [this.person, hash]);
      if (row) this.note(hash, row.state, row.refusal);
    }
  }

  /** Nothing more to do for it: the server has it, has said no to it, or it was never here. */
  isSettled = (hash: string): boolean => this.states.get(hash) !== "kept";

  isSent = (hash: string): boolean => this.states.get(hash) === "sent";

  async keep(blob: Blob, role: PhotoRole, takenAt: Date): Promise<Photo> {
    const position = readPosition(await blob.arrayBuffer());
    const bytes = await (await this.shrunk(blob)).arrayBuffer();
    const hash = await sha256(bytes);
    const meta = { role, taken_at: takenAt.toISOString(), position };
    await this.keepBytes(hash, bytes, meta, "kept");
    return { hash, size: bytes.byteLength, ...meta };
  }

  async keepVoice(blob: Blob, seconds: number, takenAt: Date): Promise<string> {
    if (blob.size > MOST_BYTES) throw new NotSaved("voice_too_large", TOO_LARGE);
    const bytes = await blob.arrayBuffer();
    const hash = await sha256(bytes);
    await this.keepBytes(hash, bytes, { taken_at: takenAt.toISOString(), voice: { seconds, type: blob.type } }, "kept");
    return hash;
  }

  /** A picture of the server, kept under its name there: small, and as long as it is asked for (`clean`). */
  async keepCopy(hash: string, blob: Blob): Promise<void> {
    const bytes = await (await this.device.shrink(blob, LONGEST_SIDE_OF_COPY)).arrayBuffer();
    await this.keepBytes(hash, bytes, {}, "sent");
  }

  private async keepBytes(hash: string, bytes: ArrayBuffer, meta: Meta, state: State): Promise<void> {
    await this.put({
      person: this.person,
      hash,
      size: bytes.byteLength,
      savedAt: this.device.wall(),
      state,
      refusal: null,
      meta: await seal(this.key, meta, this.place(hash, "meta")),
      ...(await sealBytes(this.key, bytes, this.place(hash, "bytes"))),
    });
  }

  isHere = (hash: string): boolean => this.states.has(hash);

  /** The picture or voice note from this tablet, else null. */
  async blob(hash: string): Promise<Blob | null> {
    const row = await this.storage.get("photos", [this.person, hash]);
    if (!row) return null;
    const { voice } = await open<Meta>(this.key, row.meta, this.place(hash, "meta"));
    return new Blob([await openBytes(this.key, row, this.place(hash, "bytes"))], { type: voice?.type ?? "image/jpeg" });
  }

  /** Sends what the server does not have of it. A picture that the server does not take is not sent again. */
  async send(hash: string, client: Client): Promise<void> {
    try {
      await this.sendRest(hash, client);
    } catch (error) {
      if (!(error instanceof Refused) || !isFinal(error)) throw error;
      await this.mark(hash, "refused", { code: error.code, words: error.words });
    }
  }

  /** Why the server does not take one of these pictures; null when it took all. */
  refusalAmong(hashes: readonly string[]): Refusal | null {
    return hashes.map((hash) => this.refusals.get(hash)).find((each) => each !== undefined) ?? null;
  }

  /** Lets pictures go that no entry here names, when they are older than `before`; where room is `low`, all that are sent. */
  async clean(before: number, named: ReadonlySet<string>, low: boolean): Promise<void> {
    const work = this.storage.transaction("photos", "readwrite");
    let cursor = await work.store.openCursor(of(this.person));
    while (cursor) {
      const { hash, savedAt } = cursor.value;
      if (!named.has(hash) && (savedAt < before || (low && this.isSent(hash)))) {
        void cursor.delete();
        this.states.delete(hash);
      }
      cursor = await cursor.continue();
    }
    await work.done;
  }

  private async shrunk(blob: Blob): Promise<Blob> {
    try {
      return await this.device.shrink(blob, LONGEST_SIDE);
    } catch {
      if (await isHeic(blob)) throw new NotSaved("not_a_picture", HEIC);
      throw new NotSaved("not_a_picture", {
        zh: "这个文件不是照片，请重新拍摄",
        en: "This is not a picture; take it again",
      });
    }
  }

  private async put(row: PhotoRow): Promise<void> {
    try {
      const work = strictly(this.storage, ["photos"]);
      // The same picture again: what was sent stays sent.
      const known = await work.store.get([row.person, row.hash]);
      await written(work, known ? [] : [work.store.add(row)]);
      this.states.set(row.hash, known?.state ?? row.state);
    } catch (error) {
      throw notSaved(error);
    }
  }

  private async sendRest(hash: string, client: Client): Promise<void> {
    const door = `${DOOR}/${hash}`;
    // What was never tried is not asked after; parts that a run before this one has sent may come again.
    const there = this.tried.has(hash) ? await this.progress(door, client) : NOTHING_THERE;
    this.tried.add(hash);
    if (!there.complete) {
      const row = await this.storage.get("photos", [this.person, hash]);
      if (row?.state !== "kept") return this.forget(hash, row);
      await this.sendRow(row, there.received, door, client);
    }
    await this.mark(hash, "sent");
  }

  /** Another tab was faster. */
  private forget(hash: string, row: PhotoRow | undefined): void {
    if (row) this.note(hash, row.state, row.refusal);
    else this.states.delete(hash);
  }

  private async sendRow(row: PhotoRow, received: number[], door: string, client: Client): Promise<void> {
    const bytes = await openBytes(this.key, row, this.place(row.hash, "bytes"));
    for (let n = 0; n * CHUNK < bytes.byteLength; n++) {
      if (received.includes(n)) continue;
      await client.putBytes(`${door}/chunks/${n}`, bytes.slice(n * CHUNK, (n + 1) * CHUNK));
    }
    const { taken_at, position, voice } = await open<Meta>(this.key, row.meta, this.place(row.hash, "meta"));
    await client.post(`${door}/completion`, {
      size: row.size,
      taken_at,
      ...(position ? { position } : {}),
      ...(voice ? { kind: "voice", seconds: voice.seconds } : {}),
    });
  }

  private async progress(door: string, client: Client): Promise<Progress> {
    try {
      return (await client.get<Progress>(door)).body;
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return NOTHING_THERE;
      throw error;
    }
  }

  private async mark(hash: string, state: State, refusal: Refusal | null = null): Promise<void> {
    await ifThereIsRoom(this.writeMark(hash, state, refusal));
    this.note(hash, state, refusal);
  }

  private async writeMark(hash: string, state: State, refusal: Refusal | null): Promise<void> {
    // Not strictly: with the mark lost the picture is sent once more, and nothing else happens.
    const work = this.storage.transaction("photos", "readwrite");
    const row = await work.store.get([this.person, hash]);
    await written(work, row ? [work.store.put({ ...row, state, refusal })] : []);
  }

  private note(hash: string, state: State, refusal: Refusal | null): void {
    this.states.set(hash, state);
    if (refusal) this.refusals.set(hash, refusal);
  }

  private place(hash: string, part: string): string {
    return `${this.person}/photo/${hash}/${part}`;
  }
}

/** Parts that were lost or damaged on their way are sent anew; what is wrong with the picture stays wrong. */
function isFinal(error: Refused): boolean {
  return (
    [400, 413, 415, 422].includes(error.status) && error.code !== "photo_incomplete" && error.code !== "photo_damaged"
  );
}

/** A write that failed, as a sentence. What is not saved is never called saved. */
export function notSaved(error: unknown): NotSaved {
  if (error instanceof NotSaved) return error;
  if (isFull(error)) {
    return new NotSaved("storage_full", {
      zh: "没有保存：平板空间已满。请连接网络发送，或删除其他文件后再试",
      en: "Not saved: this tablet is full. Connect to send what is here, or delete other files, then try again",
    });
  }
  return new NotSaved("storage_failed", {
    zh: "没有保存：平板无法写入。请再试一次；仍不行请重新打开应用",
    en: "Not saved: this tablet could not write. Try again; if it fails again, reopen the app",
  });
}
