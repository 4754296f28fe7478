import { useState } from "preact/hooks";
import type { Answer, AnswerValue, ChecklistItem, Photo, Severity, ShownOrder } from "../field/contract";
import { useAct } from "../parts/acting";
import { Chip, Dock } from "../parts/Bits";
import { Button } from "../parts/Button";
import { Restored, useDraft } from "../parts/draft";
import { Choices, TextField } from "../parts/Fields";
import { PhotoTaker } from "../parts/Photos";
import { draftVoice, VoiceButton, VoiceKept } from "../parts/Voice";
import { say, t } from "../words";
import { isFailed, isRaised, mistakeIn } from "./rules/checklist";
import { SeverityChoice } from "./SeverityChoice";
import { Unaccepted } from "./Unaccepted";

interface ItemProps {
  shown: ShownOrder;
  item: ChecklistItem;
  dependsOn: ChecklistItem | null;
  answer: Answer | null;
  onPrevious: (() => void) | null;
  onNext: (failed: boolean) => void;
}

interface Filled {
  value: AnswerValue;
  note: string;
  photos: string[];
  /** Of the finding: an answer has none. */
  voice: string;
  severity: Severity;
  raise: boolean;
  /** Why what had failed passes after all. */
  why: string;
}

/** One item: its answer, a remark, photos. A failed one becomes a finding with the same photos, a corrected one none. */
export function ItemCard({ shown, item, dependsOn, answer, onPrevious, onNext }: ItemProps) {
  const act = useAct();
  const stands = isRaised(item, shown.order);
  const form = useDraft<Filled>(shown.ref, `answer:${item.code}`, {
    value: answer?.value ?? null,
    note: answer?.note ?? "",
    photos: answer?.photos ?? [],
    voice: "",
    severity: item.severity ?? "normal",
    raise: true,
    why: "",
  });
  const { value, note, photos, severity, raise, why } = form.value;
  const [tried, setTried] = useState(false);
  // What fails at the end of a repair is mended there and then; it is not a finding of its own.
  const mayRaise = shown.order.kind !== "repair";
  const given = answered(item, form.value);
  const failed = isFailed(item, given);
  const spoken = failed && mayRaise && raise && !stands ? draftVoice(form) : null;
  const corrects = stands && given !== null && !failed;
  const mistake = mistakeIn(item, given, photos);

  const save = async () => {
    setTried(true);
    const filled = await form.whole();
    const { photos, voice, severity, raise } = filled;
    const chosen = answered(item, filled);
    if (mistakeIn(item, chosen, photos)) return;
    const fails = isFailed(item, chosen);
    // What was said of a failure is not said of what passes: the answer before keeps it.
    const note = stands && !fails ? filled.why : filled.note;
    const isNew =
      chosen !== (answer?.value ?? null) || note !== (answer?.note ?? "") || !sameList(photos, answer?.photos);
    const raises = fails && mayRaise && raise && !stands;
    const words = note.trim() || undefined;
    if (chosen !== null && isNew) {
      const body = { item: item.code, value: chosen, note: words, photos };
      // The draft goes with the last of the entries that it becomes.
      if (!(await act(shown.ref, "answer", body, [], raises ? undefined : form.name))) return;
    }
    if (raises) {
      const finding = { item: item.code, title: say(item.name), severity, place: shown.order.place ?? undefined };
      const said = { photos, note: words, voice: voice || undefined };
      if (!(await act(shown.ref, "raise_finding", { ...finding, ...said }, [], form.name))) return;
    }
    onNext(fails);
  };
  /** The usual answer is one tap: nothing more is needed, so it is saved and the next item comes. */
  const choose = (chosen: AnswerValue) => {
    form.set({ value: chosen });
    if (item.kind === "pass_fail" && chosen === "pass" && !stands && !mistakeIn(item, chosen, photos)) return save();
    return undefined;
  };

  return (
    <section class="card step">
      {dependsOn && <p class="soft small">{t("check.only_if", { name: say(dependsOn.name) })}</p>}
      <h2 class="question">{say(item.name)}</h2>
      <div class="line">
        <span class="soft small">{t(item.required ? "check.required" : "check.optional")}</span>
        {item.photo_required && <span class="soft small">· {t("check.photo_required")}</span>}
        {stands && (
          <Chip tone="done" icon="check">
            {t("check.raised")}
          </Chip>
        )}
      </div>
      <Unaccepted shown={shown} item={item.code} />
      <Restored form={form} />
      <Value
        key={String(form.restored)}
        item={item}
        value={value}
        onChange={choose}
        wrong={
          tried && mistake && mistake !== "check.photo_missing" ? t(mistake, { max: item.max_score ?? 100 }) : null
        }
      />
      {(failed || item.photo_required || item.kind === "photo" || photos.length > 0) && (
        <PhotoTaker
          label={t("order.photos")}
          purpose="other"
          hashes={photos}
          onTaken={(photo: Photo) => {
            form.set((before) => ({ photos: [...before.photos, photo.hash] }));
            return form.kept();
          }}
          onTaking={form.await}
          onRemove={(hash) => form.set((before) => ({ photos: before.photos.filter((each) => each !== hash) }))}
          wrong={tried && mistake === "check.photo_missing" ? t(mistake) : null}
          beside={spoken && <VoiceButton {...spoken} />}
        />
      )}
      {spoken && <VoiceKept {...spoken} />}
      {failed && (
        <>
          <TextField label={t("check.note")} value={note} onInput={(note) => form.set({ note })} long />
          {mayRaise && !stands && (
            <>
              <button type="button" class="choice" aria-pressed={raise} onClick={() => form.set({ raise: !raise })}>
                {t("check.raise")}
              </button>
              {raise && <SeverityChoice value={severity} onChoose={(severity) => form.set({ severity })} />}
            </>
          )}
        </>
      )}
      {corrects && (
        <>
          <p class="soon toned" role="status">
            {t("check.takes_back")}
          </p>
          <TextField label={t("check.why_passes")} value={why} onInput={(why) => form.set({ why })} max={200} />
        </>
      )}
      <Dock>
        {onPrevious && <Button onPress={onPrevious}>{t("do.previous")}</Button>}
        <Button look="main-action" onPress={() => save()}>
          {t("do.next")}
        </Button>
      </Dock>
    </section>
  );
}

