import { useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { session } from "@/api/session";
import icon from "@/assets/icon.svg";
import { Button } from "@/components/button";
import { Field, Input } from "@/components/field";
import { useTitle } from "@/components/page";
import { useStore } from "@/model/store";

/** Asks for a token where the server wants one. */
export function SignIn() {
  const queries = useQueryClient();
  const [token, setToken] = useState("");
  const [keep, setKeep] = useState(false);
  const given = useStore({ get: session.token, subscribe: session.subscribe });
  useTitle("Sign in");

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (token.trim() === "") return;
    session.signIn(token.trim(), keep);
    void queries.resetQueries();
  };
  return (
    <main className="flex min-h-full items-center justify-center px-4 py-12">
      <form onSubmit={submit} className="flex w-full max-w-sm flex-col gap-5">
        <div className="flex flex-col gap-3">
          <img src={icon} alt="" className="size-9" />
          <div>
            <h1 className="text-xl font-semibold">Sign in to Baton</h1>
            <p className="mt-0.5 text-sm text-ink-3">This server asks who you are.</p>
          </div>
        </div>
        <Field
          label="Token"
          hint={
            <>
              Made by <code>baton token create NAME --scope run</code> on the server.
            </>
          }
          error={given === null ? undefined : "The server does not believe the last token."}
        >
          {(ids) => (
            <Input
              {...ids}
              type="password"
              autoComplete="off"
              required
              className="h-10 font-mono"
              value={token}
              onChange={(event) => setToken(event.target.value)}
            />
          )}
        </Field>
        <label className="flex items-center gap-2.5 text-sm text-ink-2">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={keep}
            onChange={(event) => setKeep(event.target.checked)}
          />
          Keep it in this browser
        </label>
        <Button type="submit" variant="primary" size="lg">
          Sign in
        </Button>
      </form>
    </main>
  );
}
