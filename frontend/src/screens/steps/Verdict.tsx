import { useState } from "preact/hooks";
import type { OrderPhoto, Photo } from "../../field/contract";
import { useAct } from "../../parts/acting";
import { Dock } from "../../parts/Bits";
import { Button } from "../../parts/Button";
import { draftPhotos, Restored, useDraft } from "../../parts/draft";
import { Choices, TextField } from "../../parts/Fields";
import { PhotoTaker, Picture } from "../../parts/Photos";
import { t } from "../../words";
import type { StepProps } from "./props";

interface Seen {
  verdict: "passed" | "failed" | null;
  note: string;
  photos: Photo[];
}

const lacksReason = ({ verdict, note }: Seen): boolean => verdict === "failed" && !note.trim();

/** Another person looks again: what it was, what it is now, and the verdict. */
export function VerdictStep({ shown, onDone }: StepProps) {
  const { order, ref } = shown;
  const act = useAct();
  const form = useDraft<Seen>(ref, "verdict", { verdict: null, note: "", photos: [] });
  const { verdict, note } = form.value;
  const [tried, setTried] = useState(false);
  const mustSayWhy = lacksReason(form.value);
  const save = async () => {
    setTried(true);
    const seen = await form.whole();
    const { verdict, note, photos } = seen;
    if (!verdict || lacksReason(seen)) return;
    const body = { passed: verdict === "passed", note: note.trim() || undefined };
    if (await act(ref, "verdict", body, photos, form.name)) onDone();
  };
  return (
    <>
      <h2>{t("verdict.title")}</h2>
      <Restored form={form} />
      <Pairs photos={order.photos} />
      <Choices
        label={t("verdict.title")}
        hideLabel
        look="two large"
        options={[
          { value: "passed", words: t("verdict.passed"), tone: "done" },
          { value: "failed", words: t("verdict.failed"), tone: "late" },
        ]}
        value={verdict}
        onChoose={(verdict) => form.set({ verdict })}
        wrong={tried && !verdict ? t("check.missing") : null}
      />
      <TextField
        label={verdict === "failed" ? t("verdict.why") : t("order.note")}
        value={note}
        onInput={(note) => form.set({ note })}
        wrong={tried && mustSayWhy ? t("verdict.why_missing") : null}
        long
      />
      <PhotoTaker label={t("verdict.photos")} purpose="other" {...draftPhotos(form)} />
      <Dock>
        <Button look="main-action" onPress={save}>
          {t("do.save")}
        </Button>
      </Dock>
    </>
  );
}

/** The first picture before beside the first after, and so on. */
function Pairs({ photos }: { photos: OrderPhoto[] }) {
  const before = photos.filter((each) => each.role === "before");
  const after = photos.filter((each) => each.role === "after");
  const rows = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => [
    before[index],
    after[index],
  ]);
  return (
    <>
      {rows.map(([one, other]) => (
        <div key={`${one?.hash}/${other?.hash}`} class="pair">
          <Half photo={one} name={t("rectify.before")} />
          <Half photo={other} name={t("rectify.after")} />
        </div>
      ))}
    </>
  );
}

function Half({ photo, name }: { photo: OrderPhoto | undefined; name: string }) {
  return (
    <figure>
      {photo ? <Picture hash={photo.hash} name={name} /> : <div class="photo" />}
      <figcaption class="small soft">{name}</figcaption>
    </figure>
  );
}
