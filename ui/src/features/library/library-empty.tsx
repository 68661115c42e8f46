import { Link } from "@tanstack/react-router";
import { FileUp, Plus, Workflow } from "lucide-react";

import { Button } from "@/components/button";
import { EmptyState } from "@/components/states";

import { EXAMPLES } from "./examples";

export default function LibraryEmpty({
  busy,
  onExample,
  onFiles,
}: {
  busy: boolean;
  onExample: (name: string, text: string) => void;
  onFiles: () => void;
}) {
  return (
    <>
      <EmptyState
        icon={<Workflow />}
        title="No workflows yet"
        actions={
          <>
            <Button asChild variant="primary">
              <Link to="/workflows/new">
                <Plus aria-hidden="true" />
                New workflow
              </Link>
            </Button>
            <Button onClick={onFiles}>
              <FileUp aria-hidden="true" />
              Import files
            </Button>
          </>
        }
      >
        A workflow says which agents work, in which order, and where a person decides. Write one,
        drop a file here, or begin with an example.
      </EmptyState>
      <ul className="mx-auto grid w-full max-w-4xl gap-3 md:grid-cols-3" aria-label="Examples">
        {EXAMPLES.map((example) => (
          <li
            key={example.name}
            className="flex flex-col rounded-lg border border-line bg-surface p-4 shadow-1"
          >
            <h3 className="text-sm font-semibold">{example.name}</h3>
            <p className="mt-1 mb-3 flex-1 text-sm text-ink-3">{example.says}</p>
            <Button
              size="sm"
              busy={busy}
              className="self-start"
              onClick={() => onExample(example.name, example.text)}
            >
              <Plus aria-hidden="true" />
              Add this example
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
