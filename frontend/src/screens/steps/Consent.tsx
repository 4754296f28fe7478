import { useState } from "preact/hooks";
import type { Photo } from "../../field/contract";
import { useAct } from "../../parts/acting";
import { Dock } from "../../parts/Bits";
import { Button } from "../../parts/Button";
import { Restored, useDraft } from "../../parts/draft";
import { TextField } from "../../parts/Fields";
import { useField } from "../../parts/field";
import { Sheet } from "../../parts/Sheet";
import { Signature } from "../../parts/Signature";
import { t } from "../../words";
import { useKept } from "../keeping";
import { charged, priceListOf, quotedTerms, totalFen } from "../rules/money";
import { Account } from "./Account";
import type { StepProps } from "./props";

/** The resident sees the sum and signs, or says no with a reason. */
export function Consent({ shown, onDone }: StepProps) {
  const { order, ref } = shown;
  const act = useAct();
  const kept = useKept();
  const prices = priceListOf(order, useField().reference.value);
  const [sign, setSign] = useState<(() => Promise<Photo>) | null>(null);
  const [tried, setTried] = useState(false);
  const [refusing, setRefusing] = useState(false);
  const cost = prices && charged(order.quote?.lines ?? [], prices, quotedTerms(order));
  if (order.quote?.state === "refused") return <p class="late toned">{t("repair.consent_refused")}</p>;

  const agree = async () => {
    setTried(true);
    const signature = sign && (await kept(sign));
    if (!signature) return;
    const body = { given: true, signature: signature.hash, total_fen: cost ? totalFen(cost) : undefined };
    if (await act(ref, "consent", body)) onDone();
  };
  return (
    <>
      <h2>{t("repair.consent")}</h2>
      <p class="soft">{t("repair.consent_hint")}</p>
      {prices && cost && <Account prices={prices} lines={cost} />}
      <Signature
        label={t("repair.signature")}
        onChange={(take) => setSign(() => take)}
        wrong={tried && !sign ? t("repair.signature_missing") : null}
      />
      <Dock>
        <Button onPress={() => setRefusing(true)}>{t("repair.consent_refused")}</Button>
        <Button look="main-action" onPress={agree}>
          {t("repair.consent_given")}
        </Button>
      </Dock>
      {refusing && <Refusal shown={shown} onClose={() => setRefusing(false)} />}
    </>
  );
}

function Refusal({ shown, onClose }: { shown: StepProps["shown"]; onClose: () => void }) {
  const act = useAct();
  const form = useDraft(shown.ref, "consent", { note: "" });
  const { note } = form.value;
  const refuse = async () => {
    const body = { given: false, note: note.trim() || undefined };
    if (await act(shown.ref, "consent", body, [], form.name)) onClose();
  };
  return (
    <Sheet
      title={t("repair.consent_refused")}
      onClose={onClose}
      actions={
        <Button look="main-action" onPress={refuse}>
          {t("do.save")}
        </Button>
      }
    >
      <Restored form={form} />
      <TextField
        label={t("order.note")}
        value={note}
        onInput={(note) => form.set({ note })}
        hint={t("repair.consent_refused_hint")}
        long
      />
    </Sheet>
  );
}
