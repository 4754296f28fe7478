import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Field, ShownOrder } from "../field/contract";
import type { Here } from "./when";

const DEFAULT_ZONE = "Asia/Shanghai";

/** What every screen shares: the data layer, and one clock for all of them. */
export interface Shared {
  field: Field;
  /** Server time as the tablet knows it, once a second. */
  second: ReadonlySignal<Date>;
  /** The same once a minute: two hundred rows do not need to be drawn every second. */
  minute: ReadonlySignal<Date>;
  /** Looks at the clock; called by the timer and by tests. */
  tick: () => void;
}

export function share(field: Field): Shared {
  const second = signal(field.now());
  const whole = computed(() => Math.floor(second.value.getTime() / 60_000));
  const minute = computed(() => {
    whole.value;
    return second.peek();
  });
  return {
    field,
    second,
    minute,
    tick: () => {
      second.value = field.now();
    },
  };
}

const Context = createContext<Shared | null>(null);
export const ShareField = Context.Provider;

export function useShared(): Shared {
  const shared = useContext(Context);
  if (!shared) throw new Error("a screen stands outside of ShareField");
  return shared;
}

export function useField(): Field {
  return useShared().field;
}

/** Now and here, to the minute. Reading it makes the component follow the clock. */
export function useHere(estate?: string): Here {
  const { field, minute } = useShared();
  return { now: minute.value, zone: zoneOf(field, estate) };
}

/** The same to the second, for what counts down. */
export function useHereBySecond(estate?: string): Here {
  const { field, second } = useShared();
  return { now: second.value, zone: zoneOf(field, estate) };
}

function zoneOf(field: Field, estate?: string): string {
  const estates = field.person.value?.estates ?? [];
  return (estates.find((each) => each.code === estate) ?? estates[0])?.timezone ?? DEFAULT_ZONE;
}

/** The order as it stands now, or null when it is no longer on this tablet. */
export function useOrder(estate: string, key: string): ShownOrder | null {
  return useField().orders.value.find((each) => each.ref.estate === estate && each.ref.key === key) ?? null;
}
