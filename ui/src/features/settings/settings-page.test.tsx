import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

import { learnTime } from "@/api/server-time";
import { session } from "@/api/session";
import type { Token } from "@/api/settings";
import { openPage } from "@/testing/open-page";
import { fakeServer, FLAGS, page, Refusal } from "@/testing/server";

function serve(more: Parameters<typeof fakeServer>[0] = {}) {
  return fakeServer({
    ...more,
    "GET /config/feature-flags": () => FLAGS,
    "GET /workflow-executions": () => page([]),
  });
}

const TOKEN: Token = {
  name: "ci",
  scope: "run",
  created_by: "local",
  created_at: "2026-01-01T09:00:00Z",
  last_used_at: null,
  expires_at: "2027-01-01T09:00:00Z",
};

describe("the settings of this browser", () => {
  it("keep a theme, and let somebody sign out", async () => {
    session.signIn("secret", false);
    serve();
    const { user } = openPage("/settings");
    await user.click(await screen.findByRole("radio", { name: "Dark" }));
    expect(document.documentElement).toHaveAttribute("data-theme", "dark");
    await user.click(screen.getByRole("radio", { name: "System" }));
    await user.click(screen.getByRole("button", { name: "Sign out" }));
    expect(session.token()).toBeNull();
    expect(screen.queryByRole("button", { name: "Sign out" })).toBeNull();
  });
});

describe("the agents of the server", () => {
  it("are told apart by whether they work, and searched", async () => {
    const agent = { resolved: true, location: "baton.toml", error: null };
    serve({
      "GET /agents": () =>
        page([
          { ...agent, reference: "agent:writer" },
          { ...agent, reference: "agent:gone", resolved: false, error: "no such program" },
        ]),
    });
    const { user } = openPage("/settings?tab=agents");
    const list = await screen.findByRole("list", { name: "Agents" });
    expect(within(list).getByLabelText("Does not work")).toBeInTheDocument();
    expect(within(list).getByText("no such program")).toBeVisible();
    await user.type(screen.getByLabelText("Search agents"), "writer");
    await waitFor(() => expect(screen.queryByText("agent:gone")).toBeNull());
    await user.type(screen.getByLabelText("Search agents"), "x");
    expect(await screen.findByText("No agent is called so.")).toBeVisible();
  });

  it("are explained where there are none", async () => {
    serve({ "GET /agents": () => page([]) });
    openPage("/settings?tab=agents");
    expect(await screen.findByText("No agents found")).toBeVisible();
  });
});

