import { useState } from "preact/hooks";
import type { EntryView } from "../field/contract";
import { Chip } from "../parts/Bits";
import { Button } from "../parts/Button";
import { useField, useHere, useOrder } from "../parts/field";
import { Pictures } from "../parts/Photos";
import { tell } from "../parts/toast";
import { moment } from "../parts/when";
import { say, t, word } from "../words";
import { BodyWords, valueWords } from "./BodyWords";
import { DropSheet } from "./DropSheet";
import { Link } from "./Link";
import { orderPath } from "./route";
import type { OrderConflict, Row } from "./rules/conflicts";
import { statusOf, titleOf } from "./rules/status";

/** One order that somebody else was faster at: what I have and what stands, beside each other, and one decision for all. */
export function Conflict({ conflict }: { conflict: OrderConflict }) {
  const [first] = conflict.entries as [EntryView];
  const here = useHere(first.order?.estate);
  const known = useOrder(first.order?.estate ?? "", first.order?.key ?? "")?.order ?? conflict.orderNow;
  const { orderNow, photos, rows } = conflict;
  const last = conflict.events.at(-1);
  return (
    <article class="card toned-edge late stack tight">
      <div class="line apart">
        <h3>{known ? titleOf(known) : say(first.title)}</h3>
        <Chip tone="late" icon="late">
          {t("saved.conflict")}
        </Chip>
      </div>
      <p>
        {last
          ? t("pending.conflict_by", { name: last.by, at: moment(last.happened_at ?? last.at, here) })
          : t("pending.conflict_lead")}
        {orderNow && (
          <>
            {" "}
            {t("pending.now")} <strong>{statusOf(orderNow, here.now).words}</strong>
          </>
        )}
      </p>
      <table class="compared">
        <thead>
          <tr>
            <th scope="col">{t("pending.mine")}</th>
            <th scope="col">{t("pending.theirs")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Compared key={row.mine.id} row={row} />
          ))}
        </tbody>
      </table>
      {photos.length > 0 && (
        <details>
          <summary class="summary">{t("pending.photos", { n: photos.length })}</summary>
          <div class="photos">
            <Pictures hashes={photos} name={t("order.photos")} />
          </div>
        </details>
      )}
      <Decision entries={conflict.entries} />
    </article>
  );
}

function Compared({ row: { mine, verb, theirs } }: { row: Row }) {
  const here = useHere(mine.order?.estate);
  const isMoment = verb === "scan" && typeof theirs?.value === "string";
  const value = isMoment ? moment(theirs?.value as string, here) : valueWords(theirs?.value);
  return (
    <tr>
      <td>
        <strong>{word("verb", verb)}</strong> <span class="small soft">{moment(mine.savedAt, here)}</span>
        <BodyWords entry={mine} />
        {mine.state === "refused" && mine.words && <p class="small late">{mine.words}</p>}
      </td>
      <td>
        {theirs ? (
          <>
            {theirs.by && <strong>{theirs.by}</strong>}
            <p class="long">{value || word("verb", verb)}</p>
          </>
        ) : (
          <span class="soft">{t("pending.nothing")}</span>
        )}
      </td>
    </tr>
  );
}

/** What carries something is kept beside the result; a beginning carries nothing and goes with it. */
function Decision({ entries }: { entries: EntryView[] }) {
  const field = useField();
  const [dropping, setDropping] = useState(false);
  const kept = entries.filter((each) => each.canSupplement);
  const keep = async () => {
    for (const each of entries) await (each.canSupplement ? field.keepAsSupplement(each.id) : field.drop(each.id));
    tell(t("pending.kept"));
  };
  const drop = async () => {
    for (const each of entries) await field.drop(each.id);
    tell(t("pending.dropped"));
  };
  const [first] = entries;
  return (
    <>
      {kept.length > 0 && <p class="small soft">{t("pending.keep_hint")}</p>}
      <div class="line">
        {kept.length > 0 && <Button onPress={keep}>{t("pending.keep")}</Button>}
        {first?.order && (
          <Link to={orderPath(first.order)} class="button">
            {t("order.title")}
          </Link>
        )}
        <Button look="danger" onPress={() => setDropping(true)}>
          {t("pending.drop")}
        </Button>
      </div>
      {dropping && <DropSheet onClose={() => setDropping(false)} onDrop={drop} />}
    </>
  );
}
