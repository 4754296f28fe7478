import type { Checkpoint, OrderRef } from "../field/contract";
import { useAct } from "../parts/acting";
import { Button } from "../parts/Button";
import { Restored, useDraft } from "../parts/draft";
import { TextField } from "../parts/Fields";
import { Sheet } from "../parts/Sheet";
import { say, t } from "../words";

/** A scan that was a mistake counts no more, sent or not; it stays in the record with the reason. */
export function TakeBackSheet({ at, point, onClose }: { at: OrderRef; point: Checkpoint; onClose: () => void }) {
  const act = useAct();
  const form = useDraft<{ reason: string }>(at, `take_back:${point.code}`, { reason: "" });
  const takeBack = async () => {
    const reason = form.value.reason.trim();
    const body = { checkpoint: point.code, ...(reason && { reason }) };
    if (await act(at, "take_back", body, [], form.name)) onClose();
  };
  return (
    <Sheet
      title={t("patrol.take_back", { name: say(point.name) })}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("do.cancel")}</Button>
          <Button look="main-action" onPress={takeBack}>
            {t("patrol.take_back_do")}
          </Button>
        </>
      }
    >
      <p>{t("patrol.take_back_hint")}</p>
      <Restored form={form} />
      <TextField
        label={t("patrol.take_back_why")}
        value={form.value.reason}
        onInput={(reason) => form.set({ reason })}
        max={500}
      />
    </Sheet>
  );
}
