import type { EntryView, ShownOrder } from "../field/contract";
import { useAct } from "../parts/acting";
import { Button } from "../parts/Button";
import { useField } from "../parts/field";
import { tell } from "../parts/toast";
import { t, word } from "../words";
import { BodyWords } from "./BodyWords";
import { go, orderPath } from "./route";
import { againOf, isTapped, itemOf } from "./rules/again";

interface UnacceptedProps {
  shown: ShownOrder;
  /** Only what is about this item of its checklist. */
  item?: string;
  /** The card on which it arose shows it again, to be put right. */
  onCorrect?: () => void;
}

/** What the server has refused of this order: why, and what can be done, on the spot where it arose. */
export function Unaccepted({ shown, item, onCorrect }: UnacceptedProps) {
  const refused = useField().entries.value.filter(
    (each) =>
      each.state === "refused" &&
      each.order?.estate === shown.ref.estate &&
      each.order.key === shown.ref.key &&
      (item === undefined || itemOf(each) === item),
  );
  return (
    <>
      {refused.map((entry) => (
        <Refusal key={entry.id} entry={entry} shown={shown} onCorrect={onCorrect} />
      ))}
    </>
  );
}

function Refusal({ entry, shown, onCorrect }: { entry: EntryView } & Omit<UnacceptedProps, "item">) {
  const field = useField();
  const act = useAct();
  const again = againOf(entry);
  /** First the words are kept as a draft, then the entry goes: nothing is lost in between. */
  const correct = async () => {
    if (!again) return;
    field.keepDraft(shown.ref, again.draft, again.value);
    await field.draftsKept();
    await field.drop(entry.id);
    if (again.page) go(orderPath(shown.ref, again.page));
    onCorrect?.();
  };
  const repeat = async () => {
    if (await act(shown.ref, entry.verb, entry.body as never)) await field.drop(entry.id);
  };
  const drop = async () => {
    await field.drop(entry.id);
    tell(t("pending.dropped"));
  };
  const keep = async () => {
    await field.keepAsSupplement(entry.id);
    tell(t("pending.kept"));
  };
  return (
    <section class="card toned-edge late stack tight" role="alert">
      <h3>{t("refusal.title", { what: word("verb", entry.verb) })}</h3>
      <BodyWords entry={entry} />
      {entry.words && <p class="late toned">{t("pending.refused_why", { why: entry.words })}</p>}
      <div class="line">
        {again && (
          <Button look="main-action" onPress={correct}>
            {t("refusal.correct")}
          </Button>
        )}
        {isTapped(entry) && <Button onPress={repeat}>{t("refusal.repeat")}</Button>}
        {entry.canSupplement && <Button onPress={keep}>{t("pending.keep")}</Button>}
        <Button onPress={drop}>{t("pending.drop")}</Button>
      </div>
    </section>
  );
}
