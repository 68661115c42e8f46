import { Fact, Facts } from "@/components/facts";
import { fields, shown } from "@/model/definition";
import { quote } from "@/model/equivalents";

type Fields = readonly [string, unknown][];

/** Fields of a definition: what has parts of its own is told part by part. */
export function BlockFacts({ fields: list, className }: { fields: Fields; className?: string }) {
  return (
    <Facts {...(className !== undefined && { className })}>
      {list.map(([name, value]) => (
        <Fact key={name} name={words(name)}>
          <Value name={name} value={value} />
        </Fact>
      ))}
    </Facts>
  );
}

function Value({ name, value }: { name: string; value: unknown }) {
  if (Array.isArray(value)) return <List name={name} items={value} />;
  if (typeof value !== "object") return shown(value);
  const parts = fields(value);
  return parts.length === 0 ? "none" : <Parts parts={parts} />;
}

function List({ name, items }: { name: string; items: readonly unknown[] }) {
  if (items.length === 0) return "none";
  if (items.every((item) => typeof item !== "object")) {
    const texts = items.map(shown);
    // A program with what it is given, as somebody would type it.
    if (name === "run") return <code className="text-xs">{texts.map(quote).join(" ")}</code>;
    return texts.join(", ");
  }
  return (
    <ul className="flex flex-col gap-1.5">
      {items.map((item, index) => (
        <li key={index}>
          <Value name={name} value={item} />
        </li>
      ))}
    </ul>
  );
}

/** Name and value follow each other: a column of names leaves the values no room on a phone. */
function Parts({ parts }: { parts: Fields }) {
  return (
    <dl className="flex flex-col gap-0.5 [&_dl]:pl-3">
      {parts.map(([name, value]) => (
        <div key={name}>
          <dt className="inline text-ink-3">{words(name)}: </dt>
          <dd className="inline">
            <Value name={name} value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function words(name: string): string {
  return name.replaceAll("_", " ");
}
