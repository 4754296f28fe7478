import { useRef, useState } from "preact/hooks";
import type { OrderRef, Photo } from "../field/contract";
import { t } from "../words";
import { Button } from "./Button";
import { useField } from "./field";
import { Icon } from "./Icon";

/** What is typed on a card: kept while it is typed, so that a tablet that dies loses nothing. */
export interface Form<T> {
  value: T;
  /** Name of the draft; handed to `act`, which lets it go with the entry. */
  name: string;
  /** Begun in an earlier run of this card, and not entered. */
  restored: boolean;
  set: (change: Partial<T> | ((before: T) => Partial<T>)) => void;
  /** Resolves when it is on the disk. */
  kept: () => Promise<void>;
  /** A photo is on its way onto the card: shrinking it takes a cheap tablet a second or two. */
  await: (photo: Promise<unknown>) => void;
  /** What stands on the card when the photos that are on their way have come: what is entered is this. */
  whole: () => Promise<T>;
  /** As it was before anything was typed. */
  reset: () => void;
}

/** `initial` is what the card shows of itself; only what differs from it is a draft. */
export function useDraft<T extends object>(order: OrderRef | null, name: string, initial: T): Form<T> {
  const field = useField();
  const [first] = useState(initial);
  const [draft] = useState(() => field.draft(order, name) as Partial<T> | null);
  const [value, setValue] = useState<T>({ ...first, ...draft });
  const [restored, setRestored] = useState(draft !== null);
  // A photo is there seconds after the tap, when more was typed.
  const latest = useRef(value);
  const coming = useRef<Promise<unknown>>(Promise.resolve());

  const put = (next: T) => {
    latest.current = next;
    setValue(next);
    field.keepDraft(order, name, same(next, first) ? null : next);
  };
  return {
    value,
    name,
    restored,
    set: (change) => put({ ...latest.current, ...(typeof change === "function" ? change(latest.current) : change) }),
    kept: field.draftsKept,
    await: (photo) => {
      coming.current = Promise.allSettled([coming.current, photo]);
    },
    whole: async () => {
      await coming.current;
      return latest.current;
    },
    reset: () => {
      put(first);
      setRestored(false);
    },
  };
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The photos of a form, for a `PhotoTaker`: each stands in the draft before it is called kept. */
export function draftPhotos(form: Form<{ photos: Photo[] }>) {
  return {
    hashes: form.value.photos.map((each) => each.hash),
    onTaking: form.await,
    onTaken: (photo: Photo) => {
      form.set(({ photos }) => ({ photos: [...photos, photo] }));
      return form.kept();
    },
    onRemove: (hash: string) => form.set(({ photos }) => ({ photos: photos.filter((each) => each.hash !== hash) })),
  };
}

/** Says quietly that the card was begun before, and offers an empty one. */
export function Restored({ form }: { form: Pick<Form<object>, "restored" | "reset"> }) {
  if (!form.restored) return null;
  return (
    <div class="line apart">
      <span class="line small soft" role="status">
        <Icon name="info" />
        {t("draft.restored")}
      </span>
      <Button look="plain" onPress={form.reset}>
        {t("draft.reset")}
      </Button>
    </div>
  );
}
