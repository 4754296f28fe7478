import { Button } from "../parts/Button";
import { Sheet } from "../parts/Sheet";
import { t } from "../words";

/** What was entered goes for good: asked for once more. */
export function DropSheet({ onClose, onDrop }: { onClose: () => void; onDrop: () => unknown }) {
  return (
    <Sheet
      title={t("pending.drop_sure")}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("do.cancel")}</Button>
          <Button look="danger" onPress={onDrop}>
            {t("pending.drop_do")}
          </Button>
        </>
      }
    >
      <p>{t("pending.drop_warn")}</p>
    </Sheet>
  );
}