/** A photo item is answered by its photos. */
const answered = (item: ChecklistItem, { value, photos }: Filled): AnswerValue =>
  item.kind === "photo" ? photos.length || null : value;

interface ValueProps {
  item: ChecklistItem;
  value: AnswerValue;
  onChange: (value: AnswerValue) => unknown;
  wrong: string | null;
}

/** The field of an item's kind. A photo item has none: its photos are the answer. */
function Value({ item, value, onChange, wrong }: ValueProps) {
  switch (item.kind) {
    case "pass_fail":
      return (
        <Choices
          label={say(item.name)}
          hideLabel
          look="two large"
          options={[
            { value: "pass", words: t("check.pass"), tone: "done" },
            { value: "fail", words: t("check.fail"), tone: "late" },
          ]}
          value={value === "pass" || value === "fail" ? value : null}
          onChoose={onChange}
          wrong={wrong}
        />
      );
    case "score":
    case "number":
      return <NumberValue item={item} value={value} onChange={onChange} wrong={wrong} />;
    case "text":
      return (
        <TextField
          label={t("check.text")}
          value={typeof value === "string" ? value : ""}
          onInput={(text) => onChange(text || null)}
          wrong={wrong}
          long
        />
      );
    default:
      return null;
  }
}

/** Few points are chosen, many are typed. */
const FEW_POINTS = 10;

function NumberValue({ item, value, onChange, wrong }: ValueProps) {
  const most = item.max_score ?? 100;
  const label = item.kind === "score" ? t("check.score", { max: most }) : t("check.number");
  const [text, setText] = useState(value === null ? "" : String(value));
  if (item.kind === "score" && most <= FEW_POINTS) {
    return (
      <Choices
        label={label}
        options={Array.from({ length: most + 1 }, (_, n) => ({ value: String(most - n), words: String(most - n) }))}
        value={value === null ? null : String(value)}
        onChoose={(chosen) => onChange(Number(chosen))}
        wrong={wrong}
      />
    );
  }
  const write = (typed: string) => {
    setText(typed);
    onChange(typed.trim() ? Number(typed.replace(",", ".")) : null);
  };
  return (
    <>
      {item.kind === "score" && (
        <div class="line">
          {quickScores(most).map((score) => (
            <Button key={score} pressed={value === score} more="choice" onPress={() => write(String(score))}>
              {score}
            </Button>
          ))}
        </div>
      )}
      <TextField label={label} value={text} onInput={write} mode="decimal" wrong={wrong} max={12} />
    </>
  );
}

/** All, four fifths, three fifths, half, nothing: what inspectors give. */
const quickScores = (most: number): number[] => [
  ...new Set([1, 0.8, 0.6, 0.5, 0].map((part) => Math.round(most * part))),
];

const sameList = (one: readonly string[], other: readonly string[] = []): boolean => one.join() === other.join();
