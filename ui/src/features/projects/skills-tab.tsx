import { useQuery } from "@tanstack/react-query";
import { Bot, Play, Sparkles, SquareTerminal } from "lucide-react";
import { useState } from "react";

import { buildSkillsQuery, type Project, type Skill } from "@/api/projects";
import { Button } from "@/components/button";
import { SearchField } from "@/components/search-field";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/states";

import { StartSkill } from "./start-skill";

const ICONS = { command: SquareTerminal, skill: Sparkles, agent: Bot };

/** What agents can be told to do in the project, each to be started there. */
export function SkillsTab({ project }: { project: Project }) {
  const { data, isPending, error, refetch } = useQuery(buildSkillsQuery(project.id));
  const [search, setSearch] = useState("");
  const [starting, setStarting] = useState<Skill | null>(null);
  if (isPending) {
    return (
      <Loading label="Loading skills">
        <Skeleton className="h-56 rounded-lg opacity-60" />
      </Loading>
    );
  }
  if (!data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.items.length === 0) {
    return (
      <EmptyState icon={<Sparkles />} title="No skills found">
        Commands, skills and agents are pages in <code>.baton</code> or <code>.claude</code>, in the
        project or in the home directory of whoever runs the server.
      </EmptyState>
    );
  }
  const wanted = search.toLowerCase();
  const skills = data.items.filter(({ reference, description }) =>
    `${reference} ${description ?? ""}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <SearchField
        label="Search skills"
        placeholder="Search skills"
        value={search}
        onChange={setSearch}
        className="mb-4 sm:max-w-80"
      />
      <ul aria-label="Skills" className="rounded-lg border border-line bg-surface shadow-1">
        {skills.map((skill) => (
          <SkillRow
            key={skill.reference}
            skill={skill}
            startable={project.is_there}
            onStart={() => setStarting(skill)}
          />
        ))}
        {skills.length === 0 && (
          <li className="px-4 py-6 text-center text-sm text-ink-3">No skill is called so.</li>
        )}
      </ul>
      {starting && (
        <StartSkill project={project} skill={starting} onClose={() => setStarting(null)} />
      )}
    </>
  );
}

function SkillRow({
  skill,
  startable,
  onStart,
}: {
  skill: Skill;
  startable: boolean;
  onStart: () => void;
}) {
  const { type, name, description, location } = skill;
  const Icon = ICONS[type];
  return (
    <li className="flex items-center gap-3 border-b border-line px-4 py-2.5 [contain-intrinsic-size:auto_56px] [content-visibility:auto] last:border-0">
      <Icon aria-label={type} className="size-4 shrink-0 text-ink-3" />
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium [overflow-wrap:anywhere]" title={location}>
          {name}
        </p>
        {description !== null && <p className="line-clamp-2 text-xs text-ink-3">{description}</p>}
      </div>
      {startable && (
        <Button size="sm" aria-label={`Start ${name}`} onClick={onStart}>
          <Play aria-hidden="true" />
          Start
        </Button>
      )}
    </li>
  );
}
