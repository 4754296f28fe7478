import { useState } from "preact/hooks";
import type { Bodies, Photo, ShownOrder } from "../field/contract";
import { useAct } from "../parts/acting";
import { Chip, Dock } from "../parts/Bits";
import { Button } from "../parts/Button";
import { Restored, useDraft } from "../parts/draft";
import { TextField } from "../parts/Fields";
import { useField, useHere } from "../parts/field";
import { Signature } from "../parts/Signature";
import { due } from "../parts/when";
import { say, t } from "../words";
import { ChooseColleague } from "./ChooseColleague";
import { useColleagueName } from "./Facts";
import { Page } from "./Frame";
import { useKept } from "./keeping";
import { go } from "./route";
import { isOpen, statusOf, titleOf } from "./rules/status";

type Take = (() => Promise<Photo>) | null;

/** The end of a shift: what is open, what is not sent, who takes over; both sign. */
export function Handover() {
  const field = useField();
  const act = useAct();
  const kept = useKept();
  const person = field.person.value;
  const open = field.orders.value.filter((each) => each.mine && isOpen(each.order) && !each.order.coming);
  const form = useDraft<{ to: string | null; note: string }>(null, "hand_over_shift", { to: null, note: "" });
  const { to, note } = form.value;
  const [mine, setMine] = useState<Take>(null);
  const [theirs, setTheirs] = useState<Take>(null);
  const [tried, setTried] = useState(false);
  const toName = useColleagueName(to);

  const finish = async () => {
    setTried(true);
    if (!to || !mine || !theirs) return;
    const [signature, counter] = [await kept(mine), await kept(theirs)];
    if (!signature || !counter) return;
    const body: Bodies["hand_over_shift"] = {
      to,
      note: note.trim(),
      open: open.map(({ ref }) => [ref.estate, ref.key]),
      signature: signature.hash,
      counter_signature: counter.hash,
    };
    if (await act(null, "hand_over_shift", body, [], form.name)) go("/me");
  };
  return (
    <Page title={t("shift.title")} inside>
      <div class="stack">
        <p class="soft">{t("shift.lead")}</p>
        <Unsent />
        <section class="card stack tight">
          <h2>{open.length ? t("shift.open", { n: open.length }) : t("shift.none")}</h2>
          <ul class="stack tight">
            {open.map((shown) => (
              <OpenOrder key={`${shown.ref.estate}/${shown.ref.key}`} shown={shown} />
            ))}
          </ul>
        </section>
        <Restored form={form} />
        <ChooseColleague
          label={t("shift.to")}
          value={to}
          onChoose={(to) => form.set({ to })}
          wrong={tried && !to ? t("shift.to_missing") : null}
        />
        <TextField
          label={t("shift.note")}
          value={note}
          onInput={(note) => form.set({ note })}
          hint={t("shift.note_hint")}
          long
        />
        <Signature
          byStaff
          label={t("shift.mine", { name: say(person?.name) })}
          onChange={(take) => setMine(() => take)}
          wrong={tried && !mine ? t("shift.mine_missing") : null}
        />
        <Signature
          byStaff
          label={toName ? t("shift.theirs_named", { name: toName }) : t("shift.theirs")}
          onChange={(take) => setTheirs(() => take)}
          wrong={tried && !theirs ? t("shift.theirs_missing") : null}
        />
      </div>
      <Dock>
        <Button look="main-action" icon="check" onPress={finish}>
          {t("shift.do")}
        </Button>
      </Dock>
    </Page>
  );
}

/** Entries of somebody whose app was closed wait for his PIN: better asked for now than tomorrow. */
function Unsent() {
  const field = useField();
  const mine = field.entries.value.length;
  const others = field.people.value.filter((each) => each.code !== field.person.value?.code && each.unsent > 0);
  return (
    <section class={`card toned-edge ${mine || others.length ? "soon" : "done"} stack tight`}>
      <p>{mine ? t("shift.unsent", { n: mine }) : t("shift.unsent_none")}</p>
      {others.map((each) => (
        <p key={each.code}>{t("shift.others", { name: each.name, n: each.unsent })}</p>
      ))}
    </section>
  );
}

function OpenOrder({ shown: { order } }: { shown: ShownOrder }) {
  const here = useHere(order.estate);
  const status = statusOf(order, here.now);
  return (
    <li class="line">
      <Chip tone={status.tone} icon={status.icon}>
        {status.words}
      </Chip>
      <span>{titleOf(order)}</span>
      <span class="small soft">{due(order.due_at, here)}</span>
    </li>
  );
}
