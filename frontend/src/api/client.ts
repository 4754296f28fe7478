/** Asks the server and turns its refusals into named errors. */

import type { Surroundings } from "../device/surroundings";

/** There was no answer: no network, or cut off. Nobody knows whether the request was carried out. */
export class Unreachable extends Error {}

/** The server said no (RFC 9457): `code` is stable, `words` are in the reader's language. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly words: string,
    readonly details: Record<string, unknown>,
    readonly retryAfter: number | null,
  ) {
    super(`${status} ${code}`);
  }
}

export interface Answer<T> {
  body: T;
  /** By the device's clock, to measure its offset. */
  asked: number;
  answered: number;
}

const PATIENCE = 30_000;

export class Client {
  constructor(
    private readonly device: Pick<Surroundings, "fetch" | "wall">,
    private readonly token: string | null,
  ) {}

  get<T>(path: string): Promise<Answer<T>> {
    return this.ask(path, { method: "GET" }, json<T>);
  }

  post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    const init = {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", ...headers },
    };
    return this.ask(path, init, json<T>);
  }

  async put(path: string, body: unknown): Promise<void> {
    const init = { method: "PUT", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
    await this.ask(path, init, drained);
  }

  async delete(path: string): Promise<void> {
    await this.ask(path, { method: "DELETE" }, drained);
  }

  async putBytes(path: string, bytes: ArrayBuffer): Promise<void> {
    const init = { method: "PUT", body: bytes, headers: { "Content-Type": "application/octet-stream" } };
    await this.ask(path, init, drained);
  }

  async blob(path: string): Promise<Blob> {
    return (await this.ask(path, { method: "GET" }, (response) => response.blob())).body;
  }

  private async ask<T>(path: string, init: RequestInit, read: (response: Response) => Promise<T>): Promise<Answer<T>> {
    const asked = this.device.wall();
    try {
      const response = await this.device.fetch(path, this.complete(init));
      if (!response.ok) throw await refusal(response);
      const body = await read(response);
      return { body, asked, answered: this.device.wall() };
    } catch (error) {
      if (error instanceof Refused) throw error;
      throw new Unreachable(String(error));
    }
  }

  private complete(init: RequestInit): RequestInit {
    const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": language() };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    return {
      ...init,
      headers: { ...headers, ...(init.headers as Record<string, string> | undefined) },
      // The field's doors know the token only; the sign-in's doors need the session.
      credentials: this.token ? "omit" : "same-origin",
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    };
  }
}

/** The screens say in which language they are shown. */
function language(): string {
  const shown = typeof document === "undefined" ? "" : document.documentElement.lang;
  return shown || "zh-CN";
}

async function json<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

/** A request is under way for the browser until its answer was read, or the patience for it has run out. */
async function drained(response: Response): Promise<void> {
  await response.arrayBuffer();
}

async function refusal(response: Response): Promise<Refused> {
  const problem = await problemOf(response);
  const wait = Number(response.headers.get("Retry-After"));
  return new Refused(
    response.status,
    said(problem.code) ?? `http_${response.status}`,
    said(problem.detail) ?? said(problem.title) ?? `HTTP ${response.status}`,
    problem,
    Number.isFinite(wait) && wait > 0 ? wait * 1000 : null,
  );
}

async function problemOf(response: Response): Promise<Record<string, unknown>> {
  try {
    const value: unknown = await response.json();
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // a proxy's page, say
  }
}

const said = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
