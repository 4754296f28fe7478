import type { ShiftNote } from "../field/contract";
import { useAct } from "../parts/acting";
import { Button } from "../parts/Button";
import { useField, useHere } from "../parts/field";
import { moment } from "../parts/when";
import { say, t } from "../words";
import { notesOf } from "./rules/alarms";

/** What the one before has left: on the first page, until it was read. */
export function ShiftNotes() {
  const field = useField();
  const notes = notesOf(field.reference.value.handovers, field.entries.value);
  return (
    <>
      {notes.map((each) => (
        <Note key={each.id} note={each} />
      ))}
    </>
  );
}

function Note({ note }: { note: ShiftNote }) {
  const act = useAct();
  const here = useHere(note.estate);
  return (
    <section class="card toned-edge soon stack tight">
      <h2>{t("shift.from", { name: say(note.handed_by) })}</h2>
      <p class="long">{note.note || t("shift.no_note")}</p>
      <p class="small soft">
        {moment(note.at, here)} · {t("shift.came_with", { n: note.open })}
      </p>
      <div>
        <Button icon="check" onPress={() => act(null, "read_handover", { handover: note.id, estate: note.estate })}>
          {t("shift.read")}
        </Button>
      </div>
    </section>
  );
}
