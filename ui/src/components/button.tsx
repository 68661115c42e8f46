import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";

import { cx } from "./cx";
import { tip } from "./tooltip";

const look = cva(
  "touch inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors duration-100 select-none disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        // A border that is not seen is drawn where colours are forced.
        primary:
          "border border-transparent bg-accent text-on-accent shadow-1 hover:bg-accent-hover",
        secondary:
          "border border-line-strong bg-raised text-ink shadow-1 hover:bg-hover active:bg-pressed",
        ghost: "text-ink-2 hover:bg-hover hover:text-ink active:bg-pressed",
        danger: "border border-transparent bg-danger text-white shadow-1 hover:bg-danger-hover",
      },
      size: {
        sm: "h-7 px-2.5 text-xs [&_svg]:size-3.5",
        md: "h-8 px-3 text-sm pointer-coarse:h-11 [&_svg]:size-4",
        lg: "h-10 px-4 text-base [&_svg]:size-4",
        icon: "size-8 [&_svg]:size-4",
        "icon-sm": "size-7 pointer-coarse:w-11 [&_svg]:size-4",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

export interface ButtonProps extends ComponentProps<"button">, VariantProps<typeof look> {
  asChild?: boolean;
  /** Work is under way; the button stays where it is and cannot be pressed. */
  busy?: boolean;
}

export function Button({
  variant,
  size,
  asChild = false,
  busy = false,
  className,
  type,
  disabled,
  ...rest
}: ButtonProps) {
  const classes = cx(look({ variant, size }), busy && "animate-pulse", className);
  if (asChild) return <Slot.Root className={classes} {...rest} />;
  return (
    <button
      type={type ?? "button"}
      className={classes}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      {...rest}
    />
  );
}

/** A button that shows only an icon: its name is said, and shown on hover. */
export function IconButton({
  label,
  keys,
  size = "icon",
  variant = "ghost",
  ...rest
}: ButtonProps & { label: string; keys?: string }) {
  return (
    <Button aria-label={label} size={size} variant={variant} {...tip(label, keys)} {...rest} />
  );
}
