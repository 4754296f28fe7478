import { afterEach, beforeEach, expect, it } from "vitest";
import { makeOrder } from "../src/field/fake";
import { LOOK, type Made } from "../src/field/field";
import { enrolled, PIN, started, TestDevice } from "./device";
import { FieldServer, problem } from "./server";

let server: FieldServer;
let device: TestDevice;
let made: Made;

beforeEach(async () => {
  server = await new FieldServer().start();
  device = new TestDevice(server);
  made = await enrolled(device);
  await made.look();
  await made.field.syncNow();
});
afterEach(() => server.stop());

const bundles = () => server.asked(/bundle/).length;

it("asks for everything at once when something of an emergency has changed, and not before", async () => {
  const before = bundles();
  await made.look();
  expect(bundles()).toBe(before);
  server.alarm = "fire";
  server.orders = [makeOrder({ key: "incident:1:go", kind: "incident_step" })];
  expect(await made.look()).toBe(LOOK);
  await made.field.syncNow();
  expect(bundles()).toBeGreaterThan(before);
  expect(made.field.orders.value.map((each) => each.order.kind)).toEqual(["incident_step"]);
});

it("asks less and less often while it is not answered, and as before once it is", async () => {
  server.refuse = (_method, path) => (path.endsWith("/alarm") ? problem(503, "tired") : null);
  const waits = [await made.look(), await made.look(), await made.look()];
  expect(waits).toEqual([2 * LOOK, 4 * LOOK, 8 * LOOK]);
  server.refuse = null;
  expect(await made.look()).toBe(LOOK);
});

it("does not ask where nobody looks, or there is no network", async () => {
  const asked = () => server.asked(/alarm/).length;
  const before = asked();
  device.isVisible = false;
  await made.look();
  device.isVisible = true;
  device.isOnline = false;
  await made.look();
  expect(asked()).toBe(before);
});

it("tells a server that gives no answer from a network that is not there", async () => {
  server.offline = true;
  await made.field.syncNow();
  expect(made.field.connection.value).toMatchObject({ online: false, silent: true });
  device.isOnline = false;
  await made.field.syncNow();
  expect(made.field.connection.value).toMatchObject({ online: false, silent: false });
  device.isOnline = true;
  server.offline = false;
  server.refuse = () => problem(502, "bad_gateway");
  await made.field.syncNow();
  expect(made.field.connection.value).toMatchObject({ silent: true });
  server.refuse = null;
  await made.field.syncNow();
  expect(made.field.connection.value).toMatchObject({ online: true, silent: false });
});

it("knows after a restart without a network when it last met the server", async () => {
  server.offline = true;
  const again = await started(device);
  await again.field.unlock("guard", PIN);
  await again.field.syncNow();
  expect(again.field.connection.value.lastContact).toEqual(server.now);
});
