import { describe, it } from "vitest";

import { expectAccessible } from "./harness";
import { setUp } from "./journey";

const { visit } = setUp();

describe("the settings", () => {
  it("show agents and the server, and make a token that is shown once", async () => {
    const page = await visit("/settings");
    for (const tab of ["Agents", "Server", "General", "Tokens"]) {
      await page.getByRole("tab", { name: tab }).click();
      await expectAccessible(page, `settings, ${tab}`);
    }
    await page.getByRole("button", { name: "New token" }).press("Enter");
    await page.getByLabel("Name").fill("ci");
    await expectAccessible(page, "new token");
    await page.keyboard.press("Enter");
    await page.getByText("It is shown this once").waitFor();
    await page.getByRole("button", { name: "I have kept it" }).press("Enter");
    await page.getByRole("list", { name: "Tokens" }).getByText("ci").waitFor();
    await expectAccessible(page, "tokens");
    await page.getByRole("button", { name: "Revoke ci" }).press("Enter");
    await page.getByRole("button", { name: "Revoke it" }).press("Enter");
    await page.getByText("No tokens").waitFor();
  });
});
