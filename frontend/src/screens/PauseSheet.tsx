import { useState } from "preact/hooks";
import type { OrderRef } from "../field/contract";
import { useAct } from "../parts/acting";
import { Button } from "../parts/Button";
import { Restored, useDraft } from "../parts/draft";
import { Choices, TextField } from "../parts/Fields";
import { Sheet } from "../parts/Sheet";
import { type Key, t } from "../words";

const REASONS = ["parts", "resident", "access", "weather", "other_task", "other"] as const;
type Reason = (typeof REASONS)[number];

export function PauseSheet({ at, onClose }: { at: OrderRef; onClose: () => void }) {
  const act = useAct();
  const form = useDraft<{ reason: Reason | null; text: string }>(at, "pause", { reason: null, text: "" });
  const { reason, text } = form.value;
  const [wrong, setWrong] = useState<string | null>(null);
  const words = (each: Reason) => t(`pause.${each}` as Key);
  const pause = async () => {
    const said = reason && reason !== "other" ? [words(reason), text.trim()].filter(Boolean).join("：") : text.trim();
    if (!said) return setWrong(t("pause.missing"));
    if (await act(at, "pause", { reason: said }, [], form.name)) onClose();
  };
  return (
    <Sheet
      title={t("pause.title")}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("do.cancel")}</Button>
          <Button look="main-action" onPress={pause}>
            {t("act.pause")}
          </Button>
        </>
      }
    >
      <Restored form={form} />
      <Choices
        label={t("pause.why")}
        options={REASONS.map((value) => ({ value, words: words(value) }))}
        value={reason}
        onChoose={(reason) => form.set({ reason })}
        wrong={wrong}
      />
      <TextField label={t("pause.write")} value={text} onInput={(text) => form.set({ text })} />
    </Sheet>
  );
}
