/** The telephone numbers of one field, each as it is shown and as it is dialled. Pure. */

export interface Callable {
  shown: string;
  href: string;
}

/** U+8F6C is how an extension is written in Chinese (`store/phones.py`). */
const EXTENSION = /\u8f6c|ext\.?|x/i;

/** Several numbers stand in one field with a mark between them; an extension is dialled after a pause. */
export function callsOf(phone: string): Callable[] {
  const parts = phone.split(/[、,，;；/|]/).map((each) => each.trim());
  return parts.flatMap((shown) => {
    const [number = "", extension = ""] = shown.split(EXTENSION).map((each) => each.replace(/[^0-9+]/g, ""));
    return number ? [{ shown, href: `tel:${number}${extension && `,${extension}`}` }] : [];
  });
}
