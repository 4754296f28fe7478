import { useEffect, useState } from "preact/hooks";
import { reasonOf } from "../parts/acting";
import { Button } from "../parts/Button";
import { TextField } from "../parts/Fields";
import { useField } from "../parts/field";
import { PinPad } from "../parts/PinPad";
import { t } from "../words";
import { go } from "./route";
import { Alone } from "./Welcome";

const SIGN_IN = "/login?next=/tablet/enrol";

/** 000000 and 123456 are the first that somebody tries. */
export function isTooSimple(pin: string): boolean {
  const steps = [...pin].slice(1).map((digit, index) => Number(digit) - Number(pin[index]));
  return steps.every((step) => step === steps[0] && Math.abs(step) <= 1);
}

/** Sign in once with name and password, name the tablet, choose a PIN twice. */
export function Enrol() {
  const field = useField();
  const [who, setWho] = useState<{ name: string } | null>();
  useEffect(() => {
    field.session().then(setWho, () => setWho(null));
  }, []);
  return (
    <Alone title={t("enrol.title")}>
      <p class="soft">{t("enrol.lead")}</p>
      {who === undefined && <p role="status">{t("app.starting")}</p>}
      {who === null && <SignIn />}
      {who && <Form name={who.name} />}
      {field.people.value.length > 0 && (
        <Button look="plain" onPress={field.cancelEnrolment}>
          {t("do.cancel")}
        </Button>
      )}
    </Alone>
  );
}

function SignIn() {
  return (
    <>
      <a class="button main-action" href={SIGN_IN}>
        {t("enrol.sign_in")}
      </a>
      {!navigator.onLine && <p class="soon toned">{t("enrol.need_net")}</p>}
      <p class="small soft">{t("enrol.limits")}</p>
    </>
  );
}

function Form({ name }: { name: string }) {
  const field = useField();
  const known = field.deviceName.value;
  const [device, setDevice] = useState(known ?? "");
  const [named, setNamed] = useState(Boolean(known));
  const [wrong, setWrong] = useState<string | null>(null);
  if (named) return <ChoosePin device={device} />;
  const submit = () => {
    if (device.trim()) setNamed(true);
    else setWrong(t("enrol.name_missing"));
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p>
        <strong>{name}</strong>
      </p>
      <TextField
        label={t("enrol.name")}
        value={device}
        onInput={setDevice}
        hint={t("enrol.name_hint")}
        wrong={wrong}
        max={60}
      />
      <Button look="main-action" onPress={submit}>
        {t("do.next")}
      </Button>
      <p class="small soft">{t("enrol.limits")}</p>
    </form>
  );
}

function ChoosePin({ device }: { device: string }) {
  const field = useField();
  const [first, setFirst] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const label = first ? t("enrol.pin_again") : t("enrol.pin");

  const onPin = async (pin: string) => {
    if (!first) {
      setWrong(isTooSimple(pin) ? t("enrol.pin_simple") : null);
      if (!isTooSimple(pin)) setFirst(pin);
      return;
    }
    if (pin !== first) {
      setFirst(null);
      setWrong(t("enrol.pin_differs"));
      return;
    }
    setBusy(t("enrol.working"));
    try {
      await field.enrol(device.trim(), pin);
      go("/", "replace");
    } catch (error) {
      setFirst(null);
      setWrong(t("enrol.failed", { why: reasonOf(error) }));
    } finally {
      setBusy(null);
    }
  };
  return (
    <div class="stack">
      <h2>{label}</h2>
      <PinPad label={label} onPin={onPin} wrong={wrong} busy={busy} />
    </div>
  );
}