describe("tokens", () => {
  it("are made, shown once, and revoked", async () => {
    let tokens: Token[] = [];
    const server = serve({
      "GET /tokens": () => page(tokens),
      "POST /tokens": () => {
        tokens = [TOKEN];
        return { ...TOKEN, token: "baton_0123" };
      },
      "DELETE /tokens/*": () => {
        tokens = [];
        return {};
      },
    });
    const { user } = openPage("/settings?tab=tokens");
    expect(await screen.findByText("No tokens")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "New token" }));
    const dialog = await screen.findByRole("dialog", { name: "New token" });
    await user.type(within(dialog).getByLabelText(/Name/), "ci");
    await user.selectOptions(within(dialog).getByLabelText("May"), "read");
    await user.selectOptions(within(dialog).getByLabelText("Ends"), "30");
    await user.click(within(dialog).getByRole("button", { name: "Make it" }));
    expect(await screen.findByText("baton_0123")).toBeVisible();
    expect(server.to("POST", "/tokens")[0]?.body).toMatchObject({ name: "ci", scope: "read" });
    await user.click(screen.getByRole("button", { name: "I have kept it" }));
    const list = await screen.findByRole("list", { name: "Tokens" });
    expect(within(list).getByText("never used")).toBeVisible();
    await user.click(within(list).getByRole("button", { name: "Revoke ci" }));
    await user.click(await screen.findByRole("button", { name: "Revoke it" }));
    expect(await screen.findByText("Revoked: ci")).toBeVisible();
    expect(await screen.findByText("No tokens")).toBeVisible();
  });

  it("end so many days from now, whatever this machine takes for now", async () => {
    const ahead = new Headers({ Date: new Date(Date.now() + 3_600_000).toUTCString() });
    learnTime(ahead, Date.now());
    const server = serve({
      "GET /tokens": () => page([]),
      "POST /tokens": () => ({ ...TOKEN, token: "baton_0123" }),
    });
    const { user } = openPage("/settings?tab=tokens");
    await user.click(await screen.findByRole("button", { name: "New token" }));
    await user.type(await screen.findByLabelText(/Name/), "ci");
    await user.selectOptions(screen.getByLabelText("Ends"), "7");
    await user.click(screen.getByRole("button", { name: "Make it" }));
    expect(await screen.findByText("baton_0123")).toBeVisible();
    const { expires_at } = server.to("POST", "/tokens")[0]?.body as { expires_at: string };
    const hours = (Date.parse(expires_at) - Date.now()) / 3_600_000;
    expect(hours).toBeCloseTo(7 * 24 + 1, 1);
    learnTime(new Headers({ Date: new Date().toUTCString() }), Date.now());
  });

  it("have names without blanks, which is said at the field", async () => {
    const server = serve({ "GET /tokens": () => page([]) });
    const { user } = openPage("/settings?tab=tokens");
    await user.click(await screen.findByRole("button", { name: "New token" }));
    await user.type(await screen.findByLabelText(/Name/), "my laptop");
    await user.click(screen.getByRole("button", { name: "Make it" }));
    expect(screen.getByText(/^Only letters, digits/)).toBeVisible();
    expect(screen.getByLabelText(/Name/)).toHaveFocus();
    expect(server.to("POST", "/tokens")).toEqual([]);
  });

  it("have names in letters of any language", async () => {
    const server = serve({
      "GET /tokens": () => page([]),
      "POST /tokens": () => ({ ...TOKEN, token: "baton_0123" }),
    });
    const { user } = openPage("/settings?tab=tokens");
    await user.click(await screen.findByRole("button", { name: "New token" }));
    await user.type(await screen.findByLabelText(/Name/), "jürgen-2");
    await user.click(screen.getByRole("button", { name: "Make it" }));
    expect(await screen.findByText("baton_0123")).toBeVisible();
    expect(server.to("POST", "/tokens")[0]?.body).toMatchObject({ name: "jürgen-2" });
  });

  it("say why one was not made or not revoked", async () => {
    const no = () => new Refusal(409, "name_taken", "The name is taken");
    serve({ "GET /tokens": () => page([TOKEN]), "POST /tokens": no, "DELETE /tokens/*": no });
    const { user } = openPage("/settings?tab=tokens");
    await user.click(await screen.findByRole("button", { name: "New token" }));
    await user.type(await screen.findByLabelText(/Name/), "ci");
    await user.click(screen.getByRole("button", { name: "Make it" }));
    expect(await screen.findByText("No token was made")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Not now" }));
    await user.click(screen.getByRole("button", { name: "Revoke ci" }));
    await user.click(await screen.findByRole("button", { name: "Revoke it" }));
    expect(await screen.findByText("Not revoked")).toBeVisible();
  });

  it("are not for everybody", async () => {
    serve({ "GET /tokens": () => new Refusal(403, "forbidden", "The scope admin is needed") });
    openPage("/settings?tab=tokens");
    expect(await screen.findByText("Not for this token")).toBeVisible();
  });
});

describe("the server", () => {
  it("says by what it goes", async () => {
    serve({
      "GET /config/settings": () => ({
        version: "1.2.3",
        listen: ["127.0.0.1:7878"],
        data_dir: "/var/lib/baton",
        config: null,
        auth: "auto",
        tls: false,
        hosts: [],
        origins: ["https://example.org"],
        limits: { processes: 8, streams: 100, body_bytes: 4_194_304 },
        features: { workflow_engine_enabled: true, brand_new: false },
      }),
    });
    openPage("/settings?tab=server");
    expect(await screen.findByText("1.2.3")).toBeVisible();
    expect(screen.getByText("not needed on the machine of the server")).toBeVisible();
    expect(screen.getByText("4 MiB")).toBeVisible();
    expect(screen.getByText("https://example.org")).toBeVisible();
    // What a newer server tells has no words here, but still its name.
    expect(screen.getByText("brand_new")).toBeVisible();
  });

  it("says what went wrong, and is asked again", async () => {
    const answer = vi.fn(() => new Refusal(500, "internal", "It broke"));
    serve({ "GET /config/settings": answer });
    const { user } = openPage("/settings?tab=server");
    expect(await screen.findByText("It broke")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(answer).toHaveBeenCalledTimes(2));
  });
});
