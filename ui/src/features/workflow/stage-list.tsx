import { Bot, GitBranch, UserRound } from "lucide-react";

import type { Stage } from "@/api/workflows";
import { cx } from "@/components/cx";
import { textAt } from "@/model/definition";

/** The stages in the order they are declared in. */
export function StageList({
  stages,
  selected,
  onSelect,
}: {
  stages: readonly Stage[];
  selected: string | undefined;
  onSelect: (id: string) => void;
}) {
  const names = new Map(stages.map(({ id, name }) => [id, name]));
  return (
    <ol
      aria-label="Stages"
      className="min-w-0 self-start rounded-lg border border-line bg-surface shadow-1"
    >
      {stages.map((stage, index) => {
        const gate = stage.stage_type === "gate";
        const Icon = gate ? UserRound : Bot;
        const after = stage.depends_on.map((id) => names.get(id) ?? id).join(", ");
        return (
          <li key={stage.id} className="border-b border-line last:border-0">
            <button
              type="button"
              aria-pressed={stage.id === selected}
              onClick={() => onSelect(stage.id)}
              className={cx(
                "flex w-full items-center gap-3 px-4 py-2.5 text-left hover:bg-hover",
                stage.id === selected && "bg-accent-soft hover:bg-accent-soft",
              )}
            >
              <span className="w-5 text-right text-xs text-ink-3 tabular-nums">{index + 1}</span>
              <span
                data-tone={gate ? "waiting" : "neutral"}
                className="flex size-7 shrink-0 items-center justify-center rounded-md bg-tone-soft text-tone"
              >
                <Icon aria-hidden="true" className="size-4" />
              </span>
              <span className="min-w-0 flex-1">
                <span className="flex items-center gap-2">
                  <span dir="auto" className="truncate text-left text-sm font-medium">
                    {stage.name}
                  </span>
                  {stage.condition !== null && (
                    <GitBranch
                      aria-label="has a condition"
                      className="size-3.5 shrink-0 text-ink-3"
                    />
                  )}
                </span>
                <span className="block truncate text-xs text-ink-3">
                  {gate ? "A person decides" : (textAt(stage.roles, "primary", "artifact") ?? "")}
                  {after !== "" && ` · after ${after}`}
                </span>
              </span>
              <code className="text-xs text-ink-3 max-sm:hidden">{stage.id}</code>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
