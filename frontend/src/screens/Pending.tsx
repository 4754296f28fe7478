import { useState } from "preact/hooks";
import type { EntryView } from "../field/contract";
import { Chip, Empty } from "../parts/Bits";
import { Button } from "../parts/Button";
import { useField, useHere, useOrder } from "../parts/field";
import { Picture } from "../parts/Photos";
import { tell } from "../parts/toast";
import { moment } from "../parts/when";
import { say, t, word } from "../words";
import { BodyWords } from "./BodyWords";
import { Conflict } from "./Conflict";
import { DropSheet } from "./DropSheet";
import { Page } from "./Frame";
import { Link } from "./Link";
import { orderPath } from "./route";
import { conflictsOf } from "./rules/conflicts";
import { ENTRY_STATES, isAtServer, isUndecided } from "./rules/entries";
import { titleOf } from "./rules/status";

/** What is only on this tablet, since when, with its photos; first what the person must decide. */
export function Pending() {
  const field = useField();
  const here = useHere();
  const entries = field.entries.value;
  const { online, silent, sending, lastContact } = field.connection.value;
  const undecided = entries.filter(isUndecided);
  const queue = entries.filter((each) => !isUndecided(each));
  const settled = [...field.settledLately.value].reverse();
  const sent = [...field.sentLately.value].reverse();
  return (
    <Page title={t("nav.pending")}>
      <div class="stack">
        <div class="line apart">
          <p class="soft">
            {lastContact ? t("pending.last", { moment: moment(lastContact, here) }) : t("pending.never")}
          </p>
          <Button icon="sending" disabled={(!online && !silent) || sending} onPress={field.syncNow}>
            {sending ? t("pending.sending") : t("pending.send")}
          </Button>
        </div>
        {(!online || silent) && <p class="soon toned">{t(silent ? "pending.silent" : "pending.offline")}</p>}
        {entries.length === 0 && <Empty title={t("pending.none")} next={t("pending.none_next")} />}
        <ToDecideAll entries={undecided} />
        <Group title={t("pending.settled", { n: settled.length })} lead={t("pending.settled_lead")} entries={settled} />
        <Group title={t("pending.queue", { n: queue.length })} entries={queue} />
        <Group title={t("pending.sent", { n: sent.length })} entries={sent} />
      </div>
    </Page>
  );
}

/** What is in conflict by order, and what was refused for itself. */
function ToDecideAll({ entries }: { entries: EntryView[] }) {
  const conflicts = conflictsOf(entries);
  const grouped = new Set(conflicts.flatMap((each) => each.entries));
  const others = entries.filter((each) => !grouped.has(each));
  if (!entries.length) return null;
  return (
    <section class="stack tight">
      <h2 class="group-head">{t("pending.decide", { n: conflicts.length + others.length })}</h2>
      <ul class="rows">
        {conflicts.map((each) => (
          <li key={each.id}>
            <Conflict conflict={each} />
          </li>
        ))}
        {others.map((each) => (
          <li key={each.id}>
            <ToDecide entry={each} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Group({ title, lead, entries }: { title: string; lead?: string; entries: EntryView[] }) {
  if (!entries.length) return null;
  return (
    <section class="stack tight">
      <h2 class="group-head">{title}</h2>
      {lead && <p class="soft">{lead}</p>}
      <ul class="rows">
        {entries.map((entry) => (
          <li key={entry.id}>
            <Entry entry={entry} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Head({ entry }: { entry: EntryView }) {
  const here = useHere(entry.order?.estate);
  const order = useOrder(entry.order?.estate ?? "", entry.order?.key ?? "")?.order;
  const title = order ? titleOf(order) : say(entry.title);
  const state = ENTRY_STATES[entry.state];
  return (
    <>
      <div class="line apart">
        <h3>{[word("verb", entry.verb), title].filter(Boolean).join(" · ")}</h3>
        <Chip tone={state.tone} icon={state.icon}>
          {t(state.words)}
        </Chip>
      </div>
      <BodyWords entry={entry} />
      <p class="small soft">
        {t(isAtServer(entry) ? "pending.made" : "pending.since", { moment: moment(entry.savedAt, here) })}
      </p>
    </>
  );
}

function Photos({ entry }: { entry: EntryView }) {
  if (!entry.photos.length) return null;
  return (
    <>
      <p class="small soft">{t("pending.photos_sent", { n: entry.photos.length, sent: entry.photosSent })}</p>
      <div class="photos">
        {entry.photos.map((hash, index) => (
          <Picture key={hash} hash={hash} name={t("photo.n", { n: index + 1 })} />
        ))}
      </div>
    </>
  );
}

/** Which item of a checklist a refusal is about; other fields are named by the sentence itself. */
function useFieldName({ field }: EntryView): string {
  const [, code] = /^answers\.([\w-]+)/.exec(field ?? "") ?? [];
  const items = useField().reference.value.checklists.flatMap((each) => each.items);
  return say(items.find((each) => each.code === code)?.name);
}

function Entry({ entry }: { entry: EntryView }) {
  return (
    <article class="card stack tight entry">
      <Head entry={entry} />
      {entry.state !== "sent" && <Photos entry={entry} />}
    </article>
  );
}

/** Refused: why, and what can be done. Nothing goes until the person says so. */
function ToDecide({ entry }: { entry: EntryView }) {
  const field = useField();
  const [dropping, setDropping] = useState(false);
  const fieldName = useFieldName(entry);
  const keep = async () => {
    await field.keepAsSupplement(entry.id);
    tell(t("pending.kept"));
  };
  const drop = async () => {
    await field.drop(entry.id);
    tell(t("pending.dropped"));
  };
  return (
    <article class="card toned-edge late stack tight">
      <Head entry={entry} />
      {entry.words && (
        <p class="late toned">
          {t("pending.refused_why", { why: [fieldName, entry.words].filter(Boolean).join("：") })}
        </p>
      )}
      <Photos entry={entry} />
      {entry.canSupplement && <p class="small soft">{t("pending.keep_hint")}</p>}
      <div class="line">
        {entry.canSupplement && <Button onPress={keep}>{t("pending.keep")}</Button>}
        {entry.order && (
          <Link to={orderPath(entry.order)} class="button">
            {t("order.title")}
          </Link>
        )}
        <Button look="danger" onPress={() => setDropping(true)}>
          {t("pending.drop")}
        </Button>
      </div>
      {dropping && <DropSheet onClose={() => setDropping(false)} onDrop={drop} />}
    </article>
  );
}
