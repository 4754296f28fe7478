import { useState } from "preact/hooks";
import type { FieldOrder, OrderRef, Photo, Severity } from "../field/contract";
import { useAct } from "../parts/acting";
import { Dock } from "../parts/Bits";
import { Button } from "../parts/Button";
import { draftPhotos, Restored, useDraft } from "../parts/draft";
import { Choices, TextField } from "../parts/Fields";
import { useField, useOrder } from "../parts/field";
import { PhotoTaker } from "../parts/Photos";
import { Scanner } from "../parts/Scanner";
import { tell } from "../parts/toast";
import { draftVoice, VoiceButton, VoiceKept } from "../parts/Voice";
import { say, t } from "../words";
import { Page } from "./Frame";
import { back, go } from "./route";
import { isRound, standingAt } from "./rules/patrol";
import { type Spot, spotOf, workAt } from "./rules/places";
import { titleOf } from "./rules/status";
import { SeverityChoice } from "./SeverityChoice";
import { Row } from "./Today";

const UNSURE = "";

interface Seen {
  estate: string;
  photos: Photo[];
  voice: string;
  hazard: string;
  title: string;
  place: string;
  severity: Severity;
  /** Somebody has said how bad it is; else it is what its kind is called. */
  judged: boolean;
  note: string;
}

/** Where somebody stands who has scanned the code on a wall. */
interface There {
  estate: string;
  place: string;
}

/**
 * Anything that is seen: photos first, what it is, where, how bad. From an order it becomes a finding of that order, from
 * a place its words stand there already.
 */
export function Report({ from, there = null }: { from: OrderRef | null; there?: There | null }) {
  const shown = useOrder(from?.estate ?? "", from?.key ?? "");
  return <Form key={shown ? "order" : "free"} order={shown?.order ?? null} at={shown?.ref ?? null} there={there} />;
}

interface FormProps {
  order: FieldOrder | null;
  at: OrderRef | null;
  there: There | null;
}

function Form({ order, at, there }: FormProps) {
  const field = useField();
  const act = useAct();
  const { hazards, places } = field.reference.value;
  const estates = field.person.value?.estates ?? [];
  // Each place has a draft of its own: what was begun elsewhere does not stand here.
  const form = useDraft<Seen>(at, there ? `report:${there.estate}:${there.place}` : "report", {
    estate: order?.estate ?? there?.estate ?? estates[0]?.code ?? "",
    photos: [],
    voice: "",
    hazard: UNSURE,
    title: "",
    place: there?.place ?? whereNow(order),
    severity: "normal",
    judged: false,
    note: "",
  });
  const { estate, hazard, title, place, severity, judged, note } = form.value;
  const spoken = draftVoice(form);
  const [tried, setTried] = useState(false);
  const [scanning, setScanning] = useState(false);
  const [spot, setSpot] = useState<Spot | null>(null);
  const nameOf = (code: string) => say(hazards.find((each) => each.code === code)?.name);
  const severityOf = (code: string) => hazards.find((each) => each.code === code)?.severity ?? "normal";
  const wordsOf = (seen: Pick<Seen, "title" | "hazard">) => seen.title.trim() || nameOf(seen.hazard);

  const scanned = async (text: string): Promise<boolean> => {
    const found = spotOf(text, field.orders.value, places);
    setSpot(found);
    if (found) form.set({ place: found.name, ...(found.estate ? { estate: found.estate } : {}) });
    else tell(t("report.no_spot"), true);
    return found !== null;
  };
  const report = async () => {
    setTried(true);
    const seen = await form.whole();
    const { photos, voice, severity, place, note, hazard, estate } = seen;
    const words = wordsOf(seen);
    if (!words || !place.trim()) return;
    const told = { note: note.trim() || undefined, voice: voice || undefined };
    const shared = { title: words, severity, place: place.trim(), ...told };
    const free = { ...shared, hazard: hazard || undefined, estate: estate || undefined };
    const entry = at
      ? await act(at, "raise_finding", { ...shared, checkpoint: lastPoint(order) }, photos, form.name)
      : await act(null, "report", free, photos, form.name);
    if (!entry) return;
    if (at || there) back();
    else go("/");
  };
  return (
    <Page title={order ? t("act.finding") : t("report.title")} inside={order !== null || there !== null}>
      <div class="stack">
        <p class="soft">{order ? titleOf(order) : t("report.lead")}</p>
        <Restored form={form} />
        <PhotoTaker
          label={t("order.photos")}
          purpose="other"
          {...draftPhotos(form)}
          beside={<VoiceButton {...spoken} />}
        />
        <VoiceKept {...spoken} />
        {!order && hazards.length > 0 && (
          <Choices
            label={t("report.hazard")}
            options={[
              ...hazards.map((each) => ({ value: each.code, words: say(each.name) })),
              { value: UNSURE, words: t("report.no_hazard") },
            ]}
            value={hazard}
            onChoose={(hazard) => form.set({ hazard, ...(judged ? {} : { severity: severityOf(hazard) }) })}
          />
        )}
        <TextField
          label={t("report.what")}
          value={title}
          onInput={(title) => form.set({ title })}
          hint={nameOf(hazard)}
          wrong={tried && !wordsOf(form.value) ? t("report.what_missing") : null}
          max={200}
        />
        {!order && estates.length > 1 && (
          <Choices
            label={t("report.estate")}
            options={estates.map((each) => ({ value: each.code, words: say(each.name) }))}
            value={estate}
            onChoose={(estate) => form.set({ estate })}
          />
        )}
        <TextField
          label={t("report.place")}
          value={place}
          onInput={(place) => form.set({ place })}
          hint={t("report.place_hint")}
          suggestions={places.filter((each) => each.estate === estate).map((each) => say(each.name))}
          wrong={tried && !place.trim() ? t("report.place_missing") : null}
          max={200}
        />
        {!order && (
          <div>
            <Button icon="scan" onPress={() => setScanning(true)}>
              {t("report.scan")}
            </Button>
          </div>
        )}
        {spot && <WorkThere spot={spot} />}
        <SeverityChoice value={severity} onChoose={(severity) => form.set({ severity, judged: true })} />
        <TextField label={t("report.note")} value={note} onInput={(note) => form.set({ note })} long />
      </div>
      {scanning && <Scanner onClose={() => setScanning(false)} onCode={scanned} />}
      <Dock>
        <Button look="main-action" icon="report" onPress={report}>
          {t("report.do")}
        </Button>
      </Dock>
    </Page>
  );
}

/** What is open at the scanned place: perhaps it is known already. */
function WorkThere({ spot }: { spot: Spot }) {
  const found = workAt(spot, useField().orders.value);
  return (
    <section class="stack tight">
      <h2 class="group-head">{t("report.there", { n: found.length })}</h2>
      <ul class="rows">
        {found.map((each) => (
          <Row key={`${each.ref.estate}/${each.ref.key}`} shown={each} />
        ))}
      </ul>
    </section>
  );
}

/** On a round something is found between the last point and the next: the last one is where the person stands. */
const lastPoint = (order: FieldOrder | null): string | undefined =>
  order && isRound(order) ? standingAt(order.checkpoints)?.code : undefined;

function whereNow(order: FieldOrder | null): string {
  const point = order?.checkpoints.find((each) => each.code === lastPoint(order));
  return point?.place ?? order?.place ?? "";
}
