import { useState } from "preact/hooks";
import type { Checkpoint, FieldOrder, OrderRef, ScanMethod, ShownOrder } from "../field/contract";
import { useAct } from "../parts/acting";
import { Button } from "../parts/Button";
import { useField, useHere, useHereBySecond, useOrder } from "../parts/field";
import { hasNfc } from "../parts/nfc";
import { tell } from "../parts/toast";
import { clockTime, running } from "../parts/when";
import { say, t } from "../words";
import { FloorPlan } from "./FloorPlan";
import { Page } from "./Frame";
import { MoreVerbs } from "./MoreVerbs";
import { Gone } from "./Order";
import { PointPhotoSheet } from "./PointPhotoSheet";
import { RouteList } from "./RouteList";
import { left, meaningOf, missedOf, nextPoint, type Reading, readCode, readTyped, windowOf } from "./rules/patrol";
import { isOpen, titleOf } from "./rules/status";
import { isTooEarly } from "./rules/today";
import { NfcSheet, ScanSheet, TypedSheet } from "./ScanSheets";
import { scanWords, whyWords } from "./ScanWords";
import { Unsent } from "./Today";

/** A round: the next point large with its window, the route below, the scan button under the thumb. */
export function Round({ at, isTab }: { at: OrderRef; isTab?: boolean }) {
  const shown = useOrder(at.estate, at.key);
  const here = useHere(at.estate);
  const [pictured, setPictured] = useState<Checkpoint | null>(null);
  if (!shown) return <Gone />;
  const { order } = shown;
  const may = isOpen(order) && !isTooEarly(order, here.now);
  const done = order.checkpoints.filter((each) => each.state === "done").length;
  return (
    <Page title={titleOf(order)} inside={!isTab}>
      <div class="stack columns">
        <div class="stack">
          <div class="line apart">
            <strong role="status">{t("patrol.left", { n: left(order.checkpoints) })}</strong>
            <span class="soft">{t("patrol.left_of", { n: done, of: order.checkpoints.length })}</span>
            <Unsent shown={shown} />
          </div>
          {order.state === "paused" && <Paused shown={shown} />}
          {isOpen(order) ? <NextPoint order={order} /> : <Over order={order} />}
          {isOpen(order) && <FloorPlan order={order} />}
          {may && <MoreVerbs shown={shown} finding="patrol.anything" />}
        </div>
        <section>
          <h2>{t("patrol.route")}</h2>
          <RouteList shown={shown} onPhoto={setPictured} />
        </section>
        {may && <ScanDock shown={shown} onPhoto={setPictured} />}
        {pictured && <PointPhotoSheet shown={shown} point={pictured} onClose={() => setPictured(null)} />}
      </div>
    </Page>
  );
}

const TONES = { before: "open", open: "soon", after: "late" } as const;
const PHASES = { before: "patrol.opens", open: "patrol.closes", after: "patrol.closed" } as const;

function NextPoint({ order }: { order: FieldOrder }) {
  const { now, zone } = useHereBySecond(order.estate);
  const point = nextPoint(order.checkpoints);
  if (!point) return null;
  const { phase, ms } = windowOf(point, now);
  return (
    <section class="next-point" aria-label={t("patrol.next")}>
      <p class="soft">
        {t("patrol.next")} · {order.checkpoints.indexOf(point) + 1}
      </p>
      <p class="name">{say(point.name)}</p>
      {point.place && <p class="soft">{point.place}</p>}
      {point.photo_required && <p class="soft">{t("patrol.photo_mark")}</p>}
      <div class={TONES[phase]} role="timer" aria-live="off">
        <p class="small">{t(PHASES[phase])}</p>
        {phase === "after" ? <p>{t("patrol.closed_hint")}</p> : <p class="countdown">{running(ms)}</p>}
      </div>
      <p class="small soft">
        {t("patrol.window", { from: clockTime(point.opens_at, zone), to: clockTime(point.closes_at, zone) })}
      </p>
    </section>
  );
}

