import { useEffect, useState } from "preact/hooks";
import { NotAnswered } from "../field/contract";
import { useField } from "../parts/field";

/** `refused`: the server's reason. `offline`: nobody was reached. */
export type Asked<T> = { is: "asking" } | { is: "told"; told: T } | { is: "offline" } | { is: "refused"; why: string };

/** What a question came to; asked again when the network is back. */
export function useAsked<T>(ask: () => Promise<T>, about: string): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>({ is: "asking" });
  const { online } = useField().connection.value;
  useEffect(() => {
    let isOver = false;
    // What was told stays on the screen when the network goes.
    if (asked.is !== "told") attempt(ask).then((found) => isOver || setAsked(found));
    return () => {
      isOver = true;
    };
  }, [about, online]);
  return asked;
}

/** The question's outcome in one value; anything but an answer that did not come is a fault of ours and thrown. */
export async function attempt<T>(ask: () => Promise<T>): Promise<Asked<T>> {
  try {
    return { is: "told", told: await ask() };
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    return error.words === null ? { is: "offline" } : { is: "refused", why: error.words };
  }
}
