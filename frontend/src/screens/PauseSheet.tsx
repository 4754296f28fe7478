import { useState } from "preact/hooks";
import type { OrderRef } from "../field/contract";
import { useAct } from "../parts/acting";
import { Button } from "../parts/Button";
import { Choices, TextField } from "../parts/Fields";
import { Sheet } from "../parts/Sheet";
import { type Key, t } from "../words";

const REASONS = ["parts", "resident", "access", "weather", "other_task", "other"] as const;
type Reason = (typeof REASONS)[number];

export function PauseSheet({ at, onClose }: { at: OrderRef; onClose: () => void }) {
  const act = useAct();
  const [reason, setReason] = useState<Reason | null>(null);
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const words = (each: Reason) => t(`pause.${each}` as Key);
  const pause = async () => {
    const said = reason && reason !== "other" ? [words(reason), text.trim()].filter(Boolean).join("：") : text.trim();
    if (!said) return setWrong(t("pause.missing"));
    if (await act(at, "pause", { reason: said })) onClose();
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
      <Choices
        label={t("pause.why")}
        options={REASONS.map((value) => ({ value, words: words(value) }))}
        value={reason}
        onChoose={setReason}
        wrong={wrong}
      />
      <TextField label={t("pause.write")} value={text} onInput={setText} />
    </Sheet>
  );
}
