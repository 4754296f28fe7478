import { Dock, Dots } from "../../parts/Bits";
import { Button } from "../../parts/Button";
import { useField } from "../../parts/field";
import { say, t } from "../../words";
import { Link } from "../Link";
import { orderPath } from "../route";
import { answerOf, answersOf, askedItems, checklistOf, dotsOf, missingItems } from "../rules/checklist";
import type { StepProps } from "./props";

/** How far the checklist is, and on to its next item. */
export function ToChecklist({ shown, onPass }: StepProps) {
  const { order, ref } = shown;
  const checklist = checklistOf(order, useField().reference.value);
  if (!checklist) return <p class="soon toned">{t("check.gone")}</p>;
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
          <Button look="main-action" onPress={onPass}>
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
