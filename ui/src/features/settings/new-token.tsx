import { type SubmitEvent, useId, useRef, useState } from "react";

import { serverNow } from "@/api/server-time";
import { useCreateToken } from "@/api/settings";
import { Button } from "@/components/button";
import { Options } from "@/components/choices";
import { CopyButton } from "@/components/copy";
import { Dialog } from "@/components/dialog";
import { Field, Input, Select } from "@/components/field";
import { toast } from "@/components/toast";

const SCOPES = [
  { value: "read", label: "read – look at everything" },
  { value: "run", label: "run – start, steer and answer, too" },
  { value: "admin", label: "admin – manage tokens, too" },
] as const;

const DAYS = [
  { value: "", label: "Never" },
  { value: "7", label: "In 7 days" },
  { value: "30", label: "In 30 days" },
  { value: "365", label: "In a year" },
];

/** What names of tokens are made of, in any language. */
const NAME = /^[\p{Alphabetic}\p{N}.@+_-]+$/u;

function wrongWith(name: string): string | undefined {
  if (name === "") return "This is required.";
  return NAME.test(name) ? undefined : "Only letters, digits and . @ + - _, without blanks.";
}

/** Makes a token and shows it this once. */
export function NewToken({ onClose }: { onClose: () => void }) {
  const create = useCreateToken();
  const form = useId();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<(typeof SCOPES)[number]["value"]>("run");
  const [days, setDays] = useState("");
  const [tried, setTried] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const wrong = wrongWith(name);
  const made = create.data;

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong !== undefined) {
      field.current?.focus();
      return;
    }
    const end = new Date(serverNow() + Number(days) * 86_400_000).toISOString();
    create.mutate(
      { name, scope, ...(days !== "" && { expires_at: end }) },
      { onError: (problem) => toast.error("No token was made", problem) },
    );
  };
  if (made) {
    return (
      <Dialog
        open
        onClose={onClose}
        title="The token"
        description="It is shown this once and cannot be found out again."
        className="max-w-lg"
        footer={
          <Button variant="primary" onClick={onClose}>
            I have kept it
          </Button>
        }
      >
        <div className="flex items-center gap-2 rounded-md border border-line bg-sunken py-2 pr-2 pl-3">
          <code className="min-w-0 flex-1 text-sm [overflow-wrap:anywhere] select-all">
            {made.token}
          </code>
          <CopyButton text={made.token} label="Copy the token" />
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="New token"
      className="max-w-lg"
      footer={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button type="submit" form={form} variant="primary" busy={create.isPending}>
            Make it
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label="Name"
          required
          hint="What its bearer is called in histories, such as my-laptop: letters, digits and . @ + - _"
          error={tried ? wrong : undefined}
        >
          {(ids) => (
            <Input
              {...ids}
              ref={field}
              maxLength={64}
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label="May">
          {(ids) => (
            <Select
              {...ids}
              className="w-full"
              value={scope}
              onChange={(event) => {
                const next = SCOPES.find(({ value }) => value === event.target.value);
                if (next) setScope(next.value);
              }}
            >
              <Options choices={SCOPES} />
            </Select>
          )}
        </Field>
        <Field label="Ends">
          {(ids) => (
            <Select
              {...ids}
              className="w-full"
              value={days}
              onChange={(event) => setDays(event.target.value)}
            >
              <Options choices={DAYS} />
            </Select>
          )}
        </Field>
      </form>
    </Dialog>
  );
}
