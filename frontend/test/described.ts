/** Checked by the compiler: the names that the tablet reads and writes are those that the API's description has. */

import type { components } from "../src/api/types";
import type { Bundle } from "../src/field/bundle";
import type {
  Checkpoint,
  Contacts,
  FieldOrder,
  GateHousehold,
  OrderEvent,
  Person,
  PlaceFacts,
  PlaceRow,
  PlaceTold,
  RequestFacts,
} from "../src/field/contract";
import type { Receipt } from "../src/field/delivery";
import type { Outcome, onTheWay } from "../src/field/entries";

type Described = components["schemas"];
/** `true`, or the names that only one of the two has. */
type Same<Ours, Theirs> = [Ours, Theirs] extends [Theirs, Ours] ? true : Exclude<Ours, Theirs> | Exclude<Theirs, Ours>;
type Within<Ours, Theirs> = [Ours] extends [Theirs] ? true : Exclude<Ours, Theirs>;

export const same: [
  Same<keyof Bundle, keyof Described["Bundle"]>,
  Same<keyof FieldOrder, keyof Described["FieldOrder"]>,
  Same<keyof Person, keyof Described["FieldPerson"]>,
  Same<keyof RequestFacts, keyof Described["FieldRequest"]>,
  Same<keyof PlaceTold, keyof Described["PlaceHistory"]>,
  Same<keyof PlaceRow, keyof Described["PlaceRow"]>,
  Same<keyof PlaceFacts, keyof Described["Spot"]>,
  Same<keyof GateHousehold, keyof Described["GateHousehold"]>,
  Same<keyof Contacts, keyof Described["Contacts"]>,
  Same<keyof Receipt, keyof Described["Receipt"]>,
  Same<Exclude<keyof Outcome, "pictureRefused"> | "at", keyof Described["Outcome"]>,
] = [true, true, true, true, true, true, true, true, true, true, true];

export const within: [
  Within<keyof Checkpoint, keyof Described["Checkpoint"]>,
  Within<keyof ReturnType<typeof onTheWay>, keyof Described["Entry"]>,
  Within<keyof OrderEvent, keyof Described["Theirs"]>,
] = [true, true, true];