function Over({ order }: { order: FieldOrder }) {
  const missed = missedOf(order.checkpoints);
  return (
    <section class={`card toned-edge ${missed.length ? "missed" : "done"}`} role="status">
      <h2>{t("patrol.over")}</h2>
      {missed.length === 0 ? (
        <p>{t("patrol.over_all")}</p>
      ) : (
        <>
          <p>{t("patrol.over_missed", { n: missed.length })}</p>
          <ul class="stack tight">
            {missed.map((each) => (
              <li key={each.code}>
                <strong>{say(each.name)}</strong> <Why point={each} estate={order.estate} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Why({ point, estate }: { point: Checkpoint; estate: string }) {
  const { zone } = useHere(estate);
  return <span class="small">{whyWords(point, zone)}</span>;
}

function Paused({ shown }: { shown: ShownOrder }) {
  const act = useAct();
  return (
    <section class="card toned-edge paused" role="status">
      <p>
        {t("patrol.paused")} {shown.order.reason}
      </p>
      {shown.order.allowed_verbs.includes("resume") && (
        <Button onPress={() => act(shown.ref, "resume", {})}>{t("act.resume")}</Button>
      )}
    </section>
  );
}

type Way = "camera" | "nfc" | "typed";

/** Scan, tap a tag, or type: whatever was read is said kindly when it is not of this round. */
function ScanDock({ shown, onPhoto }: { shown: ShownOrder; onPhoto: (point: Checkpoint) => void }) {
  const { order, ref } = shown;
  const act = useAct();
  const field = useField();
  const { zone } = useHere(order.estate);
  const [way, setWay] = useState<Way | null>(null);

  const record = async (point: Checkpoint, method: ScanMethod): Promise<boolean> => {
    const body = { checkpoint: point.code, method };
    const meaning = meaningOf(order, body, field.now(), field.person.value?.code ?? "");
    const entry = await act(ref, "scan", body);
    if (!entry || !meaning) return false;
    tell(scanWords(meaning, order, zone), meaning.isLate);
    navigator.vibrate?.(80);
    if (meaning.marks.includes("no_photo")) onPhoto(point);
    return true;
  };
  const handle = async (reading: Reading, method: ScanMethod): Promise<boolean> => {
    if (reading.is === "point") return record(reading.point, method);
    tell(kindly(reading), true);
    return false;
  };
  const close = () => setWay(null);
  return (
    <div class="dock">
      <div class="dock-inside scan-zone">
        <Button icon="keyboard" more="stacked" onPress={() => setWay("typed")}>
          {t("patrol.typed")}
        </Button>
        {hasNfc() && (
          <Button icon="nfc" more="stacked" onPress={() => setWay("nfc")}>
            {t("patrol.nfc")}
          </Button>
        )}
        <Button look="main-action" more="scan" icon="scan" onPress={() => setWay("camera")}>
          {t("patrol.scan")}
        </Button>
      </div>
      {way === "camera" && (
        <ScanSheet
          onClose={close}
          onCode={(text) => handle(readCode(text, order), "qr")}
          onType={() => setWay("typed")}
        />
      )}
      {way === "nfc" && <NfcSheet onClose={close} onCode={(text) => handle(readCode(text, order), "nfc")} />}
      {way === "typed" && <TypedSheet onClose={close} onCode={(code) => handle(readTyped(code, order), "typed")} />}
    </div>
  );
}

function kindly(reading: Exclude<Reading, { is: "point" }>): string {
  switch (reading.is) {
    case "already":
      return t("patrol.already", { name: say(reading.point.name) });
    case "other_route":
      return t("patrol.other_route", { route: reading.route });
    case "unknown":
      return t("patrol.unknown", { code: reading.code });
    case "not_checkpoint":
      return t("patrol.not_checkpoint");
  }
}
