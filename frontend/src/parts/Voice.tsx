import { useEffect, useState } from "preact/hooks";
import type { Trouble } from "../field/voice";
import { type Key, t } from "../words";
import { reasonOf } from "./acting";
import { Button } from "./Button";
import type { Form } from "./draft";
import { useField } from "./field";
import { Icon } from "./Icon";
import { usePhotoUrl } from "./Photos";
import { useRecorder } from "./recorder";
import { Sheet } from "./Sheet";
import { tell } from "./toast";

const WHY: Record<Trouble, Key> = {
  refused: "voice.refused",
  no_microphone: "voice.no_microphone",
  unsupported: "voice.unsupported",
  empty: "voice.empty",
};

interface VoiceProps {
  /** Its name; empty: there is none. */
  hash: string;
  onTaken: (hash: string) => Promise<void>;
  onRemove: () => void;
}

/** The voice note of a form, for the two parts below: it stands in the draft before it is called kept. */
export function draftVoice(form: Form<{ voice: string }>): VoiceProps {
  return {
    hash: form.value.voice,
    onTaken: (voice) => {
      form.set({ voice });
      return form.kept();
    },
    onRemove: () => form.set({ voice: "" }),
  };
}

/** Stands beside the camera's buttons until something was said. */
export function VoiceButton({ hash, onTaken }: VoiceProps) {
  const [open, setOpen] = useState(false);
  if (hash) return null;
  return (
    <>
      <Button look="plain" icon="voice" onPress={() => setOpen(true)}>
        {t("voice.record")}
      </Button>
      {open && <VoiceSheet onTaken={onTaken} onClose={() => setOpen(false)} />}
    </>
  );
}

/** What was said, to be heard again or taken away. */
export function VoiceKept({ hash, onRemove }: VoiceProps) {
  if (!hash) return null;
  return (
    <fieldset class="field">
      <legend>{t("voice.title")}</legend>
      <Kept key={hash} hash={hash} />
      <div class="line">
        <Button look="plain" icon="close" onPress={onRemove}>
          {t("voice.remove")}
        </Button>
      </div>
    </fieldset>
  );
}

function Kept({ hash }: { hash: string }) {
  const url = usePhotoUrl(hash);
  if (url === null) return <p class="soft">{t("voice.missing")}</p>;
  return url ? <Player url={url} /> : null;
}

const Player = ({ url }: { url: string }) => (
  <audio class="player" controls src={url} aria-label={t("voice.title")}>
    <track kind="captions" />
  </audio>
);

/** Records at once, counts down, and lets it be heard before it is kept; closed, it keeps nothing. */
function VoiceSheet({ onTaken, onClose }: { onTaken: (hash: string) => Promise<void>; onClose: () => void }) {
  const field = useField();
  const { recording, stop } = useRecorder();
  const keep = async () => {
    if (recording.state !== "done") return;
    try {
      await onTaken(await field.keepVoice(recording.blob, recording.seconds));
      tell(t("voice.kept"));
      onClose();
    } catch (error) {
      tell(reasonOf(error), true);
    }
  };
  return (
    <Sheet
      title={t("voice.title")}
      onClose={onClose}
      actions={
        recording.state === "done" ? (
          <>
            <Button look="danger" onPress={onClose}>
              {t("voice.discard")}
            </Button>
            <Button look="main-action" icon="check" onPress={keep}>
              {t("voice.keep")}
            </Button>
          </>
        ) : (
          recording.state === "on" && (
            <Button look="main-action" icon="paused" onPress={stop}>
              {t("voice.stop")}
            </Button>
          )
        )
      }
    >
      {recording.state === "on" && (
        <p class="recording" role="timer">
          <Icon name="voice" />
          {t("voice.left", { n: recording.left })}
        </p>
      )}
      {recording.state === "done" && <Heard blob={recording.blob} />}
      <p role="status" class="soft">
        {recording.state === "starting" && t("voice.starting")}
        {recording.state === "on" && t("voice.hint")}
        {recording.state === "done" && t("voice.check", { n: recording.seconds })}
        {recording.state === "none" && <strong>{t(WHY[recording.why])}</strong>}
      </p>
    </Sheet>
  );
}

function Heard({ blob }: { blob: Blob }) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url ? <Player url={url} /> : null;
}
