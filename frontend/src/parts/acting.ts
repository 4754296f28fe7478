import {
  type Bodies,
  type EntryView,
  NotEnrolled,
  NotSaved,
  type OrderRef,
  type Photo,
  type Verb,
} from "../field/contract";
import { say, t, word } from "../words";
import { useField } from "./field";
import { tell } from "./toast";

export type Act = <V extends Verb>(
  order: OrderRef | null,
  verb: V,
  body: Bodies[V],
  photos?: Photo[],
  draft?: string,
) => Promise<EntryView | null>;

/** `field.act` that says "saved on this tablet" or why not; null when nothing was saved. */
export function useAct(): Act {
  const field = useField();
  return async (order, verb, body, photos, draft) => {
    try {
      const entry = await field.act(order, verb, body, photos, draft);
      tell(t("saved.toast", { what: word("verb", verb) }));
      return entry;
    } catch (error) {
      tell(t("saved.failed", { why: reasonOf(error) }), true);
      return null;
    }
  };
}

/** The sentence of a named refusal; anything else is a fault of ours and goes on to the console. */
export function reasonOf(error: unknown): string {
  if (error instanceof NotSaved || error instanceof NotEnrolled) return say(error.words);
  throw error;
}
