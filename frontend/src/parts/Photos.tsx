import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Photo, PhotoRole } from "../field/contract";
import { t } from "../words";
import { reasonOf } from "./acting";
import { Button } from "./Button";
import { CameraSheet } from "./CameraSheet";
import { useField } from "./field";
import { Icon } from "./Icon";
import { Sheet } from "./Sheet";
import { tell } from "./toast";

/** A picture of this tablet or the server; a tap enlarges it. */
export function Picture({ hash, name, onRemove }: { hash: string; name: string; onRemove?: () => unknown }) {
  const url = usePhotoUrl(hash);
  const [large, setLarge] = useState(false);
  if (url === null) {
    return (
      <div class="photo">
        <p class="missing">{t("photo.missing")}</p>
      </div>
    );
  }
  return (
    <>
      <button type="button" class="photo" aria-label={t("photo.see", { name })} onClick={() => setLarge(true)}>
        {url && <img src={url} alt="" />}
      </button>
      {large && (
        <Sheet
          title={name}
          onClose={() => setLarge(false)}
          actions={
            onRemove && (
              <Button look="danger" onPress={onRemove}>
                {t("do.remove")}
              </Button>
            )
          }
        >
          <img src={url} alt={name} />
        </Sheet>
      )}
    </>
  );
}

/** undefined while it is looked for; null when it is neither here nor to be had. */
export function usePhotoUrl(hash: string): string | null | undefined {
  const field = useField();
  const [url, setUrl] = useState<string | null>();
  useEffect(() => {
    let gone = false;
    field.photoUrl(hash).then((found) => {
      if (!gone) setUrl(found);
    });
    return () => {
      gone = true;
    };
  }, [hash]);
  return url;
}

/** Pictures in a row, with the words of where they belong. */
export function Pictures({
  hashes,
  name,
  onRemove,
  mayRemove = () => true,
}: {
  hashes: string[];
  name: string;
  onRemove?: (hash: string) => unknown;
  mayRemove?: (hash: string) => boolean;
}) {
  return (
    <>
      {hashes.map((hash, index) => (
        <Picture
          key={hash}
          hash={hash}
          name={`${name} ${t("photo.n", { n: index + 1 })}`}
          onRemove={onRemove && mayRemove(hash) ? () => onRemove(hash) : undefined}
        />
      ))}
    </>
  );
}

interface TakerProps {
  label: string;
  purpose: PhotoRole;
  hashes: string[];
  /** Null: it could not be entered, and why was said. */
  onTaken: (photo: Photo) => unknown;
  /** The photo is being kept, and `onTaken` is called before this is over. */
  onTaking?: (photo: Promise<void>) => void;
  onRemove?: (hash: string) => unknown;
  /** Which of them may be removed; all, where this is not said. */
  mayRemove?: (hash: string) => boolean;
  wrong?: string | null;
  /** It shows what is there now: no picture of the gallery. */
  isOfNow?: boolean;
  /** What else can be brought here, beside the buttons. */
  beside?: ComponentChildren;
}

/** Takes photos with the tablet's camera app, or with the camera inside the page; each is kept at once. */
export function PhotoTaker(props: TakerProps) {
  const { label, purpose, hashes, onTaken, onTaking, onRemove, mayRemove, wrong, isOfNow, beside } = props;
  const field = useField();
  const input = useRef<HTMLInputElement>(null);
  const gallery = useRef<HTMLInputElement>(null);
  const [live, setLive] = useState(false);
  const [keeping, setKeeping] = useState(false);

  const take = (blob: Blob): Promise<void> => {
    const kept = keep(blob);
    onTaking?.(kept);
    return kept;
  };
  const keep = async (blob: Blob) => {
    setKeeping(true);
    try {
      const taken = await onTaken(await field.keepPhoto(blob, purpose));
      if (taken !== null) tell(t("photo.kept"));
    } catch (error) {
      tell(reasonOf(error), true);
    } finally {
      setKeeping(false);
    }
  };
  const chosen = async (from: HTMLInputElement) => {
    for (const file of from.files ?? []) await take(file);
    from.value = "";
  };

  return (
    <fieldset class="field">
      <legend>{label}</legend>
      <div class="photos">
        <Pictures hashes={hashes} name={label} onRemove={onRemove} mayRemove={mayRemove} />
        <button type="button" class="photo-add" aria-busy={keeping} onClick={() => input.current?.click()}>
          <Icon name="camera" />
          {keeping ? t("photo.keeping") : t("photo.take")}
        </button>
      </div>
      <input
        ref={input}
        class="unseen"
        type="file"
        accept="image/*"
        capture="environment"
        tabIndex={-1}
        aria-label={label}
        onChange={(event) => chosen(event.currentTarget)}
      />
      {!isOfNow && (
        <input
          ref={gallery}
          class="unseen"
          type="file"
          accept="image/*"
          multiple
          tabIndex={-1}
          aria-label={`${label}：${t("photo.gallery")}`}
          onChange={(event) => chosen(event.currentTarget)}
        />
      )}
      <div class="line">
        <Button look="plain" icon="camera" onPress={() => setLive(true)}>
          {t("photo.live")}
        </Button>
        {!isOfNow && (
          <Button look="plain" icon="gallery" onPress={() => gallery.current?.click()}>
            {t("photo.gallery")}
          </Button>
        )}
        {beside}
      </div>
      {wrong && (
        <p class="wrong" role="alert">
          <Icon name="late" />
          {wrong}
        </p>
      )}
      {live && <CameraSheet onClose={() => setLive(false)} onShot={take} />}
    </fieldset>
  );
}
