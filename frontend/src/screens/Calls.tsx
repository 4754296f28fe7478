import { Button } from "../parts/Button";
import { useField, useHere } from "../parts/field";
import { Icon } from "../parts/Icon";
import { moment } from "../parts/when";
import { say, t } from "../words";
import { type CallState, callsOf } from "./rules/alarms";

const TONES: Record<CallState["stage"], string> = {
  here: "soon",
  refused: "late",
  told: "open",
  received: "done",
  over: "paused",
};

/** How one's own calls for help stand; without a sound, and readable at a glance. */
export function Calls() {
  const field = useField();
  const calls = callsOf(field.entries.value, field.reference.value.calls);
  return (
    <div role="status" class="stack tight">
      {calls.map((each) => (
        <Call key={each.id} state={each} />
      ))}
    </div>
  );
}

function Call({ state }: { state: CallState }) {
  const field = useField();
  const here = useHere(state.call?.estate);
  const { stage, call } = state;
  return (
    <section class={`card toned-edge ${TONES[stage]} stack tight`}>
      <p class="line">
        <Icon name={stage === "received" ? "done" : "help"} />
        <strong>{t(`help.${stage}`, wordsOf(state, here))}</strong>
      </p>
      <p class="small soft">{[moment(state.at, here), state.place, call?.number].filter(Boolean).join(" · ")}</p>
      {stage === "here" && <Button onPress={field.syncNow}>{t("pending.send")}</Button>}
    </section>
  );
}

function wordsOf({ call }: CallState, here: ReturnType<typeof useHere>): Record<string, string | number> {
  const at = call?.received_at ? moment(call.received_at, here) : "";
  return { name: say(call?.by), at, n: call?.told ?? 0 };
}
