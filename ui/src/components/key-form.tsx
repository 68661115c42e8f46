import type { FormHTMLAttributes, Ref } from "react";

interface KeyFormProps extends Omit<FormHTMLAttributes<HTMLFormElement>, "onSubmit"> {
  ref?: Ref<HTMLFormElement>;
  onSubmit: (form: HTMLFormElement) => void;
}

/** A form that Ctrl+Enter sends from each of its fields, also from those of many lines. */
export function KeyForm({ onSubmit, ...rest }: KeyFormProps) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a key for the whole form
    <form
      noValidate
      {...rest}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(event.currentTarget);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        onSubmit(event.currentTarget);
      }}
    />
  );
}
