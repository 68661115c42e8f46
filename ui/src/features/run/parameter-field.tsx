import { useQuery } from "@tanstack/react-query";
import { useId } from "react";

import { buildArtifactsQuery } from "@/api/settings";
import { Field, type FieldIds, Input, Switch, Textarea } from "@/components/field";
import { fieldText, type Parameter, widgetOf } from "@/model/parameters";

interface Props {
  parameter: Parameter;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
  onBlur: () => void;
}

/** The field that fits the type of a parameter. */
export function ParameterField(props: Props) {
  const { parameter, error } = props;
  return (
    <Field
      label={<code className="font-mono text-sm">{parameter.name}</code>}
      aside={parameter.type}
      hint={parameter.description}
      error={error}
      required={parameter.required}
    >
      {(ids) => <Control {...props} ids={ids} />}
    </Field>
  );
}

function Control({ parameter, value, onChange, onBlur, ids }: Props & { ids: FieldIds }) {
  const preset = fieldText(parameter.type, parameter.default);
  const shared = {
    ...ids,
    value,
    placeholder: preset === "" ? undefined : preset,
    "aria-required": parameter.required || undefined,
    onBlur,
  };
  switch (widgetOf(parameter.type)) {
    case "switch":
      return (
        <Switch
          {...ids}
          checked={(value === "" ? preset : value) === "true"}
          onCheckedChange={(on) => onChange(String(on))}
        />
      );
    case "number":
      return (
        <Input
          {...shared}
          inputMode="decimal"
          className="max-w-52 tabular-nums"
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case "json":
      return (
        <Textarea
          {...shared}
          spellCheck={false}
          rows={preset.split("\n").length + 1}
          className="min-h-14 font-mono text-xs"
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case "artifact":
      return <ArtifactInput shared={shared} onChange={onChange} />;
    case "text":
      return (
        <Textarea
          {...shared}
          rows={1}
          className="field-sizing-content max-h-60 min-h-8 resize-y"
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}

/** Offers what the server knows; anything else may be written, too. */
function ArtifactInput({
  shared,
  onChange,
}: {
  shared: FieldIds & { value: string; placeholder: string | undefined; onBlur: () => void };
  onChange: (value: string) => void;
}) {
  const list = useId();
  const { data } = useQuery(buildArtifactsQuery());
  return (
    <>
      <Input
        {...shared}
        list={list}
        className="font-mono"
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={list}>
        {data?.items.map(({ reference }) => (
          <option key={reference} value={reference} />
        ))}
      </datalist>
    </>
  );
}
