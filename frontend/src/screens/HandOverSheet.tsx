import { useState } from "preact/hooks";
import type { OrderRef } from "../field/contract";
import { useAct } from "../parts/acting";
import { Button } from "../parts/Button";
import { TextField } from "../parts/Fields";
import { Sheet } from "../parts/Sheet";
import { t } from "../words";
import { ChooseColleague } from "./ChooseColleague";

export function HandOverSheet({ at, onClose }: { at: OrderRef; onClose: () => void }) {
  const act = useAct();
  const [to, setTo] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const give = async () => {
    setTried(true);
    if (!to || !note.trim()) return;
    if (await act(at, "hand_over", { to, note: note.trim() })) onClose();
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
      <ChooseColleague
        label={t("hand.to")}
        value={to}
        onChoose={setTo}
        wrong={tried && !to ? t("hand.missing") : null}
      />
      <TextField
        label={t("hand.note")}
        value={note}
        onInput={setNote}
        hint={t("hand.note_hint")}
        wrong={tried && !note.trim() ? t("hand.note_missing") : null}
        long
      />
    </Sheet>
  );
}
