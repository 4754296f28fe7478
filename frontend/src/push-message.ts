/** The words of a push message: `{"title", "body", "path"}`. Whatever else comes is shown as "look at the app". */

interface Shown {
  title: string;
  body: string;
  tag: string;
  icon: string;
  lang: string;
  data: string;
}

export function shownAs(text: string): Shown {
  const message = parsed(text);
  return {
    title: said(message.title) ?? "安居",
    body: said(message.body) ?? "有新的工作，请打开查看",
    tag: said(message.tag) ?? "work",
    icon: "/tablet/icons/192.png",
    lang: "zh-CN",
    data: opensTo(message.path),
  };
}

/** Only places of the app itself are opened, whatever a message says. */
export function opensTo(path: unknown): string {
  return typeof path === "string" && /^\/tablet\/(?!\/)/.test(path) ? path : "/tablet/";
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const said = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
