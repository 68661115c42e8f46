import { Command } from "cmdk";
import type { ReactNode } from "react";

export function PaletteItem({
  value,
  icon,
  detail,
  onSelect,
  children,
}: {
  value: string;
  icon: ReactNode;
  detail?: ReactNode;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex h-9 cursor-pointer items-center gap-3 rounded-md px-2.5 text-sm select-none data-[selected=true]:bg-pressed pointer-coarse:h-11"
    >
      {icon}
      <span dir="auto" className="min-w-0 flex-1 truncate text-left">
        {children}
      </span>
      <span className="shrink-0 text-xs text-ink-3">{detail}</span>
    </Command.Item>
  );
}
