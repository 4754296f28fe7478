import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ShownOrder } from "../field/contract";
import { allowSound, soundAlarm } from "../parts/alarm-sound";
import { Button } from "../parts/Button";
import { useField, useHere } from "../parts/field";
import { Icon } from "../parts/Icon";
import { due } from "../parts/when";
import { t } from "../words";
import { go, workPath } from "./route";
import { alarmId, alarmsOf, isDrill } from "./rules/alarms";
import { isRound } from "./rules/patrol";
import { titleOf } from "./rules/status";
import { whereOf } from "./rules/today";

/** What the person has heard since the app was opened; after a restart it is said again. */
const heard = signal<ReadonlySet<string>>(new Set());

/** An emergency is seen, heard and felt on whatever page somebody is, until he says that he has heard it. */
export function Alarm() {
  const field = useField();
  const found = alarmsOf(field.orders.value, field.person.value?.code, heard.value);
  const ids = found.map(alarmId).join();
  useEffect(() => {
    const options = { passive: true, capture: true };
    addEventListener("pointerdown", allowSound, options);
    return () => removeEventListener("pointerdown", allowSound, options);
  }, []);
  useEffect(() => {
    mark(found.length);
    return found.length ? soundAlarm() : undefined;
  }, [ids]);
  const hear = () => {
    heard.value = new Set([...heard.value, ...found.map(alarmId)]);
  };
  return (
    <div role="alert" class="alarms">
      {found.map((each) => (
        <Step key={alarmId(each)} shown={each} onHeard={hear} />
      ))}
    </div>
  );
}

function Step({ shown, onHeard }: { shown: ShownOrder; onHeard: () => void }) {
  const { order, ref } = shown;
  const here = useHere(order.estate);
  const open = () => {
    onHeard();
    go(workPath(ref, isRound(order)));
  };
  return (
    <section class={`alarm ${isDrill(order) ? "is-drill" : ""}`}>
      <Icon name="report" />
      <div class="alarm-words">
        <strong>{titleOf(order)}</strong>
        <p>{[whereOf(order), order.incident?.words].filter(Boolean).join(" · ")}</p>
        <p class="small">{due(order.due_at, here)}</p>
      </div>
      <div class="line">
        <Button onPress={onHeard}>{t("alarm.heard")}</Button>
        <Button look="main-action" onPress={open}>
          {t("alarm.go")}
        </Button>
      </div>
    </section>
  );
}

interface Badged {
  setAppBadge?: (count: number) => Promise<void>;
  clearAppBadge?: () => Promise<void>;
}

/** On the icon of the app, where the system shows such a thing, for who looks at another one. */
function mark(count: number): void {
  const { setAppBadge, clearAppBadge } = navigator as Badged;
  const done = count ? setAppBadge?.call(navigator, count) : clearAppBadge?.call(navigator);
  done?.catch(() => undefined);
}
