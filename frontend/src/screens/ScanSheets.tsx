import { useEffect, useState } from "preact/hooks";
import { Button } from "../parts/Button";
import { TextField } from "../parts/Fields";
import { Icon } from "../parts/Icon";
import { readTags } from "../parts/nfc";
import { Scanner } from "../parts/Scanner";
import { Sheet } from "../parts/Sheet";
import { t } from "../words";

interface SheetProps {
  onClose: () => void;
  /** True: it was a point of this round and is recorded. */
  onCode: (text: string) => Promise<boolean>;
}

export function ScanSheet({ onClose, onCode, onType }: SheetProps & { onType: () => void }) {
  return (
    <Scanner onClose={onClose} onCode={onCode}>
      <Button icon="keyboard" onPress={onType}>
        {t("patrol.typed")}
      </Button>
    </Scanner>
  );
}

export function NfcSheet({ onClose, onCode }: SheetProps) {
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    const read = (text: string) => onCode(text).then((taken) => taken && onClose());
    readTags(read, stop.signal).catch(() => setFailed(true));
    return () => stop.abort();
  }, []);
  return (
    <Sheet title={t("patrol.nfc")} onClose={onClose}>
      <div class="empty" role="status">
        <Icon name="nfc" />
        <p>{failed ? t("patrol.nfc_off") : t("patrol.nfc_wait")}</p>
      </div>
    </Sheet>
  );
}

export function TypedSheet({ onClose, onCode }: SheetProps) {
  const [code, setCode] = useState("");
  const submit = async () => {
    if (code.trim() && (await onCode(code))) onClose();
  };
  return (
    <Sheet
      title={t("patrol.typed")}
      onClose={onClose}
      actions={
        <Button look="main-action" onPress={submit}>
          {t("patrol.typed_do")}
        </Button>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextField
          label={t("patrol.typed_code")}
          value={code}
          onInput={setCode}
          hint={t("patrol.typed_hint")}
          max={64}
        />
      </form>
    </Sheet>
  );
}
