/** What a person asks the server while there is a network; nothing of the answers is kept on the tablet. */

import { type Client, Refused } from "../api/client";
import { type Contacts, type GateHousehold, NotAnswered, type PlaceTold } from "./contract";

const FIELD = "/api/v1/field";

export class Questions {
  constructor(private readonly client: Client) {}

  placeAt(code: string): Promise<PlaceTold> {
    return answered(this.client.get<PlaceTold>(`${FIELD}/places/${encodeURIComponent(code)}`));
  }

  async findHouseholds(text: string): Promise<GateHousehold[]> {
    const path = `${FIELD}/households?q=${encodeURIComponent(text)}`;
    return (await answered(this.client.get<{ items: GateHousehold[] }>(path))).items;
  }

  /** The server notes who looked. */
  contactsOf(household: string): Promise<Contacts> {
    return answered(
      this.client.post<Contacts>(`${FIELD}/households/${encodeURIComponent(household)}/contact-reveals`, {}),
    );
  }
}

/** Throws `NotAnswered`: a refusal with the server's words, or that nobody was reached. */
async function answered<T>(asked: Promise<{ body: T }>): Promise<T> {
  try {
    return (await asked).body;
  } catch (error) {
    throw error instanceof Refused ? new NotAnswered(error.code, error.words) : new NotAnswered("offline", null);
  }
}
