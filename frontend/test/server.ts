/** A server like ours, as far as a tablet can tell: streams by number, outcomes once, pictures in pieces. */

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FieldOrder, FloorPlan } from "../src/field/contract";
import type { Outcome } from "../src/field/entries";

export interface Operation {
  id: string;
  seq: number;
  estate: string;
  order: string | null;
  verb: string;
  seen: number | null;
  device_at: string;
  run: string;
  elapsed_ms: number;
  body: Record<string, unknown>;
}

interface Reply {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

type Judge = (operation: Operation) => Partial<Outcome>;

export class FieldServer {
  readonly requests: { method: string; path: string }[] = [];
  readonly batches: { run: string; elapsed_ms: number; unsent: number; operations: Operation[] }[] = [];
  readonly outcomes = new Map<string, Outcome[]>();
  readonly applied: Operation[] = [];
  readonly pictures = new Map<
    string,
    { chunks: Map<number, Buffer>; complete: boolean; facts: Record<string, unknown> }
  >();
  orders: FieldOrder[] = [];
  gone: [string, string][] = [];
  full = true;
  now = new Date("2026-11-25T01:10:00Z");
  person = { code: "guard", name: "张强" };
  readonly names: Record<string, string> = { guard: "张强", li: "李明" };
  alarm = "calm";
  pushKey: string | null = null;
  floorPlans: FloorPlan[] = [];
  readonly subscriptions: unknown[] = [];
  signedIn = true;
  recovery: string | undefined = "secret-of-the-server";
  offline = false;
  /** Answers before the request is looked at. */
  refuse: ((method: string, path: string) => Reply | null) | null = null;
  /** Carries the request out, then cuts the connection: the tablet cannot know. */
  cut: ((method: string, path: string) => boolean) | null = null;
  /** The id of an operation that makes its whole batch unreadable. */
  unreadable = "";
  judge: Judge = () => ({ result: "applied" });
  private revoked = new Map<string, "person" | "device">();
  private tokens = new Map<string, { person: string; device: string }>();
  private server: Server;

