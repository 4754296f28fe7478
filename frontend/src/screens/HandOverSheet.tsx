import { useState } from "preact/hooks";
import type { OrderRef } from "../field/contract";
import { useAct } from "../parts/acting";
import { Button } from "../parts/Button";
import { Restored, useDraft } from "../parts/draft";
import { TextField } from "../parts/Fields";
import { Sheet } from "../parts/Sheet";
import { t } from "../words";
import { ChooseColleague } from "./ChooseColleague";

export function HandOverSheet({ at, onClose }: { at: OrderRef; onClose: () => void }) {
  const act = useAct();
  const form = useDraft<{ to: string | null; note: string }>(at, "hand_over", { to: null, note: "" });
  const { to, note } = form.value;
  const [tried, setTried] = useState(false);
  const give = async () => {
    setTried(true);
    if (!to || !note.trim()) return;
    if (await act(at, "hand_over", { to, note: note.trim() }, [], form.name)) onClose();
  };
  return (
    <Sheet
      title={t("hand.title")}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("do.cancel")}</Button>
          <Button look="main-action" onPress={give}>
            {t("hand.do")}
          </Button>
        </>
      }
    >
      <Restored form={form} />
      <ChooseColleague
        label={t("hand.to")}
        value={to}
        onChoose={(to) => form.set({ to })}
        wrong={tried && !to ? t("hand.missing") : null}
      />
      <TextField
        label={t("hand.note")}
        value={note}
        onInput={(note) => form.set({ note })}
        hint={t("hand.note_hint")}
        wrong={tried && !note.trim() ? t("hand.note_missing") : null}
        long
      />
    </Sheet>
  );
}
