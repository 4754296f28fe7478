import { useState } from "preact/hooks";
import { Button } from "../parts/Button";
import { TextField } from "../parts/Fields";
import { Scanner } from "../parts/Scanner";
import { Sheet } from "../parts/Sheet";
import { tell } from "../parts/toast";
import { t } from "../words";
import { go, placePath } from "./route";
import { isPlaceCode } from "./rules/places";

/** The way to a place: its code before the camera, or typed. */
export function ScanPlace() {
  const [by, setBy] = useState<"camera" | "hand" | null>(null);
  const close = () => setBy(null);
  const scanned = async (text: string) => {
    const isOne = isPlaceCode(text);
    if (isOne) go(placePath(text));
    else tell(t("scan.not_place"), true);
    return isOne;
  };
  return (
    <>
      <Button icon="scan" onPress={() => setBy("camera")}>
        {t("scan.place")}
      </Button>
      {by === "camera" && (
        <Scanner onClose={close} onCode={scanned}>
          <Button icon="keyboard" onPress={() => setBy("hand")}>
            {t("place.typed")}
          </Button>
        </Scanner>
      )}
      {by === "hand" && <Typed onClose={close} />}
    </>
  );
}

function Typed({ onClose }: { onClose: () => void }) {
  const [code, setCode] = useState("");
  const look = () => {
    if (code.trim()) go(placePath(code));
  };
  return (
    <Sheet
      title={t("place.typed")}
      onClose={onClose}
      actions={
        <Button look="main-action" onPress={look}>
          {t("place.typed_do")}
        </Button>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          look();
        }}
      >
        <TextField
          label={t("place.typed_label")}
          value={code}
          onInput={setCode}
          hint={t("place.typed_hint")}
          max={80}
        />
      </form>
    </Sheet>
  );
}
