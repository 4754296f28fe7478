import type { Checklist, ChecklistItem } from "../../field/contract";
import { useAct } from "../../parts/acting";
import { Dock, Dots } from "../../parts/Bits";
import { Button } from "../../parts/Button";
import { useField } from "../../parts/field";
import { say, t } from "../../words";
import { Link } from "../Link";
import { orderPath } from "../route";
import { answerOf, answersOf, askedItems, atOnce, checklistOf, dotsOf, missingItems } from "../rules/checklist";
import type { StepProps } from "./props";
import { PairedPhotos } from "./simple";

/** How far the checklist is, and on to its next item. */
export function ToChecklist(props: StepProps) {
  const checklist = checklistOf(props.shown.order, useField().reference.value);
  if (!checklist) return <p class="soon toned">{t("check.gone")}</p>;
  // Who has repaired looks over his own work: its pictures and what he vouches for stand on one card.
  return props.shown.order.kind === "repair" ? (
    <Finish {...props} checklist={checklist} />
  ) : (
    <Progress {...props} checklist={checklist} />
  );
}

type Props = StepProps & { checklist: Checklist };

function Progress({ shown, checklist, onPass }: Props) {
  const { order, ref } = shown;
  const answers = answersOf(checklist, order);
  const items = askedItems(checklist, answers);
  const missing = missingItems(checklist, answers).length;
  const answered = items.filter((item) => answerOf(answers, item.code)).length;
  return (
    <>
      <h2>{t("check.title")}</h2>
      <p class="soft">{t("check.answered", { n: answered, of: items.length })}</p>
      <Dots dots={dotsOf(items, answers)} here={-1} names={items.map((each) => say(each.name))} />
      <Dock>
        {missing === 0 && (
          <Link to={orderPath(ref, "checklist")} class="button">
            {t("check.title")}
          </Link>
        )}
        {missing === 0 ? (
          <Button look="main-action" onPress={() => onPass()}>
            {t("do.next")}
          </Button>
        ) : (
          <Link to={orderPath(ref, "checklist")} class="button main-action">
            {t(answered ? "act.continue" : "act.start")}
          </Link>
        )}
      </Dock>
    </>
  );
}

function Finish({ shown, checklist, onPass, onStay }: Props) {
  const { order, ref } = shown;
  const act = useAct();
  const answers = answersOf(checklist, order);
  const open = atOnce(checklist, answers);
  const others = missingItems(checklist, answers).filter((item) => !open.includes(item));
  const pass = async () => {
    for (const item of open) if (!(await act(ref, "answer", { item: item.code, value: "pass" }))) return;
    if (!others.length) onPass();
  };
  return (
    <>
      <h2>{t("check.title")}</h2>
      <PairedPhotos shown={shown} onStay={onStay} />
      <Items items={open} />
      {others.length > 0 && (
        <p class="soon toned" role="status">
          {t("check.still", { names: others.map((each) => say(each.name)).join("、") })}
        </p>
      )}
      <Dock>
        <Link to={orderPath(ref, "checklist")} class="button">
          {t("check.one_by_one")}
        </Link>
        {open.length > 0 || others.length === 0 ? (
          <Button look="main-action" icon="check" onPress={pass}>
            {t(open.length ? "check.all_pass" : "do.next")}
          </Button>
        ) : null}
      </Dock>
    </>
  );
}

function Items({ items }: { items: ChecklistItem[] }) {
  return (
    <ul class="ticks">
      {items.map((each) => (
        <li key={each.code}>{say(each.name)}</li>
      ))}
    </ul>
  );
}
