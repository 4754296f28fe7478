import { useState } from "preact/hooks";
import type { KnownPerson } from "../field/contract";
import { Chip } from "../parts/Bits";
import { Button } from "../parts/Button";
import { useField } from "../parts/field";
import { PinPad } from "../parts/PinPad";
import { useTapped } from "../parts/tapped";
import { t } from "../words";
import { Alone } from "./Welcome";

/** Who is at work? Everybody of this tablet with what they have not sent, and the PIN of the chosen one. */
export function Lock() {
  const people = useField().people.value;
  const [chosen, setChosen] = useState<string | null>(people.length === 1 ? (people[0]?.code ?? null) : null);
  const person = people.find((each) => each.code === chosen);
  return person ? <Unlock person={person} onOther={() => setChosen(null)} /> : <People onChoose={setChosen} />;
}

function People({ onChoose }: { onChoose: (code: string) => void }) {
  const field = useField();
  return (
    <Alone title={t("lock.title")}>
      {field.people.value.length === 0 && <p class="soft">{t("lock.nobody")}</p>}
      <ul class="people">
        {field.people.value.map((person) => (
          <li key={person.code}>
            <Face person={person} onChoose={onChoose} />
          </li>
        ))}
      </ul>
      <Button icon="plus" onPress={field.beginEnrolment}>
        {t("lock.another")}
      </Button>
    </Alone>
  );
}

function Face({ person, onChoose }: { person: KnownPerson; onChoose: (code: string) => void }) {
  const tapped = useTapped();
  const choose = () => {
    tapped();
    onChoose(person.code);
  };
  return (
    <button type="button" class="person" onClick={choose}>
      <span class="face" aria-hidden="true">
        {[...person.name][0]}
      </span>
      <span class="names">
        <strong>{person.name}</strong>
        <Counts person={person} />
      </span>
    </button>
  );
}

function Counts({ person }: { person: KnownPerson }) {
  return (
    <span class="line">
      {person.unsent > 0 && (
        <Chip tone="soon" icon={person.sending ? "sending" : "pending"}>
          {t("lock.unsent", { n: person.unsent })}
        </Chip>
      )}
      {person.undecided > 0 && (
        <Chip tone="late" icon="late">
          {t("banner.decide", { n: person.undecided })}
        </Chip>
      )}
    </span>
  );
}

function Unlock({ person, onOther }: { person: KnownPerson; onOther: () => void }) {
  const field = useField();
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const mustSignIn = person.lockedOut || person.signInAgain;
  const onPin = async (pin: string) => {
    setBusy(t("lock.opening"));
    const result = await field.unlock(person.code, pin).finally(() => setBusy(null));
    if (result !== "open") setWrong(result === "wrong" ? t("lock.wrong") : t("lock.out"));
  };
  return (
    <Alone title={mustSignIn ? person.name : t("lock.pin", { name: person.name })}>
      <Counts person={person} />
      {mustSignIn ? (
        <>
          <p>{person.lockedOut ? t("lock.out") : t("lock.expired")}</p>
          <Button look="main-action" onPress={field.beginEnrolment}>
            {t("lock.again")}
          </Button>
        </>
      ) : (
        <PinPad label={t("lock.pin", { name: person.name })} onPin={onPin} wrong={wrong} busy={busy} />
      )}
      <Button look="plain" onPress={onOther}>
        {t("lock.other")}
      </Button>
    </Alone>
  );
}