  constructor() {
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  start(): Promise<this> {
    return new Promise((resolve) => this.server.listen(0, "127.0.0.1", () => resolve(this)));
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  revoke(person: string, what: "person" | "device"): void {
    this.revoked.set(person, what);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  asked(pattern: RegExp): string[] {
    return this.requests.map((each) => `${each.method} ${each.path}`).filter((each) => pattern.test(each));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? "";
    const path = request.url ?? "";
    this.requests.push({ method, path });
    if (this.offline) {
      request.socket.destroy();
      return;
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const reply = this.refuse?.(method, path) ?? this.answer(method, path, request, Buffer.concat(parts));
    if (this.cut?.(method, path)) {
      request.socket.destroy();
      return;
    }
    response
      .writeHead(reply.status, { "Content-Type": "application/json", ...reply.headers })
      .end(JSON.stringify(reply.body));
  }

  private answer(method: string, path: string, request: IncomingMessage, body: Buffer): Reply {
    if (path === "/tablet/session") {
      return this.signedIn ? ok({ csrf: "csrf", person: this.person }) : problem(401, "not_signed_in");
    }
    if (path === "/tablet/enrolment") return this.enrolment(request, JSON.parse(body.toString()));
    const who = this.tokens.get((request.headers.authorization ?? "").replace("Bearer ", ""));
    if (!who) return problem(401, "token_revoked");
    const revoked = this.revoked.get(who.person);
    if (revoked) return problem(401, "device_revoked", { revoked });
    if (path === "/api/v1/field/alarm") return ok({ mark: this.alarm });
    if (path.startsWith("/api/v1/field/bundle")) return ok(this.bundle(path, who.person));
    if (path === "/api/v1/field/operations") return this.operations(who, JSON.parse(body.toString()));
    if (path === "/api/v1/field/push-subscription") {
      this.subscriptions.push(method === "DELETE" ? null : JSON.parse(body.toString()));
      return ok(null);
    }
    return this.picture(method, path, body);
  }

  private enrolment(request: IncomingMessage, given: { device: string; name: string }): Reply {
    if (request.headers["x-csrftoken"] !== "csrf") return problem(400, "forged");
    const token = `token-${this.tokens.size}`;
    for (const [old, each] of this.tokens) {
      if (each.person === this.person.code && each.device === given.device) this.tokens.delete(old);
    }
    this.tokens.set(token, { person: this.person.code, device: given.device });
    const device = { code: given.device, name: given.name };
    return ok({ token, person: this.person, device, recovery: this.recovery });
  }

  private bundle(path: string, code: string) {
    const full = this.full || !path.includes("after=");
    return {
      cursor: "cursor",
      full,
      server_time: this.now.toISOString(),
      keep_days: 3,
      person: {
        code,
        name: this.names[code],
        department: "security",
        roles: ["field"],
        estates: [{ code: "sunshine", name: { zh: "阳光花园" }, timezone: "Asia/Shanghai" }],
      },
      orders: this.orders,
      gone: full ? [] : this.gone,
      checklists: [],
      price_lists: [],
      colleagues: [],
      places: [],
      hazards: [],
      plans: [],
      calls: [],
      handovers: [],
      attendance: { clocked: null, shifts: [] },
      floor_plans: this.floorPlans,
      push_key: this.pushKey,
    };
  }

  private operations(who: { person: string; device: string }, batch: (typeof this.batches)[number]): Reply {
    if (batch.operations.some((each) => each.id === this.unreadable)) return problem(422, "wrong_shape");
    this.batches.push(batch);
    const stream = `${who.device}:${who.person}`;
    const known = this.outcomes.get(stream) ?? [];
    this.outcomes.set(stream, known);
    const [first] = batch.operations;
    if (first && first.seq > known.length + 1) return problem(409, "sequence_gap", { next_seq: known.length + 1 });
    if (batch.operations.length > 500) return problem(422, "too_many_operations");
    const told: Outcome[] = [];
    for (const operation of batch.operations) {
      const stored = known[operation.seq - 1];
      if (stored && stored.id !== operation.id) return problem(409, "number_taken", { next_seq: known.length + 1 });
      const outcome = stored ?? this.carryOut(operation);
      told.push(outcome);
      if (outcome.result === "waiting") break;
      known[operation.seq - 1] = outcome;
    }
    return ok({ server_time: this.now.toISOString(), next_seq: known.length + 1, outcomes: told });
  }

  private carryOut(operation: Operation): Outcome {
    const outcome: Outcome = { id: operation.id, seq: operation.seq, result: "applied", ...this.judge(operation) };
    if (outcome.result === "applied" || outcome.result === "merged") this.applied.push(operation);
    return outcome;
  }

  private picture(method: string, path: string, body: Buffer): Reply {
    const [, hash = "", rest = ""] = /photos\/([0-9a-f]{64})\/?(.*)$/.exec(path) ?? [];
    const known = this.pictures.get(hash) ?? { chunks: new Map(), complete: false, facts: {} };
    if (method === "PUT") {
      known.chunks.set(Number(rest.replace("chunks/", "")), body);
      this.pictures.set(hash, known);
    }
    if (rest === "completion") {
      const bytes = Buffer.concat([...known.chunks].sort(([a], [b]) => a - b).map(([, chunk]) => chunk));
      if (createHash("sha256").update(bytes).digest("hex") !== hash) return problem(422, "photo_damaged");
      Object.assign(known, { complete: true, facts: JSON.parse(body.toString()) });
    }
    return ok({ size: null, received: [...known.chunks.keys()], complete: known.complete });
  }
}

const ok = (body: unknown): Reply => ({ status: 200, body });

export function problem(
  status: number,
  code: string,
  details: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Reply {
  return { status, body: { status, code, title: `words of ${code}`, ...details }, headers };
}
