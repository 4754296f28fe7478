import { useState } from "preact/hooks";
import type { Photo } from "../../field/contract";
import { useAct } from "../../parts/acting";
import { Dock } from "../../parts/Bits";
import { Button } from "../../parts/Button";
import { Restored, useDraft } from "../../parts/draft";
import { Choices, TextField } from "../../parts/Fields";
import { useField } from "../../parts/field";
import { Signature } from "../../parts/Signature";
import { t } from "../../words";
import { useKept } from "../keeping";
import { charged, priceListOf, termsOf, totalFen } from "../rules/money";
import { isTimed } from "../rules/steps";
import { Account } from "./Account";
import type { StepProps } from "./props";
import { PairedPhotos, Running } from "./simple";

/** The last card: a note, and for a repair the resident's signature of acceptance. */
export function Complete(props: StepProps) {
  switch (props.shown.order.kind) {
    case "repair":
      return <Acceptance {...props} />;
    case "callback":
      return <Satisfaction {...props} />;
    default:
      return <Plain {...props} />;
  }
}

function Plain({ shown, onDone }: StepProps) {
  const act = useAct();
  const form = useDraft(shown.ref, "complete", { note: "" });
  const { note } = form.value;
  const timed = isTimed(shown.order);
  const complete = async () => {
    if (await act(shown.ref, "complete", { note: note.trim() || undefined }, [], form.name)) onDone();
  };
  return (
    <>
      <h2>{t("generic.finish")}</h2>
      <Restored form={form} />
      {timed && <Running shown={shown} />}
      <TextField
        label={t("order.note")}
        value={note}
        onInput={(note) => form.set({ note })}
        hint={t("order.note_hint")}
        long
      />
      <Dock>
        <Button look="main-action" icon="check" onPress={complete}>
          {t(timed ? "drill.done" : "act.complete")}
        </Button>
      </Dock>
    </>
  );
}

interface Verdict {
  verdict: "yes" | "no" | null;
  note: string;
}

/** A call-back ends with the resident's verdict, and a bad one with his words. */
function Satisfaction({ shown, onDone }: StepProps) {
  const act = useAct();
  const form = useDraft<Verdict>(shown.ref, "complete", { verdict: null, note: "" });
  const { verdict, note } = form.value;
  const [tried, setTried] = useState(false);
  const mustSayWhy = verdict === "no" && !note.trim();
  const complete = async () => {
    setTried(true);
    if (!verdict || mustSayWhy) return;
    const body = { satisfied: verdict === "yes", note: note.trim() || undefined };
    if (await act(shown.ref, "complete", body, [], form.name)) onDone();
  };
  return (
    <>
      <h2>{t("callback.title")}</h2>
      <Restored form={form} />
      <Choices
        label={t("callback.title")}
        hideLabel
        look="two large"
        options={[
          { value: "yes", words: t("callback.yes"), tone: "done" },
          { value: "no", words: t("callback.no"), tone: "late" },
        ]}
        value={verdict}
        onChoose={(verdict) => form.set({ verdict })}
        wrong={tried && !verdict ? t("check.missing") : null}
      />
      <TextField
        label={verdict === "no" ? t("callback.why") : t("order.note")}
        value={note}
        onInput={(note) => form.set({ note })}
        wrong={tried && mustSayWhy ? t("callback.why_missing") : null}
        long
      />
      <Dock>
        <Button look="main-action" icon="check" onPress={complete}>
          {t("act.complete")}
        </Button>
      </Dock>
    </>
  );
}

/** What it costs by the rules, to be signed as it is charged; and the pictures, where no checklist has asked for them. */
function Acceptance({ shown, onStay, onGo, onDone }: StepProps) {
  const { order, ref } = shown;
  const act = useAct();
  const kept = useKept();
  const prices = priceListOf(order, useField().reference.value);
  const cost = prices && charged(order.materials, prices, termsOf(order));
  const form = useDraft(ref, "complete", { note: "", by: order.request?.contact_name ?? "" });
  const { note, by } = form.value;
  const [sign, setSign] = useState<(() => Promise<Photo>) | null>(null);
  const [tried, setTried] = useState(false);
  const words = note.trim() || undefined;

  const complete = async () => {
    setTried(true);
    if (!by.trim()) return;
    const signature = sign && (await kept(sign));
    if (!signature) return;
    const total_fen = cost ? totalFen(cost) : undefined;
    const body = { note: words, signature: signature.hash, signed_by: by.trim(), total_fen };
    if (await act(ref, "complete", body, [], form.name)) onDone();
  };
  const completeAlone = async () => {
    if (await act(ref, "complete", { note: words }, [], form.name)) onDone();
  };
  return (
    <>
      <h2>{t("repair.complete")}</h2>
      <Restored form={form} />
      <p class="soft">{t("repair.complete_hint")}</p>
      {!order.checklist && <PairedPhotos shown={shown} onStay={onStay} />}
      {prices && cost && (
        <div>
          <Account prices={prices} lines={cost} />
          <Button look="plain" onPress={() => onGo("materials")}>
            {t("repair.change_materials")}
          </Button>
        </div>
      )}
      <TextField
        label={t("order.note")}
        value={note}
        onInput={(note) => form.set({ note })}
        hint={t("order.note_hint")}
        long
      />
      <TextField
        label={t("repair.signed_by")}
        value={by}
        onInput={(by) => form.set({ by })}
        max={40}
        wrong={tried && !by.trim() ? t("repair.signed_by_missing") : null}
      />
      <Signature
        label={t("repair.signature")}
        onChange={(take) => setSign(() => take)}
        wrong={tried && !sign ? t("repair.signature_missing") : null}
      />
      <Dock>
        <Button onPress={completeAlone}>{t("repair.no_signature")}</Button>
        <Button look="main-action" icon="check" onPress={complete}>
          {t("act.complete")}
        </Button>
      </Dock>
    </>
  );
}
