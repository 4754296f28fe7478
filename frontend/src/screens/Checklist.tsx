import { useState } from "preact/hooks";
import type { ChecklistItem, Checklist as Content, OrderRef, ShownOrder } from "../field/contract";
import { Dots, Empty } from "../parts/Bits";
import { Button } from "../parts/Button";
import { useField, useOrder } from "../parts/field";
import { say, t } from "../words";
import { Page } from "./Frame";
import { ItemCard } from "./ItemCard";
import { Gone } from "./Order";
import { go, orderPath } from "./route";
import { answerOf, answersOf, askedItems, checklistOf, dotsOf, firstOpen } from "./rules/checklist";
import type { StepName } from "./rules/steps";
import { useWay } from "./way";

export function Checklist({ at }: { at: OrderRef }) {
  const shown = useOrder(at.estate, at.key);
  const checklist = shown && checklistOf(shown.order, useField().reference.value);
  if (!shown) return <Gone />;
  if (!checklist) {
    return (
      <Page title={t("check.title")} inside>
        <Empty title={t("check.gone")} />
      </Page>
    );
  }
  return <Items shown={shown} checklist={checklist} />;
}

/** One item at a time, beginning with the first that has no answer. */
function Items({ shown, checklist }: { shown: ShownOrder; checklist: Content }) {
  const answers = answersOf(checklist, shown.order);
  const items = askedItems(checklist, answers);
  const [code, setCode] = useState<string | null>(
    () => items[firstOpen(items, answers)]?.code ?? items[0]?.code ?? null,
  );
  // Its step asks nothing more when the last item is answered; one with something missing comes back by itself.
  const way = useWay(shown.ref);
  const index = Math.max(
    0,
    items.findIndex((each) => each.code === code),
  );
  const item = items[index];
  if (!item) return <Gone />;

  // What is asked next may have just come into being by this answer, so it is looked up among all items.
  const next = (failed: boolean) => {
    const after = nextItem(checklist, item, shown, failed);
    if (after) return setCode(after.code);
    way.set(({ passed }) => ({ passed: [...new Set<StepName>([...passed, "checklist"])] }));
    go(orderPath(shown.ref), "replace");
  };
  return (
    <Page title={say(checklist.name)} inside>
      <div class="stack">
        <div class="line apart">
          <Dots dots={dotsOf(items, answers)} here={index} names={items.map((each) => say(each.name))} />
          <span class="soft small">{t("order.steps", { n: index + 1, of: items.length })}</span>
        </div>
        <ItemCard
          key={item.code}
          shown={shown}
          item={item}
          dependsOn={checklist.items.find((each) => each.code === item.only_if) ?? null}
          answer={answerOf(answers, item.code) ?? null}
          onPrevious={index > 0 ? () => setCode(items[index - 1]?.code ?? null) : null}
          onNext={next}
        />
        <details class="card">
          <summary class="summary">{t("check.all", { n: items.length })}</summary>
          <ol class="stack tight">
            {items.map((each) => (
              <li key={each.code}>
                <Button wide look={each.code === item.code ? "" : "plain"} onPress={() => setCode(each.code)}>
                  {say(each.name)}
                </Button>
              </li>
            ))}
          </ol>
        </details>
      </div>
    </Page>
  );
}

function nextItem(
  checklist: Content,
  item: ChecklistItem,
  { order }: ShownOrder,
  failed: boolean,
): ChecklistItem | undefined {
  const answers = [
    ...order.answers.filter((each) => each.item !== item.code),
    { item: item.code, value: failed ? "fail" : "pass" },
  ];
  const asked = askedItems(checklist, answers);
  const later = asked.slice(asked.findIndex((each) => each.code === item.code) + 1);
  // What was photographed on another card is not asked again.
  const given = answersOf(checklist, order).slice(order.answers.length);
  return later.find((each) => !answerOf(given, each.code));
}
