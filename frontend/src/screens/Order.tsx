import { useState } from "preact/hooks";
import type { FieldOrder, OrderRef, ShownOrder } from "../field/contract";
import { useAct } from "../parts/acting";
import { Chip, Dock, Dots, Empty } from "../parts/Bits";
import { Button } from "../parts/Button";
import { useField, useHere, useOrder } from "../parts/field";
import { t, word } from "../words";
import { EmergencyWords } from "./EmergencyWords";
import { Facts } from "./Facts";
import { Page } from "./Frame";
import { Link } from "./Link";
import { MoreVerbs } from "./MoreVerbs";
import { orderPath } from "./route";
import { answersOf, checklistOf, missingItems } from "./rules/checklist";
import { isRound } from "./rules/patrol";
import { isOpen, statusOf, titleOf } from "./rules/status";
import { currentStep, type StepName, stepsOf } from "./rules/steps";
import { isTooEarly, waitsForConsent } from "./rules/today";
import { Supplements } from "./Supplements";
import { StepCard } from "./steps/StepCard";
import { Unsent } from "./Today";
import { Unaccepted } from "./Unaccepted";
import { useWay } from "./way";

export function Order({ at }: { at: OrderRef }) {
  const shown = useOrder(at.estate, at.key);
  return shown ? <Known shown={shown} /> : <Gone />;
}

export function Gone() {
  return (
    <Page title={t("order.title")} inside>
      <Empty title={t("order.gone")} next={t("order.gone_next")}>
        <Link to="/" class="button">
          {t("nav.today")}
        </Link>
      </Empty>
    </Page>
  );
}

function Known({ shown }: { shown: ShownOrder }) {
  const { order, ref } = shown;
  const here = useHere(order.estate);
  const status = statusOf(order, here.now);
  const early = isTooEarly(order, here.now);
  const me = useField().person.value;
  const colleague = !shown.mine && order.assignee !== null && order.assignee !== me?.code;
  return (
    <Page title={titleOf(order)} inside>
      <div class="stack columns">
        <div class="stack">
          <div class="line">
            <Chip tone={status.tone} icon={status.icon}>
              {status.words}
            </Chip>
            <Unsent shown={shown} />
          </div>
          <EmergencyWords order={order} />
          {order.coming && <p class="soft">{t(early ? "order.too_early" : "order.coming")}</p>}
          {colleague && isOpen(order) && <p class="soft">{t("order.not_mine")}</p>}
          {!early && (isRound(order) ? <ToRound at={ref} /> : <Steps shown={shown} />)}
          {!early && <MoreVerbs shown={shown} />}
        </div>
        <div class="stack staff-only">
          <Facts shown={shown} />
          <Supplements order={order} />
        </div>
      </div>
    </Page>
  );
}

function ToRound({ at }: { at: OrderRef }) {
  return (
    <Dock>
      <Link to={orderPath(at, "round")} class="button main-action">
        {t("act.continue")}
      </Link>
    </Dock>
  );
}

/** Where none of these is allowed, the order is for others: nobody re-inspects his own work. */
const DOING = ["accept", "start", "resume", "consent", "complete", "verdict"];

/** The steps as cards, one at a time. An earlier one can be looked at again by its dot's buttons. */
function Steps({ shown }: { shown: ShownOrder }) {
  const { order, ref } = shown;
  const act = useAct();
  const [passed, setPassed] = useState<readonly StepName[]>([]);
  const way = useWay(ref);
  const [again, setAgain] = useState(0);
  const [looked, setLooked] = useState<number | null>(null);
  const steps = stepsOf(order);
  const lacks = useLacks(order);
  const gone = [...passed, ...way.value.passed].filter((name) => name !== "checklist" || !lacks);
  const current = currentStep(steps, new Set(gone));
  const index = looked ?? current;
  const step = steps[index];

  if (order.state === "paused" && !waitsForConsent(order)) {
    return (
      <section class="card stack">
        <h2>{t("status.paused")}</h2>
        {order.reason && <p>{order.reason}</p>}
        <Dock>
          <Button look="main-action" onPress={() => act(ref, "resume", {})}>
            {t("act.resume")}
          </Button>
        </Dock>
      </section>
    );
  }
  if (isOpen(order) && !DOING.some((verb) => order.allowed_verbs.includes(verb))) {
    return <p class="card">{t("order.for_others")}</p>;
  }
  if (!isOpen(order) || !step) return <Finished shown={shown} />;
  const pass = (...also: StepName[]) => {
    const names = [step.name, ...also];
    setPassed([...passed, ...names]);
    if (step.optional || step.name === "refused") way.set((before) => ({ passed: [...before.passed, ...names] }));
    setLooked(null);
  };
  const go = (name: StepName) => {
    const index = steps.findIndex((each) => each.name === name);
    if (index >= 0) setLooked(index);
  };
  // Another quote may be refused as well: what to do then is asked anew.
  const done = () => {
    if (step.name === "quote") {
      const again = (names: readonly StepName[]) => names.filter((name) => name !== "refused");
      setPassed(again(passed));
      way.set((before) => ({ passed: again(before.passed) }));
    }
    setLooked(null);
  };
  return (
    <section class="stack">
      <Unaccepted shown={shown} onCorrect={() => setAgain(again + 1)} />
      <div class="line apart">
        <Dots
          dots={steps.map((each) => (each.done ? "done" : "open"))}
          here={index}
          names={steps.map((each) => word("step", each.name))}
        />
        <Walk index={index} last={Math.min(current, steps.length - 1)} onGo={setLooked} />
      </div>
      <div class="card step">
        <StepCard
          key={`${step.name}/${again}`}
          step={step}
          shown={shown}
          onPass={pass}
          onGo={go}
          onStay={() => setLooked(index)}
          onDone={done}
        />
      </div>
    </section>
  );
}

/** Whether the checklist has items that keep the order from being completed. */
function useLacks(order: FieldOrder): boolean {
  const checklist = checklistOf(order, useField().reference.value);
  // Nothing was done where the resident said no: there is nothing to look over.
  if (!checklist || order.quote?.state === "refused") return false;
  return missingItems(checklist, answersOf(checklist, order)).length > 0;
}

interface WalkProps {
  index: number;
  last: number;
  onGo: (index: number | null) => void;
}

/** Back to what was done, and from there to what is next. */
function Walk({ index, last, onGo }: WalkProps) {
  return (
    <div class="line">
      {index > 0 && (
        <Button look="plain" onPress={() => onGo(index - 1)}>
          {t("do.previous")}
        </Button>
      )}
      {index < last && (
        <Button look="plain" onPress={() => onGo(null)}>
          {t("order.to_current")}
        </Button>
      )}
    </div>
  );
}

function Finished({ shown: { order } }: { shown: ShownOrder }) {
  const here = useHere(order.estate);
  const status = statusOf(order, here.now);
  return (
    <section class={`card toned-edge ${status.tone}`} role="status">
      <h2>{order.state === "done" ? t("order.all_done") : status.words}</h2>
      {order.note && <p>{order.note}</p>}
    </section>
  );
}
