// What every page does. Pages work without it; it only makes them quicker.
import { bell } from "./bell.js";
import { confirmBeforeSending } from "./confirm.js";
import { keepDrafts } from "./drafts.js";
import { fileFields } from "./files.js";
import { askBeforeLeaving } from "./guard.js";
import { listenToKeys } from "./keys.js";
import { listBehaviour } from "./lists.js";
import { menus, navigation } from "./menus.js";
import { switchTheme } from "./theme.js";
import { wayBack } from "./way-back.js";

document.documentElement.dataset.script = "on";
navigation();
menus();
switchTheme();
listenToKeys();
listBehaviour();
fileFields();
confirmBeforeSending();
askBeforeLeaving();
bell();
wayBack();
keepDrafts();
