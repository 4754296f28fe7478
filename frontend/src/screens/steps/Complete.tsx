import { useState } from "preact/hooks";
import type { Photo } from "../../field/contract";
import { useAct } from "../../parts/acting";
import { Dock } from "../../parts/Bits";
import { Button } from "../../parts/Button";
import { TextField } from "../../parts/Fields";
import { useField } from "../../parts/field";
import { Signature } from "../../parts/Signature";
import { t } from "../../words";
import { useKept } from "../keeping";
import { priceListOf } from "../rules/money";
import { Lines } from "./PriceLines";
import type { StepProps } from "./StepCard";
import { Running } from "./simple";

/** The last card: a note, and for a repair the resident's signature of acceptance. */
export function Complete(props: StepProps) {
  return props.shown.order.kind === "repair" ? <Acceptance {...props} /> : <Plain {...props} />;
}

function Plain({ shown, onDone }: StepProps) {
  const act = useAct();
  const [note, setNote] = useState("");
  const isTimed = shown.order.kind === "drill" || shown.order.kind === "incident";
  const complete = async () => {
    if (await act(shown.ref, "complete", { note: note.trim() || undefined })) onDone();
  };
  return (
    <>
      <h2>{t("generic.finish")}</h2>
      {isTimed && <Running shown={shown} />}
      <TextField label={t("order.note")} value={note} onInput={setNote} hint={t("order.note_hint")} long />
      <Dock>
        <Button look="main-action" icon="check" onPress={complete}>
          {t(isTimed ? "drill.done" : "act.complete")}
        </Button>
      </Dock>
    </>
  );
}

function Acceptance({ shown, onDone }: StepProps) {
  const { order, ref } = shown;
  const act = useAct();
  const kept = useKept();
  const prices = priceListOf(order, useField().reference.value);
  const [note, setNote] = useState("");
  const [by, setBy] = useState(order.request?.contact_name ?? "");
  const [sign, setSign] = useState<(() => Promise<Photo>) | null>(null);
  const [tried, setTried] = useState(false);
  const words = note.trim() || undefined;

  const complete = async () => {
    setTried(true);
    if (!by.trim()) return;
    const signature = sign && (await kept(sign));
    if (!signature) return;
    if (await act(ref, "complete", { note: words, signature: signature.hash, signed_by: by.trim() })) onDone();
  };
  const completeAlone = async () => {
    if (await act(ref, "complete", { note: words })) onDone();
  };
  return (
    <>
      <h2>{t("repair.complete")}</h2>
      <p class="soft">{t("repair.complete_hint")}</p>
      {prices && order.materials.length > 0 && <Lines prices={prices} lines={order.materials} />}
      <TextField label={t("order.note")} value={note} onInput={setNote} hint={t("order.note_hint")} long />
      <TextField
        label={t("repair.signed_by")}
        value={by}
        onInput={setBy}
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
