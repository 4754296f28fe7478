import { useState } from "preact/hooks";
import type { Field } from "../field/contract";
import { Chip } from "../parts/Bits";
import { Button } from "../parts/Button";
import { Choices } from "../parts/Fields";
import { useField, useHere } from "../parts/field";
import { hand, theme } from "../parts/settings";
import { tell } from "../parts/toast";
import { moment, span } from "../parts/when";
import { language, say, t, word } from "../words";
import { Duty } from "./Duty";
import { Page } from "./Frame";
import { Link } from "./Link";
import { isUndecided } from "./rules/entries";

/** The person, the tablet, and how it is used. */
export function Me() {
  const field = useField();
  const person = field.person.value;
  const unsent = field.entries.value.filter((each) => !isUndecided(each)).length;
  return (
    <Page title={t("me.title")}>
      <div class="stack">
        <section class="card stack">
          <div class="line">
            <span class="face" aria-hidden="true">
              {[...say(person?.name)][0]}
            </span>
            <h2>{say(person?.name)}</h2>
          </div>
          {unsent > 0 && <p class="soon toned">{t("me.unsent", { n: unsent })}</p>}
          <div class="line">
            <Link to="/handover" class="button">
              {t("me.handover")}
            </Link>
            <Button icon="lock" onPress={field.lock}>
              {t("me.switch")}
            </Button>
          </div>
        </section>
        <Duty />
        <Settings />
        <Tablet />
      </div>
    </Page>
  );
}

function Settings() {
  return (
    <section class="card stack">
      <h2>{t("me.settings")}</h2>
      <Choices
        label={t("me.language")}
        look="two"
        options={[
          { value: "zh", words: t("language.zh") },
          { value: "en", words: t("language.en") },
        ]}
        value={language.value}
        onChoose={(chosen) => {
          language.value = chosen;
        }}
      />
      <Choices
        label={t("me.hand")}
        look="two"
        options={[
          { value: "left", words: t("me.left") },
          { value: "right", words: t("me.right") },
        ]}
        value={hand.value}
        onChoose={(chosen) => {
          hand.value = chosen;
        }}
      />
      <Choices
        label={t("me.theme")}
        options={[
          { value: "light", words: t("me.light") },
          { value: "dark", words: t("me.dark") },
          { value: "auto", words: t("me.auto") },
        ]}
        value={theme.value}
        onChoose={(chosen) => {
          theme.value = chosen;
        }}
      />
    </section>
  );
}

function Tablet() {
  const field = useField();
  const here = useHere();
  const { online, silent, lastContact } = field.connection.value;
  return (
    <section class="card stack">
      <h2>
        {t("me.tablet")} {field.deviceName.value}
      </h2>
      <dl class="facts">
        <dt>{t("me.contact")}</dt>
        <dd>
          <Chip tone={online ? "done" : "soon"} icon={online ? "check" : "offline"}>
            {t(online ? "me.online" : silent ? "me.silent" : "me.offline")}
          </Chip>{" "}
          {lastContact ? moment(lastContact, here) : t("pending.never")}
        </dd>
        <dt>{t("me.clock")}</dt>
        <dd>{clockWords(field.connection.value.offsetMs)}</dd>
        <dt>{t("me.version")}</dt>
        <dd>
          {field.appVersion} {!field.update.value && <span class="soft">{t("me.current")}</span>}
        </dd>
      </dl>
      {field.update.value && <Button onPress={field.applyUpdate}>{t("me.update")}</Button>}
      <Push field={field} />
      <Storage field={field} />
    </section>
  );
}

const NEAR_MS = 5000;

function clockWords(offsetMs: number | null): string {
  if (offsetMs === null) return t("me.clock_unknown");
  if (Math.abs(offsetMs) < NEAR_MS) return t("me.clock_right");
  return t(offsetMs < 0 ? "me.clock_fast" : "me.clock_slow", { n: span(offsetMs) });
}

/** Being woken is each person's own choice on a shared tablet; what stands in its way is said in words. */
function Push({ field }: { field: Field }) {
  const state = field.push.value;
  return (
    <div class="stack tight">
      <h3>{t("me.push")}</h3>
      <p class={state === "on" ? "done toned" : "soft"}>{word("push", state)}</p>
      {(state === "on" || state === "off") && (
        <div>
          <Button pressed={state === "on"} onPress={() => field.wantPush(state === "off")}>
            {t("me.push_switch")}
          </Button>
        </div>
      )}
    </div>
  );
}

function Storage({ field }: { field: Field }) {
  const { persisted, usedBytes, quotaBytes, low } = field.storage.value;
  const [refused, setRefused] = useState(false);
  const ask = async () => {
    const granted = await field.askToPersist();
    setRefused(!granted);
    if (granted) tell(t("me.persisted"));
  };
  return (
    <div class="stack tight">
      <h3>{t("me.storage")}</h3>
      <meter
        class="meter"
        aria-label={t("me.storage")}
        min={0}
        max={Math.max(quotaBytes, 1)}
        high={quotaBytes * 0.8}
        value={usedBytes}
      />
      <p class={low ? "late toned" : "soft"}>
        {t("me.used", { used: bytes(usedBytes), quota: bytes(quotaBytes) })}
        {low && ` · ${t("me.low")}`}
      </p>
      <p class={persisted ? "done toned" : "soon toned"}>{t(persisted ? "me.persisted" : "me.not_persisted")}</p>
      {!persisted && (
        <div>
          <Button onPress={ask}>{t("me.persist")}</Button>
        </div>
      )}
      {refused && <p role="alert">{t("me.persist_no")}</p>}
    </div>
  );
}

function bytes(count: number): string {
  const mebibytes = count / 1024 / 1024;
  return mebibytes >= 1024 ? `${(mebibytes / 1024).toFixed(1)} GB` : `${mebibytes.toFixed(1)} MB`;
}
