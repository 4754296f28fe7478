import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Clock, FieldOrder, RequestFacts, ShownOrder } from "../field/contract";
import { Chip } from "../parts/Bits";
import { Button } from "../parts/Button";
import { useField, useHere } from "../parts/field";
import { Icon, type IconName } from "../parts/Icon";
import { Pictures } from "../parts/Photos";
import { Sheet } from "../parts/Sheet";
import { due, type Here, moment } from "../parts/when";
import { say, t, word } from "../words";
import { isOpen, titleOf } from "./rules/status";

/** Longer ones are cut in the head of a page, and stand here in full. */
const LONG_TITLE = 30;

/** What the order says of itself: where, whose, by when and why then, and whom to call. */
export function Facts({ shown: { order } }: { shown: ShownOrder }) {
  const assignee = useColleagueName(order.assignee);
  return (
    <section class="card stack tight" aria-labelledby="facts">
      <h2 id="facts">{t("order.facts")}</h2>
      {titleOf(order).length > LONG_TITLE && <p>{titleOf(order)}</p>}
      {order.instructions && (
        <div>
          <h3>{t("order.instructions")}</h3>
          <p class="long">{say(order.instructions)}</p>
        </div>
      )}
      {order.request && <Resident request={order.request} />}
      <dl class="facts">
        <Fact name={t("order.kind")}>{word("kind", order.kind)}</Fact>
        {order.place && <Fact name={t("order.place")}>{order.place}</Fact>}
        <Fact name={t("order.assignee")}>{assignee ?? t("order.nobody")}</Fact>
        <Fact name={t("order.priority")}>{word("priority", String(order.priority))}</Fact>
        {order.number && <Fact name={t("order.number")}>{order.number}</Fact>}
        {order.note && <Fact name={t("order.note")}>{order.note}</Fact>}
      </dl>
      <Clocks order={order} />
      {order.photos.length > 0 && (
        <div>
          <h3>{t("order.photos")}</h3>
          <div class="photos">
            <Pictures hashes={[...new Set(order.photos.map((each) => each.hash))]} name={t("order.photos")} />
          </div>
        </div>
      )}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

export function useColleagueName(code: string | null): string | null {
  const field = useField();
  if (!code) return null;
  if (code === field.person.value?.code) return say(field.person.value.name);
  return say(field.reference.value.colleagues.find((each) => each.code === code)?.name) || code;
}

function Resident({ request }: { request: RequestFacts }) {
  return (
    <div class="side stack tight">
      <h3>{t("order.words")}</h3>
      <p class="long">{request.words}</p>
      <p>{[request.room, request.contact_name].filter(Boolean).join(" · ")}</p>
      {request.contact_phone && (
        <a class="button" href={`tel:${request.contact_phone}`}>
          <Icon name="phone" />
          {t("order.call", { phone: request.contact_phone })}
        </a>
      )}
    </div>
  );
}

const CLOCKS: Record<Clock["state"], [string, IconName]> = {
  running: ["open", "clock"],
  due_soon: ["soon", "soon"],
  overdue: ["late", "late"],
  paused: ["paused", "paused"],
  met: ["done", "done"],
  late: ["late", "late"],
  // Ended without being kept: nothing was owed any more, or the time for it went by.
  withdrawn: ["quiet", "clock"],
  missed: ["late", "late"],
};
const RUNNING: Clock["state"][] = ["running", "due_soon", "overdue", "paused"];

/** The deadlines, each with its state, and on request why it lies where it lies. */
function Clocks({ order }: { order: FieldOrder }) {
  const here = useHere(order.estate);
  const [why, setWhy] = useState(false);
  if (!order.due_at && !order.clocks.length) return null;
  return (
    <div class="stack tight">
      <h3>{t("order.due")}</h3>
      {order.clocks.length === 0 && order.due_at && (
        <p>{isOpen(order) ? due(order.due_at, here) : moment(order.due_at, here)}</p>
      )}
      {order.finished_at && <p>{t("order.finished_at", { moment: moment(order.finished_at, here) })}</p>}
      {order.clocks.map((clock) => (
        <p key={clock.name} class="line">
          <Chip tone={CLOCKS[clock.state][0]} icon={CLOCKS[clock.state][1]}>
            {word("clock", clock.state)}
          </Chip>
          <span>
            {word("clock", clock.name)} {clockWords(clock, here)}
          </span>
        </p>
      ))}
      <div>
        <Button look="plain" icon="info" onPress={() => setWhy(true)}>
          {t("clock.why")}
        </Button>
      </div>
      {why && (
        <Sheet title={t("clock.why")} onClose={() => setWhy(false)}>
          <Explanation order={order} here={here} />
        </Sheet>
      )}
    </div>
  );
}

function clockWords(clock: Clock, here: Here): string {
  if (!clock.due_at) return "";
  return !RUNNING.includes(clock.state) ? moment(clock.due_at, here) : due(clock.due_at, here);
}

function Explanation({ order, here }: { order: FieldOrder; here: Here }) {
  const isPlanned = order.source?.kind === "plan" && order.starts_at && order.due_at;
  return (
    <div class="stack">
      {isPlanned && order.starts_at && order.due_at ? (
        <p>{t("clock.why_plan", { start: moment(order.starts_at, here), due: moment(order.due_at, here) })}</p>
      ) : (
        order.due_at && <p>{t("clock.why_due", { due: moment(order.due_at, here) })}</p>
      )}
      {order.clocks.map((clock) => (
        <section key={clock.name} class="stack tight">
          <p>
            <strong>{word("clock", clock.name)}</strong>{" "}
            {clock.due_at ? t("clock.exact", { moment: exact(clock.due_at, here.zone) }) : t("clock.standing")}
          </p>
          <ol class="stack tight">
            {clock.why?.map((line, index) => (
              <li key={index} class="soft">
                {say(line)}
              </li>
            ))}
          </ol>
        </section>
      ))}
      {order.clocks.some((clock) => !clock.why?.length) && <p class="soft">{t("clock.why_promise")}</p>}
    </div>
  );
}

const exact = (at: string, zone: string): string =>
  new Date(at).toLocaleString("sv-SE", { timeZone: zone, timeZoneName: "short" });
