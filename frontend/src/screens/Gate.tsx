import { useState } from "preact/hooks";
import type { Contacts, GateHousehold, Member } from "../field/contract";
import { Empty } from "../parts/Bits";
import { Button } from "../parts/Button";
import { TextField } from "../parts/Fields";
import { useField } from "../parts/field";
import { Icon } from "../parts/Icon";
import { say, t, word } from "../words";
import { type Asked, attempt } from "./asking";
import { Page } from "./Frame";
import { callsOf } from "./rules/calls";

/** How many the server gives at most. */
const MANY = 8;

/** A visitor waits: which household is it, and whom to call. Online only; nothing of it is kept on the tablet. */
export function Gate() {
  const field = useField();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState<Asked<GateHousehold[]> | null>(null);
  const find = async () => {
    if (text.trim()) setAsked(await attempt(() => field.findHouseholds(text.trim())));
  };
  return (
    <Page title={t("gate.title")} inside>
      <div class="stack">
        <p class="soft">{t("gate.lead")}</p>
        {!field.connection.value.online && asked?.is !== "offline" && <Offline />}
        <form
          class="stack tight"
          onSubmit={(event) => {
            event.preventDefault();
            find();
          }}
        >
          <TextField label={t("gate.search")} value={text} onInput={setText} kind="search" max={40} />
          <Button look="main-action" onPress={find}>
            {t("gate.do")}
          </Button>
        </form>
        {asked && <Found asked={asked} />}
      </div>
    </Page>
  );
}

const Offline = () => (
  <p class="card toned-edge soon" role="status">
    {t("gate.offline")}
  </p>
);

function Found({ asked }: { asked: Asked<GateHousehold[]> }) {
  if (asked.is === "offline") return <Offline />;
  if (asked.is === "refused") return <p role="alert">{t("gate.refused", { why: asked.why })}</p>;
  if (asked.is === "asking") return null;
  if (asked.told.length === 0) return <Empty title={t("gate.none")} next={t("gate.none_next")} />;
  return (
    <div class="stack" aria-live="polite">
      {asked.told.map((each) => (
        <Household key={each.code} home={each} />
      ))}
      {asked.told.length >= MANY && <p class="soft">{t("gate.many")}</p>}
    </div>
  );
}

function Household({ home }: { home: GateHousehold }) {
  const field = useField();
  const person = field.person.value;
  const [asked, setAsked] = useState<Asked<Contacts> | null>(null);
  const contacts = asked?.is === "told" ? asked.told : null;
  const members = contacts?.members ?? home.members;
  const show = async () => setAsked(await attempt(() => field.contactsOf(home.code)));
  return (
    <section class="card stack tight">
      <h2>
        {home.room}{" "}
        <span class="small soft">{say(person?.estates.find((each) => each.code === home.estate)?.name)}</span>
      </h2>
      <ul>
        {members.map((each) => (
          <Person key={`${each.name}/${each.phone}`} member={each} callable={contacts !== null} />
        ))}
      </ul>
      {members.length === 0 && <p class="soft">{t("gate.nobody")}</p>}
      {contacts && <p class="long">{contacts.note ? t("gate.note", { note: contacts.note }) : t("gate.no_note")}</p>}
      {asked?.is === "offline" && <Offline />}
      {asked?.is === "refused" && <p role="alert">{t("gate.refused", { why: asked.why })}</p>}
      {!contacts && members.length > 0 && person?.may?.includes("households.call") && (
        <div>
          <Button icon="phone" onPress={show}>
            {t("gate.show")}
          </Button>
        </div>
      )}
    </section>
  );
}

function Person({ member, callable }: { member: Member; callable: boolean }) {
  const { name, phone, relation } = member;
  return (
    <li class="callable">
      <span>
        {name} {relation && <span class="small soft">{word("relation", relation)}</span>}
      </span>
      {callable && phone ? (
        <span class="line">
          {callsOf(phone).map(({ shown, href }) => (
            <a key={href} class="button" href={href}>
              <Icon name="phone" />
              {t("order.call", { phone: shown })}
            </a>
          ))}
        </span>
      ) : (
        <span class="soft">{phone ?? t("gate.no_phone")}</span>
      )}
    </li>
  );
}
