import { useState } from "preact/hooks";
import type { Photo, PhotoRole, ShownOrder, Verb } from "../../field/contract";
import { type Act, useAct } from "../../parts/acting";
import { Dock } from "../../parts/Bits";
import { Button } from "../../parts/Button";
import { Restored, useDraft } from "../../parts/draft";
import { TextField } from "../../parts/Fields";
import { useField, useHereBySecond } from "../../parts/field";
import { PhotoTaker, Picture } from "../../parts/Photos";
import { running, span } from "../../parts/when";
import { type Key, say, t } from "../../words";
import { isTimed } from "../rules/steps";
import type { StepProps } from "./props";

const BEGINNINGS: Record<string, { verb: Extract<Verb, "accept" | "start">; title: Key; words: Key; hint?: Key }> = {
  accept: { verb: "accept", title: "generic.accept", words: "act.accept" },
  arrive: { verb: "start", title: "repair.arrive", words: "act.arrive", hint: "repair.arrive_hint" },
  start: { verb: "start", title: "generic.start", words: "act.start" },
};

/** Take it on, arrive, begin: one large button. */
export function Begin({ shown, step, onDone }: StepProps) {
  const act = useAct();
  const beginning = BEGINNINGS[step.name];
  if (!beginning) return null;
  const { verb, title, words, hint } = beginning;
  return (
    <>
      <h2>{t(title)}</h2>
      {hint && <p class="soft">{t(hint)}</p>}
      {step.done ? (
        <p class="done toned">{t("order.step_done")}</p>
      ) : (
        <Dock>
          <Button look="main-action" onPress={async () => (await act(shown.ref, verb, {})) && onDone()}>
            {t(words)}
          </Button>
        </Dock>
      )}
    </>
  );
}

/** What is broken and why; the photo before belongs here, while it is still broken. */
export function Diagnose({ shown, onDone }: StepProps) {
  const act = useAct();
  const form = useDraft(shown.ref, "diagnose", { text: shown.order.diagnosis ?? "" });
  const { text } = form.value;
  const [wrong, setWrong] = useState<string | null>(null);
  const save = async () => {
    if (!text.trim()) return setWrong(t("repair.diagnose_missing"));
    if (await act(shown.ref, "diagnose", { text: text.trim() }, [], form.name)) onDone();
  };
  return (
    <>
      <h2>{t("repair.diagnose")}</h2>
      <Restored form={form} />
      <TextField
        label={t("repair.diagnose")}
        value={text}
        onInput={(text) => form.set({ text })}
        hint={t("repair.diagnose_hint")}
        wrong={wrong}
        long
      />
      <RolePhotos shown={shown} purpose="before" label={t("repair.before")} />
      <Dock>
        <Button look="main-action" onPress={save}>
          {t("do.next")}
        </Button>
      </Dock>
    </>
  );
}

interface RolePhotosProps {
  shown: ShownOrder;
  purpose: PhotoRole;
  label: string;
  wrong?: string | null;
  onTaken?: () => void;
}

/** Photos of one role: kept and entered as soon as they are taken, so that none waits for a button. */
export function RolePhotos({ shown, purpose, label, wrong, onTaken }: RolePhotosProps) {
  const act = useAct();
  const me = useField().person.value?.code;
  const photos = shown.order.photos.filter((each) => each.role === purpose);
  return (
    <PhotoTaker
      label={label}
      purpose={purpose}
      hashes={photos.map((each) => each.hash)}
      onRemove={(hash) => act(shown.ref, "remove_photo", { photo: hash })}
      mayRemove={(hash) => photos.some((each) => each.hash === hash && each.by === me)}
      onTaken={(photo) => {
        onTaken?.();
        return addPhoto(act, shown, photo);
      }}
      wrong={wrong}
    />
  );
}

function addPhoto(act: Act, { ref }: ShownOrder, { hash, role, taken_at, position }: Photo) {
  return act(ref, "add_photos", { photos: [{ hash, role, taken_at, position }] });
}

/** Before and after beside each other; a picture of before that is there already is not asked for again. */
export function PairedPhotos({ shown, onStay }: Pick<StepProps, "shown" | "onStay">) {
  return (
    <div class="pair">
      <RolePhotos shown={shown} purpose="before" label={t("repair.before")} onTaken={onStay} />
      <RolePhotos shown={shown} purpose="after" label={t("repair.after")} onTaken={onStay} />
    </div>
  );
}

/** A finding is put right: the picture after beside the one before. */
export function Rectify({ shown, step, onPass, onStay }: StepProps) {
  const [tried, setTried] = useState(false);
  const before = shown.order.photos.filter((each) => each.role === "before");
  const next = () => (step.done || before.length === 0 ? onPass() : setTried(true));
  return (
    <>
      <h2>{t("order.photos")}</h2>
      <p class="soft">{t("rectify.hint")}</p>
      <div class="pair">
        <div class="field">
          <p class="label">{t("rectify.before")}</p>
          <div class="photos">
            {before.map((each) => (
              <Picture key={each.hash} hash={each.hash} name={t("rectify.before")} />
            ))}
          </div>
        </div>
        <RolePhotos
          shown={shown}
          purpose="after"
          label={t("rectify.after")}
          onTaken={onStay}
          wrong={tried && !step.done ? t("rectify.missing") : null}
        />
      </div>
      <Dock>
        <Button look="main-action" onPress={next}>
          {t("do.next")}
        </Button>
      </Dock>
    </>
  );
}

/** Anything else: photos if there is something to show, and on. Drills and incidents run against a clock. */
export function Do({ shown, onPass }: StepProps) {
  const { instructions } = shown.order;
  return (
    <>
      <h2>{t(instructions ? "order.instructions" : "generic.do")}</h2>
      {instructions && <p class="long instructions">{say(instructions)}</p>}
      {isTimed(shown.order) && <Running shown={shown} />}
      <RolePhotos shown={shown} purpose="other" label={t("order.photos")} />
      <Dock>
        <Button look="main-action" onPress={() => onPass()}>
          {t("do.next")}
        </Button>
      </Dock>
    </>
  );
}

/** The clock of a step of a drill or incident. Not announced every second: readers ask for it. */
export function Running({ shown: { order } }: { shown: ShownOrder }) {
  const { now } = useHereBySecond(order.estate);
  const began = order.started_at ?? order.starts_at;
  if (!began) return null;
  const isLate = order.due_at !== null && new Date(order.due_at) < now;
  return (
    <div class={isLate ? "late" : ""} role="timer" aria-live="off">
      <p class="soft">{t("drill.clock")}</p>
      <p class="countdown">{running(now.getTime() - new Date(began).getTime())}</p>
      {order.due_at && order.starts_at && (
        <p class={isLate ? "toned" : "soft"}>
          {t("drill.limit", { span: span(new Date(order.due_at).getTime() - new Date(order.starts_at).getTime()) })}
        </p>
      )}
    </div>
  );
}
