import { useState } from "preact/hooks";
import type { ShownOrder } from "../field/contract";
import { useAct } from "../parts/acting";
import { Chip, Empty } from "../parts/Bits";
import { Button } from "../parts/Button";
import { useField, useHere } from "../parts/field";
import { Icon } from "../parts/Icon";
import { clockTime, due, moment, starts } from "../parts/when";
import { type Key, t, word } from "../words";
import { Calls } from "./Calls";
import { Page } from "./Frame";
import { Link } from "./Link";
import { go, workPath } from "./route";
import { isRound } from "./rules/patrol";
import { isAhead, isEmergency, isOpen, statusOf, titleOf } from "./rules/status";
import { belongsTo, type GroupName, groupsOf, nextAct, whereOf } from "./rules/today";
import { ScanPlace } from "./ScanPlace";
import { ShiftNotes } from "./ShiftNotes";

const WORDS: Record<GroupName, Key> = {
  emergency: "today.emergency",
  overdue: "today.overdue",
  now: "today.now",
  later: "today.later",
  tomorrow: "today.tomorrow",
  done: "today.done",
};

const HEADS: Partial<Record<GroupName, string>> = { emergency: "emergency", overdue: "late" };

/** What is to be done: overdue first, then by time and place; one tap to the next thing. */
export function Today() {
  const field = useField();
  const here = useHere();
  const [team, setTeam] = useState(false);
  const me = field.person.value?.code;
  const mine = field.orders.value.filter((each) => belongsTo(each, me));
  const others = field.orders.value.filter((each) => !belongsTo(each, me));
  const groups = groupsOf(team ? others : mine, here);
  const open = (orders: ShownOrder[]) => orders.filter((each) => isOpen(each.order)).length;
  const contact = field.connection.value.lastContact;
  return (
    <Page title={t("today.title")}>
      <div class="stack tight news">
        <Calls />
        <ShiftNotes />
      </div>
      <div class="line finders">
        <ScanPlace />
        {field.person.value?.may?.includes("households.find") && (
          <Link to="/gate" class="button">
            <Icon name="phone" />
            {t("gate.title")}
          </Link>
        )}
      </div>
      <div class="tabs">
        <Button pressed={!team} onPress={() => setTeam(false)}>
          {t("today.mine", { n: open(mine) })}
        </Button>
        <Button pressed={team} onPress={() => setTeam(true)}>
          {t("today.team", { n: open(others) })}
        </Button>
      </div>
      {groups.length === 0 && (
        <Empty title={team ? t("today.empty_team") : t("today.empty")} next={team ? undefined : t("today.empty_next")}>
          {!team && open(others) > 0 && (
            <Button onPress={() => setTeam(true)}>{t("today.see_team", { n: open(others) })}</Button>
          )}
          <Link to="/report" class="button">
            {t("nav.report")}
          </Link>
        </Empty>
      )}
      {groups.map(({ name, orders }) => (
        <section key={name} aria-labelledby={`group-${name}`}>
          <h2 id={`group-${name}`} class={`group-head ${HEADS[name] ?? ""}`}>
            {HEADS[name] && <Icon name={name === "emergency" ? "report" : "late"} />}
            {t(WORDS[name], { n: orders.length })}
          </h2>
          <ul class="rows columns even">
            {orders.map((shown) => (
              <Row key={`${shown.ref.estate}/${shown.ref.key}`} shown={shown} />
            ))}
          </ul>
        </section>
      ))}
      {contact && <p class="small soft">{t("today.until", { moment: moment(contact, here) })}</p>}
    </Page>
  );
}

/** One order: what, where, by when, its state, and the button for what comes next. */
export function Row({ shown }: { shown: ShownOrder }) {
  const { order, ref } = shown;
  const here = useHere(order.estate);
  const act = useAct();
  const next = nextAct(shown, here.now);
  const status = statusOf(order, here.now);
  const where = whereOf(order, useField().reference.value.places);
  const path = workPath(ref, isRound(order));
  const proceed = async () => {
    if (!next.verb || (await act(ref, next.verb, {}))) go(path);
  };
  return (
    <li class={`row ${isEmergency(order) ? "emergency" : ""}`}>
      <Link to={path} class="row-main">
        {where && (
          <span class="row-place">
            <Icon name="pin" />
            {where}
          </span>
        )}
        <span class="row-title">{titleOf(order)}</span>
        <span class="row-facts">
          <Chip tone={status.tone} icon={status.icon}>
            {status.words}
          </Chip>
          {order.priority <= 2 && <strong class="late toned">{word("priority", String(order.priority))}</strong>}
          <span class={status.tone === "late" ? "late toned" : ""}>{timeWords(shown, here)}</span>
        </span>
        <span class="row-facts">
          <span>{word("kind", order.kind)}</span>
          <Unsent shown={shown} />
        </span>
      </Link>
      <Button
        look={next.words === "act.look" ? "plain" : ""}
        more={`row-go ${next.words === "act.look" ? "" : "is-next"}`}
        label={`${t(next.words)}：${titleOf(order)}`}
        onPress={proceed}
      >
        {t(next.words)}
      </Button>
    </li>
  );
}

function timeWords({ order }: ShownOrder, here: ReturnType<typeof useHere>): string {
  if (!isOpen(order)) return order.finished_at ? clockTime(order.finished_at, here.zone) : "";
  if (isAhead(order, here.now) && order.starts_at) return starts(order.starts_at, here);
  return due(order.due_at, here);
}

/** What of an order is only on this tablet, or needs a decision. */
export function Unsent({ shown }: { shown: ShownOrder }) {
  return (
    <>
      {shown.pending.entries > 0 && (
        <Chip tone="soon" icon="pending">
          {t("saved.order_waiting", { n: shown.pending.entries })}
        </Chip>
      )}
      {shown.undecided > 0 && (
        <Chip tone="late" icon="late">
          {t("banner.decide", { n: shown.undecided })}
        </Chip>
      )}
    </>
  );
}
