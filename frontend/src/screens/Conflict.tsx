import type { EntryView, OrderEvent } from "../field/contract";
import { useHere } from "../parts/field";
import { moment } from "../parts/when";
import { t, word } from "../words";
import { BodyWords, valueWords } from "./BodyWords";
import { statusOf } from "./rules/status";

/** Mine and theirs beside each other. */
export function Conflict({ entry }: { entry: EntryView }) {
  const here = useHere(entry.order?.estate);
  return (
    <>
      <p>{t("pending.conflict_lead")}</p>
      <div class="side-by-side">
        <section class="side stack tight">
          <h4>{t("pending.mine")}</h4>
          <p>
            <strong>{word("verb", entry.verb)}</strong>
          </p>
          <BodyWords entry={entry} />
          <p class="small soft">{moment(entry.savedAt, here)}</p>
        </section>
        <section class="side stack tight">
          <h4>{t("pending.theirs")}</h4>
          {entry.theirs.map((event) => (
            <Theirs key={event.n} event={event} estate={entry.order?.estate} />
          ))}
          {entry.orderNow && (
            <p>
              {t("pending.now")} <strong>{statusOf(entry.orderNow, here.now).words}</strong>
            </p>
          )}
          {entry.orderNow?.note && <p class="long">{entry.orderNow.note}</p>}
        </section>
      </div>
    </>
  );
}

function Theirs({ event, estate }: { event: OrderEvent; estate?: string }) {
  const here = useHere(estate);
  const words = detailWords(event.detail);
  return (
    <div>
      <p>
        <strong>{word("verb", event.verb)}</strong> {event.by}
      </p>
      {words && <p class="long">{words}</p>}
      <p class="small soft">{moment(event.happened_at ?? event.at, here)}</p>
    </div>
  );
}

/** Of an event's detail what a person wrote or chose; codes and ids stay on the server. */
function detailWords(detail: OrderEvent["detail"]): string {
  const told = ["note", "reason", "text", "value"].map((name) => valueWords(detail?.[name]));
  return told.filter(Boolean).join(" · ");
}
